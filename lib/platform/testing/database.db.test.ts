import { expect, test } from "vitest";
import { openDatabase } from "#lib/platform/db/client.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { newDistrict, testDatabase } from "./database.ts";

test("each file has a migrated database of its own", async () => {
  const first = await testDatabase();
  const second = await testDatabase();
  await newDistrict(first.db);
  expect(await first.db.sql`select 1 from districts`).toHaveLength(1);
  expect(await second.db.sql`select 1 from districts`).toHaveLength(0);
  await first.close();
  await second.close();
});

test("migrating again, and from several processes at once, does nothing", async () => {
  const { url, db, close } = await testDatabase();
  const applied = () => db.sql`select hash from drizzle.__drizzle_migrations order by id`;
  const before = await applied();
  await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(await applied()).toEqual(before);
  await close();
});

test("an empty database is migrated once by processes that start at the same moment", async () => {
  const { url, db, close } = await testDatabase();
  await db.sql`create database fresh`;
  const fresh = url.replace(/\/[^/]*$/, "/fresh");
  await Promise.all([migrate(fresh), migrate(fresh)]);
  const opened = openDatabase(fresh, { max: 1 });
  await newDistrict(opened);
  await opened.close();
  await db.sql`drop database fresh with (force)`;
  await close();
});

test("a database that is another program's is left as it is", async () => {
  const { url, db, close } = await testDatabase();
  await db.sql`create database foreign_one`;
  const foreign = url.replace(/\/[^/]*$/, "/foreign_one");
  const opened = openDatabase(foreign, { max: 1 });
  await opened.sql`create table invoices (id int)`;
  const schemas = () => opened.sql`select nspname from pg_namespace order by 1`;
  const before = await schemas();
  await expect(migrate(foreign)).rejects.toThrow(
    /"foreign_one" holds tables that are not Aivo's \(such as "invoices"\).*Check DATABASE_URL/,
  );
  expect(await schemas()).toEqual(before);
  expect(await opened.sql`select relname from pg_class where relnamespace = 'public'::regnamespace`).toEqual([{ relname: "invoices" }]);
  await opened.close();
  await db.sql`drop database foreign_one with (force)`;
  await close();
});

test("a connection or a table of staging left behind fails the file", async () => {
  const leaking = await testDatabase();
  const other = openDatabase(leaking.url, { applicationName: "forgotten", max: 1 });
  await other.sql`select 1`;
  await expect(leaking.close()).rejects.toThrow("Connections left open: forgotten");
  await other.close();

  const staging = await testDatabase();
  await staging.db.sql`create table staging.run_1 (id text)`;
  await expect(staging.close()).rejects.toThrow("Left in staging: run_1");
});
