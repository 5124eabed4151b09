import { RunFailure } from "#lib/platform/errors.ts";
import { collectionOfLinkEntity, type Entity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { countIssues, type IssueCounts } from "#lib/roster/issue-counts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { applyScope } from "./apply-scope.ts";
import { countActive, countPlan, recordChanges } from "./changes.ts";
import { endingCollections, planEndedLinks } from "./ended-links.ts";
import { foldRestaged, foldRoles } from "./fold-people.ts";
import { findIssueNews } from "./issue-news.ts";
import { matchAccounts } from "./match-accounts.ts";
import { countSame, type SameRows } from "./news.ts";
import { linksOf, type PlanContext } from "./plan-context.ts";
import { planMemberships } from "./plan-memberships.ts";
import { planAccounts, planClassrooms, planCourses, planSchools, planTerms } from "./plan-records.ts";
import { restageClasses, restageEnrollments, restagePeople, restageUnsettled } from "./restage.ts";
import { joinSeveralIds, planFollowers } from "./several-ids.ts";
import { planDeactivations, planFollowingMemberships } from "./status-changes.ts";
import { countWithheld, endRekeyed, type WithheldCounts, withholdValues, withholdWithdrawals } from "./withhold.ts";

export interface Plan extends WithheldCounts {
  readonly totals: RunTotals;
  readonly activeBefore: Readonly<Record<Entity, number>>;
  readonly changeCount: number;
  /** Rows that say what they said before and were not planned again. */
  readonly same: readonly SameRows[];
  /** Open once the plan is applied. */
  readonly issueCount: number;
  readonly issueCounts: IssueCounts;
  readonly issuesOpened: number;
  readonly issuesResolved: number;
}

const planRecords: Record<LinkEntity, (context: PlanContext) => Promise<void>> = {
  school: planSchools,
  term: planTerms,
  course: planCourses,
  classroom: async (context) => {
    await restageClasses(context);
    await planClassrooms(context);
  },
  account: async (context) => {
    await restagePeople(context);
    await foldRestaged(context);
    await joinSeveralIds(context);
    await matchAccounts(context);
    await planAccounts(context);
    await planFollowers(context);
  },
  membership: async (context) => {
    await restageEnrollments(context);
    await planMemberships(context);
  },
};

/** Nothing of a person depends on a class, and by its people a class is recognised. */
const planOrder: readonly LinkEntity[] = ["school", "term", "course", "account", "classroom", "membership"];

/**
 * Decides, set by set, what becomes of every record that is news or depends on news: staging, mirror and roster in, the
 * plan tables, run_changes and the news of issues out. Changes nothing in the roster. Entities go in the order in which
 * references resolve.
 * @throws RunFailure `file-no-rows` when a bulk collection is empty where there were records before
 * @throws DeltaDoubt when only a full read can tell, and the source can give one
 */
export async function plan(context: PlanContext, onEntity: (entity: LinkEntity) => void): Promise<Plan> {
  if (!context.withdrawsAll) for (const entity of linkEntities) await refuseEmptied(context, entity);
  refuseRoleless(context);
  await restageUnsettled(context);
  await foldRoles(context);
  await applyScope(context);
  const ending = await endingCollections(context);
  for (const entity of linkEntities) {
    if (ending.has(collectionOfLinkEntity[entity])) await planEndedLinks(context, entity);
    await withholdWithdrawals(context, entity);
  }
  for (const entity of planOrder) {
    onEntity(entity);
    await planRecords[entity](context);
    await endRekeyed(context, entity);
    await withholdValues(context, entity);
    await planDeactivations(context, entity);
  }
  await planFollowingMemberships(context);
  const changeCount = await recordChanges(context);
  const { counts, opened, resolved } = await findIssueNews(context);
  const same = await countSame(context);
  const totals = await countPlan(context, same);
  const activeBefore = await countActive(context, totals);
  const issues = { issueCount: countIssues(counts), issueCounts: counts, issuesOpened: opened, issuesResolved: resolved };
  return { totals, activeBefore, changeCount, same, ...issues, ...(await countWithheld(context)) };
}

/** People without a single role, where roles are told apart, would be nobody at all: the export is not complete. */
function refuseRoleless({ modes, rolesApart, rowsRead, withdrawsAll }: PlanContext): void {
  if (!rolesApart || withdrawsAll || modes.users !== "bulk" || (modes.roles !== "absent" && (rowsRead.roles ?? 0) > 0)) return;
  throw new RunFailure({
    code: "roles-missing",
    step: "match users",
    message:
      "The SIS delivered all people and no role of any of them, so nothing says who is a student and who a teacher. Nothing was changed.",
    remedy: "Include the roles (roles.csv) in the export; the next sync takes them up.",
  });
}

/** Nothing at all where there was something is a fault of the export, never everybody's withdrawal. */
async function refuseEmptied(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  if (context.modes[collection] !== "bulk") return;
  if ((context.rowsRead[collection] ?? 0) > 0) return;
  const [row] = await context.sql.unsafe(`
    select exists (
      select from ${linksOf(context, entity)} l
      where l.rostered) as had_rows`);
  const mustHaveRows = entity === "account" || entity === "classroom" || row?.had_rows === true;
  if (!mustHaveRows) return;
  throw new RunFailure({
    code: "file-no-rows",
    step: `match ${collection}`,
    message: `The SIS delivered ${collection} without a single record${row?.had_rows === true ? ", where there were records before" : ""}. Nothing was changed.`,
    remedy: `Check why the SIS exports no ${collection}; the next sync takes them up again.`,
  });
}
