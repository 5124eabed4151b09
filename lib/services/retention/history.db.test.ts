import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { verifyAudit } from "#lib/platform/audit.ts";
import { makePartitions, partitionName, partitionsOf, runChangesByMonth, startOfMonth } from "#lib/platform/db/partitions.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { uuidv7At } from "#lib/platform/testing/database.ts";
import { assertChangesKept, exportChanges, listChanges } from "#lib/services/runs/changes.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { historyBegins, keepHistory } from "./history.ts";

const now = new Date();
const { services, close } = await testServices({ now: () => now, variables: { AIVO_HISTORY_MONTHS: "12" } });
afterAll(close);
const { db } = services;

/** A run that was asked for so many months ago, with as many changes as it says. */
async function run(districtId: string, monthsAgo: number, changes: number) {
  const integrationId = await newIntegration(db, districtId);
  const [made] = await db.sql<{ id: string; queuedAt: string }[]>`
    insert into sync_runs (district_id, integration_id, id, trigger, state, queued_at, finished_at, change_count)
    select ${districtId}, ${integrationId}, ${db.sql.unsafe(uuidv7At("at"))}, 'manual', 'succeeded', at, at, ${changes}
    from (select date_trunc('month', now(), 'UTC') - make_interval(months => ${monthsAgo}) + interval '3 days' as at) month
    returning id, queued_at as "queuedAt"`;
  const id = made?.id ?? "";
  await db.sql`
    insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason)
    select ${districtId}, ${id}, 'learner', 'created', uuidv7(), 'u' || n, 'new in the SIS' from generate_series(1, ${changes}) n`;
  return { id, month: startOfMonth(new Date(made?.queuedAt ?? "")) };
}

const dropped = (districtId: string) =>
  db.sql`select details from audit_entries where district_id = ${districtId} and action = 'history-dropped'`;

let districtId: string;
let other: string;
let old: Awaited<ReturnType<typeof run>>;
let kept: Awaited<ReturnType<typeof run>>;
let quiet: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  [districtId, other] = [await newDistrict(db), await newDistrict(db)];
  old = await run(districtId, 13, 3);
  quiet = await run(districtId, 13, 0);
  kept = await run(districtId, 12, 2);
  await run(other, 12, 1);
  await makePartitions(db, runChangesByMonth, now);
});

test("it drops the month that is past the period, tells the districts that had changes in it, and says so where they were", async () => {
  const scope = operatorScope(districtId);
  expect((await listChanges(services, scope, old.id, { page: 1 })).agedOut).toBeNull();
  expect((await keepHistory(services)).dropped).toEqual({ names: [partitionName(runChangesByMonth, old.month)], isBusy: false });

  const names = (await partitionsOf(db.sql, runChangesByMonth)).map(({ name }) => name);
  expect(names).not.toContain(partitionName(runChangesByMonth, old.month));
  expect(names).toContain(partitionName(runChangesByMonth, kept.month));
  expect((await dropped(districtId)).map(({ details }) => details)).toEqual([
    { of: "changes", month: old.month.toISOString().slice(0, 7), keptMonths: 12 },
  ]);
  expect(await dropped(other)).toHaveLength(0);
  expect((await withDistrict(db, scope, verifyAudit)).brokenAt).toBeNull();

  const words = "The changes of this sync are older than 12 months and are no longer kept.";
  for (const filter of [{ page: 1 }, { page: 1, search: "u1" }, { page: 2, entity: "learner" } as const])
    expect(await listChanges(services, scope, old.id, filter)).toMatchObject({ rows: [], total: 0, agedOut: words });
  const gone = { code: "precondition", message: words };
  const written: unknown[] = [];
  await expect(assertChangesKept(services, scope, old.id)).rejects.toMatchObject(gone);
  await expect(exportChanges(services, scope, old.id, { page: 1 }, async (rows) => void written.push(rows))).rejects.toMatchObject(gone);
  expect(written).toEqual([]);
  // The run itself stays, with its numbers; where fewer months were kept once, nobody calls it older than it is.
  expect((await getRun(services, scope, old.id)).changeCount).toBe(3);
  const raised = { ...services, env: { historyMonths: 24 } };
  expect((await listChanges(raised, scope, old.id, { page: 1 })).agedOut).toBe("The changes of this sync are no longer kept.");

  expect(await listChanges(services, scope, kept.id, { page: 1 })).toMatchObject({ total: 2, agedOut: null });
  expect(await listChanges(services, scope, kept.id, { page: 1, search: "nobody" })).toMatchObject({ total: 0, agedOut: null });
  expect(await listChanges(services, scope, quiet.id, { page: 1 })).toMatchObject({ total: 0, agedOut: null });
  await assertChangesKept(services, scope, quiet.id);
});

test.each([
  [14, undefined, 1000],
  [15, "u7", 1],
])(
  "an export during which the month goes (%i months ago, search %s) fails, and does not end as if that were all",
  async (ago, search, first) => {
    const late = await run(districtId, ago, 1200);
    await makePartitions(db, runChangesByMonth, now);
    const parts: number[] = [];
    const exporting = exportChanges(services, operatorScope(districtId), late.id, { page: 1, search }, async (rows) => {
      parts.push(rows.length);
      await keepHistory(services);
    });
    await expect(exporting).rejects.toMatchObject({ code: "precondition" });
    expect(parts).toEqual([first]);
  },
);

test("a second time there is nothing to do, and nothing is recorded", async () => {
  await keepHistory(services);
  const before = await dropped(districtId);
  expect(await keepHistory(services)).toEqual({ made: { names: [], isBusy: false }, dropped: { names: [], isBusy: false } });
  expect(await dropped(districtId)).toEqual(before);
});

test.each([
  ["2026-11-20T12:00:00Z", 24, "2024-11-01"],
  ["2026-11-01T00:00:00Z", 24, "2024-11-01"],
  ["2026-10-31T23:59:59Z", 1, "2026-09-01"],
  ["2026-01-31T12:00:00Z", 13, "2024-12-01"],
  ["2026-11-20T12:00:00Z", 240, "2006-11-01"],
])("at %s with %i months, what is kept begins at %s", (at, months, begins) => {
  expect(historyBegins(new Date(at), months)).toEqual(new Date(begins));
});

test("a month in which a plan may have been made that still waits is kept, whatever the period", () => {
  const march = historyBegins(new Date("2026-03-01T03:30:00Z"), 1);
  expect(march < new Date("2026-02-01")).toBe(true);
  expect(historyBegins(new Date("2026-03-06T03:30:00Z"), 1)).toEqual(new Date("2026-02-01"));
});
