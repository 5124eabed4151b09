import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { linkEntities } from "#lib/roster/canonical.ts";
import { histories, manualAccounts } from "./histories.ts";
import { columnsOf, describeModel, loadModel } from "./load.ts";
import { modelSync } from "./plan.ts";
import type { Model } from "./types.ts";

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
      let mirror: Model["mirror"] = [];
      let carried: Model["carried"] = {};
      for (const step of history) {
        const integration = integrations[step.integration] ?? "";
        const before = { ...(await loadModel(db, districtId)), mirror, carried };
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
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 16), endOnFailure: true },
  );
}, 3_600_000);

const namesOf = (mirror: Model["mirror"]) =>
  mirror
    .map(({ integration, collection, externalId, fate, missing }) =>
      [integration, collection, externalId, fate, missing ? "missing" : ""].join(" "),
    )
    .sort();

/** What the mirror has of the district's integrations, as the model names it. */
async function describeMirror(db: Database, districtId: string): Promise<string[]> {
  const rows = await db.sql<{ name: string }[]>`
    select concat_ws(' ', integration_id, collection, external_id, fate, case when missing_since is null then '' else 'missing' end) as name
    from source_records where district_id = ${districtId} and fate <> 'withdrawn' and external_id > chr(2)`;
  return rows.map(({ name }) => name).sort();
}

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
