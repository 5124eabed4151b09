import type { ReactNode } from "react";
import { DateTime } from "#components/ui/date-time.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { formatBytes, formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { RunInput } from "#lib/services/runs/schema.ts";
import { RowAccount } from "./row-account.tsx";

/** What the SIS delivered: each file, what was made of it, and what Aivo does not roster. */
export function InputFiles({ input }: { readonly input: RunInput }) {
  return (
    <div className="grid gap-4">
      <ul className="divide-y divide-line text-sm">
        {input.parts.map((part) => (
          <li key={part.name} className="grid gap-x-4 gap-y-0.5 py-2 first:pt-0 sm:grid-cols-[1fr_auto]">
            <span className="font-medium break-all">{part.name}</span>
            <span className="text-muted tabular-nums sm:text-right">
              {rowsOf(input, part.name)}
              {formatBytes(part.bytes)}
            </span>
            <span className="text-small text-muted">
              {part.modified ? (
                <>
                  Modified <DateTime at={part.modified} />
                </>
              ) : (
                "Modification time not told"
              )}
            </span>
            {part.sha256 ? (
              <Tooltip content={<span className="break-all">SHA-256 {part.sha256}</span>}>
                <button
                  type="button"
                  className="justify-self-start rounded font-mono text-small text-muted sm:justify-self-end"
                  aria-label={`SHA-256 of ${part.name}: ${part.sha256}`}
                >
                  {part.sha256.slice(0, 12)}
                </button>
              </Tooltip>
            ) : null}
          </li>
        ))}
      </ul>
      <NotRostered counts={input.notRostered} />
      {input.became ? <RowAccount became={input.became} /> : null}
      <InputNotes notes={input.notes} />
    </div>
  );
}

/** What is worth knowing about the input as a whole. */
export function InputNotes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="grid gap-1 border-t border-line pt-3 text-small text-muted">
      {notes.map((note) => (
        <li key={note}>{withMoments(note)}</li>
      ))}
    </ul>
  );
}

/** A source writes moments as "2026-08-17 07:00 UTC"; the page shows every moment in the district's time zone. */
function withMoments(note: string): ReactNode {
  return note.split(/(\d{4}-\d\d-\d\d \d\d:\d\d UTC)/).map((part, index) => {
    if (index % 2 === 0) return part;
    return <DateTime key={part} at={part.replace(" UTC", "Z").replace(" ", "T")} />;
  });
}

/** What the SIS has and Aivo leaves aside, and why. */
export function NotRostered({ counts }: { readonly counts: RunInput["notRostered"] }) {
  const reasons = Object.entries(counts).filter(([, count]) => count > 0);
  if (reasons.length === 0) return null;
  return (
    <div className="border-t border-line pt-3">
      <p className="eyebrow">Not rostered, by design</p>
      <ul className="mt-1 grid gap-0.5 text-sm">
        {reasons.map(([reason, count]) => (
          <li key={reason} className="flex justify-between gap-4">
            <span className="first-letter:uppercase">{reason}</span>
            <span className="text-muted tabular-nums">{formatNumber(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function rowsOf(input: RunInput, file: string): string {
  const base = file
    .split("/")
    .at(-1)
    ?.replace(/\.[a-z]+$/i, "")
    .toLowerCase();
  const collection = Object.entries(input.rows).find(([name]) => name.toLowerCase() === base);
  return collection?.[1] === undefined ? "" : `${formatCount(collection[1], "row")} · `;
}
