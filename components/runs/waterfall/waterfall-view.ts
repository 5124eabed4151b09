import type { PastRun, RunDetail, RunPhase } from "#lib/services/runs/schema.ts";

/** A piece of a lane, in parts of its length. */
export interface Piece {
  readonly x: number;
  readonly width: number;
}

export interface WaterfallRow {
  readonly key: string;
  readonly label: string;
  readonly isPart: boolean;
  /** done: over. on: goes on. later: has not begun. */
  readonly state: "done" | "on" | "later";
  readonly done: readonly Piece[];
  /** Waits that stand in what is done. */
  readonly gaps: readonly Piece[];
  /** As long as it took the last time. */
  readonly todo: Piece | null;
  readonly rows: string;
  /** Of how many, while it goes on: "of 10,328". */
  readonly of: string;
  readonly took: string;
  /** What was waited for, in words. */
  readonly notes: readonly string[];
}

export interface WaterfallView {
  /** Length of the axis in seconds. */
  readonly length: number;
  /** Where now is, of a run that goes on. */
  readonly now: number | null;
  readonly rows: readonly WaterfallRow[];
}

/** The six steps that are drawn. Writing the report is the end of applying. */
export const drawnSteps = ["connect", "read", "normalise", "match", "guard", "apply"] as const satisfies readonly RunPhase[];

export interface WaterfallInput extends Pick<RunDetail, "trace" | "timeline"> {
  /** Since a worker took it: until now, or until it ended. */
  readonly seconds: number;
  readonly isEnded: boolean;
  /** Rows by collection, once they are counted. */
  readonly rows: Readonly<Partial<Record<string, number>>>;
  /** How many changes were applied; null: none, or not yet. */
  readonly applied: number | null;
  /** The run before, by which it is measured while it goes. */
  readonly past: PastRun | null;
}
