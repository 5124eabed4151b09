import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
const { db } = services;
afterAll(close);

const person = (id: string, givenName: string, role: string): RawRow => ({
  sourcedId: id,
  role,
  givenName,
  familyName: "Ade",
  orgSourcedIds: "s1",
});
const room = (id: string): RawRow => ({ sourcedId: id, title: id, schoolSourcedId: "s1" });

test("why somebody is in Aivo or not, and whether they see a class, from the command line", async () => {
  const district = await newDistrict(db);
  await newDistrict(db);
  const integration = await newIntegration(db, district);
  await syncOnce(db, district, integration, {
    rows: {
      orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
      classes: [room("Algebra"), room("Algebra II"), { ...room("Chess"), schoolSourcedId: "nowhere" }],
      users: [person("p1", "Sam", "student"), person("p2", "Samira", "wizard")],
      enrollments: [
        { sourcedId: "e1", classSourcedId: "Algebra II", userSourcedId: "p1", role: "student" },
        { sourcedId: "e2", classSourcedId: "Chess", userSourcedId: "p1", role: "student" },
      ],
    },
  });
  const why = (...words: string[]) => sis(variables, "why", ...words, "--district", district);
  const asJson = async (...words: string[]) => (await sis(variables, "--json", "why", ...words, "--district", district)).json;

  expect(await asJson("ade")).toMatchObject({
    hasMore: false,
    hits: [
      { name: "Sam Ade", where: "active" },
      { name: "Samira Ade", where: "left-out", cause: "Value outside the vocabulary", externalId: "p2" },
    ],
  });
  expect((await why("sam ade")).stdout).toMatch(/Samira Ade .* Left out +Value outside the vocabulary +Test SIS: p2/);
  const { stdout } = await why("p1");
  expect(stdout).toContain("Sam Ade is active. In 1 class now.");
  expect(stdout).toMatch(/^yes +The SIS says +Test SIS has Sam Ade, learner \(users\.csv, line 2\)\./m);
  expect(stdout).toMatch(/^now +Algebra II +learner .*sees it, and it is open$/m);
  expect(stdout).toMatch(/^Chess +enrollments\.csv, line 3 +Enrollment in an unknown class/m);
  const left = await asJson(`${integration}:p2`);
  expect(left).toMatchObject({ accountId: null, where: "left-out" });
  expect((await why("samira")).stdout).toMatch(/^NO +Aivo read +Value outside the vocabulary\./m);

  expect(await asJson("p1", "--classroom", "algebra")).toMatchObject({ classrooms: [{ name: "Algebra" }, { name: "Algebra II" }] });
  expect(await asJson("p1", "--classroom", "algebra ii")).toMatchObject({ sight: "open", className: "Algebra II" });
  expect((await why("p1", "--classroom", "chess")).stdout).toMatch(
    /^NO +The class +Chess is not in Aivo\. Class without a known school\./m,
  );

  expect((await why("nobody")).stdout).toContain("Nobody is found.");
  const unnamed = await sis(variables, "--json", "why", "ade");
  expect(unnamed).toMatchObject({ exitCode: 1, json: { error: { code: "usage" } } });
});
