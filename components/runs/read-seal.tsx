import type { ReactNode } from "react";
import { collectionWords } from "#components/issues/issue-words.ts";
import { DateTime } from "#components/ui/date-time.tsx";
import { Fold } from "#components/ui/fold.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { collections, entities } from "#lib/roster/canonical.ts";
import type { PastRun, RunInput } from "#lib/services/runs/schema.ts";
import { olderThanBefore, type Proof, proofOf } from "./proof-words.ts";
import { accountInWords } from "./row-account.ts";
import { entityWords } from "./run-words.ts";

export interface ReadSealProps {
  readonly input: RunInput;
  /** What the source noted as its proof (lib/engine/sis/source.ts); null: it notes none. */
  readonly told: string | null;
  /** The sync before. */
  readonly past: Pick<PastRun, "number" | "parts"> | null;
}

/** The proof of a complete read as a seal: opened, it says why that is known, and what was left out on purpose. */
export function ReadSeal({ input, told, past }: ReadSealProps) {
  const isRead = input.parts.length > 0;
  if (!isRead && input.outOfScope === undefined) return null;
  const proof = isRead ? proofOf(input, told) : { title: "The SIS was not asked", sum: "planned from what it said before", lines: [] };
  return (
    <details className="group min-w-0 rounded-lg border border-line bg-surface">
      <summary className="flex list-none items-center gap-3 rounded-lg px-4 py-3 [&::-webkit-details-marker]:hidden">
        {isRead ? <Stamp /> : null}
        <span className="min-w-0">
          <span className="block font-semibold">{proof.title}</span>
          <span className="block text-small text-muted">{proof.sum}</span>
        </span>
        <Icon name="chevron-down" className="ml-auto size-4 shrink-0 text-muted group-open:rotate-180" />
      </summary>
      <div className="grid gap-3 px-4 pb-3">
        <Lines lines={[...written(input), ...ages(input, past), ...proof.lines]} />
        <Files input={input} />
        <LeftOut input={input} />
        <Became input={input} />
        <Notes notes={input.notes} />
      </div>
    </details>
  );
}

type Line = { readonly what: ReactNode; readonly how: ReactNode };

/** When the youngest file was written, or the youngest record was changed, as far as the SIS tells. */
function written({ parts }: RunInput): Line[] {
  const newest = parts
    .flatMap(({ modified }) => modified ?? [])
    .sort()
    .at(-1);
  if (newest === undefined) return [];
  const isFiles = parts.every(({ name }) => !name.startsWith("/"));
  return [{ what: isFiles ? "Written" : "Latest change in the SIS", how: <DateTime at={newest} /> }];
}

/** Whether each file was written anew since the sync before. */
function ages({ parts }: RunInput, past: ReadSealProps["past"]): Line[] {
  const older = past === null ? null : olderThanBefore(parts, past.parts);
  if (past === null || older === null) return [];
  if (older.length === 0) return [{ what: `None is older than in Sync ${past.number}`, how: "all written since" }];
  return [{ what: `Not written since Sync ${past.number}`, how: older.length === parts.length ? "none of them" : older.join(", ") }];
}

/** Each file or list with its age, as its server says, and what identifies its content. */
function Files({ input: { parts } }: Pick<ReadSealProps, "input">) {
  const known = parts.filter(({ modified, sha256 }) => modified !== null || sha256 !== null);
  if (known.length === 0) return null;
  return (
    <Fold summary="Age and content of each" aside={formatCount(known.length, "part")}>
      <dl className="grid gap-2 text-small">
        {known.map(({ name, modified, sha256 }) => (
          <div key={name}>
            <dt className="text-soft wrap-anywhere">
              {name.replace(/^\//, "")}
              {modified === null ? null : (
                <>
                  , written <DateTime at={modified} as="sentence" />
                </>
              )}
            </dt>
            {sha256 === null ? null : (
              <dd className="text-fine text-muted wrap-anywhere">
                SHA-256 <span className="font-mono">{sha256}</span>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </Fold>
  );
}

function Lines({ lines }: { readonly lines: readonly (Line | Proof["lines"][number])[] }) {
  return (
    <dl className="text-small">
      {lines.map(({ what, how }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change their order, and two may say the same
        <div key={index} className="flex flex-wrap justify-between gap-x-3 border-t border-line py-1.5">
          <dt className="min-w-0 text-soft wrap-anywhere">{what}</dt>
          <dd className="text-muted">{how}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the SIS has and Aivo leaves aside: by its kind, or by the integration's scope. */
function LeftOut({ input: { notRostered, outOfScope } }: Pick<ReadSealProps, "input">) {
  const byKind = Object.entries(notRostered).filter(([, count]) => count > 0);
  const byScope = entities.flatMap((entity) => {
    const count = outOfScope?.[entity] ?? 0;
    return count === 0 ? [] : [formatCount(count, entityWords[entity].one, entityWords[entity].many)];
  });
  if (byKind.length + byScope.length === 0) return null;
  const lines: Line[] = byKind.map(([reason, count]) => ({
    what: <span className="inline-block first-letter:uppercase">{reason}</span>,
    how: formatCount(count, "row"),
  }));
  return (
    <section aria-label="Left out on purpose">
      <h3 className="eyebrow pb-1">Left out on purpose</h3>
      <Lines lines={[...lines, ...(byScope.length === 0 ? [] : [{ what: "Not in scope", how: byScope.join(", ") }])]} />
    </section>
  );
}

/** What became of every row, so that it can be added up. */
function Became({ input: { became } }: Pick<ReadSealProps, "input">) {
  const lines = collections.flatMap((collection) => {
    const of = became?.[collection];
    return of && of.read + of.again > 0 ? [{ what: collectionWords[collection], how: accountInWords(of) }] : [];
  });
  if (lines.length === 0) return null;
  return (
    <section aria-label="What became of the rows">
      <h3 className="eyebrow pb-1">What became of the rows</h3>
      <Lines lines={lines} />
    </section>
  );
}

function Notes({ notes }: Pick<RunInput, "notes">) {
  if (notes.length === 0) return null;
  return (
    <ul className="grid gap-1 border-t border-line pt-2 text-small text-muted">
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

function Stamp() {
  return (
    <svg aria-hidden viewBox="0 0 36 36" className="size-9 shrink-0 fill-none stroke-good">
      <circle cx="18" cy="18" r="16.25" strokeWidth="1.5" strokeDasharray="2.55 2.55" />
      <circle cx="18" cy="18" r="12.5" strokeWidth="1.25" />
      <path d="m13 18.3 3.5 3.5 6.8-7.4" strokeWidth="2.25" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
