import type { Standing, StandingIntegration } from "./schema.ts";

/** Free of Node: pages import this file. */

/** Where a part of the sentence leads. */
export type SentenceTarget =
  | { readonly to: "still" | "help" }
  | { readonly to: "run"; readonly integrationId: string; readonly runId: string }
  | { readonly to: "withheld" | "integration"; readonly integrationId: string };

export interface SentencePart {
  readonly text: string;
  readonly target?: SentenceTarget;
  /** Somebody is harmed until somebody acts. */
  readonly isHarm?: true;
}

export interface SentenceFacts {
  readonly used: readonly StandingIntegration[];
  readonly standing: Standing;
  /** ISO 8601. */
  readonly now: string;
  /** IANA; times are told in it. */
  readonly timezone: string;
  /** How many causes of issues are open, also those that concern nobody. */
  readonly openCauses?: number;
  /** On the page of an integration its name is said already. */
  readonly isOfOne?: boolean;
  /** Whether what waits, waits for whoever reads it. */
  readonly mayDecide?: boolean;
}

/** What holds, then what does not, worst first; each list of parts is read with "; " in between and ends with a full stop. */
export interface Sentence {
  readonly holds: string;
  readonly open: readonly SentencePart[];
}
