import type postgres from "postgres";
import { tableOfDistrict } from "#lib/platform/db/staging.ts";
import { undoTables } from "#lib/platform/db/undo-tables.ts";
import { makeCutSet } from "./cut-sets.ts";

/*
 * What is taken back is worked out in temporary tables on one PostgreSQL, which the coordinator of Citus cannot join with a district's. There
 * these stand for them, cut as all others are. Each transaction takes out what it puts in, so nobody ever sees a row of another's.
 */

/** Vacuumed, and never analyzed: they keep the statistics of made-up rows (staging-statistics.ts). */
const storage = "autovacuum_analyze_threshold = 2147483647";

/** Makes those that are not there. `districts` is distributed already. A migration that changes their columns drops them. */
export async function makeUndoTables(sql: postgres.Sql): Promise<readonly string[]> {
  const wanted = Object.values(undoTables).map(({ name, columns }) => tableOfDistrict(`staging.${name}`, columns, storage));
  const [there] = await sql<{ names: string[] }[]>`
    select coalesce(array_agg(name), '{}') as names from unnest(${wanted.map(({ name }) => name)}::text[]) t (name)
    where to_regclass(name) is not null`;
  const missing = wanted.filter(({ name }) => !there?.names.includes(name));
  if (missing.length === 0) return [];
  await sql.begin((tx) => makeCutSet(tx, missing));
  return ["syncs can be taken back"];
}
