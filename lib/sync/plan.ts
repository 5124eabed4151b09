import { RunFailure } from "#lib/errors.ts";
import { collectionOfLinkEntity, type Entity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { countActive, countPlan, recordChanges } from "./changes.ts";
import { planEndedLinks } from "./ended-links.ts";
import { matchAccounts } from "./match-accounts.ts";
import { linksOf, type PlanContext } from "./plan-context.ts";
import { planMemberships } from "./plan-memberships.ts";
import { planAccounts, planClassrooms, planCourses, planSchools, planTerms } from "./plan-records.ts";
import { planDeactivations, planFollowingMemberships } from "./status-changes.ts";
import { collectUnresolved, restageUnresolved } from "./unresolved.ts";

export interface Plan {
  readonly totals: RunTotals;
  readonly activeBefore: Readonly<Record<Entity, number>>;
  readonly changeCount: number;
  readonly issueCount: number;
}

const planRecords: Record<LinkEntity, (context: PlanContext) => Promise<void>> = {
  school: planSchools,
  term: planTerms,
  course: planCourses,
  classroom: planClassrooms,
  account: async (context) => {
    await matchAccounts(context);
    await planAccounts(context);
  },
  membership: planMemberships,
};

/**
 * Decides, set by set, what becomes of every record: staging and the roster in, the plan tables, run_changes and the
 * run's issues out. Changes nothing in the roster. Entities go in the order in which references resolve.
 * @throws RunFailure `file-no-rows` when a bulk collection is empty where there were records before
 * @throws DeltaDoubt when only a full read can tell, and the source can give one
 */
export async function plan(context: PlanContext, onEntity: (entity: LinkEntity) => void): Promise<Plan> {
  await restageUnresolved(context);
  for (const entity of linkEntities) {
    await refuseEmptied(context, entity);
    await planEndedLinks(context, entity);
  }
  if (context.canReadFully) {
    await refuseDoubtfulDelta(context);
    if (context.isShared) await refuseAfterSupplier(context);
  }
  for (const entity of linkEntities) {
    onEntity(entity);
    await planRecords[entity](context);
    await planDeactivations(context, entity);
  }
  await planFollowingMemberships(context);
  await collectUnresolved(context);
  const changeCount = await recordChanges(context);
  const [issues] = await context.sql.unsafe(
    `select count(*)::int as count from run_issues where district_id = ${context.district} and run_id = ${context.run}`,
  );
  return { totals: await countPlan(context), activeBefore: await countActive(context), changeCount, issueCount: Number(issues?.count) };
}

/** Changes alone do not tell what a full read would: thrown while planning, nothing has been changed. The message says why. */
export class DeltaDoubt extends Error {}

/**
 * Whatever refers to a school, a term or a course that is gone has to be read again, and a delta does not bring it. Nor
 * does it bring the people of an org that has become a school.
 */
async function refuseDoubtfulDelta(context: PlanContext): Promise<void> {
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
async function refuseAfterSupplier(context: PlanContext): Promise<void> {
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

/** Nothing at all where there was something is a fault of the export, never everybody's withdrawal. */
async function refuseEmptied(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  if (context.modes[collection] !== "bulk") return;
  const [row] = await context.sql.unsafe(`select
    exists (select from ${context.staging.incoming[collection]}) or exists (select from ${context.staging.setAside} where collection = '${collection}') as has_rows,
    exists (select from ${linksOf(context, entity)} l where l.rostered) as had_rows`);
  const mustHaveRows = entity === "account" || entity === "classroom" || row?.had_rows === true;
  if (row?.has_rows === true || !mustHaveRows) return;
  throw new RunFailure({
    code: "file-no-rows",
    step: `match ${collection}`,
    message: `The SIS delivered ${collection} without a single record${row?.had_rows === true ? ", where there were records before" : ""}. Nothing was changed.`,
    remedy: `Check why the SIS exports no ${collection}; the next sync takes them up again.`,
  });
}
