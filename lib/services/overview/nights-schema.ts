/** How a night ended that did not simply go through. */
export const nightMarks = ["failed", "held", "approved", "refused"] as const;
/**
 * failed: no sync of it got through. held: a plan of it waits for an admin. approved, refused: one waited, and was.
 */
export type NightMark = (typeof nightMarks)[number];

/** What a day's syncs did, in people: one column of the band. Days are the district's. */
export interface Night {
  /** YYYY-MM-DD */
  readonly day: string;
  /** The sync that changed most, or else the last one: where the column leads to. */
  readonly integrationId: string;
  readonly runId: string;
  readonly runCount: number;
  /** When the first and the last of its syncs began, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** New, or back. */
  readonly arrived: number;
  readonly left: number;
  /** Left the SIS that day and can still sign in today. */
  readonly still: number;
  /** Everybody else of whom something changed, with their classes. */
  readonly changed: number;
  /** `changed` is what was counted at least: too much changed to look through all of it. */
  readonly isAtLeast: boolean;
  /** An integration's first import is among them: it stands apart from the scale. */
  readonly isFirst: boolean;
  readonly mark: NightMark | null;
}
