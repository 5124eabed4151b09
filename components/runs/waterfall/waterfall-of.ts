import { formatNumber } from "#lib/platform/format/number.ts";
import type { PastRun, RunPhase } from "#lib/services/runs/schema.ts";
import { partRows } from "./part-rows.ts";
import { tookInWords } from "./scale.ts";
import { lengthOf, pieceOf, type Segment, secondsOfStep, stepSegments } from "./segments.ts";
import { waitsInWords } from "./wait-words.ts";
import { drawnSteps, type WaterfallInput, type WaterfallRow, type WaterfallView } from "./waterfall-view.ts";

const labels: Record<(typeof drawnSteps)[number], string> = {
  connect: "Connect",
  read: "Read from the SIS",
  normalise: "Normalize",
  match: "Match and plan",
  guard: "Check safety limits",
  apply: "Apply",
};

/** The lanes of a run's waterfall. Without a trace only the steps are drawn, by how long each took. */
export function waterfallOf(input: WaterfallInput): WaterfallView {
  const { trace, timeline, seconds, isEnded, past } = input;
  const begun = new Map(stepSegments(trace, timeline).map(({ phase, segments }) => [phase, segments]));
  const todos = isEnded ? new Map<RunPhase, Segment>() : stillToDo(begun, seconds, past);
  const ends = [...todos.values()].map(({ to }) => to ?? 0);
  const ended = [...begun.values()].flat().map(({ to }) => to ?? seconds);
  const length = Math.max(0.1, isEnded ? 0 : seconds, ...ended, ...ends);
  const rows = drawnSteps.flatMap((phase): WaterfallRow[] => {
    const segments = begun.get(phase) ?? [];
    // Of an undo, or of a run that ended early, what never took place is not drawn.
    if (segments.length === 0 && (isEnded || (phase !== "apply" && begun.has("apply")))) return [];
    const parts = phase === "read" ? partRows(input, length) : [];
    return [stepRow(phase, segments, todos.get(phase) ?? null, length, input), ...parts];
  });
  return { length, now: isEnded ? null : seconds / length, rows };
}

function stepRow(
  phase: (typeof drawnSteps)[number],
  segments: readonly Segment[],
  todo: Segment | null,
  length: number,
  { trace, seconds, isEnded, applied, rows }: WaterfallInput,
): WaterfallRow {
  const waits =
    phase === "read" || phase === "connect"
      ? (trace?.waits ?? []).filter((wait) => wait.part === null && isWithin(wait.from / 1000, segments))
      : [];
  const counted = Object.values(rows).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const read = counted || (trace?.parts ?? []).reduce((sum, part) => sum + (part.rows ?? 0), 0);
  const count = phase === "read" ? read : phase === "apply" ? (applied ?? 0) : 0;
  const isOn = !isEnded && segments.some(({ to }) => to === null);
  return {
    key: phase,
    label: labels[phase],
    isPart: false,
    state: isOn ? "on" : segments.length === 0 ? "later" : "done",
    done: segments.map((segment) => pieceOf(segment, seconds, length)),
    gaps: waits.map(({ from, to }) => pieceOf({ from: from / 1000, to: to === null ? null : to / 1000 }, seconds, length)),
    todo: todo && pieceOf(todo, seconds, length),
    rows: count > 0 && segments.length > 0 ? formatNumber(count) : "",
    of: "",
    took: segments.length === 0 ? "" : tookInWords(lengthOf(segments, seconds)),
    notes: waitsInWords(waits, seconds * 1000),
  };
}

function isWithin(at: number, segments: readonly Segment[]): boolean {
  return segments.some(({ from, to }) => at >= from && (to === null || at <= to));
}

/** What is left of the step under way, and all of those after it, each as long as the last time. */
function stillToDo(begun: ReadonlyMap<RunPhase, readonly Segment[]>, now: number, past: PastRun | null): Map<RunPhase, Segment> {
  const todos = new Map<RunPhase, Segment>();
  if (past === null) return todos;
  const last = drawnSteps.findLastIndex((phase) => begun.has(phase));
  let at = now;
  for (const [index, phase] of drawnSteps.entries()) {
    if (index < last || (index === last && !begun.get(phase)?.some(({ to }) => to === null))) continue;
    const left = secondsOfStep(past, phase) - (index === last ? lengthOf(begun.get(phase) ?? [], now) : 0);
    if (left <= 0) continue;
    todos.set(phase, { from: at, to: at + left });
    at += left;
  }
  return todos;
}

/** How many seconds are left, by how long each step took the last time; null without a last time. */
export function secondsLeftOf({
  trace,
  timeline,
  seconds,
  past,
}: Pick<WaterfallInput, "trace" | "timeline" | "seconds" | "past">): number | null {
  if (past === null) return null;
  const begun = new Map(stepSegments(trace, timeline).map(({ phase, segments }) => [phase, segments]));
  const ends = [...stillToDo(begun, seconds, past).values()].map(({ to }) => to ?? seconds);
  return ends.length === 0 ? null : Math.max(...ends) - seconds;
}
