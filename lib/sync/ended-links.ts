import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { execute, insertIssues, linksOf, type PlanContext } from "./plan-context.ts";

/**
 * Finds the links of an entity that this run ends: in a bulk read those that are missing or withdrawn, in a delta
 * those that are withdrawn. Whatever was read but left out keeps its link. A bulk collection with a row without an id
 * counts as a delta: the row could be any of those that seem to be missing.
 */
export async function planEndedLinks(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  const mode = context.modes[collection];
  if (mode === "absent") return;
  const incoming = context.staging.incoming[collection];
  const { setAside } = context.staging;
  const isSuspended = context.unidentified.has(collection);
  const isSetAside = (condition: string) =>
    `exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = l.external_id and ${condition})`;
  const ends =
    mode === "bulk" && !isSuspended
      ? `not exists (select from ${incoming} i where i.external_id = l.external_id) and not ${isSetAside("s.disposition <> 'withdrawn'")}`
      : isSetAside("s.disposition = 'withdrawn'");

  await execute(
    context,
    `insert into ${context.staging.endedLinks} (entity, external_id, record_id)
    select '${entity}', l.external_id, l.record_id from ${linksOf(context, entity)} l where l.rostered and ${ends}`,
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

  if (mode === "bulk" && isSuspended) {
    await insertIssues(
      context,
      "withdrawals-suspended",
      collection,
      "every record that is missing from the file",
      `select null::text as external_id, s.part, min(s.position) as position, 'sourcedId' as field, null::text as value, null::uuid[] as record_ids
       from ${setAside} s where s.collection = '${collection}' and s.external_id is null and s.disposition = 'left-out' group by s.part`,
    );
  }
}
