import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "#lib/db/client.ts";
import { accounts } from "#lib/db/schema/roster.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/db/testing.ts";
import { linkEntities } from "#lib/roster/canonical.ts";
import { histories, manualAccounts } from "./plan.model.histories.ts";
import { columnsOf, describeModel, loadModel } from "./plan.model.load.ts";
import { modelSync } from "./plan.model.ts";
import { newIntegration, syncOnce } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test("the roster after a sync is the one that the model says, and a second sync changes nothing", async () => {
  const { db } = database;
  await fc.assert(
    fc.asyncProperty(manualAccounts, histories, async (people, history) => {
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
      for (const step of history) {
        const integration = integrations[step.integration] ?? "";
        // What earlier runs could not place is staged beside a delta; that has a test of its own, delta.db.test.ts.
        await db.sql`delete from unresolved_records where district_id = ${districtId}`;
        const before = await loadModel(db, districtId);
        const expected = modelSync(before, integration, step.state);
        const run = await syncOnce(db, districtId, integration, step.state);
        expect(run.state, JSON.stringify(run.failure)).toBe(expected ? "succeeded" : "failed");
        expect(describeModel(await loadModel(db, districtId))).toEqual(describeModel(expected ?? before));
        if (!expected) continue;
        const written = await fingerprintOfTables(db, districtId);
        const again = await syncOnce(db, districtId, integration, step.state);
        expect(again.changeCount).toBe(0);
        expect(await fingerprintOfTables(db, districtId)).toEqual(written);
        if (step.deactivates)
          await db.sql`update accounts set status = 'deactivated', deactivated_by = 'admin' where district_id = ${districtId} and role <> 'admin' and id in (select id from accounts where district_id = ${districtId} and status = 'active' order by given_name, family_name, email limit 1)`;
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 24), endOnFailure: true },
  );
}, 3_600_000);

/** Row versions: equal when nothing was written at all. */
async function fingerprintOfTables(db: Database, districtId: string): Promise<unknown> {
  const tables = [...linkEntities.map((entity) => columnsOf[entity].split(":")[0]), "external_links"];
  return db.sql.unsafe(
    tables
      .map(
        (table) =>
          `select '${table}' as name, count(*)::int, coalesce(max(xmin::text::bigint), 0) as latest from ${table} where district_id = '${districtId}'`,
      )
      .join(" union all "),
  );
}
