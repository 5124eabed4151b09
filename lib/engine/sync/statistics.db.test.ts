import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { partitionName, partitionsOf, runChangesByMonth } from "#lib/platform/db/partitions.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { knownRoster } from "./known-roster.ts";

/** Right after a first sync: autovacuum, which would renew the statistics within the minute, is off. */
let database: TestDatabase;
const tables = ["accounts", "classrooms", "memberships", "source_records", "issues", "run_changes"];
beforeAll(async () => {
  database = await testDatabase();
  const partitions = await partitionsOf(database.db.sql, runChangesByMonth);
  // Autovacuum does not look at a partitioned table, but at its partitions.
  for (const table of [...tables.filter((name) => name !== runChangesByMonth.name), ...partitions.map(({ name }) => name)])
    await database.db.sql.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
});
afterAll(() => database.close());

/** A district of so many classes with as many learners each. */
function districtOf(size: number): SisState {
  const classes = Array.from({ length: size }, (_, n) => `c${n}`);
  const people = classes.flatMap((id, c) => Array.from({ length: size }, (_, n) => ({ id: `p${c}-${n}`, class: id })));
  return {
    rows: {
      orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
      academicSessions: [
        { sourcedId: "t1", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2027-06-01", schoolYear: "2027" },
      ],
      courses: [],
      classes: classes.map((id) => ({ sourcedId: id, title: id, schoolSourcedId: "s1", termSourcedIds: "t1" })),
      users: people.map(({ id }) => ({
        sourcedId: id,
        role: "student",
        givenName: "Given",
        familyName: id,
        email: `${id}@x.example`,
        orgSourcedIds: "s1",
      })),
      enrollments: people.map((person) => ({
        sourcedId: `e-${person.id}`,
        classSourcedId: person.class,
        userSourcedId: person.id,
        role: "student",
      })),
    },
  };
}

/** What the planner takes the table to hold of this integration. */
async function estimateOf(integration: string): Promise<number> {
  const [row] = await database.db.sql.unsafe(
    `explain (format json) select from source_records where integration_id = '${integration}' and collection = 'enrollments'`,
  );
  return row?.["QUERY PLAN"][0].Plan["Plan Rows"];
}

test("a first sync counts what it brought, so that nobody takes the district for empty", async () => {
  const before = await newDistrict(database.db);
  await syncOnce(database.db, before, await newIntegration(database.db, before), districtOf(30));
  const district = await newDistrict(database.db);
  const integration = await newIntegration(database.db, district);
  expect(await estimateOf(integration)).toBeLessThan(10);
  expect((await syncOnce(database.db, district, integration, districtOf(40))).state).toBe("succeeded");
  expect(await estimateOf(integration)).toBeGreaterThan(800);
  const counted = await database.db.sql<{ name: string; rows: number }[]>`
    select relname as name, reltuples::int as rows from pg_class where relname = 'run_changes' or relname = ${partitionName(runChangesByMonth, new Date())}`;
  const [written] = await database.db.sql<{ rows: number }[]>`select count(*)::int as rows from run_changes`;
  expect(counted.map(({ rows }) => rows)).toEqual([written?.rows, written?.rows]);
});

test("what a delta asks of the roster ends soon, also where the statistics take the district for empty", async () => {
  const { sql } = database.db;
  await sql.unsafe(`analyze ${tables.join(", ")}`);
  const district = await newDistrict(database.db);
  const integration = await newIntegration(database.db, district);
  // As a sync would leave it, of 200 classes with 400 learners each, and with nobody who counts it.
  await sql`insert into classrooms (district_id, id, school_id, name, class_type, term_ids, subjects, grades, periods)
    select ${district}, uuidv7(), uuidv7(), 'c' || n, 'scheduled', '{}', '{}', '{}', '{}' from generate_series(1, 200) n`;
  await sql`insert into source_records (district_id, integration_id, collection, external_id, fate, record_id, rostered, matched_by, run_id)
    select district_id, ${integration}, 'classes', name, 'rostered', id, true, 'created', uuidv7() from classrooms where district_id = ${district}`;
  await sql`insert into memberships (district_id, id, classroom_id, account_id, role)
    select district_id, uuidv7(), id, uuidv7(), 'learner' from classrooms, generate_series(1, 400) where district_id = ${district}`;
  await sql`insert into source_records (district_id, integration_id, collection, external_id, fate, record_id, rostered, matched_by, run_id)
    select district_id, ${integration}, 'enrollments', 'e' || row_number() over (), 'rostered', id, true, 'created', uuidv7() from memberships where district_id = ${district}`;
  expect(await estimateOf(integration)).toBeLessThan(10);
  const known = knownRoster(database.db, { districtId: district, id: integration });
  const enrollments = await known.enrollmentsOf(Array.from({ length: 40 }, (_, n) => `c${n + 1}`));
  expect(enrollments).toHaveLength(16_000);
  expect(await known.rostered("enrollments", [...enrollments, "unknown"])).toEqual(new Set(enrollments));
});

test("a plan that waits is counted as well, so that a decision about thousands is looked at soon", async () => {
  const district = await newDistrict(database.db);
  const integration = await newIntegration(database.db, district);
  expect((await syncOnce(database.db, district, integration, districtOf(40))).state).toBe("succeeded");
  const others = districtOf(40);
  const renamed = { rows: { ...others.rows, users: (others.rows.users ?? []).map((one) => ({ ...one, givenName: "Other" })) } };
  const { id, state } = await syncOnce(database.db, district, integration, renamed, { kind: "preview" });
  expect(state).toBe("previewed");
  const [row] = await database.db.sql.unsafe(
    `explain (format json) select from waiting.plan_account where district_id = '${district}' and run_id = '${id}' and action = 'updated'`,
  );
  expect(row?.["QUERY PLAN"][0].Plan["Plan Rows"]).toBeGreaterThan(800);
});
