"use client";
import type { ReactNode } from "react";
import { useTimeZone } from "#components/ui/clock.tsx";
import { formatDuration, formatTime } from "#lib/platform/format/date-time.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { LiveFigures } from "./live-words.ts";

export interface LiveFactsProps {
  readonly figures: LiveFigures;
  readonly secondsRunning: number | null;
}

/** The four figures of a run that goes: how far, how fast, how long, until when. */
export function LiveFacts({ figures: { rows, ofRows, rowsPerSecond, secondsLeft }, secondsRunning }: LiveFactsProps) {
  const zone = useTimeZone();
  return (
    <dl className="grid grid-cols-2 border-y border-line tabular-nums sm:grid-cols-4">
      <Fact label="Rows read" unit={ofRows === null ? null : `of about ${formatNumber(ofRows)}`}>
        {formatNumber(rows)}
      </Fact>
      <Fact label="Rate" unit={rowsPerSecond === null ? null : "rows a second"}>
        {rowsPerSecond === null ? "–" : formatNumber(rowsPerSecond)}
      </Fact>
      <Fact label="Running for" unit={null}>
        {secondsRunning === null ? "–" : formatDuration(Math.max(1, Math.floor(secondsRunning)))}
      </Fact>
      <Fact label="Done at about" unit={null}>
        {secondsLeft === null ? "–" : <span suppressHydrationWarning>{formatTime(new Date(Date.now() + secondsLeft * 1000), zone)}</span>}
      </Fact>
    </dl>
  );
}

function Fact({ label, unit, children }: { readonly label: string; readonly unit: string | null; readonly children: ReactNode }) {
  return (
    <div className="py-3">
      <dt className="eyebrow">{label}</dt>
      <dd className="mt-0.5 text-title">
        {children}
        {unit === null ? null : <small className="ml-1 text-small font-normal tracking-normal text-muted">{unit}</small>}
      </dd>
    </div>
  );
}
