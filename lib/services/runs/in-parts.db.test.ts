import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { auditEntries, runChanges, syncRuns, withheldRecords } from "#lib/platform/db/schema/index.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import type { PartId, PartSelection } from "#lib/roster/plan-parts.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { approveWithheld } from "#lib/services/withheld/decide.ts";
import { withheldPage } from "#lib/services/withheld/read.ts";
import { WithheldFilter } from "#lib/services/withheld/schema.ts";
import { approveRun } from "./decide-plan.ts";
import { expirePlans } from "./expire.ts";
import { readHeldPlan } from "./held.ts";
import { readPartRecords } from "./part-records.ts";
import { getRun } from "./read.ts";

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
  integration = await newIntegration(tested.database.db, district, { ...defaultSafety, withholdDoubtful: false });
});

const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const schoolOf = (n: number) => (n % 2 === 0 ? "north" : "south");
const learner = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: `Given ${n}`,
  familyName: "Family",
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: n < 6 ? "12" : "03",
  orgSourcedIds: schoolOf(n),
  ...fields,
});
const term = (id: string, from: string, to: string): RawRow => ({
  sourcedId: id,
  title: id,
  type: "schoolYear",
  startDate: from,
  endDate: to,
  schoolYear: to.slice(0, 4),
});
const classes = (year: string) =>
  range(8).map((n) => ({ sourcedId: `${year}-c${n}`, title: `${year} class ${n}`, schoolSourcedId: schoolOf(n), termSourcedIds: year }));

interface Year {
  readonly year?: string;
  readonly people: readonly RawRow[];
  readonly enrolled?: readonly RawRow[];
}
function sis({ year = "old", people, enrolled = people }: Year): SisState {
  return {
    rows: {
      orgs: ["north", "south"].map((id) => ({ sourcedId: id, name: id, type: "school", identifier: id })),
      academicSessions: [year === "old" ? term("old", "2025-08-01", "2026-06-30") : term("new", "2026-08-01", "2099-06-30")],
      courses: [],
      classes: classes(year),
      users: people,
      enrollments: enrolled.map(({ sourcedId }, n) => ({
        sourcedId: `${year}-e${sourcedId}`,
        classSourcedId: `${year}-c${n % 8}`,
        userSourcedId: sourcedId ?? "",
        role: "student",
      })),
    },
  };
}
const everybody = range(40).map((n) => learner(n));
const run = (state: SisState) => syncOnce(tested.database.db, district, integration, state);
const held = async (state: SisState) => {
  const ended = await run(state);
  expect(ended.state, JSON.stringify(ended.failure)).toBe("held");
  return { run: ended, plan: await readHeldPlan(tested.services, scope, ended.id) };
};
async function approve(runId: string, without: readonly (PartId | PartSelection)[], shown: string) {
  const approved = await approveRun(tested.services, scope, runId, "manual", { without: [...without], shown, reason: "Looked at them" });
  if (!approved.ok) throw new Error(approved.reason);
  const ended = await executeNow(tested.database.db, district, approved.runId, sis({ people: [] }));
  expect(ended.state, JSON.stringify(ended.failure)).toBe("succeeded");
  return ended;
}
const roster = async () => {
  const rows = await tested.database.db.sql<{ id: string; active: boolean; grade: string; given: string; memberships: number }[]>`
    select l.external_id as id, a.status = 'active' as active, a.grade, a.given_name as given,
      (select count(*)::int from memberships m where m.district_id = ${district} and m.account_id = a.id and m.status = 'active') as memberships
    from accounts a join source_records l on l.district_id = a.district_id and l.record_id = a.id where a.district_id = ${district} order by 1`;
  return new Map(rows.map(({ id, ...row }) => [id, row]));
};
const changesOf = async (runId: string) => {
  const rows = await tested.database.db.orm
    .select()
    .from(runChanges)
    .where(and(eq(runChanges.districtId, district), eq(runChanges.runId, runId)));
  return rows.map(({ entity, action, recordId, before, after }) => JSON.stringify({ entity, action, recordId, before, after })).sort();
};
const waiting = () =>
  tested.database.db.orm
    .select()
    .from(withheldRecords)
    .where(and(eq(withheldRecords.districtId, district), eq(withheldRecords.integrationId, integration)));
const counts = (plan: Awaited<ReturnType<typeof readHeldPlan>>) =>
  Object.fromEntries(plan.parts.filter(({ count }) => count > 0).map(({ id, count }) => [id, count]));

/** Of forty twelve are missing, two have another name, three are another grade, and one is new. */
const cutOff = [
  ...range(28).map((n) => learner(n, { ...(n < 2 && { givenName: "Renamed" }), ...(n >= 20 && n < 23 && { grades: "04" }) })),
  learner(99),
];

