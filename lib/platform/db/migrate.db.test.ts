import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate as applyAll } from "drizzle-orm/postgres-js/migrator";
import { afterAll, beforeAll, expect, test } from "vitest";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { newDistrict, type TestDatabase, testDatabase, uuidv7At } from "#lib/platform/testing/database.ts";
import { applyPending } from "./apply-pending.ts";
import { type Database, openDatabase } from "./client.ts";
import { migrate } from "./migrate.ts";
import { ensureUuidv7 } from "./uuidv7.ts";

const migrations = join(import.meta.dirname, "../../../drizzle");

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A database as an earlier release left it: with the migrations up to the one of this number. */
async function databaseAt(last: number): Promise<{ readonly db: Database; readonly url: string }> {
  const name = `release_${last}`;
  await database.db.sql`create database ${database.db.sql(name)}`;
  const url = database.url.replace(/\/[^/]*$/, `/${name}`);
  const db = openDatabase(url, { max: 1 });
  const folder = await mkdtemp(join(tmpdir(), "aivo-migrations-"));
  await cp(migrations, folder, { recursive: true });
  const journal = JSON.parse(await readFile(join(folder, "meta/_journal.json"), "utf8"));
  journal.entries = journal.entries.filter(({ idx }: { idx: number }) => idx <= last);
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify(journal));
  await ensureUuidv7(db.sql);
  await applyAll(db.orm, { migrationsFolder: folder });
  await rm(folder, { recursive: true });
  return { db, url };
}

test("the changes of years of syncs are kept as they are, each in the month of its run", async () => {
  const { db, url } = await databaseAt(19);
  const { sql } = db;
  // The schema of that time, not of this one.
  const made = await sql<{ id: string }[]>`
    insert into districts (name, timezone) values ('Old', 'America/Chicago'), ('Older', 'America/Chicago') returning id`;
  const districts = made.map(({ id }) => id);
  const [integration] = await sql<{ id: string }[]>`select uuidv7() as id`;
  for (const [index, district] of districts.entries())
    await sql`
      insert into sync_runs (district_id, integration_id, id, trigger, state, queued_at)
      select ${district}, ${integration?.id ?? ""}::uuid, ${sql.unsafe(uuidv7At("at"))}, 'schedule', 'succeeded', at
      from unnest(array['2025-01-31T23:59:59Z', '2025-02-01T00:00:01Z', '2026-10-15T06:00:00Z', ${`2026-0${index + 6}-01T00:30:00Z`}]::timestamptz[]) at`;
  // Written in turns, so that the numbers of a run have gaps; and one of a run that is not known.
  await sql`
    insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after)
    select district_id, id, 'learner', 'updated', uuidv7(), 'u' || n, 'changed in the SIS', '{"grade": "4"}', jsonb_build_object('grade', n)
    from generate_series(1, 50) n, sync_runs order by n, id`;
  await sql`insert into run_changes (district_id, run_id, entity, action, record_id, reason)
    values (${districts[0] ?? ""}, ${sql.unsafe(uuidv7At("'2025-03-05'::timestamptz"))}, 'school', 'created', uuidv7(), 'new in the SIS')`;
  const changes = async () => [...(await sql`select * from run_changes order by seq`)];
  const before = await changes();
  expect(before).toHaveLength(401);

  await migrate(url);
  // The one column that came later is blank of what was there before it.
  expect(await changes()).toEqual(before.map((row) => ({ ...row, lifecycle: null })));
  const [misplaced] = await sql<{ count: number }[]>`
    select count(*)::int as count from run_changes c join sync_runs r on r.district_id = c.district_id and r.id = c.run_id
    where c.tableoid::regclass::text <> 'run_changes_' || to_char(r.queued_at at time zone 'UTC', 'YYYY_MM')`;
  expect(misplaced?.count).toBe(0);
  const counts = await sql<{ part: string; rows: number }[]>`
    select tableoid::regclass::text as part, count(*)::int as rows from run_changes group by 1 order by 1`;
  expect(Object.fromEntries(counts.map(({ part, rows }) => [part.slice(-7), rows]))).toEqual({
    "2025_01": 100,
    "2025_02": 100,
    "2025_03": 1,
    "2026_06": 50,
    "2026_07": 50,
    "2026_10": 100,
  });
  expect((await sql`select to_regclass('run_changes_before') as old`)[0]?.old).toBeNull();

  // What comes next is numbered after the rest, by whichever release writes it.
  const [next] = await sql<{ seq: string }[]>`
    insert into run_changes (district_id, run_id, entity, action, record_id, reason)
    select district_id, id, 'learner', 'created', uuidv7(), 'new in the SIS' from sync_runs limit 1 returning seq`;
  expect(Number(next?.seq)).toBe(Number(before.at(-1)?.seq) + 1);
  const grants = await sql<{ privilege: string }[]>`
    select privilege_type as privilege from information_schema.role_table_grants where grantee = 'aivo_app' and table_name like 'run_changes%' order by table_name, 1`;
  expect(grants.map(({ privilege }) => privilege)).toEqual(["DELETE", "INSERT", "SELECT", "UPDATE"]);
  await db.close();
  await database.db.sql`drop database release_19`;
});

test("a run's id tells when it was asked for: another kind of id is refused", async () => {
  const district = await newDistrict(database.db);
  const insert = database.db.sql`
    insert into sync_runs (district_id, integration_id, id, trigger) values (${district}, uuidv7(), ${crypto.randomUUID()}, 'manual')`;
  await expect(insert).rejects.toMatchObject({ code: "23514" });
});

test("a migration lets go of everything where a table is in use, and says what it applied and how long that took", async () => {
  const { db, url } = await databaseAt(39);
  const { sql } = db;
  const other = openDatabase(url, { max: 1 });
  const held = await other.sql.reserve();
  await held`begin`;
  await held`lock table accounts in access share mode`;
  const folder = join(import.meta.dirname, "../../../drizzle");
  const patience = { lockMs: 50, betweenMs: 1, tries: 2 };
  await expect(applyPending(sql, db.orm, folder, patience)).rejects.toMatchObject({ code: "conflict" });
  expect((await sql`select to_regclass('sessions') is not null as made`)[0]?.made).toBe(false);
  await held`commit`;
  held.release();
  await other.close();
  const { names, seconds } = await migrate(url);
  expect(names).toEqual(journal.entries.slice(40).map(({ tag }) => tag));
  expect(seconds).toBeGreaterThan(0);
  expect((await migrate(url)).names).toEqual([]);
  await db.close();
});

test("of several that migrate at once each migration is one's, and the others find it done", async () => {
  const { db, url } = await databaseAt(40);
  const done = await Promise.all([1, 2, 3].map(() => migrate(url)));
  expect(done.flatMap(({ names }) => names)).toEqual(journal.entries.slice(41).map(({ tag }) => tag));
  expect((await db.sql`select count(*)::int as n from drizzle.__drizzle_migrations`)[0]?.n).toBe(journal.entries.length);
  await db.close();
});
