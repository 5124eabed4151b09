import { clsx } from "clsx";
import Link from "next/link";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { EntityTotals } from "#lib/roster/totals.ts";
import type { ChangeAction } from "#lib/services/runs/filters-schema.ts";
import type { RunTotals } from "#lib/services/runs/schema.ts";
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
interface Column {
  readonly key: keyof EntityTotals;
  readonly label: string;
  readonly look: string;
  /** As which its changes are listed. */
  readonly action: ChangeAction | null;
}

export interface TotalsTableProps {
  readonly totals: RunTotals;
  /** Where the changes behind a number are listed. */
  readonly changesHref: (entity: Entity, action: ChangeAction) => string;
  /** Where the records that were skipped are listed. */
  readonly issuesHref: (entity: Entity) => string;
}

/** What a plan would do, per kind. Each number leads to what it counts; what would happen to nothing is not there. */
export function TotalsTable({ totals, changesHref, issuesHref }: TotalsTableProps) {
  const touched = entities.filter((entity) => columnsOf(totals, [entity]).some(({ key }) => key !== "unchanged"));
  const columns = columnsOf(totals, touched);
  const same = entities.length - touched.length;
  if (touched.length === 0) return <p className="py-3 text-sm text-muted">Nothing. Aivo has all of it already.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls sideways, which a keyboard does on what has focus */}
      <section aria-label="Totals per entity" className="overflow-x-auto" tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Totals per entity</caption>
          <thead>
            <tr className="border-b border-line">
              <th scope="col" className="eyebrow py-2 pr-3 text-left">
                Kind
              </th>
              {columns.map((column) => (
                <th key={column.key} scope="col" className="eyebrow px-3 py-2 text-right">
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {touched.map((entity) => (
              <tr key={entity}>
                <th scope="row" className="py-2 pr-3 text-left font-medium">
                  {entityWords[entity].title}
                </th>
                {columns.map(({ key, look, action }) => (
                  <td key={key} className="px-3 py-2 text-right tabular-nums">
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
      {same === 0 ? null : (
        <p className="border-t border-line pt-2 text-small text-muted">{formatCount(same, "kind unchanged", "kinds unchanged")}</p>
      )}
    </>
  );
}

/** Those in which one of the kinds has a number. */
function columnsOf(totals: RunTotals, kinds: readonly Entity[]): readonly Column[] {
  return shown.filter(({ key }) => kinds.some((entity) => totals[entity][key] > 0));
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
