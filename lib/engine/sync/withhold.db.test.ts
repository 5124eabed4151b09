import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { integrations, withheldRecords } from "#lib/platform/db/schema/index.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";

let database: TestDatabase;
let district: string;
let integration: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district, defaultSafety);
});

const people = 60;
/** Each in the class of their school, of which there are two. */
const schoolOf = (n: number) => (n % 2 === 0 ? "north" : "south");
const learner = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: `Given ${n}`,
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: "03",
  orgSourcedIds: schoolOf(n),
  ...fields,
});
const enrollment = (n: number): RawRow => ({
  sourcedId: `e${n}`,
  classSourcedId: `c-${schoolOf(n)}`,
  userSourcedId: `p${n}`,
  role: "student",
});
const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const everybody = range(people);

function sis(present: readonly number[], changes: Partial<Record<Collection, RawRow[]>> = {}): SisState {
  const rows = {
    orgs: ["north", "south"].map((id) => ({ sourcedId: id, name: id, type: "school", identifier: id })),
    academicSessions: [
      { sourcedId: "t1", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2099-06-01", schoolYear: "2099" },
    ],
    courses: [],
    classes: ["north", "south"].map((id) => ({
      sourcedId: `c-${id}`,
      title: `Class of ${id}`,
      classType: "homeroom",
      schoolSourcedId: id,
      termSourcedIds: "t1",
    })),
    users: present.map((n) => learner(n)),
    enrollments: present.map(enrollment),
    ...changes,
  };
  return { rows };
}
const sync = (state: SisState, options: Parameters<typeof syncOnce>[4] = {}) =>
  syncOnce(database.db, district, integration, state, options);
const roster = async () => {
  const rows = await database.db.sql<{ id: string; active: boolean; given: string; memberships: number }[]>`
    select l.external_id as id, a.status = 'active' as active, a.given_name as given,
      (select count(*)::int from memberships m where m.district_id = ${district} and m.account_id = a.id and m.status = 'active') as memberships
    from accounts a join source_records l on l.district_id = a.district_id and l.record_id = a.id where a.district_id = ${district} order by 1`;
  return new Map(rows.map(({ id, ...row }) => [id, row]));
};
const isThere = { active: true, memberships: 1 };
const isGone = { active: false, memberships: 0 };
const waiting = () =>
  database.db.orm
    .select()
    .from(withheldRecords)
    .where(eq(withheldRecords.integrationId, integration))
    .orderBy(withheldRecords.entity, withheldRecords.externalId);
/** As an admin's approval does it. */
const approve = (ids: readonly string[]) =>
  sync(sis([]), {
    kind: "approval",
    beforeRun: (runId) => database.db.sql`
      update withheld_records set approved_run_id = ${runId} where integration_id = ${integration} and external_id = any(${ids}::text[])`,
  });

test("what is over a limit waits, with its class memberships; everything else of the sync goes through", async () => {
  await sync(sis(everybody));
  // Of 60 twenty are missing, one is new, and one has another name.
  const present = [...range(40), 99];
  const run = await sync(sis(present, { users: present.map((n) => learner(n, n === 3 ? { givenName: "Renamed" } : {})) }));
  expect(run).toMatchObject({ state: "succeeded", withheldCount: 20, withheldOpened: 20, heldBecause: null });
  expect(run.totals?.learner).toMatchObject({ created: 1, updated: 1, deactivated: 0 });
  expect(run.totals?.membership).toMatchObject({ created: 1, deactivated: 0 });
  expect(run.findings?.map(({ detector, level }) => [detector, level])).toContainEqual(["withdrawals", "withhold"]);
  const after = await roster();
  expect(after.get("p59")).toMatchObject(isThere);
  expect(after.get("p99")).toMatchObject(isThere);
  expect(after.get("p3")).toMatchObject({ given: "Renamed" });
  const rows = await waiting();
  expect(rows.filter(({ entity }) => entity === "account")).toHaveLength(20);
  expect(rows.filter(({ entity }) => entity === "membership").every(({ follows }) => follows !== null)).toBe(true);
});

test("later syncs add and take away, and nothing of it is applied by itself", async () => {
  await sync(sis(everybody));
  await sync(sis(range(40)));
  // One is back, one more leaves; the others are as they were.
  const present = [...range(39), 59];
  const next = await sync(sis(present));
  expect(next).toMatchObject({ state: "succeeded", withheldCount: 19, withheldOpened: 0 });
  const after = await roster();
  expect(after.get("p39")).toMatchObject(isGone);
  expect(after.get("p59")).toMatchObject(isThere);
  expect(after.get("p40")).toMatchObject(isThere);
  const again = await sync(sis(present));
  expect(again).toMatchObject({ changeCount: 0, withheldCount: 19, withheldOpened: 0 });
  // Changes alone say nothing of them.
  const delta = await sync({ mode: "delta", rows: { users: [learner(5, { givenName: "Other" })] } });
  expect(delta).toMatchObject({ state: "succeeded", withheldCount: 19 });
  expect((await roster()).get("p40")).toMatchObject(isThere);
  // All are back: nothing waits.
  const back = await sync(sis(everybody));
  expect(back).toMatchObject({ withheldCount: 0 });
  expect(await waiting()).toEqual([]);
});

test("an approval applies what was approved and nothing else, without asking the SIS", async () => {
  await sync(sis(everybody));
  await sync(sis(range(40)));
  const run = await approve(["p40", "p41"]);
  expect(run).toMatchObject({ state: "succeeded", kind: "approval", withheldCount: 18 });
  expect(run.totals?.learner).toMatchObject({ deactivated: 2 });
  const after = await roster();
  expect(after.get("p40")).toMatchObject(isGone);
  expect(after.get("p42")).toMatchObject(isThere);
  expect(await sync(sis(range(40)))).toMatchObject({ changeCount: 0, withheldCount: 18 });
});

test("what an admin refused stays as it is and is asked about no more, until the SIS has it again", async () => {
  await sync(sis(everybody));
  await sync(sis(range(40)));
  await database.db.orm.update(withheldRecords).set({ refusedAt: new Date() });
  const run = await sync(sis(range(40)));
  expect(run).toMatchObject({ withheldCount: 0, changeCount: 0 });
  expect((await roster()).get("p59")).toMatchObject(isThere);
  await sync(sis(everybody));
  expect(await waiting()).toEqual([]);
});

test("one school's losses are withheld, another's few go through", async () => {
  await sync(sis(everybody));
  // South loses nearly all; north loses one.
  const present = everybody.filter((n) => (schoolOf(n) === "north" ? n !== 0 : n < 5));
  const run = await sync(sis(present));
  expect(run.state).toBe("succeeded");
  const after = await roster();
  expect(after.get("p1")).toMatchObject(isThere);
  expect(after.get("p59")).toMatchObject(isThere);
  const rows = await waiting();
  expect(new Set(rows.map(({ entity }) => entity))).toEqual(new Set(["account", "membership"]));
});

test("a field that changes for many stays as it is, and their other fields change", async () => {
  await sync(sis(everybody));
  const users = everybody.map((n) => learner(n, { givenName: "Same", ...(n === 7 && { grades: "04" }) }));
  const run = await sync(sis(everybody, { users }));
  expect(run).toMatchObject({ state: "succeeded", withheldCount: 60 });
  expect(run.totals?.learner).toMatchObject({ updated: 1 });
  expect((await roster()).get("p7")).toMatchObject({ given: "Given 7" });
  // Read again, in other bytes or as changes: they wait still, and nothing is written.
  expect(await sync(sis(everybody, { users }))).toMatchObject({ changeCount: 0, withheldCount: 60, withheldOpened: 0 });
  // One is put right in the SIS, one is approved.
  const mended = users.map((user, n) => (n === 8 ? learner(8) : user));
  expect(await sync(sis(everybody, { users: mended }))).toMatchObject({ withheldCount: 59 });
  const approved = await approve(["p9"]);
  expect(approved).toMatchObject({ state: "succeeded", withheldCount: 58 });
  const after = await roster();
  expect(after.get("p9")).toMatchObject({ given: "Same" });
  expect(after.get("p10")).toMatchObject({ given: "Given 10" });
});

test("a list that is cut off takes nobody away, and the next night is ordinary", async () => {
  await sync(sis(everybody));
  const users = range(50).map((n) => learner(n));
  const cut = await sync(sis(everybody, { users }));
  expect(cut.state).toBe("succeeded");
  expect(cut.findings?.map(({ detector }) => detector)).toContain("cut-off");
  expect((await roster()).get("p59")).toMatchObject(isThere);
  const next = await sync(sis(everybody, { users }));
  expect(next).toMatchObject({ state: "succeeded", changeCount: 0, findings: [] });
});

test("with additions only nothing is taken away, and everything else is as ever", async () => {
  await database.db.orm.update(integrations).set({ safety: { ...defaultSafety, additionsOnly: true } });
  await sync(sis(everybody));
  const run = await sync(sis([...range(59), 99]));
  expect(run).toMatchObject({ state: "succeeded", withheldCount: 1, findings: [] });
  expect(run.totals?.learner).toMatchObject({ created: 1, deactivated: 0 });
  expect((await waiting()).map(({ cause }) => cause)).toEqual(["additions-only", "additions-only"]);
  expect((await roster()).get("p59")).toMatchObject(isThere);
});

test("with additions only whoever is approved leaves, and the others stay", async () => {
  await database.db.orm.update(integrations).set({ safety: { ...defaultSafety, additionsOnly: true } });
  await sync(sis(everybody));
  await sync(sis(range(58)));
  expect((await approve(["p59", "e59"])).state).toBe("succeeded");
  const after = await roster();
  expect(after.get("p59")).toMatchObject(isGone);
  expect(after.get("p58")).toMatchObject(isThere);
  expect((await waiting()).map(({ externalId }) => externalId)).toEqual(["p58", "e58"]);
});

test("a preview is made without what is withheld, and approving it applies exactly that", async () => {
  await sync(sis(everybody));
  const preview = await sync(sis([...range(40), 99]), { kind: "preview" });
  expect(preview).toMatchObject({ state: "previewed", withheldCount: 20 });
  expect(await waiting()).toEqual([]);
  await sync(sis([]), { kind: "approval", planRunId: preview.id });
  const after = await roster();
  expect(after.get("p99")).toMatchObject(isThere);
  expect(after.get("p59")).toMatchObject(isThere);
  expect((await waiting()).filter(({ entity }) => entity === "account")).toHaveLength(20);
});

describe("where everything is to be held", () => {
  test("the whole plan waits, with what is in doubt in it", async () => {
    await database.db.orm.update(integrations).set({ safety: { ...defaultSafety, withholdDoubtful: false } });
    await sync(sis(everybody));
    const run = await sync(sis([...range(40), 99]));
    expect(run.state).toBe("held");
    expect(run.totals?.learner).toMatchObject({ created: 1, deactivated: 20 });
    expect(await waiting()).toEqual([]);
    expect((await roster()).size).toBe(people);
  });
});
