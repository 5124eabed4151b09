import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, expect, inject, test } from "vitest";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { openDatabase } from "#lib/platform/db/client.ts";
import { migrateUpTo } from "#lib/platform/db/migrate.ts";
import { assertCurrent } from "#lib/platform/db/state.ts";
import { restoreBackup } from "./restore.ts";
import { writeBackup } from "./write.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-backup-"));
const admin = postgres(inject("databaseServerUrl"), { max: 1, onnotice: () => {} });
const made: string[] = [];
afterAll(async () => {
  for (const name of made) await admin`drop database ${admin(name)} with (force)`;
  await admin.end();
  await rm(folder, { recursive: true, force: true });
});

async function emptyDatabase(): Promise<string> {
  const name = `aivo_test_${randomBytes(6).toString("hex")}`;
  await admin`create database ${admin(name)}`;
  made.push(name);
  const url = new URL(inject("databaseServerUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

test.each([
  ["the version before", journal.entries.at(-2)?.when ?? 0],
  ["one that had fewer tables of months", journal.entries.find(({ tag }) => tag.startsWith("0050_"))?.when ?? 0],
])("a backup of %s is restored by its own schema and brought to this one; one of a later version is refused", async (version, earlier) => {
  const [from, to, elsewhere] = [await emptyDatabase(), await emptyDatabase(), await emptyDatabase()];
  await migrateUpTo(from, earlier);
  const old = openDatabase(from, { max: 1 });
  const restored = openDatabase(to, { max: 1 });
  // Every character that COPY has a meaning for, and more than one block of it.
  const name = "Back\\slash, tab\t, line\nbreak, \\. and Łódź 🎒 ".repeat(3);
  try {
    await old.sql`insert into districts (name, timezone) select ${name} || n, 'UTC' from generate_series(1, 2000) n`;
    const written = await writeBackup(old, from, join(folder, `earlier-${version}`));
    expect(written.rows).toBeGreaterThanOrEqual(2000);
    expect(await restoreBackup(to, join(folder, `earlier-${version}`))).toMatchObject({ rows: written.rows, tables: written.tables });
    await assertCurrent(restored.sql);
    const rows = (sql: postgres.Sql) => sql`select id, name, created_at from districts order by id`;
    expect(await rows(restored.sql)).toEqual(await rows(old.sql));

    const later = (journal.entries.at(-1)?.when ?? 0) + 1;
    await old.sql`update drizzle.__drizzle_migrations set created_at = ${later} where created_at = ${earlier}`;
    await writeBackup(old, from, join(folder, `later-${version}`));
    await expect(restoreBackup(elsewhere, join(folder, `later-${version}`))).rejects.toThrow(/newer version of Aivo/);
  } finally {
    await old.close();
    await restored.close();
  }
});
