/** Roles of OneRoster 1.2 that come to another kind than the account's: an admin says what that means, syncs remember it, and it can be taken back. */
import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { decideConflict, takeBackDecision } from "./decide.ts";
import { getConflict, listConflicts, listDecisions } from "./read.ts";
import { ConflictFilter } from "./schema.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

let district = "";
let integration = "";
const scope = () => operatorScope(district);
const reason = "the office was asked";

const role = (user: string, word: string, org: string): RawRow => ({
  sourcedId: `${user} ${word} ${org}`,
  userSourcedId: user,
  role: word,
  roleType: "primary",
  orgSourcedId: org,
});
const told = (...roles: readonly RawRow[]): SisState => ({
  version: "1.2",
  rows: {
    orgs: [
      { sourcedId: "s1", name: "North", type: "school" },
      { sourcedId: "s2", name: "South", type: "school" },
    ],
    users: ["ann", "anchor"].map((id) => ({ sourcedId: id, givenName: id, familyName: "Li", email: `${id}@s.example` })),
    roles: [role("anchor", "student", "s1"), ...roles],
  },
});
const learner = role("ann", "student", "s1");
const teacher = role("ann", "teacher", "s1");
const night = async (...roles: readonly RawRow[]) => {
  const run = await syncOnce(db, district, integration, told(...roles));
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
};
const open = async () => (await listConflicts(services, scope(), ConflictFilter.parse({}))).rows;
const decide = async (who: string) => {
  const [row] = await open();
  const { seq = 0 } = row ?? {};
  const { shown } = await getConflict(services, scope(), integration, seq);
  return decideConflict(services, scope(), integration, seq, { who, reason, shown });
};
const takeBack = async () => {
  const { rows } = await listDecisions(services, scope(), ConflictFilter.parse({ state: "decided" }));
  await takeBackDecision(services, scope(), integration, rows[0]?.evidence ?? "", { reason });
};
const accountsOfAnn = async () =>
  (
    await db.sql<{ line: string }[]>`
      select role || ' ' || status || ' ' || cardinality(school_ids) as line from accounts where district_id = ${district} and given_name = 'ann' order by 1`
  ).map(({ line }) => line);

beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district);
  await night(learner);
  // Both for a while, as when somebody is hired: the account stays what it is, and nobody is asked.
  await night(learner, teacher);
  expect(await open()).toEqual([]);
  await night(teacher);
  expect(await open()).toMatchObject([
    { code: "match-role", externalId: "ann", person: { role: "teacher" }, accounts: [{ role: "learner" }] },
  ]);
  expect(await accountsOfAnn()).toEqual(["learner active 1"]);
});

test("a teacher from now on: another account, for as long as the SIS says so, and back by an undo of the decision", async () => {
  await decide("new");
  for (const roles of [[teacher], [teacher], [teacher, role("ann", "teacher", "s2")]]) await night(...roles);
  expect(await accountsOfAnn()).toEqual(["learner deactivated 1", "teacher active 2"]);
  expect(await open()).toEqual([]);
  await night(teacher, learner);
  expect(await accountsOfAnn()).toEqual(["learner deactivated 1", "teacher active 1"]);
  await takeBack();
  await night(learner);
  // The kind is another one than the account's once more, and is asked about once more.
  expect(await open()).toMatchObject([{ code: "match-role", person: { role: "learner" } }]);
  expect(await accountsOfAnn()).toEqual(["learner deactivated 1", "teacher active 1"]);
});

test("the same as a teacher who is there already", async () => {
  const [known] = await db.orm
    .insert(accounts)
    .values({ districtId: district, role: "teacher", givenName: "ann", familyName: "Li", email: "ann.li@s.example" })
    .returning();
  await decide(known?.id ?? "");
  for (let n = 0; n < 2; n++) await night(teacher);
  expect(await accountsOfAnn()).toEqual(["learner deactivated 1", "teacher active 1"]);
  expect(await open()).toEqual([]);
});

test("stays a learner: left as it is and not asked about again, until that is taken back or the roles fit", async () => {
  await decide("ignore");
  for (const roles of [[teacher], [teacher], [teacher, role("ann", "teacher", "s2")]]) await night(...roles);
  expect(await open()).toEqual([]);
  expect(await accountsOfAnn()).toEqual(["learner active 1"]);
  await takeBack();
  await night(teacher);
  expect(await open()).toMatchObject([{ code: "match-role", externalId: "ann" }]);
  await decide("ignore");
  await night(learner);
  expect(await open()).toEqual([]);
  expect(await accountsOfAnn()).toEqual(["learner active 1"]);
  expect((await night(learner)).changeCount).toBe(0);
});
