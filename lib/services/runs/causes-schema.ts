import type { IssueState } from "./filters-schema.ts";
import type { IssueGroup } from "./schema.ts";

/** Why something did not come through, over all records that it kept away. */
export interface Cause extends Pick<IssueGroup, "code" | "title" | "severity" | "count" | "opened"> {
  /** Of the whole: new where the run opened all of it, resolved where none of it is left. */
  readonly state: IssueState;
  /** In days of the district's calendar, today included, since the oldest of it is open; null once it is resolved. */
  readonly nights: number | null;
  /** Whom it keeps out or leaves without something, each once; 0 where it is about no person. */
  readonly people: number;
  /** A few of them, where the SIS gives a name. */
  readonly names: readonly string[];
}

export interface RunCauses {
  /** What is open, worst first, then what the run resolved. */
  readonly causes: readonly Cause[];
  /** People whom the SIS has and Aivo has not, because of what is wrong with them. */
  readonly neverArrived: number;
  /** People whom the SIS has no longer and who can still sign in, because a row without an id may be theirs. */
  readonly stillSignIn: number;
}
