import { once } from "node:events";
import postgres from "postgres";
import { endOf } from "#lib/platform/db/copy-end.ts";
import { migrate, migrateUpTo } from "#lib/platform/db/migrate.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type BackupHeader, type BackupTable, readBackup, rowsIn } from "./file.ts";
import { quoted, quotedColumns, tablesToKeep } from "./tables.ts";

export interface RestoredBackup {
  readonly madeAt: string;
  readonly rows: number;
  readonly tables: number;
  readonly keys: readonly string[];
}

/**
 * Fills an empty database from a backup: the schema by the migrations up to the backup's, all rows in one transaction, and then what
 * migrations there are since. The file is read once before anything is done, so that a damaged one changes nothing.
 * @throws ServiceError `invalid`: the file is not whole; `precondition`: the database is not empty, or the backup is of a newer version
 */
export async function restoreBackup(databaseUrl: string, file: string): Promise<RestoredBackup> {
  const { header } = await verifyBackup(file);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: "aivo-restore" } });
  try {
    await assertEmpty(sql, header);
    await migrateUpTo(databaseUrl, header.migration);
    const found = await fill(sql, file);
    await migrate(databaseUrl);
    await sql`analyze`;
    return { madeAt: header.madeAt, keys: header.keys, ...found };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Reads all of a backup and its checksum. @throws ServiceError `invalid` */
export async function verifyBackup(file: string): Promise<{ readonly header: BackupHeader; readonly rows: number }> {
  const backup = await readBackup(file);
  let rows = 0;
  for await (const table of backup.tables()) for await (const block of table.rows) rows += rowsIn(block);
  return { header: backup.header, rows };
}

/** No tables, or those of the backup's own version without a row, as a restore that broke off leaves them. */
async function assertEmpty(sql: postgres.Sql, header: BackupHeader): Promise<void> {
  const tables = await tablesToKeep(sql);
  if (tables.length === 0) return;
  const [made] = await sql<{ found: boolean }[]>`select to_regclass('drizzle.__drizzle_migrations') is not null as found`;
  const [last] = made?.found ? await sql<{ at: number }[]>`select max(created_at)::float8 as at from drizzle.__drizzle_migrations` : [];
  const isOfBackup = last?.at === header.migration;
  for (const table of isOfBackup ? tables : []) {
    const [row] = await sql.unsafe<{ found: boolean }[]>(`select exists (select from ${quoted(table)}) as found`);
    if (row?.found) throw notEmpty();
  }
  if (!isOfBackup) throw notEmpty();
}

function notEmpty(): ServiceError {
  return new ServiceError(
    "precondition",
    "The database is not empty. Nothing was changed. Restore into a new one: another AIVO_DATA_DIR, or a DATABASE_URL that names an empty database.",
  );
}

async function fill(sql: postgres.Sql, file: string): Promise<{ rows: number; tables: number }> {
  const backup = await readBackup(file);
  const connection = await sql.reserve();
  const there = new Map((await tablesToKeep(connection)).map((table) => [quoted(table), table]));
  let [rows, tables] = [0, 0];
  try {
    await connection`begin`;
    await connection`set local row_security = off`;
    // What triggers make of a row is in it already, and COPY fills no table whose owner is under row-level security; the migrations that follow
    // force it again. The tables are the owner's, who needs no superuser for it.
    for (const name of there.keys()) await connection.unsafe(`alter table ${name} disable trigger user, no force row level security`);
    for await (const { table, rows: blocks } of backup.tables()) {
      assertKnown(table, there.get(quoted(table)));
      rows += await copyInto(connection, table, blocks);
      tables++;
    }
    for (const { name, value } of backup.header.sequences) await connection`select setval(${name}::text::regclass, ${value}::text::bigint)`;
    for (const name of there.keys()) await connection.unsafe(`alter table ${name} enable trigger user`);
    await connection`commit`;
    return { rows, tables };
  } catch (error) {
    await connection`rollback`.catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}

/** Names of the file go into statements: only those that the schema has. */
function assertKnown(table: BackupTable, known: BackupTable | undefined): void {
  if (known === undefined || table.columns.some((column) => !known.columns.includes(column)))
    throw new ServiceError("invalid", "The backup has a table or column that its version does not know. Nothing was changed.");
}

async function copyInto(sql: postgres.ReservedSql, table: BackupTable, blocks: AsyncIterable<Buffer>): Promise<number> {
  const query = sql.unsafe(`copy ${quoted(table)} (${quotedColumns(table)}) from stdin`);
  const over = endOf(query);
  // Told where it is awaited; a refusal in the middle ends the waiting for the stream as well.
  over.catch(() => {});
  const writable = await query.writable();
  writable.on("error", () => {});
  let rows = 0;
  for await (const block of blocks) {
    rows += rowsIn(block);
    if (!writable.write(block)) await Promise.race([once(writable, "drain"), over]);
  }
  writable.end();
  await over;
  return rows;
}
