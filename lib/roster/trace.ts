/** What a run leaves of when what happened, for its waterfall. Times are milliseconds since a worker took the run. */

/** Why a read stood still: the SIS asked for it, broke off, said nothing, failed, sent what cannot be read, or was still writing. */
export const waitCauses = ["rate-limit", "cut-off", "no-answer", "server-error", "unreadable", "changing"] as const;
export type WaitCause = (typeof waitCauses)[number];

/** From when to when; without an end it goes on, or went on until the run ended. */
export interface Span {
  readonly from: number;
  readonly to: number | null;
}

export interface TracedStep<Phase extends string> extends Span {
  readonly phase: Phase;
}

/** A file or a list of the SIS. */
export interface TracedPart {
  readonly name: string;
  /** One for each time that it was begun. */
  readonly spans: readonly Span[];
  /** So far, of the time it was begun last; of a file its lines, near enough. Null: it cannot be told, or not by part. */
  readonly rows: number | null;
  /** As many as the SIS says there are; null: it does not say. */
  readonly of: number | null;
}

export interface TracedWait extends Span {
  readonly cause: WaitCause;
  /** The file or list that stood still; null: all of them. */
  readonly part: string | null;
  /** At which row of it. */
  readonly rows: number | null;
}

export interface Trace<Phase extends string> {
  /** In their order; one that was begun again stands there again. */
  readonly steps: readonly TracedStep<Phase>[];
  readonly parts: readonly TracedPart[];
  readonly waits: readonly TracedWait[];
  /** Also of waits that are not kept, because there were too many. */
  readonly waitCount: number;
}
