import { type Collection, collections, type LinkEntity, linkEntityOfCollection } from "#lib/roster/canonical.ts";
import type { RowCount } from "#lib/roster/guard/facts.ts";
import { fullReads, type History } from "./guard-history.ts";
import { linksOf, mirrorOf, type PlanContext } from "./plan-context.ts";

/** How long each list that was read in full is and was, and whether what it misses stood at its end. */
export async function readRows(
  context: PlanContext,
  now: Readonly<Partial<Record<Collection, number>>>,
  history: History,
): Promise<Partial<Record<Collection, RowCount>>> {
  const found: Partial<Record<Collection, RowCount>> = {};
  for (const collection of collections) {
    const count = now[collection] ?? 0;
    const [last, ...earlier] = fullReads(history, collection);
    if (context.modes[collection] !== "bulk" || last === undefined || last.rows - count < 3) continue;
    const reads = [last, ...earlier];
    const losses = reads.slice(0, -1).map((read, index) => (read.isApproved ? 0 : (reads[index + 1]?.rows ?? 0) - read.rows));
    found[collection] = { now: count, last: last.rows, usualLoss: Math.max(0, ...losses), ...(await readMissing(context, collection)) };
  }
  return found;
}

/**
 * Positions are those of the read that last changed a record, so only records that one read placed are compared with
 * each other. Cut off means that of each read's records the missing ones are the last; one in ten may be somebody who
 * left by chance on the same day, and there must be enough that are not missing before them, or every record would be
 * the last of its own.
 */
async function readMissing(
  context: PlanContext,
  collection: Collection,
): Promise<Pick<RowCount, "missing" | "withTheirPeople" | "isTail">> {
  const { known, ended, goesAlong } = collection === "roles" ? ofRoles(context) : ofLinks(context, linkEntityOfCollection[collection]);
  const [row] = await context.sql.unsafe<{ missing: number; along: number; before: number; after: number }[]>(`
    with placed as materialized (
      select
        l.run_id,
        l.source_position as position,
        x.external_id is not null as is_missing,
        x.external_id is not null and ${goesAlong} as goes_along
      from ${known} l
      left join ${ended} x using (external_id)
      where l.source_position is not null),
    missing as (
      select
        run_id,
        percentile_disc(0.1) within group (order by position) as first,
        count(*) as count,
        count(*) filter (where goes_along) as along
      from placed
      where is_missing
      group by run_id)
    select
      (select coalesce(sum(count), 0)::int from missing) as missing,
      (select coalesce(sum(along), 0)::int from missing) as along,
      count(*) filter (where p.position < m.first)::int as before,
      count(*) filter (where p.position > m.first)::int as after
    from placed p
    join missing m using (run_id)
    where not p.is_missing`);
  const { missing = 0, along = 0, before = 0, after = 0 } = row ?? {};
  return { missing, withTheirPeople: along, isTail: missing >= 3 && 10 * after <= missing && 2 * before >= missing };
}

/** What of the mirror led to records, and what of it ends. */
function ofLinks(context: PlanContext, entity: LinkEntity) {
  const ended = `(select external_id from ${context.staging.endedLinks} x where entity = '${entity}' and not by_scope)`;
  return { known: `(select * from ${linksOf(context, entity)} l where rostered)`, ended, goesAlong: "false" };
}

/** Of roles, which lead to no record, those that this read does not list; and whether their people are missing as well. */
function ofRoles(context: PlanContext) {
  const missing = (collection: Collection) => `(
      select s.external_id from ${context.staging.setAside} s
      where s.collection = '${collection}'
        and s.disposition in ('missing', 'withdrawn')
        and s.external_id is not null)`;
  const goesAlong = `l.person_external_id in ${missing("users")}`;
  return { known: `(select * from ${mirrorOf(context, "roles")} m where fate <> 'withdrawn')`, ended: missing("roles"), goesAlong };
}