test("what is left out stays and waits by itself, the rest is applied as it was shown", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff }));
  expect(counts(shown)).toMatchObject({ "learners-leave": 12, "learners-move-up": 3, details: 2 });
  const before = await roster();
  const approved = await approve(plan.id, ["learners-leave", "learners-move-up"], shown.hash);

  const after = await roster();
  for (const n of range(12, 28)) expect(after.get(`p${n}`)).toEqual(before.get(`p${n}`));
  expect(after.get("p20")).toEqual(before.get("p20"));
  expect(after.get("p0")).toMatchObject({ given: "Renamed", grade: "12" });
  expect(after.get("p99")).toMatchObject({ active: true, memberships: 1 });
  expect(approved.totals?.learner).toMatchObject({ created: 1, updated: 2, deactivated: 0 });
  expect(approved.totals?.membership).toMatchObject({ created: 1, deactivated: 0 });
  expect(approved).toMatchObject({ withheldCount: 15, withheldOpened: 15 });

  // Nothing is applied that was not shown.
  const all = new Set(await changesOf(plan.id));
  const applied = await changesOf(approved.id);
  expect(applied.filter((change) => !all.has(change))).toEqual([]);
  expect(applied).toHaveLength(approved.changeCount);

  const rows = await waiting();
  expect(rows.every(({ cause }) => cause === "left-out")).toBe(true);
  expect(rows.filter(({ entity, field }) => entity === "account" && field === "")).toHaveLength(12);
  expect(rows.filter(({ field }) => field === "grade")).toHaveLength(3);
  expect(rows.filter(({ entity }) => entity === "membership").every(({ follows }) => follows !== null)).toBe(true);

  const [entry] = await tested.database.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, district), eq(auditEntries.action, "run-approved")));
  expect(entry?.details).toMatchObject({ without: ["learners-leave: 12", "learners-move-up: 3"], reason: "Looked at them" });
});

test("the next sync asks nothing anew and applies nothing of it; approving it later does", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff }));
  await approve(plan.id, ["learners-leave", "learners-move-up", "details"], shown.hash);
  const before = await roster();
  const next = await run(sis({ people: cutOff }));
  expect(next).toMatchObject({ state: "succeeded", withheldCount: 17, withheldOpened: 0, changeCount: 0 });
  expect(await roster()).toEqual(before);

  const list = await withheldPage(tested.services, scope, integration, WithheldFilter.parse({ cause: "left-out" }));
  expect(list.total).toBe(17);
  const released = await approveWithheld(tested.services, scope, integration, { cause: "left-out", hash: list.hash, reason: "They left" });
  if (!released.ok) throw new Error(released.reason);
  const ended = await executeNow(tested.database.db, district, released.runId, sis({ people: [] }));
  expect(ended.state).toBe("succeeded");
  const after = await roster();
  expect(after.get("p30")).toMatchObject({ active: false, memberships: 0 });
  expect(after.get("p20")).toMatchObject({ grade: "04" });
  expect(await waiting()).toEqual([]);
});

const idsOf = async (...externalIds: readonly string[]) => {
  const rows = await tested.database.db.sql<{ id: string; external: string }[]>`
    select record_id as id, external_id as external from source_records
    where district_id = ${district} and collection = 'users' and external_id = any(${[...externalIds]})`;
  return externalIds.map((one) => rows.find(({ external }) => external === one)?.id ?? "");
};

test("single records of a part are left out, or all but some: they wait, the others are applied", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff }));
  const before = await roster();
  const stay = await idsOf("p30", "p31");
  const approved = await approve(
    plan.id,
    [
      { part: "learners-leave", records: stay },
      { part: "learners-move-up", except: await idsOf("p20") },
      { part: "details", records: await idsOf("p1") },
    ],
    shown.hash,
  );
  const after = await roster();
  for (const one of ["p30", "p31", "p1", "p21", "p22"]) expect(after.get(one), one).toEqual(before.get(one));
  expect(after.get("p32")).toMatchObject({ active: false, memberships: 0 });
  expect(after.get("p20")).toMatchObject({ grade: "04" });
  expect(after.get("p0")).toMatchObject({ given: "Renamed" });
  expect(approved.totals?.learner).toMatchObject({ created: 1, updated: 2, deactivated: 10 });
  expect(approved).toMatchObject({ withheldCount: 5, withheldOpened: 5 });
  const all = new Set(await changesOf(plan.id));
  const applied = await changesOf(approved.id);
  expect(applied.filter((change) => !all.has(change))).toEqual([]);
  expect(applied).toHaveLength(approved.changeCount);
  expect(
    (await waiting())
      .filter(({ follows }) => follows === null)
      .map(({ field }) => field)
      .sort(),
  ).toEqual(["", "", "given_name", "grade", "grade"]);
  const [entry] = await tested.database.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, district), eq(auditEntries.action, "run-approved")));
  expect(entry?.details).toMatchObject({ without: ["learners-leave: 2 of 12", "learners-move-up: 2 of 3", "details: 1 of 2"] });
  // The SIS says the same: they wait, and nothing else happens.
  expect(await run(sis({ people: cutOff }))).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 5 });
});

