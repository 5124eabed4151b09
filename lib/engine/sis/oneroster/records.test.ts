import { expect, test } from "vitest";
import { statusInfoOf } from "./envelope.ts";
import { IdSet } from "./id-set.ts";
import { fieldsOfRecord, lastModifiedOf } from "./records.ts";

test("a user's references, lists and ids take the names of the CSV binding", () => {
  const user = {
    sourcedId: 42,
    status: "active",
    username: "jd",
    enabledUser: "true",
    givenName: "Jo",
    familyName: "Do",
    role: "student",
    password: "s3cret",
    sms: "555",
    orgs: [{ sourcedId: "s1", type: "user", href: "https://elsewhere.example/orgs/s1" }, { sourcedId: "s2" }],
    userIds: [
      { type: "studentNumber", identifier: "77,8" },
      { type: "Fed", identifier: 9 },
    ],
    grades: ["09", 10],
    email: null,
    metadata: { free: "lunch" },
    agents: [{ sourcedId: "p1" }],
  };
  expect(fieldsOfRecord("1.1", "users", user)).toEqual({
    sourcedId: "42",
    status: "active",
    username: "jd",
    givenName: "Jo",
    familyName: "Do",
    role: "student",
    orgSourcedIds: ["s1", "s2"],
    userIds: ["{studentNumber:77,8}", "{Fed:9}"],
    grades: ["09", "10"],
  });
});

test("null, absent and objects where text is expected are as absent; one reference stands for a list of one", () => {
  const made = {
    sourcedId: "c1",
    title: { en: "Art" },
    grades: null,
    terms: { sourcedId: "t1" },
    course: null,
    school: "s1",
    subjects: "Art",
  };
  expect(fieldsOfRecord("1.1", "classes", made)).toEqual({
    sourcedId: "c1",
    termSourcedIds: ["t1"],
    schoolSourcedId: "s1",
    subjects: "Art",
  });
});

test("booleans come as text, whatever they were", () => {
  expect([true, "true", 1, 0, "false"].map((primary) => fieldsOfRecord("1.1", "enrollments", { primary }).primary)).toEqual([
    "true",
    "true",
    "1",
    "0",
    "false",
  ]);
});

test("what is no record has no fields", () => {
  expect([null, "x", 3, []].map((record) => fieldsOfRecord("1.1", "users", record))).toEqual([{}, {}, {}, {}]);
});

test("dates without a zone are UTC", () => {
  const ms = (dateLastModified: unknown) => lastModifiedOf({ dateLastModified });
  expect(ms("2026-03-12T09:21:22.046Z")).toBe(Date.UTC(2026, 2, 12, 9, 21, 22, 46));
  expect(ms("2026-03-12T09:21:22")).toBe(Date.UTC(2026, 2, 12, 9, 21, 22));
  expect(ms("2026-03-12")).toBe(Date.UTC(2026, 2, 12));
  expect([ms("yesterday"), ms(null), lastModifiedOf(null)]).toEqual([null, null, null]);
});

test.each([
  [
    "a set of failure",
    { statusInfoSet: [{ imsx_codeMajor: "failure", imsx_codeMinor: "unknown object", imsx_description: "Jo Do" }] },
    { isFailure: true, minor: "unknown object" },
  ],
  [
    "success with severity error",
    { statusInfoSet: [{ imsx_codeMajor: "success", imsx_severity: "error", imsx_codeMinor: "invalid_filter_field" }] },
    { isFailure: true, minor: "invalid filter field" },
  ],
  [
    "success beside data",
    { users: [], statusInfoSet: [{ imsx_codeMajor: "success", imsx_severity: "status", imsx_codeMinor: "full success" }] },
    { isFailure: false, minor: "full success" },
  ],
  [
    "the bare shape",
    { imsx_codeMajor: "failure", imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldValue: "server_busy" }] } },
    { isFailure: true, minor: "server busy" },
  ],
  ["the unprefixed shape", { codeMajor: "failure", severity: "error", codeMinor: "Jo Do" }, { isFailure: true, minor: null }],
  ["an OAuth error", { error: "invalid_client", error_description: "s3cret" }, { isFailure: true, minor: "invalid client" }],
  ["plain data", { users: [] }, null],
])("status information: %s", (_shape, json, expected) => expect(statusInfoOf(json)).toEqual(expected));

test("ids are told apart in many, and their content as well", () => {
  const ids = new IdSet();
  for (let index = 0; index < 50_000; index++) expect(ids.add(`id-${index}`, "a")).toBe("new");
  for (let index = 0; index < 50_000; index++) expect(ids.add(`id-${index}`, "a")).toBe("same");
  expect(ids.size).toBe(50_000);
  expect([ids.add("id-7", "a"), ids.add("id-7", "b"), ids.add("other", "a")]).toEqual(["same", "other", "new"]);
});
