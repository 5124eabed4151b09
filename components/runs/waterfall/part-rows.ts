import { formatNumber } from "#lib/platform/format/number.ts";
import type { RunTrace } from "#lib/services/runs/schema.ts";
import { tookInWords } from "./scale.ts";
import { lengthOf, pieceOf, type Segment } from "./segments.ts";
import { waitsInWords } from "./wait-words.ts";
import type { WaterfallInput, WaterfallRow } from "./waterfall-view.ts";

type Part = RunTrace["parts"][number];

/** "users.csv" stays what it is; "/users" is the list users. */
export const partLabel = (name: string) => name.replace(/^\//, "");

/** "users" of "Export/users.csv" and of "/users". */
function stemOf(name: string): string {
  return (name.split("/").at(-1) ?? "").replace(/\.[a-z]+$/i, "").toLowerCase();
}

/** How many rows a file or list had, as they were counted when they were taken in; null: not told apart, or not counted. */
export function countedRows(name: string, rows: WaterfallInput["rows"]): number | null {
  return Object.entries(rows).find(([collection]) => collection.toLowerCase() === stemOf(name))?.[1] ?? null;
}

/** A lane for each file or list. One that goes on is measured by how long it took the last time. */
export function partRows({ trace, seconds, isEnded, rows, past }: WaterfallInput, length: number): readonly WaterfallRow[] {
  return (trace?.parts ?? []).map((part): WaterfallRow => {
    const segments = part.spans.map(({ from, to }): Segment => ({ from: from / 1000, to: to === null ? null : to / 1000 }));
    const waits = (trace?.waits ?? []).filter((wait) => wait.part === part.name);
    const isOn = !isEnded && segments.some(({ to }) => to === null);
    const left = isOn ? lastTime(part.name, past) - lengthOf(segments, seconds) : 0;
    return {
      key: part.name,
      label: partLabel(part.name),
      isPart: true,
      state: isOn ? "on" : "done",
      done: segments.map((segment) => pieceOf(segment, seconds, length)),
      gaps: waits.map(({ from, to }) => pieceOf({ from: from / 1000, to: to === null ? null : to / 1000 }, seconds, length)),
      todo: left > 0 ? pieceOf({ from: seconds, to: seconds + left }, seconds, length) : null,
      ...rowsInWords(part, rows, past, isOn),
      took: isEnded ? "" : tookInWords(lengthOf(segments, seconds)),
      notes: waitsInWords(waits, seconds * 1000),
    };
  });
}

function lastTime(name: string, past: WaterfallInput["past"]): number {
  const spans = past?.trace?.parts.find((part) => part.name === name)?.spans ?? [];
  return spans.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? from) - from), 0) / 1000;
}

function rowsInWords(
  part: Part,
  counted: WaterfallInput["rows"],
  past: WaterfallInput["past"],
  isOn: boolean,
): Pick<WaterfallRow, "rows" | "of"> {
  const rows = countedRows(part.name, counted) ?? part.rows;
  if (rows === null) return { rows: "", of: "" };
  const of = isOn ? (part.of ?? countedRows(part.name, past?.rows ?? {})) : null;
  return { rows: formatNumber(rows), of: of !== null && of > rows ? `of ${formatNumber(of)}` : "" };
}
