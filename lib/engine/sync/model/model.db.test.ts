import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doByHand } from "#lib/engine/testing/by-hand.ts";
import { newIntegration, type SisState, setScope, syncOnce } from "#lib/engine/testing/sync.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { linkEntities } from "#lib/roster/canonical.ts";
import { decideAtRandom } from "./decide-at-random.ts";
import { manualAccounts, scopedHistories } from "./histories.ts";
import { columnsOf, describeModel, loadModel } from "./load.ts";
import { describeMirror, namesOf } from "./mirror.ts";
import { setOrders } from "./orders.ts";
import { modelSync } from "./plan.ts";
import { rekeyed, rekeyedHistories } from "./rekeyed.ts";
import type { Model, ModelDecision } from "./types.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test("the roster after a sync is the one that the model says, and a second sync changes nothing", async () => {
  const { db } = database;
  await fc.assert(
    fc.asyncProperty(manualAccounts, scopedHistories, async (people, history) => {
      const districtId = await newDistrict(db);
      const integrations = [await newIntegration(db, districtId), await newIntegration(db, districtId)];
      if (people.length > 0) {
        await db.orm.insert(accounts).values(
          people.map((person, index) => ({
            ...person,
            studentNumber: person.role === "learner" ? person.studentNumber : null,
            districtId,
            givenName: "Manual",
            familyName: String(index),
          })),
        );
      }
      let mirror: Model["mirror"] = [];
      let carried: Model["carried"] = {};
      let decisions: readonly ModelDecision[] = [];
      let scopes: Model["scopes"] = {};
      for (const step of history) {
        const integration = integrations[step.integration] ?? "";
        if (step.scope) {
          scopes = { ...scopes, [integration]: step.scope };
          await setScope(db, integration, step.scope);
          if (step.fromMemory && mirror.some((said) => said.integration === integration)) {
            const planned = modelSync({ ...(await loadModel(db, districtId)), mirror, carried, scopes, decisions }, integration, {
              rows: {},
            });
            await syncOnce(db, districtId, integration, step.state, { fromMemory: true });
            expect(describeModel(await loadModel(db, districtId))).toEqual(planned && describeModel(planned));
            mirror = planned?.mirror ?? [];
            expect(await describeMirror(db, districtId)).toEqual(namesOf(mirror));
          }
        }
        const before = { ...(await loadModel(db, districtId)), mirror, carried, scopes, decisions };
        const expected = modelSync(before, integration, step.state);
        const run = await syncOnce(db, districtId, integration, step.state);
        expect(run.state, JSON.stringify(run.failure)).toBe(expected ? "succeeded" : "failed");
        expect(describeModel(await loadModel(db, districtId))).toEqual(describeModel(expected ?? before));
        if (!expected) continue;
        expect(await describeMirror(db, districtId)).toEqual(namesOf(expected.mirror));
        const written = await fingerprintOfTables(db, districtId);
        const again = await syncOnce(db, districtId, integration, step.state);
        expect(again.changeCount).toBe(0);
        expect(await fingerprintOfTables(db, districtId)).toEqual(written);
        const repeated = modelSync(expected, integration, step.state);
        mirror = repeated?.mirror ?? [];
        carried = repeated?.carried ?? {};
        expect(await describeMirror(db, districtId)).toEqual(namesOf(mirror));
        if (step.deactivates)
          await db.sql`update accounts set status = 'deactivated', deactivated_by = 'admin' where district_id = ${districtId} and role <> 'admin' and id in (select id from accounts where district_id = ${districtId} and status = 'active' order by given_name, family_name, email limit 1)`;
        await doByHand(db, districtId, step.byHand);
        if (step.first !== null)
          await db.sql`
            with raised as (update districts set roster_revision = roster_revision + 1 where id = ${districtId})
            update integrations set position = case when id = ${integrations[step.first] ?? ""} then 1 else 2 end, planned_with = null
            where district_id = ${districtId}`;
        await setOrders(db, districtId, integrations, step.orders);
        for (const one of step.decides)
          decisions = await decideAtRandom(db, districtId, { ...(await loadModel(db, districtId)), mirror }, decisions, one);
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
  );
}, 3_600_000);

test("whoever comes by another id is whom the model says", async () => {
  const { db } = database;
  await fc.assert(
    fc.asyncProperty(rekeyedHistories, async (history) => {
      const districtId = await newDistrict(db);
      const integrations = [await newIntegration(db, districtId), await newIntegration(db, districtId)];
      const said: (SisState | undefined)[] = [];
      let mirror: Model["mirror"] = [];
      let carried: Model["carried"] = {};
      for (const step of history) {
        const integration = integrations[step.integration] ?? "";
        const last = step.rekeys?.of === "other" ? said[1 - step.integration] : said[step.integration];
        const state = step.rekeys && last ? rekeyed(last, step.rekeys) : step.state;
        const before = { ...(await loadModel(db, districtId)), mirror, carried };
        const expected = modelSync(before, integration, state);
        const run = await syncOnce(db, districtId, integration, state);
        expect(run.state, JSON.stringify(run.failure)).toBe(expected ? "succeeded" : "failed");
        expect(describeModel(await loadModel(db, districtId))).toEqual(describeModel(expected ?? before));
        if (!expected) continue;
        said[step.integration] = state;
        ({ mirror, carried } = expected);
        expect(await describeMirror(db, districtId)).toEqual(namesOf(mirror));
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
  );
}, 3_600_000);

/** Row versions: equal when nothing was written at all. */
async function fingerprintOfTables(db: Database, districtId: string): Promise<unknown> {
  const tables = [...linkEntities.map((entity) => columnsOf[entity].split(":")[0]), "source_records", "issues"];
  return db.sql.unsafe(
    tables
      .map(
        (table) =>
          `select '${table}' as name, count(*)::int, coalesce(max(xmin::text::bigint), 0) as latest from ${table} where district_id = '${districtId}'`,
      )
      .join(" union all "),
  );
}
