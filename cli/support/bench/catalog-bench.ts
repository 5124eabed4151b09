import { type Figure, most } from "./aims.ts";
import { type CatalogRows, catalogRowsBetween, countCatalogRows } from "./catalog-rows.ts";
import { openCsvDistrict } from "./csv-bench.ts";
import { succeeded } from "./run.ts";
import { type BenchOptions, say } from "./stage.ts";
import type { Measured, Table } from "./table.ts";

/**
 * What runs write into PostgreSQL's catalog: each table made or dropped is dozens of rows there, which vacuum has to clear away. How many
 * they are does not follow from the district's size. Without autovacuum, whose counting of tables is no run's; on another server than the
 * bench's own it may be among them.
 */
export async function measureCatalog(options: BenchOptions): Promise<Measured> {
  const { stage, publish } = await openCsvDistrict(options);
  await stage.server?.set({ autovacuum: "off" });
  const figures: Figure[] = [];
  const runs: Table["runs"][number][] = [];
  say("Waiting until the sessions have told what they did …");
  let before: CatalogRows = await countCatalogRows(stage.sql);
  for (const [what, day] of [
    ["first sync", 0],
    ["1 % night", 1],
    ["idle night", 1],
  ] as const) {
    if (day > 0) publish(day);
    runs.push({ what: `oneroster-csv, ${options.users} users, ${what}`, run: succeeded(await stage.sync(what)) });
    const after = await countCatalogRows(stage.sql);
    const written = Object.entries(catalogRowsBetween(before, after));
    const value = written.reduce((sum, [, rows]) => sum + rows, 0);
    const from = written.map(([table, rows]) => `${table} ${rows}`).join(", ");
    figures.push({ row: "catalog", what, users: options.users, value, unit: "rows", aim: most.catalogRows, from });
    before = after;
  }
  return { figures, runs, database: await stage.databaseSettings() };
}
