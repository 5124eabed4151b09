import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { auditEntries, integrations } from "#lib/platform/db/schema/index.ts";
import { defaultSafety, safetyOff, withDefaults } from "#lib/roster/guard/settings.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { resumeIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { approveWithheld, askAgain, refuseWithheld } from "./decide.ts";
import { withheldGroups, withheldPage } from "./read.ts";
import { WithheldFilter } from "./schema.ts";
import { hashOfMarks } from "./view.ts";

let tested: TestServices;
let district: string;
let integration: string;
let scope: DistrictScope;
beforeAll(async () => {
  tested = await testServices();
});
afterAll(() => tested.close());
beforeEach(async () => {
  district = await newDistrict(tested.database.db);
  scope = operatorScope(district);
  integration = await newIntegration(tested.database.db, district, defaultSafety);
  await sync(sis(40));
  await sync(sis(20));
});

const learner = (n: number, fields: RawRow): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: `Given ${n}`,
  familyName: "Family",
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: "03",
  orgSourcedIds: n % 2 === 0 ? "north" : "south",
  ...fields,
});
function sis(count: number, fields: (n: number) => RawRow = () => ({})): SisState {
  const people = Array.from({ length: count }, (_, n) => n);
  return {
    rows: {
      orgs: ["north", "south"].map((id) => ({ sourcedId: id, name: `School ${id}`, type: "school", identifier: id })),
      academicSessions: [],
      courses: [],
      classes: [{ sourcedId: "c", title: "Class", classType: "homeroom", schoolSourcedId: "north", termSourcedIds: "" }],
      users: people.map((n) => learner(n, fields(n))),
      enrollments: people.map((n) => ({ sourcedId: `e${n}`, classSourcedId: "c", userSourcedId: `p${n}`, role: "student" })),
    },
  };
}
const sync = (state: SisState) => syncOnce(tested.database.db, district, integration, state);
const all = WithheldFilter.parse({});
const shown = (filter: Partial<WithheldFilter> = {}) => withheldPage(tested.services, scope, integration, { ...all, ...filter });
const active = async () => {
  const [row] = await tested.database.db.sql<{ count: number }[]>`
    select count(*)::int as count from accounts where district_id = ${district} and status = 'active'`;
  return row?.count;
};

test("what waits is counted by cause and school, and shown record by record", async () => {
  const groups = await withheldGroups(tested.services, scope, integration);
  expect(groups.map(({ cause, kind, field, schoolName, count }) => [cause, kind, field, schoolName, count])).toEqual(
    expect.arrayContaining([
      expect.arrayContaining(["learner", null, "School north", 10]),
      expect.arrayContaining(["learner", null, "School south", 10]),
    ]),
  );
  const page = await shown({ search: "Given 20" });
  expect(page.rows).toMatchObject([
    { kind: "learner", label: "Given 20 Family", schoolName: "School north", memberships: 1, externalId: "p20" },
  ]);
  expect(await getIntegration(tested.services, scope, integration)).toMatchObject({
    health: "attention",
    withheld: { count: 20 },
    suspended: null,
  });
});

test("approved is exactly what was shown, and what it takes along", async () => {
  const page = await shown({ kind: "learner" });
  const chosen = page.rows.slice(0, 3);
  const released = await approveWithheld(tested.services, scope, integration, {
    rows: chosen.map(({ row }) => row),
    hash: hashOfMarks(chosen.map(({ mark }) => mark)),
    reason: "They left in summer",
  });
  expect(released).toMatchObject({ ok: true, count: 3 });
  const waiting = await tested.database.db.sql`
    select from withheld_records where district_id = ${district} and approved_run_id is not null`;
  expect(waiting).toHaveLength(6);
  const [entry] = await tested.database.db.orm.select().from(auditEntries).where(eq(auditEntries.action, "withheld-approved"));
  expect(entry).toMatchObject({ details: { count: 3, reason: "They left in summer" } });
  expect(JSON.stringify(entry)).not.toContain("Given");
});

