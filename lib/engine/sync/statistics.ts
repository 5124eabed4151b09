import { partTables } from "#lib/platform/db/citus/cut-sets.ts";
import { isDistributed } from "#lib/platform/db/citus/is-distributed.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type MonthlyTable, partitionName, runChangesByMonth, sourceRecordChangesByMonth } from "#lib/platform/db/partitions.ts";
import { planColumns } from "#lib/platform/db/staging.ts";
import type { ClaimedRun } from "./lease.ts";

/** Fewer changes than this mislead nobody. */
const few = 500;
/** A sync that wrote more than this part of a table's rows may be unknown to the table's statistics. */
const share = 0.01;

/** What syncs write into and everything else reads. */
const tables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships", "source_records", "issues"] as const;

type RunOf = Pick<ClaimedRun, "districtId" | "queuedAt">;

/**
 * Right after a district's first sync the planner takes its tables for empty of that district, until autovacuum comes
 * by within the minute; a page, or the next sync, that asks meanwhile may get a plan that runs for minutes. So the sync
 * that brought the rows counts them, where they are many beside what is there: with many districts hardly ever. A table
 * that is being analyzed already is left out, so that no worker waits for another. Of what is partitioned by month, it
 * is the partition of the run, and the whole as a sample of all: autovacuum never looks at that. `written` is how many
 * rows the sync wrote, about.
 */
export function renewStatistics(db: Database, written: number, run: RunOf): Promise<void> {
  return renew(db, written, run, [...tables, ...monthlyOf(run, runChangesByMonth), ...monthlyOf(run, sourceRecordChangesByMonth)]);
}

/** The same of what a plan that waits is kept in and told by: whoever decides on it looks at once. */
export function renewPlanStatistics(db: Database, written: number, run: RunOf): Promise<void> {
  return renew(db, written, run, [...Object.keys(planColumns).map((name) => `waiting.${name}`), ...monthlyOf(run, runChangesByMonth)]);
}

const monthlyOf = ({ queuedAt }: RunOf, table: MonthlyTable) => [table.name, partitionName(table, queuedAt)];

async function renew(db: Database, written: number, { districtId }: RunOf, all: readonly string[]): Promise<void> {
  if (written < few) return;
  if (await isDistributed(db)) return renewOfPart(db, written, districtId, all);
  // Before version 18 nothing says that the partitions are to be left out.
  const stale = await db.sql<{ name: string }[]>`
    select
      case when current_setting('server_version_num')::int >= 180000 then 'only ' else '' end
        || oid::regclass::text as name
    from pg_class
    where oid in (select to_regclass(name) from unnest(${[...all]}::text[]) name)
      and reltuples * ${share} < ${written}`;
  if (stale.length > 0) await db.sql.unsafe(`analyze (skip_locked) ${stale.map(({ name }) => name).join(", ")}`);
}

/** The same on Citus, of the part of each table that the district lies in. */
async function renewOfPart(db: Database, written: number, districtId: string, all: readonly string[]): Promise<void> {
  const there = await db.sql<{ name: string }[]>`
    select p.logicalrelid::text as name from pg_dist_partition p
    where p.logicalrelid in (select to_regclass(name) from unnest(${[...all]}::text[]) name)
      and not exists (select from pg_class c where c.oid = p.logicalrelid and c.relkind = 'p')`;
  const part = await partTables(
    db.sql,
    there.map(({ name }) => name),
    districtId,
  );
  const names = part.names.map((name) => `'${name}'`).join(", ");
  const stale = await part.ask<readonly string[]>(
    db.sql,
    `select coalesce(json_agg(name), '[]') from unnest(array[${names}]) t (name)
    where (select reltuples from pg_class where oid = to_regclass(name)) * ${share} < ${written}`,
  );
  if (stale.length > 0) await part.run(db.sql, `analyze (skip_locked) ${stale.join(", ")}`);
}
