import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { execute, insertIssues, linksOf, type PlanContext } from "./plan-context.ts";
import { suspendWithdrawals } from "./suspend-withdrawals.ts";

/**
 * Finds the links of an entity that this run ends: in a bulk read those that are missing or withdrawn, in a delta
 * those that are withdrawn. Whatever was read but left out keeps its link, and so does what is missing and may be a row
 * without an id.
 */
export async function planEndedLinks(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  const mode = context.modes[collection];
  if (mode === "absent") return;
  const incoming = context.staging.incoming[collection];
  const { setAside, suspended, endedLinks } = context.staging;
  const isSetAside = (condition: string) =>
    `exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = l.external_id and ${condition})`;
  const isMissing = `not exists (select from ${incoming} i where i.external_id = l.external_id) and not ${isSetAside("s.disposition <> 'withdrawn'")}`;
  const ends = mode === "bulk" ? isMissing : isSetAside("s.disposition = 'withdrawn'");
  const rostered = `select l.external_id, l.record_id from ${linksOf(context, entity)} l where l.rostered and`;

  if (mode === "bulk" && context.unidentified.has(collection)) {
    await execute(context, `create temporary table missing on commit drop as ${rostered} ${isMissing} and not ${isSetAside("true")}`);
    await execute(context, "analyze missing");
    await suspendWithdrawals(context, entity, "missing");
    await execute(context, "drop table missing");
  }
  await execute(
    context,
    `insert into ${endedLinks} (entity, external_id, record_id)
    select '${entity}', e.external_id, e.record_id from (${rostered} ${ends}) e
    where not exists (select from ${suspended} s where s.entity = '${entity}' and s.external_id = e.external_id)`,
  );

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
