import { formatCount } from "#lib/platform/format/number.ts";
import type { PastRun, RunProgressView } from "#lib/services/runs/schema.ts";
import { partLabel } from "./waterfall/part-rows.ts";
import { secondsLeftOf } from "./waterfall/waterfall-of.ts";

/** What the page that follows a run knows of it. */
export interface LiveRun extends Pick<RunProgressView, "state" | "progress" | "trace" | "secondsRunning" | "cancelRequested"> {
  /** "Sync 35". */
  readonly name: string;
  readonly past: PastRun | null;
}

/** "about 8 seconds", "about 3 minutes"; what is nearly over is "a moment". */
export function roughly(seconds: number): string {
  if (seconds < 2) return "a moment";
  if (seconds < 50) return `about ${formatCount(Math.round(seconds), "second")}`;
  if (seconds < 3000) return `about ${formatCount(Math.max(1, Math.round(seconds / 60)), "minute")}`;
  return `about ${formatCount(Math.round(seconds / 3600), "hour")}`;
}

/** How many seconds are left: by the run before, else by how far the bar is; null: not known. */
export function secondsLeft({ trace, secondsRunning, progress, past }: LiveRun): number | null {
  const byPast = secondsRunning === null ? null : secondsLeftOf({ trace, timeline: [], seconds: secondsRunning, past });
  return byPast ?? progress?.secondsLeft ?? null;
}

/** What the run does, and that nothing has changed yet: two sentences, a line each. */
export function liveSentence(run: LiveRun): readonly [string, string] {
  const { name, state, progress, cancelRequested } = run;
  if (cancelRequested) return [`${name} is stopping.`, "Nothing has changed in Aivo."];
  if (state === "queued") return [`${name} waits for a worker.`, "Nothing has changed in Aivo yet."];
  const left = secondsLeft(run);
  const toGo = left === null ? "" : `: ${roughly(left)} to go`;
  if (state === "applying") return [`${name} is writing to the roster${toGo}.`, "All of it is written, or none."];
  return [`${name} ${doing(progress)}${toGo}.`, "Nothing has changed in Aivo yet."];
}

function doing(progress: LiveRun["progress"]): string {
  switch (progress?.phase) {
    case "read":
      return progress.part === null ? "is reading from the SIS" : `is reading ${partLabel(progress.part).replace(/\.csv$/i, "")}`;
    case "normalise":
      return "is normalizing what it read";
    case "match":
      return "is matching and planning";
    case "guard":
      return "is checking the safety limits";
    case "apply":
    case "report":
      return "is about to write";
    default:
      return "is connecting to the SIS";
  }
}

export interface LiveFigures {
  readonly rows: number;
  /** As many as the SIS says, or as there were the last time; null: nobody knows. */
  readonly ofRows: number | null;
  /** Of the step under way, a second; null: it has none to count, or has just begun. */
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export function liveFigures(run: LiveRun): LiveFigures {
  const { trace, progress, past } = run;
  const parts = trace?.parts ?? [];
  const rows = Math.max(
    parts.reduce((sum, part) => sum + (part.rows ?? 0), 0),
    progress?.phase === "normalise" ? progress.rows : 0,
  );
  const before = Object.values(past?.rows ?? {}).reduce((sum, count) => sum + count, 0);
  const told = parts.reduce((sum, part) => sum + (part.of ?? 0), 0);
  const most = Math.max(before, told);
  const counts = progress?.phase === "read" || progress?.phase === "normalise";
  return {
    rows,
    ofRows: most > rows ? most : null,
    rowsPerSecond: counts && progress.rowsPerSecond > 0 ? progress.rowsPerSecond : null,
    secondsLeft: secondsLeft(run),
  };
}
