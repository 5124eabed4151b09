/** How far a district has come on its way to a roster that keeps itself; free of Node, for the page that shows it. */
export interface FirstSteps {
  /** The integration to go on with: the one that has come furthest, else the oldest. Null: there is none. */
  readonly integrationId: string | null;
  /** A test of a connection has passed, or a sync has, which proves the same. */
  readonly isTested: boolean;
  readonly isPreviewed: boolean;
  readonly isSynced: boolean;
  readonly isScheduled: boolean;
  /** An admin has said what to be told by email. */
  readonly areNoticesChosen: boolean;
}
