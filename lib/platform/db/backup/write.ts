import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import postgres from "postgres";
import { isDistributed } from "#lib/platform/db/citus/is-distributed.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type BackupHeader, rowsIn } from "./file.ts";
import { quoted, quotedColumns, sequencesToKeep, tablesToKeep } from "./tables.ts";

export interface WrittenBackup {
  readonly madeAt: string;
  readonly rows: number;
  readonly tables: number;
  readonly sha256: string;
  readonly keys: readonly string[];
}

const blockBytes = 65_536;

/**
 * Writes everything of the database to a file, as it was at one moment, while the product goes on. Memory does not grow with the
 * rows. The file appears under its name when it is whole, readable by its owner alone.
 * @throws ServiceError `conflict` when there is such a file, `precondition` on Citus, whose nodes have a moment each
 */
export async function writeBackup(db: Pick<Database, "sql">, databaseUrl: string, file: string): Promise<WrittenBackup> {
  if (await isDistributed(db)) throw new ServiceError("precondition", "On Citus back up all nodes at once by its own means.");
  const part = `${file}.part`;
  await claim(file);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: "aivo-backup" } });
  try {
    const connection = await sql.reserve();
    await assertSeesEverything(connection);
    await connection`set timezone = 'UTC'`;
    await connection`begin isolation level repeatable read read only`;
    const found = { rows: 0, tables: 0, sha256: "" };
    const header = await headerOf(connection);
    await pipeline(Readable.from(content(connection, header, found)), createGzip(), createWriteStream(part, { flags: "w", mode: 0o600 }));
    await connection`commit`;
    connection.release();
    const handle = await open(part, "r+");
    await handle.sync().finally(() => handle.close());
    await rename(part, file);
    return { madeAt: header.madeAt, keys: header.keys, ...found };
  } catch (error) {
    await rm(part, { force: true });
    await rm(file, { force: true });
    throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Of the tables whose row-level security is forced the owner sees what its policy says: everything (lib/platform/db/roles.ts). */
async function assertSeesEverything(sql: postgres.ReservedSql): Promise<void> {
  for (const table of await tablesToKeep(sql)) {
    const [seen] = await sql<{ everything: boolean }[]>`
      select not row_security_active(${quoted(table)}) or exists (
        select from pg_policy where polrelid = ${quoted(table)}::regclass and polname = 'owner' and polroles = array[current_user::regrole::oid]
      ) as everything`;
    if (!seen?.everything)
      throw new ServiceError(
        "precondition",
        `Not all of ${quoted(table)} can be seen. Back up as the owner of the database, after db:migrate.`,
      );
  }
}

/** An empty file under the name, so that nobody else takes it. */
async function claim(file: string): Promise<void> {
  try {
    await (await open(file, "wx", 0o600)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new ServiceError("conflict", `${file} is there already. Name another file, or remove that one.`);
    throw error;
  }
}

async function headerOf(sql: postgres.ReservedSql): Promise<BackupHeader> {
  const [at] = await sql<{ madeAt: string; migration: number }[]>`
    select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "madeAt",
      (select max(created_at)::float8 from drizzle.__drizzle_migrations) as migration`;
  if (!at) throw new Error("the database told no time");
  const keys = await sql<{ key: string }[]>`
    select distinct split_part(value, ':', 1) as key from (
      select s.value from integrations i, jsonb_each_text(i.secrets) s
      union all select s.value from webhook_endpoints w, jsonb_each_text(w.secrets) s
      union all select p.secrets ->> 'clientSecret' from identity_providers p
      union all select barring_key from districts where barring_key is not null) sealed
    where value like '%:%' order by 1`;
  return {
    format: "aivo-backup",
    version: 1,
    ...at,
    keys: keys.map(({ key }) => key),
    sequences: await sequencesToKeep(sql),
  };
}

async function* content(
  sql: postgres.ReservedSql,
  header: BackupHeader,
  found: { rows: number; tables: number; sha256: string },
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  const hashed = (part: string | Buffer) => {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hash.update(bytes);
    return bytes;
  };
  yield hashed(`${JSON.stringify(header)}\n`);
  for (const table of await tablesToKeep(sql)) {
    yield hashed(`${JSON.stringify(table)}\n`);
    const rows = await sql.unsafe(`copy (select ${quotedColumns(table)} from ${quoted(table)}) to stdout`).readable();
    // postgres.js stops reading the connection when the stream is full, and goes on when more is asked of it: of one that has ended nobody
    // asks, and the connection's next query would wait for ever.
    rows.once("end", () => rows._read(0));
    for await (const block of blocksOf(rows)) {
      found.rows += rowsIn(block);
      yield hashed(`${block.length}\n`);
      yield hashed(block);
    }
    yield hashed("0\n");
    found.tables++;
  }
  yield hashed("end\n");
  found.sha256 = hash.digest("hex");
  yield Buffer.from(`${JSON.stringify({ sha256: found.sha256 })}\n`);
}

/** PostgreSQL sends each row by itself. */
async function* blocksOf(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const row of rows) {
    parts.push(row);
    length += row.length;
    if (length < blockBytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(parts);
}
