/** How far a district has come on its way to a roster that keeps itself; free of Node, for the page that shows it. */
export interface FirstSteps {
  /** The integration to go on with: the one that has come furthest, else the oldest. Null: there is none. */
  readonly integrationId: string | null;
  /** A test of a connection has passed, or a sync has, which proves the same. */
  readonly isTested: boolean;
  readonly isPreviewed: boolean;
  readonly isSynced: boolean;
  /** When the first sync was applied, ISO 8601; null: none was. */
  readonly syncedSince: string | null;
  readonly isScheduled: boolean;
  /** An admin has said what to be told by email. */
  readonly areNoticesChosen: boolean;
}

/** Whoever has synced for so long, and left a step out, has meant to. */
const offeredForMs = 14 * 86_400_000;

/** Whether the steps that are not done are still to be offered. */
export function areStepsOpen(steps: FirstSteps, now: Date): boolean {
  const { integrationId, isTested, isPreviewed, isSynced, isScheduled, areNoticesChosen, syncedSince } = steps;
  if (integrationId !== null && isTested && isPreviewed && isSynced && isScheduled && areNoticesChosen) return false;
  return syncedSince === null || now.getTime() - Date.parse(syncedSince) < offeredForMs;
}
