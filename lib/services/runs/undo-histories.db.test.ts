import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { ClaimedRun } from "#lib/engine/sync/lease.ts";
import { histories, type ManualAccount, manualAccounts, scopedHistories } from "#lib/engine/sync/model/histories.ts";
import { describeModel, loadModel } from "#lib/engine/sync/model/load.ts";
import { setOrders } from "#lib/engine/sync/model/orders.ts";
import { newIntegration, type SisState, setScope, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { brokenRules, resumeNow, type Snapshot, takeSnapshot } from "#lib/services/testing/undo.ts";

/** Undo over random histories. To look longer: AIVO_PROPERTY_RUNS=200. */
const { services, close } = await testServices();
const { db } = services;
const folder = await mkdtemp(join(tmpdir(), "aivo-undo-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const numRuns = Number(process.env.AIVO_PROPERTY_RUNS ?? 2);
const ways = fc.array(fc.record({ approves: fc.boolean(), redoes: fc.boolean(), previews: fc.boolean(), learns: fc.boolean() }), {
  minLength: 5,
  maxLength: 5,
});

async function districtWith(people: readonly ManualAccount[]) {
  const district = await newDistrict(db);
  const integrations = [await newIntegration(db, district), await newIntegration(db, district)];
  const values = people.map((person, n) => ({
    ...person,
    studentNumber: person.role === "learner" ? person.studentNumber : null,
    districtId: district,
    givenName: "Manual",
    familyName: `${n}`,
  }));
  if (values.length > 0) await db.orm.insert(accounts).values(values);
  return { district, integrations };
}

/** A sync, or a preview and its approval, that reads from a place and may learn something. */
async function sync(district: string, integration: string, state: SisState, way: { approves: boolean; learns: boolean }, at: number) {
  const source = sourceOf(state);
  const extract: typeof source.extract = async (...given) => ({
    ...(await source.extract(...given)),
    cursor: () => ({ at }),
    learned: () => (way.learns ? { at } : {}),
    identity: () => (way.learns ? { district: at } : null),
  });
  const options = { source: { ...source, extract } };
  if (!way.approves) return syncOnce(db, district, integration, state, options);
  const preview = await syncOnce(db, district, integration, state, { ...options, kind: "preview" });
  if (preview.state !== "previewed") return preview;
  return syncOnce(db, district, integration, state, { kind: "approval", planRunId: preview.id });
}

async function undo(district: string, integration: string, run: ClaimedRun): Promise<{ undone: ClaimedRun; left: Set<string> }> {
  const undone = await syncOnce(db, district, integration, { rows: {} }, { undoOf: run });
  expect(undone.state, JSON.stringify(undone.failure)).toBe("succeeded");
  const rows = await db.sql<{ id: string; action: string }[]>`
    select record_id as id, action from run_changes where district_id = ${district} and run_id = ${undone.id}`;
  expect(undone.changeCount).toBe(rows.filter(({ action }) => action !== "left-alone").length);
  return { undone, left: new Set(rows.flatMap(({ id, action }) => (action === "left-alone" ? [id] : []))) };
}

const withoutStale = (mirror: Snapshot["mirror"], except: ReadonlySet<string>) =>
  new Map([...mirror].flatMap(([key, { stale: _, ...row }]) => (except.has(String(row.record_id)) ? [] : [[key, row]])));

/** All is as it was; of what was left alone nothing is said. */
function expectRestored(now: Snapshot, before: Snapshot, left: ReadonlySet<string>) {
  const others = (roster: Snapshot["roster"]) => new Map([...roster].filter(([id]) => !left.has(id)));
  expect(others(now.roster)).toEqual(others(before.roster));
  expect(withoutStale(now.mirror, left)).toEqual(withoutStale(before.mirror, left));
  expect(now.integration).toEqual(before.integration);
  if (left.size > 0) return;
  expect(now.exported).toBe(before.exported);
  expect(now.issues).toEqual(before.issues);
}

test("taken back from the latest on, each run leaves roster, mirror, issues and integration as they were; a resumed sync does the same again", async () => {
  let undos = 0;
  await fc.assert(
    fc.asyncProperty(manualAccounts, scopedHistories, ways, async (people, history, given) => {
      const { district, integrations } = await districtWith(people);
      // Orders of kinds and fields, under which all of it happens.
      await setOrders(db, district, integrations, history[0]?.orders ?? []);
      const look = (integration: string) => takeSnapshot(services, district, integration, folder);
      const applied: { run: ClaimedRun; integration: string; before: Snapshot }[] = [];
      for (const [index, step] of history.entries()) {
        const integration = integrations[step.integration] ?? "";
        const way = given[index] ?? { approves: false, redoes: false, previews: false, learns: false };
        if (step.scope) await setScope(db, integration, step.scope);
        if (way.previews) await syncOnce(db, district, integration, step.state, { kind: "preview" });
        const before = await look(integration);
        const run = await sync(district, integration, step.state, way, index);
        if (run.state !== "succeeded") continue;
        if (run.changeCount === 0 || !way.redoes) {
          applied.push({ run, integration, before });
          continue;
        }
        const after = describeModel(await loadModel(db, district));
        const { left } = await undo(district, integration, run);
        undos++;
        expect(left.size).toBe(0);
        expectRestored(await look(integration), before, left);
        await resumeNow(db, district, integration);
        const beforeAgain = await look(integration);
        const again = await sync(district, integration, step.state, { ...way, approves: false }, index);
        expect(again.state).toBe("succeeded");
        expect(again.totals).toEqual(run.totals);
        expect(describeModel(await loadModel(db, district))).toEqual(after);
        applied.push({ run: again, integration, before: beforeAgain });
      }
      const isLinkLater = new Set<string>();
      for (const { run, integration, before } of applied.reverse()) {
        if (run.changeCount === 0) {
          // It may have ended a link that another run counts on, and is taken back with one before it alone.
          if (run.sourceChangeCount > 0) isLinkLater.add(integration);
          continue;
        }
        const { left } = await undo(district, integration, run);
        undos++;
        isLinkLater.delete(integration);
        if (isLinkLater.size === 0 && left.size > 0) expect([...left]).toEqual([]);
        expectRestored(await look(integration), before, left);
        if (left.size > 0) return;
        const twice = await syncOnce(db, district, integration, { rows: {} }, { undoOf: run }).catch((error) => error);
        expect(twice).toBeInstanceOf(Error);
      }
    }),
    { numRuns, endOnFailure: true },
  );
  expect(undos).toBeGreaterThan(0);
}, 3_600_000);

test("where others changed records since, those are listed and left alone, and nothing dangles; later syncs come to rest", async () => {
  await fc.assert(
    fc.asyncProperty(manualAccounts, histories, fc.array(fc.nat(1), { minLength: 1, maxLength: 3 }), async (people, history, turns) => {
      const { district, integrations } = await districtWith(people);
      const last: (SisState | undefined)[] = [undefined, undefined];
      const applied: ClaimedRun[][] = [[], []];
      for (const step of history) {
        const run = await syncOnce(db, district, integrations[step.integration] ?? "", step.state);
        if (run.state !== "succeeded") continue;
        last[step.integration] = step.state;
        if (run.changeCount > 0) applied[step.integration]?.unshift(run);
        if (step.deactivates) await deactivateSomebody(district);
      }
      const broken = await brokenRules(db, district);
      for (const turn of turns) {
        const run = applied[turn]?.shift();
        if (!run) continue;
        // Whom an admin deactivated before the run is brought back to that; since then, nobody touches them.
        const touched = await db.sql<{ id: string; updated: string }[]>`
          select a.id, a.updated_at::text as updated
          from accounts a
          join sync_runs r on r.district_id = a.district_id and r.id = ${run.id}
          where a.district_id = ${district} and a.deactivated_by = 'admin' and a.updated_at <> r.applied_at`;
        await undo(district, integrations[turn] ?? "", run);
        for (const { id, updated } of touched) {
          const [now] = await db.sql<{ updated: string; by: string }[]>`
            select updated_at::text as updated, deactivated_by as by from accounts where district_id = ${district} and id = ${id}`;
          if (now) expect(now).toEqual({ updated, by: "admin" });
        }
        expect((await brokenRules(db, district)).filter((rule) => !broken.includes(rule))).toEqual([]);
      }
      for (const integration of integrations) await resumeNow(db, district, integration);
      const rest: number[] = [];
      for (const round of [1, 2, 3, 4])
        for (const [index, integration] of integrations.entries()) {
          const state = last[index];
          if (!state) continue;
          const run = await syncOnce(db, district, integration, { ...state, mode: "bulk" });
          expect(["succeeded", "failed"]).toContain(run.state);
          if (round === 4) rest.push(run.changeCount);
        }
      expect(rest.filter((count) => count > 0)).toEqual([]);
    }),
    { numRuns, endOnFailure: true },
  );
}, 3_600_000);

async function deactivateSomebody(district: string) {
  await db.sql`update districts set roster_revision = roster_revision + 1 where id = ${district}`;
  await db.sql`
    update accounts set status = 'deactivated', deactivated_by = 'admin', deactivated_at = clock_timestamp(), updated_at = clock_timestamp()
    where district_id = ${district} and id in (
      select id from accounts where district_id = ${district} and status = 'active' and role <> 'admin'
      order by given_name, family_name, email limit 1)`;
}
