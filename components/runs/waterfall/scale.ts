import { formatDuration } from "#lib/platform/format/date-time.ts";

export interface Tick {
  /** 0 to 1 of the axis. */
  readonly at: number;
  readonly label: string;
}

const seconds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

/** Round moments of an axis that is so many seconds long, `most` at the most, from its begin on; the first names the unit. */
export function ticksOf(length: number, most: number): readonly Tick[] {
  const step = seconds.find((one) => length / one < most) ?? length;
  const unit = step < 60 ? { name: "s", seconds: 1 } : step < 3600 ? { name: "min", seconds: 60 } : { name: "h", seconds: 3600 };
  const ticks: Tick[] = [{ at: 0, label: `0 ${unit.name}` }];
  for (let n = 1; n * step <= length * 0.96; n++) {
    ticks.push({ at: (n * step) / length, label: String(Number(((n * step) / unit.seconds).toFixed(1))) });
  }
  return ticks;
}

/** "0.8 s", "11.2 s", "3 min 20 s": how long a step took. */
export function tookInWords(length: number): string {
  if (length < 0.05) return "<0.1 s";
  return length < 59.95 ? `${length.toFixed(1)} s` : formatDuration(length);
}
