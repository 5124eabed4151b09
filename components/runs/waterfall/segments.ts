import type { PastRun, RunPhase, RunTrace, TimelineEntry } from "#lib/services/runs/schema.ts";
import type { Piece } from "./waterfall-view.ts";

/** From when to when, in seconds since the run began; without an end it goes on. */
export interface Segment {
  readonly from: number;
  readonly to: number | null;
}

export interface StepSegments {
  readonly phase: RunPhase;
  readonly segments: readonly Segment[];
}

/** When each step was under way; of an old run, which left only how long each took, one after the other. */
export function stepSegments(
  trace: RunTrace | null,
  timeline: readonly Pick<TimelineEntry, "phase" | "seconds">[],
): readonly StepSegments[] {
  const all = trace && trace.steps.length > 0 ? trace.steps.map(inSeconds) : oneAfterTheOther(timeline);
  return [...Map.groupBy(all, ({ phase }) => phase)].map(([phase, segments]) => ({ phase, segments }));
}

function inSeconds({ phase, from, to }: RunTrace["steps"][number]) {
  return { phase, from: from / 1000, to: to === null ? null : to / 1000 };
}

function oneAfterTheOther(timeline: readonly Pick<TimelineEntry, "phase" | "seconds">[]) {
  let from = 0;
  return timeline.map(({ phase, seconds }) => {
    const segment = { phase, from, to: from + seconds };
    from = segment.to;
    return segment;
  });
}

/** How long a step took the last time, over all its beginnings; 0 where it did not take place. */
export function secondsOfStep(past: PastRun | null, phase: RunPhase): number {
  return (past?.steps ?? []).reduce((sum, step) => sum + (step.phase === phase ? step.seconds : 0), 0);
}

export function lengthOf(segments: readonly Segment[], until: number): number {
  return segments.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? until) - from), 0);
}

/** Of an axis so many seconds long the piece from here to there. */
export function pieceOf({ from, to }: Segment, until: number, length: number): Piece {
  const end = Math.max(from, to ?? until);
  return { x: from / length, width: (end - from) / length };
}
