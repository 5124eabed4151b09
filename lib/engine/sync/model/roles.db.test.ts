/** Where roles are told apart from people: planned from what changed is planned from everything, over random histories in which days pass. */
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, openIssues, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { districts, integrations } from "#lib/platform/db/schema/index.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { collections } from "#lib/roster/canonical.ts";
import { asReadingRules } from "#lib/roster/reading-rules.ts";
import { describeModel, loadModel } from "./load.ts";
import { changesOf, historiesWithRoles, type Rows } from "./role-histories.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const rules = asReadingRules({ graceDays: 2, personKeys: ["staffUniqueId"], roleWords: { "ext:coach": "teaching" } });

/** A district that reads changes and plans what they touch, or reads all and plans all. */
async function districtOf({ everything }: { readonly everything: boolean }) {
  const { db } = database;
  const id = await newDistrict(db);
  const integration = await newIntegration(db, id);
  await db.orm.update(integrations).set({ readingRules: rules }).where(eq(integrations.id, integration));
  let known: Rows | null = null;
  return {
    id,
    integration,
    async sync(rows: Rows, days: number) {
      await db.orm
        .update(districts)
        .set({ timezone: days === 0 ? "UTC" : `DAY-${days * 24}` })
        .where(eq(districts.id, id));
      if (everything) await db.sql`update integrations set planned_with = null where id = ${integration}`;
      const isChanges = known !== null && !everything;
      const state = isChanges ? { rows: changesOf(known ?? rows, rows), mode: "delta" as const } : { rows };
      known = rows;
      const run = await syncOnce(db, id, integration, { ...state, version: "1.2" });
      const issues = await openIssues(db, run.id);
      return {
        state: run.state,
        failure: run.failure,
        roster: describeModel(await loadModel(db, id)),
        mirror: await db.sql`
          select collection, external_id, hash, fate, reason, rostered, role, school_external_ids, student_number, grade
          from source_records where district_id = ${id} and (fate <> 'withdrawn' or rostered) order by 1, 2`,
        issues: issues.map((issue) => [issue.code, issue.collection, issue.key, issue.field, issue.value, issue.kept].join(" ")).sort(),
      };
    },
  };
}

test("what is planned from changes is what is planned from everything: roster, mirror and issues", async () => {
  await fc.assert(
    fc.asyncProperty(historiesWithRoles, async (history) => {
      const changed = await districtOf({ everything: false });
      const everything = await districtOf({ everything: true });
      for (const { rows, days } of history) {
        const [one, other] = [await changed.sync(rows, days), await everything.sync(rows, days)];
        expect(one).toEqual(other);
        expect(one.state).toBe("succeeded");
        const again = await syncOnce(database.db, changed.id, changed.integration, { rows, version: "1.2" });
        expect({ changes: again.changeCount, state: again.state }).toEqual({ changes: 0, state: "succeeded" });
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 3), endOnFailure: true },
  );
}, 3_600_000);

test("histories have every collection", () => {
  fc.assert(
    fc.property(historiesWithRoles, (history) => {
      for (const { rows } of history)
        for (const collection of collections) expect((rows[collection] as readonly RawRow[]).length).toBeGreaterThan(0);
    }),
  );
});
