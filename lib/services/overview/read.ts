import { and, desc, eq, sql } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfClass } from "#lib/platform/db/class-days.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { completeTotals } from "#lib/roster/totals.ts";
import { countConflicts } from "#lib/services/conflicts/read.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { listIssueGroups } from "#lib/services/runs/issues.ts";
import type { Services } from "#lib/services/services.ts";
import { listSchoolDays } from "#lib/services/terms/read.ts";
import type { LeftOut, Overview, RecentRun, RosterCounts } from "./schema.ts";

const recentRunCount = 6;
/** What dates brought is news for a week. */
const newsForDays = 7;

/** All that the first page of the portal says. */
export async function readOverview(services: Services, scope: DistrictScope): Promise<Overview> {
  const [counts, summaries, recentRuns, days, conflicts] = await Promise.all([
    readRosterCounts(services, scope),
    listIntegrations(services, scope),
    listRecentRuns(services, scope),
    listSchoolDays(services, scope, newsForDays),
    countConflicts(services, scope),
  ]);
  const leftOut = await Promise.all(summaries.map((summary) => readLeftOut(services, scope, summary)));
  return { counts, integrations: summaries, leftOut: leftOut.filter((entry) => entry !== null), recentRuns, days, conflicts };
}

/** How much of each is active in the district. */
export function readRosterCounts(services: Pick<Services, "db">, scope: DistrictScope): Promise<RosterCounts> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<RosterCounts[]>`
      select
        (select count(*)::int from schools where district_id = ${tx.districtId} and status = 'active') as schools,
        (select count(*)::int from classrooms c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
          where c.district_id = ${tx.districtId} and c.status = 'active'
            and ${tx.sql.unsafe(whenOfClass(todayOf(tx.districtId)))} <> 'ended') as classrooms,
        count(*) filter (where role = 'teacher')::int as teachers, count(*) filter (where role = 'learner')::int as learners
      from accounts where district_id = ${tx.districtId} and status = 'active'`;
    return row ?? { schools: 0, classrooms: 0, teachers: 0, learners: 0 };
  });
}

async function readLeftOut(services: Services, scope: DistrictScope, summary: IntegrationSummary): Promise<LeftOut | null> {
  const run = summary.lastSuccess;
  if (run === null || run.issueCount === 0) return null;
  const groups = (await listIssueGroups(services, scope, run.id)).filter((group) => group.severity !== "notice");
  if (groups.length === 0) return null;
  return {
    integrationId: summary.id,
    integrationName: summary.name,
    runId: run.id,
    groups: groups.map(({ code, title, severity, count }) => ({ code, title, severity, count })).sort((a, b) => b.count - a.count),
  };
}

function listRecentRuns(services: Services, scope: DistrictScope): Promise<readonly RecentRun[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.orm
      .select({
        id: syncRuns.id,
        integrationId: syncRuns.integrationId,
        integrationName: integrations.name,
        number: syncRuns.number,
        kind: syncRuns.kind,
        forOnePerson: sql<boolean>`${syncRuns.forPerson} is not null`,
        state: syncRuns.state,
        queuedAt: syncRuns.queuedAt,
        startedAt: syncRuns.startedAt,
        finishedAt: syncRuns.finishedAt,
        totals: syncRuns.totals,
        failure: syncRuns.failure,
        sameAsRunId: syncRuns.sameAsRunId,
        issueCount: syncRuns.issueCount,
        changeCount: syncRuns.changeCount,
      })
      .from(syncRuns)
      .innerJoin(integrations, and(eq(integrations.districtId, syncRuns.districtId), eq(integrations.id, syncRuns.integrationId)))
      .where(eq(syncRuns.districtId, tx.districtId))
      .orderBy(desc(syncRuns.queuedAt), desc(syncRuns.id))
      .limit(recentRunCount);
    return rows.map((row) => ({
      ...row,
      totals: row.totals && completeTotals(row.totals),
      queuedAt: row.queuedAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
    }));
  });
}
