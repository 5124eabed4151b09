/** Where roles are told apart from people: planned from what changed is planned from everything, over random histories in which days pass. */
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, openIssues, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { districts, integrations } from "#lib/platform/db/schema/index.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { collections } from "#lib/roster/canonical.ts";
import { asReadingRules } from "#lib/roster/reading-rules.ts";
import { describeModel, loadModel } from "./load.ts";
import { modelSync } from "./plan.ts";
import { changesOf, historiesWithRoles, type Rows } from "./role-histories.ts";
import type { Model } from "./types.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const rules = asReadingRules({ graceDays: 2, personKeys: ["staffUniqueId"], roleWords: { "ext:coach": "teaching" } });

/** Keys of persons are no matter of the model. */
const alone = { ...rules, personKeys: [] };

/** So many days from now, by the zone in which the district is: the database's clock is nobody's to set. */
const moveTo = (id: string, days: number) =>
  database.db.orm
    .update(districts)
    .set({ timezone: days === 0 ? "UTC" : `DAY-${days * 24}` })
    .where(eq(districts.id, id));

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
      await moveTo(id, days);
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
        // What no record has is a full read's to tell: changes leave out what has not changed.
        issues: issues
          .filter(({ value }) => value !== "not in any record")
          .map((issue) => [issue.code, issue.collection, issue.key, issue.field, issue.value, issue.kept].join(" "))
          .sort(),
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
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
  );
}, 3_600_000);

test("the roster after a sync is the one that the model says", async () => {
  const { db } = database;
  const modes = fc.constantFrom<("bulk" | "delta")[]>("bulk", "delta");
  await fc.assert(
    fc.asyncProperty(historiesWithRoles, modes, async (history, mode) => {
      const id = await newDistrict(db);
      const integration = await newIntegration(db, id);
      await db.orm.update(integrations).set({ readingRules: alone }).where(eq(integrations.id, integration));
      let known: Rows | null = null;
      let mirror: Model["mirror"] = [];
      let carried: Model["carried"] = {};
      for (const { rows: all, days } of history) {
        const rows: Rows = { ...all, users: all.users.map((user) => ({ ...user, userMasterIdentifier: "", userIds: "" })) };
        const isChanges = known !== null && mode === "delta";
        const state: SisState = { rows: isChanges ? changesOf(known ?? rows, rows) : rows, ...(isChanges ? { mode } : {}), version: "1.2" };
        known = rows;
        await moveTo(id, days);
        const [day] = await db.sql<
          { today: string }[]
        >`select (now() at time zone timezone)::date::text as today from districts where id = ${id}`;
        const before = { ...(await loadModel(db, id)), mirror, carried };
        const expected = modelSync(before, integration, state, { apart: { today: day?.today ?? "", rules: alone } });
        const run = await syncOnce(db, id, integration, state);
        expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
        if (!expected) throw new Error("the model fails");
        expect(describeModel(await loadModel(db, id))).toEqual(describeModel(expected));
        ({ mirror, carried } = expected);
        const fates = await db.sql<{ id: string; fate: string }[]>`
          select external_id as id, fate from source_records
          where district_id = ${id} and collection = 'users' and fate <> 'withdrawn' order by 1`;
        const ofModel = mirror.filter(({ collection }) => collection === "users").map(({ externalId, fate }) => ({ id: externalId, fate }));
        expect([...fates]).toEqual(ofModel.sort((a, b) => (a.id < b.id ? -1 : 1)));
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
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