test("a decision about another list than the one that was shown changes nothing", async () => {
  const before = await shown();
  await sync(sis(22));
  const decision = { hash: before.hash, reason: "All of them left" };
  await expect(approveWithheld(tested.services, scope, integration, decision)).rejects.toMatchObject({ code: "conflict" });
  await expect(refuseWithheld(tested.services, scope, integration, decision)).rejects.toMatchObject({ code: "conflict" });
  expect(await active()).toBe(40);
  expect((await shown()).total).toBe(18);
});

test("what the SIS says meanwhile of a value is another thing than was shown", async () => {
  await sync(sis(40));
  await sync(sis(40, () => ({ givenName: "Same" })));
  const before = await shown({ field: "given_name" });
  expect(before.rows[0]).toMatchObject({ fieldLabel: "First name", inSis: "Same" });
  await sync(sis(40, () => ({ givenName: "Other" })));
  const after = await shown({ field: "given_name" });
  expect(after.total).toBe(before.total);
  expect(after.hash).not.toBe(before.hash);
});

test("refused is not asked about, is listed, and can be asked about again", async () => {
  const { hash } = await shown();
  expect(await refuseWithheld(tested.services, scope, integration, { hash, reason: "The export is wrong" })).toBe(20);
  expect((await getIntegration(tested.services, scope, integration)).withheld).toBeNull();
  await sync(sis(20));
  expect((await shown()).total).toBe(0);
  const refused = await shown({ state: "refused" });
  expect(refused.total).toBe(20);
  expect(refused.rows[0]).toMatchObject({ reason: "The export is wrong" });
  await askAgain(tested.services, scope, integration, { state: "refused", hash: refused.hash, reason: "It was right" });
  expect((await shown()).total).toBe(20);
});

test("a decision needs a reason, a list, and an integration that runs", async () => {
  const { hash } = await shown();
  await expect(approveWithheld(tested.services, scope, integration, { hash, reason: "" })).rejects.toMatchObject({ code: "invalid" });
  await expect(approveWithheld(tested.services, scope, integration, { reason: "They left" })).rejects.toMatchObject({ code: "invalid" });
  await tested.database.db.orm.update(integrations).set({ state: "paused" }).where(eq(integrations.id, integration));
  expect(await approveWithheld(tested.services, scope, integration, { hash, reason: "They left" })).toEqual({
    ok: false,
    reason: "paused",
  });
});

test("what an approval applied waits again once it is taken back", async () => {
  const { db } = tested.database;
  const released = await approveWithheld(tested.services, scope, integration, { hash: (await shown()).hash, reason: "They left" });
  if (!released.ok) throw new Error(released.reason);
  const approval = await executeNow(db, district, released.runId, sis(20));
  expect(approval.state, JSON.stringify(approval.failure)).toBe("succeeded");
  expect([await active(), (await shown()).total]).toEqual([20, 0]);
  const undo = await syncOnce(db, district, integration, sis(20), { undoOf: approval });
  expect(undo.state, JSON.stringify(undo.failure)).toBe("succeeded");
  const again = await shown();
  expect(again.rows[0]).toMatchObject({ causeTitle: "An approval that was taken back", openedRunId: undo.id, memberships: 1 });
  await resumeIntegration(tested.services, scope, integration);
  await tested.database.db.orm
    .update(integrations)
    .set({ safety: withDefaults(safetyOff) })
    .where(eq(integrations.id, integration));
  expect(await sync(sis(20))).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 20 });
  expect(await active()).toBe(40);
});

test("another district sees and decides nothing", async () => {
  const { hash } = await shown();
  const other = operatorScope(await newDistrict(tested.database.db));
  await expect(withheldPage(tested.services, other, integration, all)).rejects.toMatchObject({ code: "not-found" });
  await expect(approveWithheld(tested.services, other, integration, { hash, reason: "They left" })).rejects.toMatchObject({
    code: "not-found",
  });
});