test("the records of a part are listed by name, searched and paged, and one of another part is not left out with it", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff }));
  const list = (input: object) => readPartRecords(tested.services, scope, plan.id, input);
  const leaving = await list({ part: "learners-leave" });
  expect(leaving).toMatchObject({ total: 12, page: 1 });
  expect(leaving.rows[0]).toMatchObject({ label: "Given 28 Family", place: "Grade 3, north", fields: [] });
  expect(await list({ part: "learners-leave", q: "family 31" })).toMatchObject({ total: 1, rows: [{ label: "Given 31 Family" }] });
  expect(await list({ part: "learners-leave", page: 2 })).toMatchObject({ rows: [] });
  expect(await list({ part: "learners-move-up" })).toMatchObject({
    total: 3,
    rows: [{ fields: [{ field: "Grade", before: "Grade 3", after: "Grade 4" }] }, {}, {}],
  });
  expect(await list({ part: "details", q: "renamed" })).toMatchObject({ total: 0 });
  expect(await list({ part: "classes-end" })).toMatchObject({ total: 0 });
  const other = operatorScope(await newDistrict(tested.database.db));
  await expect(readPartRecords(tested.services, other, plan.id, { part: "details" })).rejects.toMatchObject({ code: "not-found" });

  const ask = (without: readonly unknown[]) =>
    approveRun(tested.services, scope, plan.id, "manual", { without, shown: shown.hash, reason: "Not yet" });
  const [renamed, leaves] = await idsOf("p0", "p30");
  const refused: readonly (readonly unknown[])[] = [
    [{ part: "learners-leave", records: [renamed] }],
    [{ part: "learners-leave", except: [renamed] }],
    [{ part: "learners-leave", records: [leaves], except: [leaves] }],
    [{ part: "learners-leave", records: [] }],
    ["learners-leave", { part: "learners-leave", records: [leaves] }],
    [{ part: "details", except: await idsOf("p0", "p1") }],
  ];
  for (const without of refused) await expect(ask(without), JSON.stringify(without)).rejects.toMatchObject({ code: "invalid" });

  const approved = await ask([{ part: "learners-leave", records: [leaves] }]);
  if (!approved.ok) throw new Error(approved.reason);
  // One record in the place of another is not what was shown, although it is as many.
  await tested.database.db.orm
    .update(syncRuns)
    .set({ leftOut: [{ part: "learners-leave", records: [renamed ?? ""], count: 1, of: 12 }] })
    .where(eq(syncRuns.id, approved.runId));
  const ended = await executeNow(tested.database.db, district, approved.runId, sis({ people: [] }));
  expect(ended).toMatchObject({ state: "failed", failure: { code: "roster-changed" } });
  expect(await waiting()).toEqual([]);
});

test("enrollments of whoever stays are placed again by the next sync, of changes as well", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff, enrolled: everybody }));
  await approve(plan.id, ["learners-leave"], shown.hash);
  const waits = () => tested.database.db.sql`
    select from source_records where district_id = ${district} and collection = 'enrollments' and fate = 'waiting'`;
  expect(await waits()).toHaveLength(12);
  expect(await run({ mode: "delta", rows: { users: [], enrollments: [] } })).toMatchObject({ state: "succeeded", changeCount: 0 });
  expect(await waits()).toHaveLength(0);
  expect((await roster()).get("p30")).toMatchObject({ active: true, memberships: 1 });
});

/** A grade up for all; who was in the twelfth leaves, and four below it; two arrive. */
const newYear = sis({
  year: "new",
  people: [...range(30, 6).map((n) => learner(n, { grades: "04" })), learner(100), learner(101)],
});

