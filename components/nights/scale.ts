import type { Night } from "#lib/services/overview/nights-schema.ts";

/** The heights of a column's parts, in pixels: labels above, arrived, changed, left. */
export const heights = { label: 16, up: 58, gap: 2, tone: 12 } as const;

export interface Scale {
  /** Pixels for so many people: the square root, so that one is seen beside a hundred. */
  readonly of: (people: number) => number;
  /** How far down the lowest column reaches. */
  readonly down: number;
  /** Lines of the grid, upwards and downwards, the smallest first. */
  readonly up: readonly number[];
  readonly left: readonly number[];
}

/** Steps that lines are drawn at, where they do not crowd. */
const steps = [1, 4, 10, 25, 100, 400, 1_000, 2_500, 10_000, 40_000, 100_000] as const;
const leastGap = 13;

/** The scale of a month: its largest night fills the room upwards. First imports do not count. */
export function scaleOf(nights: readonly Night[]): Scale {
  const counted = nights.filter(({ isFirst }) => !isFirst);
  const up = Math.max(0, ...counted.map(({ arrived }) => arrived));
  const left = Math.max(0, ...counted.map((night) => night.left + night.still));
  const unit = heights.up / Math.sqrt(Math.max(1, up, left));
  const of = (people: number) => Math.round(unit * Math.sqrt(people) * 10) / 10;
  return { of, down: Math.max(of(left), 18), up: lines(up, of), left: lines(left, of) };
}

/** How far down a night's column reaches, for who left and for who can still sign in. A first import's ends where the scale does, which does not count it. */
export function downOf(
  { left, still, isFirst }: Night,
  { of, down }: Scale,
): { readonly leftHeight: number; readonly stillHeight: number } {
  const most = isFirst ? down : Number.POSITIVE_INFINITY;
  const leftHeight = Math.min(of(left), most);
  return { leftHeight, stillHeight: Math.min(of(left + still), most) - leftHeight };
}

function lines(most: number, of: Scale["of"]): readonly number[] {
  const kept = most === 0 ? [] : [most];
  for (const step of [...steps].reverse()) {
    const above = kept.at(-1);
    if (above === undefined || step >= most || kept.length === 3) continue;
    if (of(above) - of(step) >= leastGap && of(step) >= leastGap) kept.push(step);
  }
  return kept.reverse();
}

/** Five tones for how many changed: none, 1 to 4, 5 to 9, 10 to 24, 25 and more. */
export function toneOf(changed: number): 0 | 1 | 2 | 3 | 4 {
  return changed === 0 ? 0 : changed < 5 ? 1 : changed < 10 ? 2 : changed < 25 ? 3 : 4;
}

/** The days of the band one by one, also those without a sync, so that a week is as long as any other. */
export function daysOf(nights: readonly Night[]): readonly { readonly day: string; readonly night: Night | null }[] {
  const [first] = nights;
  const last = nights.at(-1);
  if (first === undefined || last === undefined) return [];
  const byDay = new Map(nights.map((night) => [night.day, night]));
  const days = Math.round((Date.parse(last.day) - Date.parse(first.day)) / 86_400_000) + 1;
  return Array.from({ length: days }, (_, n) => {
    const day = new Date(Date.parse(first.day) + n * 86_400_000).toISOString().slice(0, 10);
    return { day, night: byDay.get(day) ?? null };
  });
}
