import { DateTime } from "#components/ui/date-time.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import type { TimelineEntry } from "#lib/services/runs/schema.ts";
import { phaseWords } from "./run-words.ts";

/** What a phase notes, in a line; the proof of a read has one for each list and opens when asked for. */
function Note({ of, children }: { readonly of: TimelineEntry["phase"]; readonly children: string }) {
  const text = <p className="whitespace-pre-line text-muted">{children}</p>;
  if (of !== "normalise") return text;
  return (
    <details>
      <summary className="w-fit rounded text-muted hover:text-ink">Proof that the read was complete</summary>
      <div className="mt-1">{text}</div>
    </details>
  );
}

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
              {entry.seconds < 1 ? "under 1 s" : formatDuration(entry.seconds)} · <DateTime at={entry.startedAt} as="time" />
            </span>
          </div>
          <div aria-hidden className="h-1 overflow-hidden rounded-full bg-sunken">
            <div className="h-full rounded-full bg-accent" style={{ width: `${Math.max(1, (entry.seconds / longest) * 100)}%` }} />
          </div>
          {entry.note ? <Note of={entry.phase}>{entry.note}</Note> : null}
        </li>
      ))}
    </ol>
  );
}
