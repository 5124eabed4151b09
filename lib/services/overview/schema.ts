import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { IssueGroup, RunListItem } from "#lib/services/runs/schema.ts";

/** What is active of each. */
export interface RosterCounts {
  readonly schools: number;
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
}
