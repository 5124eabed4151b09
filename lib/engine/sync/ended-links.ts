import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { execute, insertIssues, linksOf, type PlanContext } from "./plan-context.ts";
import { suspendWithdrawals } from "./suspend-withdrawals.ts";

/**
 * Finds the links of an entity that this run ends: those of records that are withdrawn, or missing from a full read. Whatever was read
 * but left out keeps its link, and so does what is missing and may be a row without an id. What a takeover kept (takeovers.ts) is asked
 * about again each time.
 */
export async function planEndedLinks(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  const { incoming, setAside, suspended, endedLinks } = context.staging;
  const gone = (dispositions: string) => `select l.external_id, l.record_id from ${linksOf(context, entity)} l
    join ${setAside} s on s.collection = '${collection}' and s.external_id = l.external_id and s.disposition in (${dispositions})
    where l.rostered`;

  if (context.unidentified.has(collection) && context.modes[collection] === "bulk") {
    await execute(context, `create temporary table missing on commit drop as ${gone("'missing'")}`);
    await execute(context, "analyze missing");
    await suspendWithdrawals(context, entity, "missing");
    await execute(context, "drop table missing");
  }
  const kept = `select l.external_id, l.record_id from ${linksOf(context, entity)} l
    where l.rostered and l.missing_since is not null and l.reason = 'withheld'
      and not exists (select from ${incoming[collection]} i where i.external_id = l.external_id)`;
  await execute(
    context,
    `insert into ${endedLinks} (entity, external_id, record_id)
    select '${entity}', e.external_id, e.record_id from (${gone("'withdrawn', 'missing'")}${context.isFirst ? "" : ` union ${kept}`}) e
    where not exists (select from ${suspended} s where s.entity = '${entity}' and s.external_id = e.external_id)`,
  );
  if (context.modes[collection] === "absent") return;

  await insertIssues(
    context,
    "role-not-rostered",
    collection,
    "the record in Aivo, as it was",
    `select s.external_id, s.part, s.position, ${entity === "account" || entity === "membership" ? "'role'" : "'type'"} as field,
            null::text as value, array[l.record_id] as record_ids
     from ${setAside} s join ${linksOf(context, entity)} l on l.external_id = s.external_id and l.rostered
     where s.collection = '${collection}' and s.disposition = 'not-rostered'`,
  );
}
