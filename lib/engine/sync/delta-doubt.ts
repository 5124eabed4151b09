import { collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { linksOf, type PlanContext } from "./plan-context.ts";

/** Changes alone do not tell what a full read would: thrown while planning, nothing has been changed. The message says why. */
export class DeltaDoubt extends Error {}

/**
 * Whatever refers to a school, a term or a course that is gone has to be read again, and a delta does not bring it. Nor
 * does it bring the people of an org that has become a school.
 */
export async function refuseDoubtfulDelta(context: PlanContext): Promise<void> {
  const { endedLinks, incoming } = context.staging;
  const doubtful = linkEntities.filter(
    (entity) => ["school", "term", "course"].includes(entity) && context.modes[collectionOfLinkEntity[entity]] === "delta",
  );
  if (doubtful.length === 0) return;
  const isGone = `exists (select from ${endedLinks} where entity in (${doubtful.map((entity) => `'${entity}'`).join(", ")}))`;
  const isNew = `exists (select from ${incoming.orgs} n
    where not exists (select from ${linksOf(context, "school")} l where l.external_id = n.external_id and l.rostered))`;
  const [row] = await context.sql.unsafe(`select ${isGone} as "isGone", ${context.modes.orgs === "delta" ? isNew : "false"} as "isNew"`);
  if (row?.isGone === true) throw new DeltaDoubt("a school, term or course is gone");
  if (row?.isNew === true) throw new DeltaDoubt("a school is new");
}

/**
 * A record whose values another integration supplied takes this one's when that ends, is paused or is removed; changes
 * alone do not bring them. Only what happened since the last sync counts, which mostly is nothing.
 */
export async function refuseAfterSupplier(context: PlanContext): Promise<void> {
  if (Object.values(context.modes).every((mode) => mode !== "delta")) return;
  const last = `(select max(finished_at) from sync_runs
    where district_id = ${context.district} and integration_id = ${context.integration} and state = 'succeeded')`;
  const [recent] = await context.sql.unsafe(`select
    exists (select from sync_runs where district_id = ${context.district} and state = 'succeeded' and finished_at > ${last})
    or exists (select from integrations where district_id = ${context.district} and state <> 'active' and updated_at > ${last}) as found`);
  if (recent?.found !== true) return;
  const [row] = await context.sql.unsafe(`select exists (
    select from external_links o
    join external_links l on l.district_id = o.district_id and l.entity = o.entity and l.record_id = o.record_id
    join integrations i on i.district_id = o.district_id and i.id = o.integration_id
    left join sync_runs r on r.district_id = o.district_id and r.id = o.run_id
    where o.district_id = ${context.district} and o.integration_id <> ${context.integration}
      and l.integration_id = ${context.integration} and l.rostered and o.linked_at < l.linked_at
      and ((not o.rostered and r.finished_at > ${last}) or (o.rostered and i.state <> 'active' and i.updated_at > ${last}))) as "isOver"`);
  if (row?.isOver === true) throw new DeltaDoubt("another integration no longer supplies shared records");
}
