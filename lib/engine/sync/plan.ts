import { RunFailure } from "#lib/platform/errors.ts";
import { collectionOfLinkEntity, type Entity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { countIssues, type IssueCounts } from "#lib/roster/issue-counts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { countActive, countPlan, recordChanges } from "./changes.ts";
import { refuseAfterSupplier, refuseDoubtfulDelta } from "./delta-doubt.ts";
import { planEndedLinks } from "./ended-links.ts";
import { matchAccounts } from "./match-accounts.ts";
import { createWaiting, linksOf, type PlanContext } from "./plan-context.ts";
import { planMemberships } from "./plan-memberships.ts";
import { planAccounts, planClassrooms, planCourses, planSchools, planTerms } from "./plan-records.ts";
import { planDeactivations, planFollowingMemberships } from "./status-changes.ts";
import { collectUnresolved, restageUnresolved } from "./unresolved.ts";

export interface Plan {
  readonly totals: RunTotals;
  readonly activeBefore: Readonly<Record<Entity, number>>;
  readonly changeCount: number;
  readonly issueCount: number;
  readonly issueCounts: IssueCounts;
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
  await createWaiting(context);
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
  const issueCounts = context.issues.counts();
  return {
    totals: await countPlan(context),
    activeBefore: await countActive(context),
    changeCount,
    issueCount: countIssues(issueCounts),
    issueCounts,
  };
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
