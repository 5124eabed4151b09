import type { ConflictCounts } from "#lib/services/conflicts/schema.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { IssueGroup, RunListItem } from "#lib/services/runs/schema.ts";
import type { SchoolDay } from "#lib/services/terms/schema.ts";

/** What is active of each. */
export interface RosterCounts {
  readonly schools: number;
  /** Those that are not over: now and upcoming. */
  readonly classrooms: number;
  readonly teachers: number;
  readonly learners: number;
}

/** What the last good sync of an integration could not bring in. */
export interface LeftOut {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly runId: string;
  /** Errors and warnings only, most frequent first. */
  readonly groups: readonly Pick<IssueGroup, "code" | "title" | "severity" | "count">[];
}

export interface RecentRun
  extends Pick<
    RunListItem,
    | "id"
    | "integrationId"
    | "number"
    | "kind"
    | "forOnePerson"
    | "state"
    | "queuedAt"
    | "startedAt"
    | "finishedAt"
    | "totals"
    | "failure"
    | "sameAsRunId"
    | "issueCount"
    | "changeCount"
  > {
  readonly integrationName: string;
}

/** Is it healthy, what changed, what did not come through, what happens next. */
export interface Overview {
  readonly counts: RosterCounts;
  readonly integrations: readonly IntegrationSummary[];
  readonly leftOut: readonly LeftOut[];
  readonly recentRuns: readonly RecentRun[];
  /** What the district's calendar began and ended lately. */
  readonly days: readonly SchoolDay[];
  /** Of whom a sync could not tell who they are. */
  readonly conflicts: ConflictCounts;
}
