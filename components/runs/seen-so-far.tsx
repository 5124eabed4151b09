import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import type { PastRun, SeenSoFar as Seen } from "#lib/services/runs/schema.ts";
import { plannedLines, seenLines } from "./seen-words.ts";

export interface SeenSoFarProps {
  /** Null before the first row is taken in. */
  readonly seen: Seen | null;
  readonly past: PastRun | null;
}

/** What a run that goes has met until now: what is wrong, and once it is planned, what it would change. */
export function SeenSoFar({ seen, past }: SeenSoFarProps) {
  if (seen === null) return null;
  const causes = seenLines(seen, past);
  const planned = plannedLines(seen);
  return (
    <Card title="Seen so far" aside={past === null ? null : `compared with Sync ${past.number}`} flush>
      <div className="grid gap-x-14 sm:grid-cols-2">
        <ul className="text-sm">
          {causes.length === 0 ? <li className="border-t border-line py-2 text-muted">Nothing is wrong with a row.</li> : null}
          {causes.map(({ key, title, state, tone }) => (
            <li key={key} className="flex items-baseline justify-between gap-4 border-t border-line py-2">
              <span className="min-w-0 text-pretty">{title}</span>
              <span className="shrink-0">
                <StateBadge tone={tone}>{state}</StateBadge>
              </span>
            </li>
          ))}
        </ul>
        <ul className="text-sm tabular-nums">
          {planned === null ? (
            <li className="border-t border-line py-2 text-muted">What would change is known once it is planned.</li>
          ) : null}
          {planned?.length === 0 ? <li className="border-t border-line py-2 text-muted">No record would change.</li> : null}
          {planned?.map((line) => (
            <li key={line} className="border-t border-line py-2">
              {line}
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
