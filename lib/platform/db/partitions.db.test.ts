import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type TestDatabase, testDatabase, uuidv7At } from "#lib/platform/testing/database.ts";
import { openDatabase } from "./client.ts";
import { dropPartitions, type MonthlyTable, makePartitions, monthlyTables, partitionsOf } from "./partitions.ts";

const now = new Date("2026-11-20T12:00:00Z");
// A plan there is the coordinator's.
const isOnCitus = inject("citusWorkerUrls").length > 0;
/** One table of each kind of key; what holds of one holds of the other. */
const tables: readonly MonthlyTable[] = [
  { name: "of_ids", key: "id", keyType: "uuidv7" },
  { name: "of_times", key: "at", keyType: "timestamptz" },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  for (const { name, key, keyType } of tables)
    await database.db.sql.unsafe(`
      drop table if exists ${name};
      create table ${name} (${key} ${keyType === "uuidv7" ? "uuid" : keyType} not null, seq int generated always as identity, what text, primary key (${key}, seq))
        partition by range (${key});
      create table ${name}_default partition of ${name} default;`);
});

/** A row of that moment; ids are made as uuidv7() makes them. */
async function insert({ name, key, keyType }: MonthlyTable, at: string): Promise<void> {
  const value = keyType === "uuidv7" ? uuidv7At(`'${at}'::timestamptz`) : `'${at}'`;
  await database.db.sql.unsafe(`insert into ${name} (${key}, what) values (${value}, '${at}')`);
}

/** What lies where. */
async function contents({ name }: MonthlyTable): Promise<Record<string, string[]>> {
  const rows = await database.db.sql.unsafe<{ part: string; all: string[] }[]>(
    `select tableoid::regclass::text as part, array_agg(what order by what) as all from ${name} group by 1`,
  );
  return Object.fromEntries(rows.map(({ part, all }) => [part.slice(name.length + 1), all]));
}

const months = async (table: MonthlyTable) => (await partitionsOf(database.db.sql, table)).map(({ name }) => name.slice(-7));

test("a migrated database has this month and the next two", async () => {
  const [clock] = await database.db.sql<{ months: string[] }[]>`
    select array(select to_char(date_trunc('month', now() at time zone 'UTC') + make_interval(months => n), 'YYYY_MM') from generate_series(0, 2) n) as months`;
  for (const table of monthlyTables) expect(await months(table)).toEqual(clock?.months);
});

test.each(tables)("this month and the next two are made, once, over the end of a year: $name", async (table) => {
  expect(await makePartitions(database.db, table, now)).toEqual({
    names: [`${table.name}_2026_11`, `${table.name}_2026_12`, `${table.name}_2027_01`],
    isBusy: false,
  });
  expect(await makePartitions(database.db, table, now)).toEqual({ names: [], isBusy: false });
  for (const at of [
    "2026-11-01T00:00:00Z",
    "2026-11-30T23:59:59.999Z",
    "2026-12-01T00:00:00Z",
    "2027-01-31T23:59:59.999Z",
    "2027-02-01T00:00:00Z",
  ])
    await insert(table, at);
  expect(await contents(table)).toEqual({
    "2026_11": ["2026-11-01T00:00:00Z", "2026-11-30T23:59:59.999Z"],
    "2026_12": ["2026-12-01T00:00:00Z"],
    "2027_01": ["2027-01-31T23:59:59.999Z"],
    default: ["2027-02-01T00:00:00Z"],
  });
});

test.each(tables)("what came while there was no partition for it is moved into its month: $name", async (table) => {
  const before = ["2026-08-15T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-31T23:00:00Z", "2026-11-02T00:00:00Z"];
  for (const at of [...before, "2030-01-01T00:00:00Z"]) await insert(table, at);
  expect((await makePartitions(database.db, table, now)).names).toEqual(
    ["2026_08", "2026_10", "2026_11", "2026_12", "2027_01"].map((month) => `${table.name}_${month}`),
  );
  expect(await contents(table)).toEqual({
    "2026_08": before.slice(0, 1),
    "2026_10": before.slice(1, 3),
    "2026_11": before.slice(3),
    // Nobody knows what the time was: it is made a month when its month comes.
    default: ["2030-01-01T00:00:00Z"],
  });
  await insert(table, "2026-10-05T00:00:00Z");
  expect((await contents(table))["2026_10"]).toHaveLength(3);
  expect((await makePartitions(database.db, table, new Date("2029-12-31T00:00:00Z"))).names).toContain(`${table.name}_2030_01`);
  expect(await contents(table)).not.toHaveProperty("default");
});

