import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type postgres from "postgres";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { csvLine } from "#lib/platform/csv/write.ts";
import { inSnapshot, withDistrict } from "#lib/platform/db/tx.ts";
import { type ZipEntry, zipStream } from "#lib/platform/zip.ts";
import { cellOf } from "#lib/services/retention/export-person.ts";
import { secretColumns } from "#lib/services/retention/secret-columns.ts";
import type { Services } from "#lib/services/services.ts";

const secret: ReadonlySet<string> = new Set(secretColumns);
/** So many rows are held at a time. */
const atOnce = 1_000;

export interface ExportedDistrict {
  readonly file: string;
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Writes all that is kept of a district, but secrets, into one archive: of each table a file of JSON lines, exact, and a CSV file, in which
 * formulas are made harmless. One snapshot of the database, read row by row: the memory does not grow with the district. The file is readable
 * by its owner alone, and whole or not there.
 * @throws ServiceError `not-found`
 */
export async function exportDistrict(services: Services, scope: DistrictScope<"operate">, file: string): Promise<ExportedDistrict> {
  const rows: Record<string, number> = {};
  const aside = `${file}.part`;
  try {
    await inSnapshot(services.db, scope, "isolation level repeatable read read only", async (sql) => {
      const tables = await tablesOf(sql);
      const entries = tables.flatMap((table): ZipEntry[] => [
        { name: `${table.name}.jsonl`, text: () => asLines(sql, scope, table, (count) => (rows[table.name] = count)) },
        { name: `${table.name}.csv`, text: () => asCsv(sql, scope, table) },
      ]);
      await pipeline(zipStream(entries, services.now()), createWriteStream(aside, { mode: 0o600 }));
    });
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
  await withDistrict(services.db, scope, (tx) => {
    const target = { kind: "district", id: scope.districtId };
    return appendAudit(tx, { actor: scope.actor, action: "district-exported", target, details: { rows } }, services.now());
  });
  return { file, rows };
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Which column has the district's id. */
  readonly by: "id" | "district_id";
}

/** From the catalogue, so that none is forgotten. What waits for an admin's approval is in the SIS, and no part of the district yet. */
async function tablesOf(sql: postgres.TransactionSql): Promise<readonly Table[]> {
  const found = await sql<{ name: string; columns: string[] }[]>`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    group by c.relname
    having bool_or(a.attname = 'district_id') or c.relname = 'districts'
    order by c.relname`;
  return found.map(({ name, columns }) => ({
    name,
    columns: columns.filter((column) => !secret.has(column)),
    by: name === "districts" ? "id" : "district_id",
  }));
}

function batches(sql: postgres.TransactionSql, { districtId }: DistrictScope<"operate">, { name, columns, by }: Table) {
  return sql<{ row: Record<string, unknown> }[]>`
    select to_jsonb(t) as row from (select ${sql([...columns])} from ${sql(name)} where ${sql(by)} = ${districtId}) t`.cursor(atOnce);
}

async function* asLines(
  sql: postgres.TransactionSql,
  scope: DistrictScope<"operate">,
  table: Table,
  counted: (count: number) => void,
): AsyncGenerator<string> {
  let count = 0;
  for await (const rows of batches(sql, scope, table)) {
    count += rows.length;
    for (const { row } of rows) yield `${JSON.stringify(row)}\n`;
  }
  counted(count);
}

async function* asCsv(sql: postgres.TransactionSql, scope: DistrictScope<"operate">, table: Table): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(table.columns, "forPeople")}`;
  for await (const rows of batches(sql, scope, table))
    for (const { row } of rows)
      yield csvLine(
        table.columns.map((column) => cellOf(row[column])),
        "forPeople",
      );
}
