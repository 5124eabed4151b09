import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { executeNow, newIntegration, openIssues, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { applyDecisions, decideConflict, takeBackDecision } from "./decide.ts";
import { countConflicts, getConflict, listConflicts, listDecisions, searchAccounts } from "./read.ts";
import { ConflictFilter } from "./schema.ts";

/** Conflicts are a to-do list: both sides shown, decided by an admin, followed by syncs, and taken back. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;
let district = "";
let integration = "";
beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district);
});
const scope = () => operatorScope(district);
const reason = "the office was asked";

const learner = (name: string, number: string, email = `${name.toLowerCase().replace(" ", ".")}@s.example`): RawRow => {
  const [givenName = "", familyName = ""] = name.split(" ");
  return { role: "student", givenName, familyName, email, identifier: number, orgSourcedIds: "s1" };
};
type People = Readonly<Record<string, RawRow>>;
const stateOf = (people: People): SisState => ({
  rows: {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    academicSessions: [],
    courses: [],
    classes: [{ sourcedId: "c1", title: "Algebra", schoolSourcedId: "s1" }],
    users: Object.entries(people).map(([sourcedId, row]) => ({ sourcedId, ...row })),
    enrollments: Object.entries(people).map(([id, { role }]) => ({
      sourcedId: `e-${id}`,
      classSourcedId: "c1",
      userSourcedId: id,
      role: role ?? "",
    })),
  },
});
const night = async (people: People) => {
  const run = await syncOnce(db, district, integration, stateOf(people));
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
};
const byHand = async (
  givenName: string,
  familyName: string,
  email: string | null,
  studentNumber: string | null = null,
  role: "learner" | "teacher" = "learner",
) => {
  const [row] = await db.orm
    .insert(accounts)
    .values({ districtId: district, role, givenName, familyName, email, studentNumber })
    .returning();
  return row?.id ?? "";
};
/** Where each id of the SIS leads, by the account's name; with a dash who is deactivated. */
async function links() {
  const rows = await db.sql<{ id: string; name: string }[]>`
    select m.external_id as id, a.id || ' ' || a.given_name || ' ' || a.family_name || case a.status when 'active' then '' else ' –' end as name
    from source_records m join accounts a on a.district_id = m.district_id and a.id = m.record_id
    where m.district_id = ${district} and m.integration_id = ${integration} and m.collection = 'users' and m.rostered`;
  return Object.fromEntries(rows.map(({ id, name }) => [id, name.slice(37)]));
}
const accountOf = async (externalId: string) =>
  (
    await db.sql<{ id: string | null }[]>`
    select record_id as id from source_records
    where district_id = ${district} and integration_id = ${integration} and collection = 'users' and external_id = ${externalId} and rostered`
  )[0]?.id ?? null;
const open = async (filter: object = {}) => (await listConflicts(services, scope(), ConflictFilter.parse(filter))).rows;
const find = async (externalId: string) => {
  const row = (await open()).find((one) => one.externalId === externalId);
  if (!row) throw new Error(`${externalId} is in no conflict`);
  return getConflict(services, scope(), row.integrationId, row.seq);
};
const decide = async (externalId: string, who: string) => {
  const { seq, shown } = await find(externalId);
  await decideConflict(services, scope(), integration, seq, { who, reason, shown });
};
const decided = async () => (await listDecisions(services, scope(), ConflictFilter.parse({}))).rows;
const takeBack = async (externalId: string) => {
  const decision = (await decided()).find((one) => one.externalId === externalId);
  return takeBackDecision(services, scope(), integration, decision?.evidence ?? "", { reason });
};

const ann = learner("Ann Li", "100");

describe("two accounts by hand have the address of one record", () => {
  let [first, second] = ["", ""];
  beforeEach(async () => {
    first = await byHand("Ann", "Li", "ann.li@s.example");
    second = await byHand("Anna", "Lee", "ann.li@s.example");
    await night({ p1: ann });
  });

  test("both sides are shown, and it is one of them", async () => {
    expect(await countConflicts(services, scope())).toMatchObject({ open: 1 });
    const conflict = await find("p1");
    expect(conflict).toMatchObject({
      code: "match-ambiguous",
      person: { role: "learner", givenName: "Ann", familyName: "Li", email: "ann.li@s.example", studentNumber: "100" },
      schoolName: "North",
      schools: ["North"],
      classes: ["Algebra"],
      accountCount: 2,
      decision: null,
    });
    expect(conflict.candidates.map(({ id, givenName, ids }) => [id, givenName, ids])).toEqual(
      [
        [first, "Ann", []],
        [second, "Anna", []],
      ].sort(),
    );
    await decide("p1", second);
    expect(await countConflicts(services, scope())).toEqual({ open: 0, since: null });
    expect(await decided()).toMatchObject([
      { externalId: "p1", verdict: "same-person", state: "pending", account: { id: second }, reason },
    ]);
    const run = await night({ p1: ann });
    expect(await accountOf("p1")).toBe(second);
    expect((await openIssues(db, run.id)).filter(({ code }) => code.startsWith("match-"))).toEqual([]);
    expect(await decided()).toMatchObject([{ state: "followed" }]);
    expect((await night({ p1: ann })).changeCount).toBe(0);
  });

  test("it is somebody new, at once and without the SIS", async () => {
    await decide("p1", "new");
    const applied = await applyDecisions(services, scope(), integration);
    const run = await executeNow(db, district, applied.ok ? applied.runId : "", { rows: {} });
    expect([run.state, run.failure]).toEqual(["succeeded", null]);
    expect([first, second, null]).not.toContain(await accountOf("p1"));
    expect(await decided()).toMatchObject([{ verdict: "somebody-else", state: "followed" }]);
  });

  test("it is ignored while it says the same, and asked about when it says something else", async () => {
    await decide("p1", "ignore");
    const run = await night({ p1: ann });
    expect(await accountOf("p1")).toBeNull();
    expect((await openIssues(db, run.id)).filter(({ collection }) => collection === "users").map(({ code }) => code)).toEqual([
      "match-ignored",
    ]);
    expect(await open()).toEqual([]);
    expect(await decided()).toMatchObject([{ verdict: "ignored", state: "ignored" }]);
    expect((await night({ p1: ann })).changeCount).toBe(0);
    await night({ p1: { ...ann, identifier: "101" } });
    expect((await open()).map(({ externalId }) => externalId)).toEqual(["p1"]);
    expect(await decided()).toMatchObject([{ state: "lapsed" }]);
    await night({ p1: ann });
    expect(await takeBack("p1")).toEqual({ isAskedAgain: false });
    await night({ p1: ann });
    expect((await open()).map(({ externalId }) => externalId)).toEqual(["p1"]);
  });

  test("an account that was not shown is found and chosen; another kind of account, or somebody else's, is refused", async () => {
    const third = await byHand("Annika", "Lindt", null);
    const teacher = await byHand("Annika", "Lindt", null, null, "teacher");
    const { seq, shown } = await find("p1");
    expect((await searchAccounts(services, scope(), integration, seq, "lindt annika")).map(({ id }) => id)).toEqual([third]);
    await expect(decideConflict(services, scope(), integration, seq, { who: teacher, reason, shown })).rejects.toMatchObject({
      code: "precondition",
      message: expect.stringContaining("a teacher's, and the SIS has this person as a learner"),
    });
    await expect(decideConflict(services, scope(), integration, seq, { who: first, reason, shown: "0".repeat(64) })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(decideConflict(services, scope(), integration, seq, { who: "them", reason: "", shown })).rejects.toMatchObject({
      fields: { who: "Choose who it is", reason: expect.stringContaining("Say why") },
    });
    await decide("p1", third);
    await night({ p1: ann });
    expect(await accountOf("p1")).toBe(third);
    await night({ p1: ann, p2: learner("Ann Lindt", "555", "ann.li@s.example") });
    const other = (await open()).find(({ externalId }) => externalId === "p2");
    const { shown: now } = await getConflict(services, scope(), integration, other?.seq ?? -1);
    await expect(
      decideConflict(services, scope(), integration, other?.seq ?? -1, { who: third, reason, shown: now }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("Another record of this SIS, p1, leads to that account"),
    });
  });

  test("a decision lapses when an account is another than the one that was shown", async () => {
    await decide("p1", first);
    await db.sql`update accounts set given_name = 'Bea' where id = ${second}`;
    expect(await open()).toHaveLength(1);
    expect(await decided()).toMatchObject([{ state: "lapsed" }]);
    await night({ p1: ann });
    expect(await accountOf("p1")).toBeNull();
  });

  test("what was followed and is taken back is asked again; the account stays as it is until it is decided", async () => {
    await decide("p1", second);
    await night({ p1: ann });
    expect(await takeBack("p1")).toEqual({ isAskedAgain: true });
    await night({ p1: ann });
    expect(await accountOf("p1")).toBe(second);
    expect(await find("p1")).toMatchObject({ code: "match-takeover", candidates: [{ id: second, classCount: 1 }] });
    expect((await night({ p1: ann })).changeCount).toBe(0);
    await decide("p1", first);
    await night({ p1: ann });
    expect(await accountOf("p1")).toBe(first);
    const [left] = await db.sql`select status from accounts where id = ${second}`;
    expect(left).toEqual({ status: "deactivated" });
    expect(await open()).toEqual([]);
    expect((await night({ p1: ann })).changeCount).toBe(0);
  });

  test("before a sync follows it, taking it back is as if it had not been", async () => {
    await decide("p1", second);
    expect(await takeBack("p1")).toEqual({ isAskedAgain: false });
    await night({ p1: ann });
    expect(await accountOf("p1")).toBeNull();
    expect(await open()).toHaveLength(1);
    const entries = await db.sql<{ action: string }[]>`
      select action from audit_entries where district_id = ${district} and action like 'match-%' order by seq`;
    expect(entries.map(({ action }) => action)).toEqual(["match-decided", "match-taken-back"]);
  });
});

test("two records claim one account: one is it, the other somebody new", async () => {
  const account = await byHand("Ann", "Li", "ann.li@s.example");
  const people = { p1: ann, p2: learner("Ann Lidt", "200", "ann.li@s.example") };
  await night(people);
  expect((await open()).map(({ externalId, code }) => [externalId, code])).toEqual([
    ["p1", "match-contested"],
    ["p2", "match-contested"],
  ]);
  await decide("p1", account);
  await decide("p2", "new");
  await night(people);
  expect(await accountOf("p1")).toBe(account);
  expect(await links()).toEqual({ p1: "Ann Li", p2: "Ann Lidt" });
  expect(await open()).toEqual([]);
  expect((await night(people)).changeCount).toBe(0);
});

test("whom nobody asks about any more is in nobody's way: the other is matched by itself", async () => {
  const account = await byHand("Ann", "Li", "ann.li@s.example");
  const people = { p1: ann, p2: learner("Ann Lidt", "200", "ann.li@s.example") };
  await night(people);
  await decide("p2", "ignore");
  await night(people);
  expect(await accountOf("p1")).toBe(account);
  expect(await accountOf("p2")).toBeNull();
});

test("two learners exchanged ids: each is said to be the other's account", async () => {
  const kai = learner("Kai Okafor", "200");
  await night({ p1: ann, p2: kai });
  const [first, second] = [(await accountOf("p1")) ?? "", (await accountOf("p2")) ?? ""];
  const now = { p1: kai, p2: ann };
  await night(now);
  await decide("p1", second);
  // One alone is not followed: the account is p2's.
  await night(now);
  expect(await links()).toEqual({ p1: "Ann Li", p2: "Kai Okafor" });
  expect((await open()).map(({ externalId, code }) => [externalId, code]).sort()).toEqual([
    ["p1", "match-contested"],
    ["p2", "match-takeover"],
  ]);
  await decide("p2", first);
  await night(now);
  expect([await accountOf("p1"), await accountOf("p2")]).toEqual([second, first]);
  expect(await links()).toEqual({ p1: "Kai Okafor", p2: "Ann Li" });
  expect(await open()).toEqual([]);
  expect((await night(now)).changeCount).toBe(0);
});

test("a takeover that is ignored: the account stays as it was, with its classes, and is nobody else's", async () => {
  await night({ p1: ann });
  const account = await accountOf("p1");
  const stranger = learner("Zoe Quist", "300");
  await night({ p1: stranger });
  await decide("p1", "ignore");
  await night({ p1: stranger });
  expect(await links()).toEqual({ p1: "Ann Li" });
  const [membership] = await db.sql`select status from memberships where account_id = ${account}`;
  expect(membership).toEqual({ status: "active" });
  await night({ p1: ann });
  expect(await links()).toEqual({ p1: "Ann Li" });
  expect(await open()).toEqual([]);
});

test("somebody's role in the SIS is another: they get an account of that kind", async () => {
  await night({ p1: ann });
  const now = { p1: { ...ann, role: "teacher" } };
  await night(now);
  expect((await open({ role: "teacher", code: "match-role" })).map(({ externalId }) => externalId)).toEqual(["p1"]);
  await decide("p1", "new");
  await night(now);
  const roles = await db.sql`select role, status from accounts where district_id = ${district} order by role`;
  expect(roles).toEqual([
    { role: "learner", status: "deactivated" },
    { role: "teacher", status: "active" },
  ]);
});

test("an undo takes back what a decision led to; the decision stays, and the next sync follows it again", async () => {
  const account = await byHand("Ann", "Li", "ann.li@s.example");
  await byHand("Anna", "Lee", "ann.li@s.example");
  await night({ p1: ann });
  await decide("p1", account);
  const run = await night({ p1: ann });
  const undone = await syncOnce(db, district, integration, { rows: {} }, { undoOf: run });
  expect([undone.state, undone.failure]).toEqual(["succeeded", null]);
  expect(await accountOf("p1")).toBeNull();
  expect(await decided()).toMatchObject([{ state: "pending" }]);
  expect(await open()).toEqual([]);
  await db.sql`update integrations set state = 'active' where id = ${integration}`;
  await night({ p1: ann });
  expect(await accountOf("p1")).toBe(account);
});

test("filters: integration, school, words", async () => {
  await byHand("Ann", "Li", "ann.li@s.example");
  await byHand("Anna", "Lee", "ann.li@s.example");
  await night({ p1: ann });
  const [school] = await db.sql<{ id: string }[]>`select id from schools where district_id = ${district}`;
  expect(await open({ school: school?.id, integration, search: "LI" })).toHaveLength(1);
  expect(await open({ search: "p1" })).toHaveLength(1);
  expect(await open({ search: "nobody" })).toEqual([]);
  expect(await open({ school: integration })).toEqual([]);
  expect(await open({ integration: district })).toEqual([]);
});
