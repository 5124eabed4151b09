import Link from "next/link";
import { ChangedFields } from "#components/runs/change-list.tsx";
import { actionWords, entityWords } from "#components/runs/run-words.ts";
import type { ChangeRow, RecordRef } from "#lib/services/runs/schema.ts";

export interface OtherChangesProps {
  readonly changes: readonly ChangeRow[];
  readonly recordHref: (record: RecordRef) => string | null;
}

/** Schools, terms, courses and classes that changed by themselves, a line each. */
export function OtherChanges({ changes, recordHref }: OtherChangesProps) {
  if (changes.length === 0) return null;
  return (
    <section aria-label="Classes, courses, terms and schools" className="min-w-0">
      <h3 className="eyebrow flex min-h-7 items-center">Classes, courses, terms and schools</h3>
      <ul>
        {changes.map((change) => {
          const href = change.record ? recordHref(change.record) : null;
          return (
            <li key={change.seq} className="grid gap-x-3 gap-y-0.5 border-t border-line py-2.5 sm:grid-cols-[11rem_minmax(0,1fr)]">
              <span className="min-w-0 wrap-anywhere">
                {href === null ? <span className="font-strong">{change.label}</span> : <Name href={href}>{change.label}</Name>}
                <span className="block text-small text-muted">
                  {entityWords[change.entity].one}, {actionWords[change.action].label.toLowerCase()}
                </span>
              </span>
              <span className="min-w-0 text-soft">{change.action === "updated" ? <ChangedFields change={change} /> : null}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Name({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <Link href={href} className="name-link">
      {children}
    </Link>
  );
}
