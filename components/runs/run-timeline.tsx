import { DateTime } from "#components/ui/date-time.tsx";
import { formatDuration } from "#lib/format/date-time.ts";
import type { TimelineEntry } from "#lib/runs/schema.ts";
import { phaseWords } from "./run-words.ts";

/** The phases of a run with their share of the time. */
export function RunTimeline({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const longest = Math.max(0.001, ...timeline.map((entry) => entry.seconds));
  return (
    <ol className="grid gap-3">
      {timeline.map((entry) => (
        <li key={`${entry.phase}-${entry.startedAt}`} className="grid gap-1 text-sm">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="font-medium">{phaseWords[entry.phase]}</span>
            <span className="text-muted tabular-nums">
              {formatDuration(entry.seconds)} · <DateTime at={entry.startedAt} as="time" />
            </span>
          </div>
          <div aria-hidden className="h-1 overflow-hidden rounded-full bg-sunken">
            <div className="h-full rounded-full bg-accent" style={{ width: `${Math.max(1, (entry.seconds / longest) * 100)}%` }} />
          </div>
          {entry.note ? <p className="whitespace-pre-line text-muted">{entry.note}</p> : null}
        </li>
      ))}
    </ol>
  );
}
