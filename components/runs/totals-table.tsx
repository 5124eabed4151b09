import { clsx } from "clsx";
import Link from "next/link";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { EntityTotals } from "#lib/roster/totals.ts";
import type { ChangeAction, RunTotals } from "#lib/services/runs/schema.ts";
import { entityWords } from "./run-words.ts";

const shown = [
  { key: "created", label: "Created", look: "text-good", action: "created" },
  { key: "updated", label: "Updated", look: "text-accent", action: "updated" },
  { key: "deactivated", label: "Deactivated", look: "text-harm", action: "deactivated" },
  { key: "reactivated", label: "Reactivated", look: "text-good", action: "reactivated" },
  { key: "linked", label: "Linked", look: "", action: "linked" },
  { key: "unchanged", label: "Unchanged", look: "", action: null },
  { key: "skipped", label: "Skipped", look: "text-ask", action: null },
] as const;
const shownOfUndo = [
  { key: "removed", label: "Removed", look: "text-harm", action: "removed" },
  { key: "updated", label: "Updated", look: "text-accent", action: "updated" },
  { key: "deactivated", label: "Deactivated", look: "text-harm", action: "deactivated" },
  { key: "reactivated", label: "Reactivated", look: "text-good", action: "reactivated" },
  { key: "unlinked", label: "Unlinked", look: "", action: "unlinked" },
  { key: "leftAlone", label: "Left alone", look: "text-ask", action: "left-alone" },
] as const;

interface Column {
  readonly key: keyof EntityTotals;
  readonly label: string;
  readonly look: string;
  /** As which its changes are listed. */
  readonly action: ChangeAction | null;
}

export interface TotalsTableProps {
  readonly totals: RunTotals;
  readonly isUndo?: boolean;
  /** Where the changes behind a number are listed. */
  readonly changesHref: (entity: Entity, action: ChangeAction) => string;
  /** Where the records that were skipped are listed. */
  readonly issuesHref: (entity: Entity) => string;
}

/** What a run did, per entity. Each number leads to what it counts. */
export function TotalsTable({ totals, isUndo = false, changesHref, issuesHref }: TotalsTableProps) {
  const columns: readonly Column[] = isUndo ? shownOfUndo : shown;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls sideways, which a keyboard does on what has focus
    <section aria-label="Totals per entity" className="overflow-x-auto" tabIndex={0}>
      <table className="w-full min-w-[42rem] border-collapse text-sm">
        <caption className="sr-only">Totals per entity</caption>
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className="eyebrow px-5 py-2 text-left">
              Entity
            </th>
            {columns.map((column) => (
              <th key={column.key} scope="col" className="eyebrow px-3 py-2 text-right last:pr-5">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {entities.map((entity) => (
            <tr key={entity}>
              <th scope="row" className="px-5 py-2 text-left font-medium">
                {entityWords[entity].title}
              </th>
              {columns.map(({ key, look, action }) => (
                <td key={key} className="px-3 py-2 text-right tabular-nums last:pr-5">
                  <Figure
                    value={totals[entity][key] ?? 0}
                    look={look}
                    href={key === "skipped" ? issuesHref(entity) : action === null ? null : changesHref(entity, action)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Figure({ value, look, href }: { readonly value: number; readonly look: string; readonly href: string | null }) {
  if (value === 0) return <span className="text-muted">0</span>;
  if (href === null) return <>{formatNumber(value)}</>;
  return (
    <Link href={href} className={clsx("font-semibold underline decoration-current/30 underline-offset-3 hover:decoration-current", look)}>
      {formatNumber(value)}
    </Link>
  );
}