test("of a new school year whoever is not explained by it stays, without the classes that end", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(newYear);
  expect(plan.findings?.map(({ detector }) => detector)).toContain("rollover");
  expect(counts(shown)).toMatchObject({ "learners-finish": 6, "learners-leave": 4, "learners-move-up": 30 });
  expect(shown.parts.find(({ id }) => id === "classes")?.whyWithAll).toContain("new ones");
  expect(shown.schools[0]).toMatchObject({ name: "north", now: 20, leave: 5, arrive: 1, after: 16 });
  expect(shown.district).toMatchObject({
    now: 40,
    stay: 30,
    moveIn: 0,
    arrive: 2,
    leave: 10,
    after: 32,
    classesBefore: 8,
    classesAfter: 8,
  });

  const approved = await approve(plan.id, ["learners-leave"], shown.hash);
  const after = await roster();
  expect(after.get("p0")).toMatchObject({ active: false });
  expect(after.get("p37")).toMatchObject({ active: true, grade: "03", memberships: 0 });
  expect(after.get("p10")).toMatchObject({ active: true, grade: "04", memberships: 1 });
  expect(approved.totals?.learner).toMatchObject({ created: 2, updated: 30, deactivated: 6 });
  expect(approved.totals?.classroom).toMatchObject({ created: 8, deactivated: 8 });
  expect((await waiting()).filter(({ follows }) => follows === null)).toHaveLength(4);
  // The SIS says the same: the four wait, and nothing else happens.
  expect(await run(newYear)).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 4 });
});

test("nothing is approved that was not shown, that goes with all, or without a reason", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(newYear);
  const ask = (input: Parameters<typeof approveRun>[4]) => approveRun(tested.services, scope, plan.id, "manual", input);
  await expect(ask({ without: ["classes-end"], shown: shown.hash, reason: "Not yet" })).rejects.toMatchObject({ code: "invalid" });
  await expect(ask({ without: ["teachers-leave"], shown: shown.hash, reason: "Not yet" })).rejects.toMatchObject({ code: "invalid" });
  await expect(ask({ without: ["learners-leave"], shown: shown.hash })).rejects.toMatchObject({ code: "invalid" });
  await expect(ask({ without: ["learners-leave"], shown: "another", reason: "Not yet" })).rejects.toMatchObject({ code: "conflict" });
  expect(await waiting()).toEqual([]);
});

test("what is not what was shown when it is applied changes nothing", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff }));
  const approved = await approveRun(tested.services, scope, plan.id, "manual", {
    without: ["learners-leave"],
    shown: shown.hash,
    reason: "Looked at them",
  });
  if (!approved.ok) throw new Error(approved.reason);
  await tested.database.db.orm
    .update(syncRuns)
    .set({ leftOut: [{ part: "learners-leave", count: 11 }] })
    .where(eq(syncRuns.id, approved.runId));
  const before = await roster();
  const ended = await executeNow(tested.database.db, district, approved.runId, sis({ people: [] }));
  expect(ended).toMatchObject({ state: "failed", failure: { code: "roster-changed" } });
  expect(await roster()).toEqual(before);
  expect(await waiting()).toEqual([]);
  // The plan is whole, and can be approved again.
  await approve(plan.id, [], shown.hash);
  expect((await roster()).get("p30")).toMatchObject({ active: false });
});

test("a plan that nobody decides on is dropped after a week, or as the next school year begins", async () => {
  await run(sis({ people: everybody }));
  const { run: plan, plan: shown } = await held(sis({ people: cutOff }));
  const days = (Date.parse(shown.expiresAt ?? "") - (plan.finishedAt?.getTime() ?? 0)) / 86_400_000;
  expect(days).toBeCloseTo(7, 2);
  expect(shown.expiresAtYear).toBe(false);
  expect(await expirePlans(tested.services)).toEqual([]);
  const before = await roster();
  await tested.database.db.sql`update sync_runs set expires_at = now() - interval '1 second' where id = ${plan.id}`;
  expect(await expirePlans(tested.services)).toEqual([{ districtId: district, runId: plan.id }]);
  expect(await getRun(tested.services, scope, plan.id)).toMatchObject({ state: "discarded", isExpired: true });
  expect(await roster()).toEqual(before);
  expect(await approveRun(tested.services, scope, plan.id)).toEqual({ ok: false, reason: "not-waiting" });
  const [incident] = await tested.database.db.sql`
    select closed_because as because from incidents where district_id = ${district} and kind = 'held'`;
  expect(incident).toEqual({ because: "expired" });

  const [soon] = await tested.database.db.sql<{ day: string }[]>`select (current_date + 3)::text as day`;
  const { plan: next } = await held({
    rows: {
      ...sis({ people: cutOff }).rows,
      academicSessions: [term("old", "2025-08-01", "2026-06-30"), term("next", soon?.day ?? "", "2099-06-30")],
    },
  });
  expect(next.expiresAtYear).toBe(true);
  expect(next.expiresAt?.slice(0, 10) ?? "").toBe(soon?.day);
});
