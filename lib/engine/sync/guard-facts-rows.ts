import { type Collection, collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import type { RowCount } from "#lib/roster/guard/facts.ts";
import { fullReads, type History } from "./guard-history.ts";
import { linksOf, type PlanContext } from "./plan-context.ts";

/** How long each list that was read in full is and was, and whether what it misses stood at its end. */
export async function readRows(
  context: PlanContext,
  now: Readonly<Partial<Record<Collection, number>>>,
  history: History,
): Promise<Partial<Record<Collection, RowCount>>> {
  const found: Partial<Record<Collection, RowCount>> = {};
  for (const entity of linkEntities) {
    const collection = collectionOfLinkEntity[entity];
    const count = now[collection] ?? 0;
    const [last, ...earlier] = fullReads(history, collection);
    if (context.modes[collection] !== "bulk" || last === undefined || last.rows - count < 3) continue;
    const reads = [last, ...earlier];
    const losses = reads.slice(0, -1).map((read, index) => (read.isApproved ? 0 : (reads[index + 1]?.rows ?? 0) - read.rows));
    found[collection] = { now: count, last: last.rows, usualLoss: Math.max(0, ...losses), ...(await readMissing(context, entity)) };
  }
  return found;
}

/**
 * Positions are those of the read that last changed a record, so only records that one read placed are compared with
 * each other. Cut off means that of each read's records the missing ones are the last; one in ten may be somebody who
 * left by chance on the same day, and there must be enough that are not missing before them, or every record would be
 * the last of its own.
 */
async function readMissing(context: PlanContext, entity: (typeof linkEntities)[number]): Promise<{ missing: number; isTail: boolean }> {
  const ended = `(select external_id from ${context.staging.endedLinks} x where entity = '${entity}' and not by_scope)`;
  const [row] = await context.sql.unsafe<{ missing: number; before: number; after: number }[]>(`
    with placed as materialized (
      select l.run_id, l.source_position as position, x.external_id is not null as is_missing
      from ${linksOf(context, entity)} l
      left join ${ended} x using (external_id)
      where l.rostered and l.source_position is not null),
    missing as (
      select run_id, percentile_disc(0.1) within group (order by position) as first, count(*) as count
      from placed
      where is_missing
      group by run_id)
    select
      (select coalesce(sum(count), 0)::int from missing) as missing,
      count(*) filter (where p.position < m.first)::int as before,
      count(*) filter (where p.position > m.first)::int as after
    from placed p
    join missing m using (run_id)
    where not p.is_missing`);
  const { missing = 0, before = 0, after = 0 } = row ?? {};
  return { missing, isTail: missing >= 3 && 10 * after <= missing && 2 * before >= missing };
}
