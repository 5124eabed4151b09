import { formatNumber } from "#lib/platform/format/number.ts";
import type { Happening, RunRef } from "./schema.ts";

/** One thing that happened; what one run did is joined. */
export interface Moment extends Omit<Happening, "key"> {
  /** The same for what is told together; null: it stands alone. */
  readonly together: string | null;
}

export const momentOf = (at: string | Date, lines: readonly string[], run: RunRef | null): Moment => ({
  at: new Date(at).toISOString(),
  lines,
  by: null,
  reason: null,
  run,
  isOpen: false,
  together: run?.runId ?? null,
});

/** So many lines of one sync are told; the rest is a number. */
const mostLines = 6;

/** Newest first; what one run did stands together, at the time of its first line. */
export function joined(moments: readonly Moment[]): Happening[] {
  const groups = new Map<string, Moment[]>();
  for (const [nth, moment] of moments.entries()) {
    const key = moment.together ?? `alone ${nth}`;
    groups.set(key, [...(groups.get(key) ?? []), moment]);
  }
  return [...groups]
    .map(([key, [first, ...rest]]) => (first === undefined ? null : together(key, first, rest)))
    .filter((one) => one !== null)
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

function together(key: string, first: Moment, rest: readonly Moment[]): Happening {
  const { together: _, ...moment } = first;
  const lines = [...new Set([first, ...rest].flatMap((one) => one.lines))];
  const more = lines.length - mostLines;
  return {
    ...moment,
    key,
    lines: more > 0 ? [...lines.slice(0, mostLines), `and ${formatNumber(more)} more`] : lines,
    isOpen: [first, ...rest].some((one) => one.isOpen),
  };
}

/** "Joined English 11 and Health 11", "Joined 6 classes" */
export function several(verb: string, names: readonly string[], noun: string): string {
  if (names.length > 3) return `${verb} ${formatNumber(names.length)} ${noun}`;
  const last = names.at(-1) ?? "";
  return names.length < 2 ? `${verb} ${last}` : `${verb} ${names.slice(0, -1).join(", ")} and ${last}`;
}
