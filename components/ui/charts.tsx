import { clsx } from "clsx";
import { type Tone, toneText } from "./tone.ts";

export interface ChartBar {
  /** What stands at this place, in words: "12 June, 214 changes". Read out and shown on hover. */
  readonly label: string;
  readonly value: number;
  readonly tone?: Tone;
}

export interface ChartProps {
  /** What the whole shows: "Changes of the last 30 syncs". */
  readonly label: string;
  readonly bars: readonly ChartBar[];
  readonly height?: number;
}

/** One bar a value. The list behind it carries the same for those who cannot see it. */
export function BarChart({ label, bars, height = 56 }: ChartProps) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const step = 10;
  return (
    <figure className="grid gap-1">
      <svg
        aria-hidden
        viewBox={`0 0 ${Math.max(1, bars.length) * step} ${height}`}
        preserveAspectRatio="none"
        className="w-full"
        style={{ height }}
      >
        {bars.map((bar, index) => {
          const tall = bar.value === 0 ? 2 : Math.max(3, (bar.value / most) * height);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            <g key={`${index}-${bar.label}`} className={clsx(toneText[bar.tone ?? "info"])}>
              <title>{bar.label}</title>
              <rect x={index * step} y={0} width={step} height={height} fill="transparent" />
              <rect x={index * step + 1.5} y={height - tall} width={step - 3} height={tall} fill="currentColor" />
            </g>
          );
        })}
      </svg>
      <TextOf label={label} bars={bars} />
    </figure>
  );
}

/** The course of a value in the space of a word. */
export function Sparkline({ label, bars, height = 28 }: ChartProps) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const width = 120;
  const x = (index: number) => (bars.length < 2 ? width / 2 : 2 + (index / (bars.length - 1)) * (width - 4));
  const y = (value: number) => height - 2 - (value / most) * (height - 4);
  const last = bars.at(-1);
  return (
    <figure className="inline-block align-middle text-accent">
      <svg aria-hidden viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
        <polyline
          points={bars.map((bar, index) => `${x(index)},${y(bar.value)}`).join(" ")}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.5}
          strokeLinejoin="round"
        />
        {last ? <circle cx={x(bars.length - 1)} cy={y(last.value)} r={2.5} fill="currentColor" /> : null}
      </svg>
      <TextOf label={label} bars={bars} />
    </figure>
  );
}

function TextOf({ label, bars }: Pick<ChartProps, "label" | "bars">) {
  return (
    <figcaption className="sr-only">
      {label}: {bars.length === 0 ? "none" : bars.map((bar) => bar.label).join("; ")}
    </figcaption>
  );
}
