import { tableOf } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { execute, insertIssues, linksOf, type PlanContext } from "./plan-context.ts";
import { suspendWithdrawals } from "./suspend-withdrawals.ts";
import { fill } from "./work.ts";

const isTold = ({ apart }: PlanContext, entity: LinkEntity) => entity === "account" && apart !== null;
const overByRoles = "s.disposition = 'not-rostered' and s.reason = 'role-over'";

/** Whether the SIS has somebody by this id whose roles are all over, and who leaves for that, as SQL. */
export function isOverByRoles(context: PlanContext, entity: LinkEntity, id: string): string {
  if (!isTold(context, entity)) return "false";
  return `exists (
          select from ${context.staging.setAside} s
          where s.collection = 'users' and s.external_id = ${id} and ${overByRoles})`;
}

/**
 * The collections of which links may end: something was set aside, or is noted as missing since an earlier run. On most nights there is none,
 * and in a first sync there are no links.
 */
export async function endingCollections(context: PlanContext): Promise<ReadonlySet<string>> {
  if (context.isFirst) return new Set();
  const rows = await context.sql.unsafe<{ collection: string }[]>(`
    select collection from ${context.staging.setAside} s group by 1
    union
    select m.collection from source_records m
    where m.district_id = ${context.district}
      and m.integration_id = ${context.integration}
      and m.missing_since is not null
    group by 1`);
  return new Set(rows.map(({ collection }) => collection));
}

/**
 * Finds the links of an entity that this run ends: those of records that are withdrawn, or missing from a full read.
 * Whatever was read but left out keeps its link, and so does what is missing and may be a row without an id. What is out
 * of scope keeps it too, unless the scope has that withdrawn. What a takeover kept (takeovers.ts) is asked about again each time.
 */
export async function planEndedLinks(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  const { setAside, suspended, endedLinks } = context.staging;
  const isWithdrawn = `'withdrawn', 'missing'${context.scope.outside === "withdraw" ? ", 'out-of-scope'" : ""}`;
  // Whose roles are over leaves, although the SIS has them.
  const isOver = isTold(context, entity) ? overByRoles : "false";
  const gone = (dispositions: string) => `select l.external_id, l.record_id,
    s.disposition in ('out-of-scope', 'not-rostered') as by_scope
    from ${linksOf(context, entity)} l
    join ${setAside} s
      on s.collection = '${collection}'
      and s.external_id = l.external_id
      and (s.disposition in (${dispositions}) or ${isOver})
    where l.rostered`;

  if (context.unidentified.has(collection) && context.modes[collection] === "bulk") {
    await fill(context, "missing", `select g.external_id, g.record_id from (${gone("'missing'")}) g`);
    await suspendWithdrawals(context, entity, context.staging.work.missing);
  }
  // Told again since it was withheld, in a way that Aivo rosters or not, it is gone no longer.
  const kept = `select l.external_id, l.record_id, false
    from ${linksOf(context, entity)} l
    where l.rostered
      and l.missing_since is not null
      and l.reason = 'withheld'
      and not exists (select from ${context.all[collection]} i where i.external_id = l.external_id)
      and not exists (
        select from ${setAside} s
        where s.collection = '${collection}' and s.external_id = l.external_id
          and s.disposition in ('left-out', 'not-rostered'))`;
  await execute(
    context,
    `insert into ${tableOf(endedLinks)} (entity, external_id, record_id, by_scope)
    select '${entity}', e.external_id, e.record_id, e.by_scope
    from (
      ${gone(isWithdrawn)}
      ${context.isFirst ? "" : `union ${kept}`}) e
    where not exists (select from ${suspended} s where s.entity = '${entity}' and s.external_id = e.external_id)`,
  );
  if (context.modes[collection] === "absent" && !(entity === "account" && context.apart !== null)) return;

  await insertIssues(
    context,
    "role-not-rostered",
    collection,
    "the record in Aivo, as it was",
    `select s.external_id, s.part, s.position,
      ${entity === "account" || entity === "membership" ? "'role'" : "'type'"} as field,
      null::text as value,
      array[l.record_id] as record_ids
    from ${setAside} s
    join ${linksOf(context, entity)} l on l.external_id = s.external_id and l.rostered
    where s.collection = '${collection}' and s.disposition = 'not-rostered' and not coalesce(${isOver}, false)`,
  );
}
