import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { MatchReason } from "#lib/roster/match-reasons.ts";

/** One integration that knows a record: what it calls it, how they were matched, where its values stood. */
export interface Origin {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly integrationState: "active" | "paused" | "removed";
  /** Since when it has been removed; null: it is not. */
  readonly removedAt: string | null;
  readonly provider: ProviderId;
  readonly externalId: string;
  /** Whether that integration still delivers it. */
  readonly isRostered: boolean;
  /** Since when that integration leaves it out of its scope; null: it does not. */
  readonly outOfScopeSince: string | null;
  readonly matchedBy: MatchReason;
  readonly linkedAt: string;
  /** The run that last changed the record through this integration. */
  readonly runId: string;
  /** Null where the run is not kept any more. */
  readonly runNumber: number | null;
  readonly runAt: string | null;
  readonly sourcePart: string | null;
  readonly sourcePosition: number | null;
  /** What did not come through of it, and still does not. */
  readonly issues: readonly OpenIssue[];
}

/** An issue that is open, with the run by which it can be looked at. */
export interface OpenIssue {
  readonly seq: number;
  readonly runId: string;
  readonly title: string;
  readonly severity: "error" | "warning" | "notice";
  readonly since: string;
}
