import type { Database } from "#lib/platform/db/client.ts";
import { partitionName, runChangesByMonth } from "#lib/platform/db/partitions.ts";

/** Fewer changes than this mislead nobody. */
const few = 500;
/** A sync that wrote more than this part of a table's rows may be unknown to the table's statistics. */
const part = 0.01;

/** What syncs write into and everything else reads. */
const tables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships", "source_records", "issues"] as const;

/**
 * Right after a district's first sync the planner takes its tables for empty of that district, until autovacuum comes by within the
 * minute; a page, or the next sync, that asks meanwhile may get a plan that runs for minutes. So the sync that brought the rows counts
 * them, where they are many beside what is there: with many districts hardly ever. A table that is being analyzed already is left out, so
 * that no worker waits for another. Of what is partitioned by month, it is the partition of the run, and the whole as a sample of all:
 * autovacuum never looks at that. `written` is how many rows the sync wrote, about.
 */
export async function renewStatistics(db: Database, written: number, queuedAt: Date): Promise<void> {
  if (written < few) return;
  const all = [...tables, runChangesByMonth.name, partitionName(runChangesByMonth, queuedAt)];
  const stale = await db.sql<{ name: string }[]>`
    select 'only ' || relname as name from pg_class
    where oid in (select to_regclass(name) from unnest(${all}::text[]) name) and reltuples * ${part} < ${written}`;
  if (stale.length > 0) await db.sql.unsafe(`analyze (skip_locked) ${stale.map(({ name }) => name).join(", ")}`);
}
