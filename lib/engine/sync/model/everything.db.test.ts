import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doByHand } from "#lib/engine/testing/by-hand.ts";
import { newIntegration, openIssues, type SisState, setScope, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { Scope } from "#lib/roster/scope.ts";
import { scopedHistories } from "./histories.ts";
import { describeModel, loadModel } from "./load.ts";
import { type OrderStep, setOrders } from "./orders.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A district with two integrations, of which each sync plans what changed, or everything. */
async function districtOf({ plansEverything }: { readonly plansEverything: boolean }) {
  const { db } = database;
  const district = await newDistrict(db);
  const integrations = [await newIntegration(db, district), await newIntegration(db, district)];
  return {
    id: district,
    async setScope(which: number, scope: Scope | null): Promise<void> {
      if (scope) await setScope(db, integrations[which] ?? "", scope);
    },
    async sync(which: number, state: SisState): Promise<unknown> {
      const integration = integrations[which] ?? "";
      if (plansEverything) await db.sql`update integrations set planned_with = null where id = ${integration}`;
      const run = await syncOnce(db, district, integration, state);
      const { created, updated, deactivated, reactivated, linked } = sumOf(run.totals);
      const issues = await openIssues(db, run.id);
      return {
        state: run.state,
        totals: { created, updated, deactivated, reactivated, linked },
        roster: describeModel(await loadModel(db, district)),
        mirror: await db.sql`
          select ${integration} = integration_id as is_own, collection, external_id, hash, fate, reason, rostered, missing_since is not null as is_missing,
            out_of_scope_since is not null as is_out
          from source_records where district_id = ${district} order by 1, 2, 3`,
        issues: issues.map((issue) => [issue.code, issue.collection, issue.key, issue.field, issue.value, issue.kept].join(" ")).sort(),
        counts: [run.issueCount, issues.length],
      };
    },
    setOrders: (steps: readonly OrderStep[]) => setOrders(db, district, integrations, steps),
    deactivate: () => db.sql`
      with one as (
        update accounts set status = 'deactivated', deactivated_by = 'admin' where district_id = ${district} and id in (
          select id from accounts where district_id = ${district} and status = 'active' order by given_name, family_name, email limit 1)
        returning id)
      update source_records set stale = true where district_id = ${district} and record_id in (select id from one) and rostered
        and fate in ('rostered', 'waiting', 'withheld')`,
  };
}

function sumOf(totals: unknown): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of Object.values((totals ?? {}) as Record<string, Record<string, number>>))
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

test("planning what changed leads to what planning everything leads to: roster, mirror and issues", async () => {
  await fc.assert(
    fc.asyncProperty(scopedHistories, async (history) => {
      const changed = await districtOf({ plansEverything: false });
      const everything = await districtOf({ plansEverything: true });
      for (const step of history) {
        for (const district of [changed, everything]) await district.setScope(step.integration, step.scope);
        const [one, other] = [await changed.sync(step.integration, step.state), await everything.sync(step.integration, step.state)];
        expect(one).toEqual(other);
        if (step.deactivates) for (const district of [changed, everything]) await district.deactivate();
        for (const district of [changed, everything]) {
          await doByHand(database.db, district.id, step.byHand);
          await district.setOrders(step.orders);
        }
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
  );
}, 3_600_000);
