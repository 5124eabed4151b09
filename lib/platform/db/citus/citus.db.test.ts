import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { afterAll, expect, inject, test } from "vitest";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { migrate, migrateUpTo } from "#lib/platform/db/migrate.ts";
import { undoTables } from "#lib/platform/db/undo-tables.ts";
import { dropCitusDatabase, makeCitusDatabase } from "#lib/platform/testing/citus.ts";
import { testDatabase } from "#lib/platform/testing/database.ts";
import { distribute } from "./distribute.ts";
import { missingForCitus, missingOnServer } from "./missing.ts";
import { placementOf, tablesOf } from "./placement.ts";

/** Whether this runs on three nodes of Citus: `npm run test:citus`. */
const isOnCitus = inject("citusWorkerUrls").length > 0;
const { db, url, close } = await testDatabase();
const sql = postgres(url, { max: 1, onnotice: () => {} });
afterAll(async () => {
  await sql.end();
  await close();
});

test("every table has a place on Citus by the rule", async () => {
  const placed = (await tablesOf(sql)).map((table) => ({ table: `${table.schema}.${table.name}`, placement: placementOf(table) }));
  expect(placed.filter(({ placement }) => placement === null)).toEqual([]);
  const kept = placed.filter(({ placement }) => placement?.kind === "coordinator").map(({ table }) => table);
  expect(kept.filter((table) => table.startsWith("public."))).toEqual(
    ["audit_destinations", "deleted_districts", "sign_in_sprays", "sign_in_throttles"].map((name) => `public.${name}`),
  );
  expect(placed[0]).toEqual({ table: "public.districts", placement: { kind: "distributed", column: "id" } });
  expect(placed).toContainEqual({ table: "public.run_changes_default", placement: { kind: "with-parent" } });
});

test("a table of no district that the rule does not name has no place", async () => {
  expect(placementOf({ schema: "public", name: "holidays", hasDistrict: false, isPartition: false })).toBeNull();
  expect(placementOf({ schema: "other", name: "accounts", hasDistrict: true, isPartition: false })).toBeNull();
});

test("every unique index of a distributed table holds the column that it is distributed by", async () => {
  const indexes = await sql<{ table: string; name: string; columns: string[] }[]>`
    select n.nspname || '.' || c.relname as table, i.indexrelid::regclass::text as name,
      array(select a.attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey)) as columns
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where i.indisunique`;
  const columns = new Map<string, string>();
  for (const table of await tablesOf(sql)) {
    const placement = placementOf(table);
    if (placement?.kind === "distributed") columns.set(`${table.schema}.${table.name}`, placement.column);
  }
  const without = indexes.filter(({ table, columns: held }) => columns.has(table) && !held.includes(columns.get(table) ?? ""));
  expect(without.map(({ name }) => name)).toEqual([]);
});

test("of what a server lacks, what the rest stands on is said first, with the remedy", () => {
  const whole = { version: "17.6", database: "aivo", available: "13.2-1", created: "13.2-1", preloaded: "pg_stat_statements, citus" };
  const codes = (server: Parameters<typeof missingOnServer>[0]) => missingOnServer(server).map(({ code }) => code);
  expect(codes(whole)).toEqual([]);
  expect(codes({ ...whole, preloaded: null })).toEqual([]);
  expect(codes({ ...whole, available: null, created: null, preloaded: "" })).toEqual(["extension"]);
  expect(codes({ ...whole, created: null, preloaded: "" })).toEqual(["preload"]);
  expect(codes({ ...whole, created: null })).toEqual(["created"]);
  expect(codes({ ...whole, created: "11.3-2" })).toEqual(["version"]);
  expect(missingOnServer({ ...whole, created: null })[0]?.remedy).toContain("CREATE EXTENSION citus");
});

if (isOnCitus) {
  test("on Citus every table is where the rule says, and doing it again finds nothing to do", async () => {
    expect(await distribute(sql)).toMatchObject({ ok: true, done: [] });
    const distributed = await sql<{ name: string }[]>`select logicalrelid::regclass::text as name from pg_dist_partition`;
    expect(distributed).toEqual(expect.arrayContaining(Object.values(undoTables).map((table) => ({ name: `staging.${table.name}` }))));
    const wanted = (await tablesOf(sql)).filter((table) => placementOf(table)?.kind !== "coordinator");
    expect(distributed.map(({ name }) => name).sort()).toEqual(
      wanted.map(({ schema, name }) => (schema === "public" ? name : `${schema}.${name}`)).sort(),
    );
  });

  test("what was distributed by an earlier version is brought to this one, and its new tables are distributed with it", async () => {
    const citus = { url: inject("databaseServerUrl"), workerUrls: inject("citusWorkerUrls") };
    const name = `aivo_earlier_${randomBytes(4).toString("hex")}`;
    const earlier = await makeCitusDatabase(citus, name);
    await migrateUpTo(earlier, journal.entries.find(({ tag }) => tag.startsWith("0040_"))?.when ?? 0);
    const owner = postgres(earlier, { max: 1, onnotice: () => {} });
    expect(await distribute(owner, 2)).toMatchObject({ ok: true });
    const [district] = await owner<{ id: string }[]>`insert into districts (name, timezone) values ('Old', 'America/Chicago') returning id`;
    const [integration] = await owner<{ id: string }[]>`
      insert into integrations (district_id, name, provider, safety) values (${district?.id ?? ""}, 'SIS', 'oneroster-csv', '{}') returning id`;
    await owner`
      insert into source_records (district_id, integration_id, collection, external_id, fate, run_id)
      values (${district?.id ?? ""}, ${integration?.id ?? ""}, 'orgs', 'o1', 'rostered', uuidv7())`;

    await migrate(earlier);
    expect((await distribute(owner, 2)).ok).toBe(true);
    expect(await distribute(owner, 2)).toMatchObject({ ok: true, done: [] });
    expect(await owner`select oneroster_version from integrations where district_id = ${district?.id ?? ""}`).toEqual([
      { oneroster_version: "1.1" },
    ]);
    const policies = (from: postgres.Sql) =>
      from`select schemaname, tablename, policyname, roles::text, qual, with_check from pg_policies where policyname in ('district', 'schools') and schemaname <> 'staging' order by 1, 2, 3`;
    expect(await policies(owner)).toEqual(await policies(sql));
    await owner.end();
    await dropCitusDatabase(citus, name);
  });

  test("who uses the database is asked to stop first", async () => {
    const worker = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: "aivo-worker" } });
    await worker`select 1`;
    expect(await missingForCitus(sql)).toMatchObject([{ code: "in-use", what: "Aivo is using the database: aivo-worker (1)." }]);
    await worker.end();
  });
} else {
  test("on one PostgreSQL nothing is changed, and the extension is what is missing", async () => {
    const before = await policies();
    const result = await distribute(sql);
    expect(result).toMatchObject({ ok: false, done: [], missing: [{ code: "extension" }] });
    expect(await policies()).toEqual(before);
  });
}

function policies() {
  return db.sql`select tablename, qual, with_check from pg_policies order by 1`;
}
