"use client";
import Link from "next/link";
import { useId, useState } from "react";
import { Icon } from "#components/ui/icon.tsx";
import type { PersonChanged } from "#lib/services/runs/people-changed-schema.ts";
import { classMoves, foldedInWords } from "./class-moves.ts";

export interface PersonLineProps {
  readonly person: PersonChanged;
  readonly href: string;
}

/** Somebody whom a run changed, in a line; their classes and longer values open under it. */
export function PersonLine({ person, href }: PersonLineProps) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { name, what, joined, left, values } = person;
  const lastName = values.length === 1 && values[0]?.isName ? values[0] : null;
  const folded = foldedInWords(joined.length, left.length, /^(new|back)\b/.test(what));
  const details = lastName === null && values.length > 0;
  return (
    <li className="border-t border-line">
      <div className="grid min-h-row items-center gap-x-3 py-1 max-sm:grid-cols-[minmax(0,1fr)_auto] sm:grid-cols-[11rem_minmax(0,1fr)_auto]">
        <Link href={href} className="name-link truncate" title={name}>
          {name}
        </Link>
        <span className="truncate text-soft max-sm:order-last max-sm:col-span-full" title={what}>
          {lastName === null ? what : <Became before={lastName.before} after={lastName.after} />}
        </span>
        {folded === "" && !details ? (
          <span />
        ) : (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={id}
            aria-label={`${folded === "" ? "What changed" : folded}: ${name}`}
            onClick={() => setOpen(!isOpen)}
            className="inline-flex min-h-6 items-center gap-1 rounded text-small whitespace-nowrap text-muted hover:text-ink"
          >
            {folded === "" ? "values" : folded}
            <Icon name="chevron-down" className={isOpen ? "size-3.5 rotate-180" : "size-3.5"} />
          </button>
        )}
      </div>
      {isOpen ? (
        <dl
          id={id}
          className="mb-3 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 text-small text-soft sm:grid-cols-[11rem_minmax(0,1fr)]"
        >
          {classMoves(joined, left).map((move) => (
            <Line key={`${move.name} ${move.before} ${move.after}`} label={move.name} before={move.before} after={move.after} />
          ))}
          {lastName === null
            ? values.map(({ field, before, after }) => <Line key={field} label={field} before={before} after={after} />)
            : null}
        </dl>
      ) : null}
    </li>
  );
}

function Line({ label, before, after }: { readonly label: string; readonly before: string | null; readonly after: string | null }) {
  return (
    <div className="contents">
      <dt className="wrap-anywhere">{label}</dt>
      <dd className="wrap-anywhere">
        <Became before={before} after={after} />
      </dd>
    </div>
  );
}

/** What is no longer so struck through, then what is. */
function Became({ before, after }: { readonly before: string | null; readonly after: string | null }) {
  if (before === null) return <>{after ?? "blank"}</>;
  if (before === "left" && after === null) return <>left</>;
  return (
    <>
      <del className="text-muted decoration-1">{before}</del>
      <span aria-hidden> → </span>
      <span className="sr-only">became</span>
      {after ?? <span className="italic">blank</span>}
    </>
  );
}