test.each(tables)("months that are over by a moment are dropped whole, and no other: $name", async (table) => {
  for (const at of ["2026-08-15T00:00:00Z", "2026-09-15T00:00:00Z", "2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z"])
    await insert(table, at);
  await makePartitions(database.db, table, now);
  const told: string[] = [];
  const drop = (before: string) =>
    dropPartitions(database.db, table, new Date(before), async (tx, { name, month }) => {
      const [rows] = await tx.sql<{ count: number }[]>`select count(*)::int as count from ${tx.sql(name)}`;
      told.push(`${month.toISOString()} ${rows?.count}`);
    });
  expect(await drop("2026-10-31T23:59:59.999Z")).toEqual({ names: [`${table.name}_2026_08`, `${table.name}_2026_09`], isBusy: false });
  expect(told).toEqual(["2026-08-01T00:00:00.000Z 1", "2026-09-01T00:00:00.000Z 1"]);
  expect(await drop("2026-10-31T23:59:59.999Z")).toEqual({ names: [], isBusy: false });
  expect(await months(table)).toEqual(["2026_10", "2026_11", "2026_12", "2027_01"]);
  expect(await contents(table)).toEqual({ "2026_10": ["2026-10-15T00:00:00Z"], "2026_11": ["2026-11-15T00:00:00Z"] });
});

test("what is to be remembered of a month and cannot be keeps it", async () => {
  const [table] = tables as [MonthlyTable];
  await insert(table, "2026-08-15T00:00:00Z");
  await makePartitions(database.db, table, now);
  const refusing = dropPartitions(database.db, table, now, async () => {
    throw new Error("not written");
  });
  await expect(refusing).rejects.toThrow("not written");
  expect(await contents(table)).toEqual({ "2026_08": ["2026-08-15T00:00:00Z"] });
});

test.each(tables)("of several at once one makes and one drops each, and all come to an end: $name", async (table) => {
  await insert(table, "2026-08-15T00:00:00Z");
  await insert(table, "2026-10-15T00:00:00Z");
  const others = await Promise.all(Array.from({ length: 3 }, async () => openDatabase(database.url, { max: 1 })));
  const made = await Promise.all(others.map((db) => makePartitions(db, table, now)));
  expect(made.flatMap(({ names }) => names).sort()).toEqual(
    ["2026_08", "2026_10", "2026_11", "2026_12", "2027_01"].map((month) => `${table.name}_${month}`),
  );
  const dropped = await Promise.all(others.map((db) => dropPartitions(db, table, new Date("2026-11-01T00:00:00Z"))));
  expect(dropped.flatMap(({ names }) => names).sort()).toEqual([`${table.name}_2026_08`, `${table.name}_2026_10`]);
  expect([...made, ...dropped].some(({ isBusy }) => isBusy)).toBe(false);
  for (const db of others) await db.close();
});

test.each(tables)("who writes is not kept waiting: what is in the way is left for later: $name", async (table) => {
  await insert(table, "2026-10-15T00:00:00Z");
  await makePartitions(database.db, table, now);
  const value = table.keyType === "uuidv7" ? uuidv7At("'2026-11-20'::timestamptz") : "'2026-11-20'";
  const write = `insert into ${table.name} (${table.key}, what) values (${value}, 'written')`;
  const later = new Date("2026-12-20T12:00:00Z");
  await database.db.sql.begin(async (writer) => {
    await writer.unsafe(write);
    // A new month is made beside a writer; a month is dropped when nobody writes.
    expect(await makePartitions(database.db, table, later)).toEqual({ names: [`${table.name}_2027_02`], isBusy: false });
    expect(await dropPartitions(database.db, table, new Date("2026-11-01T00:00:00Z"))).toEqual({ names: [], isBusy: true });
    await writer.unsafe(write);
  });
  expect(await dropPartitions(database.db, table, new Date("2026-11-01T00:00:00Z"))).toEqual({
    names: [`${table.name}_2026_10`],
    isBusy: false,
  });
  expect((await contents(table))["2026_11"]).toEqual(["written", "written"]);
});

test.skipIf(isOnCitus)("a statement that names the run looks into one partition alone", async () => {
  const [plan] = await database.db.sql<{ "QUERY PLAN": unknown }[]>`
    explain (format json) select from run_changes where district_id = uuidv7() and run_id = (${"01900000-0000-7000-8000-000000000000"})::uuid`;
  expect(JSON.stringify(plan).match(/"Relation Name":"[^"]+"/g)).toEqual(['"Relation Name":"run_changes_default"']);
});
