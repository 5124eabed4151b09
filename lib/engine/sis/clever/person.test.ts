/** One person of a small Clever: what is read of them, what is withdrawn, and what is not although a list leaves it out. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { providerHosts } from "#lib/engine/sis/hosts.ts";
import type { KnownRoster } from "#lib/engine/sis/source.ts";
import { SmallClever, smallDistrictId } from "#lib/engine/testing/sis/clever.ts";
import { emptyRoster, fold, knownOf } from "#lib/engine/testing/sis/folded-roster.ts";
import { failureOf, impatience, readOnePerson, readRoster } from "#lib/engine/testing/sis/rest.ts";
import { createCleverSource } from "./source.ts";

let clever: SmallClever;
let known: KnownRoster;
const cursor = { place: "of before" };

beforeAll(async () => {
  clever = await SmallClever.start();
});
afterAll(() => clever.close());
beforeEach(async () => {
  for (const list of Object.values(clever.lists)) list.clear();
  clever.state = "success";
  clever.hidden.clear();
  clever.put("schools", { id: "b1", name: "North" });
  clever.put("terms", { id: "d1", name: "Fall", start_date: "2026-08-17", end_date: "2026-12-18" });
  clever.put("courses", { id: "e1", name: "Algebra", number: "1" });
  clever.put("users", learner("a1"));
  clever.put("users", learner("a2"));
  clever.put("sections", section("c1", { students: ["a1", "a2"] }));
  clever.put("sections", section("c2", { students: ["a1"] }));
  known = knownOf(fold(emptyRoster, await readRoster(source(), [clever.url])));
});

const learner = (id: string) => ({
  id,
  name: { first: "Given", last: id },
  email: `${id}@x.example`,
  roles: { student: { school: "b1", schools: ["b1"] } },
});
const section = (id: string, more: Record<string, unknown>) => ({
  id,
  name: id,
  school: "b1",
  course: "e1",
  term_id: "d1",
  students: [],
  teachers: [],
  ...more,
});
const source = () => {
  const hosts = { ...providerHosts, cleverApiUrl: clever.url, cleverAuthUrl: clever.url };
  const credentials = { clientId: "id", clientSecret: "s3cret", districtId: smallDistrictId, accessToken: clever.accessToken };
  return createCleverSource(credentials, impatience(), hosts);
};
const read = (externalId: string, identity?: unknown) =>
  readOnePerson(source(), [clever.url], { externalId, known, cursor, ...(identity === undefined ? {} : { identity }) });
const enrollmentsOf = (roster: Awaited<ReturnType<typeof read>>) =>
  Object.fromEntries(roster.records.enrollments.map(({ fields }) => [fields.sourcedId, fields.status ?? "active"]));

test("a person, a class that is new with all that it names, and one that they left", async () => {
  clever.put("schools", { id: "b2", name: "South" });
  clever.put("terms", { id: "d2", name: "Spring" });
  clever.put("courses", { id: "e2", name: "Biology" });
  clever.put("sections", section("c3", { school: "b2", course: "e2", term_id: "d2", students: ["a1"] }));
  clever.put("sections", section("c2", { students: [] }));
  const roster = await read("a1");
  expect(roster.records.users.map(({ fields }) => fields.sourcedId)).toEqual(["a1"]);
  expect(enrollmentsOf(roster)).toEqual({ "c1:a1:student": "active", "c2:a1:student": "tobedeleted", "c3:a1:student": "active" });
  for (const [collection, id] of [
    ["orgs", "b2"],
    ["academicSessions", "d2"],
    ["courses", "e2"],
    ["classes", "c3"],
  ] as const)
    expect(roster.records[collection].map(({ fields }) => fields.sourcedId)).toEqual([id]);
  expect([roster.cursor(), roster.fingerprint, roster.identity]).toEqual([cursor, null, undefined]);
  expect(roster.modes).toMatchObject({ orgs: "delta", users: "delta", enrollments: "delta", roles: "absent" });
  const plain = await read("a2");
  expect([plain.modes.orgs, plain.modes.users, plain.modes.enrollments]).toEqual(["absent", "delta", "delta"]);
});

test("a list that leaves a section out withdraws nobody: the section itself is asked", async () => {
  clever.hidden.add("c1");
  expect(enrollmentsOf(await read("a1"))).toEqual({ "c1:a1:student": "active", "c2:a1:student": "active" });
  clever.remove("sections", "c1");
  expect(enrollmentsOf(await read("a1"))).toEqual({ "c1:a1:student": "tobedeleted", "c2:a1:student": "active" });
});

test("somebody who is gone is withdrawn, unless Clever's data stands still; whom nobody knows is a failure", async () => {
  clever.remove("users", "a1");
  expect((await read("a1")).records.users.map(({ fields }) => fields)).toEqual([{ sourcedId: "a1", status: "tobedeleted" }]);
  clever.state = "paused";
  clever.put("sections", section("c2", { students: [] }));
  const paused = await read("a1");
  expect(paused.records.users).toEqual([]);
  expect(paused.notes.join(" ")).toMatch(/paused.*Nobody was withdrawn/);
  clever.put("users", learner("a1"));
  expect(enrollmentsOf(await read("a1"))).toEqual({ "c1:a1:student": "active" });
  expect((await failureOf(read("a9"))).message).toContain("nobody with this id");
});

test("somebody who is student and teacher is what they are in their sections", async () => {
  const both = { ...learner("a1"), roles: { student: { school: "b1" }, teacher: { school: "b1" } } };
  clever.put("users", both);
  expect((await read("a1")).records.users.map(({ fields, issues }) => [fields.role, issues?.[0]?.code])).toEqual([
    ["student", "role-several"],
  ]);
  clever.put("sections", section("c2", { teacher: "a1", teachers: ["a1"] }));
  const roster = await read("a1");
  expect(roster.records.users[0]?.fields.role).toBe("teacher");
  expect(enrollmentsOf(roster)).toEqual({ "c1:a1:student": "active", "c2:a1:student": "tobedeleted", "c2:a1:teacher": "active" });
});

test("another district than the one that is rostered is refused", async () => {
  expect((await failureOf(read("a1", { districtId: "f".repeat(24) }))).code).toBe("configuration");
});
