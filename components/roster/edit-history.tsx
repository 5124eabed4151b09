import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { actionWords, type HistoryEntry } from "#lib/services/edits/schema.ts";
import type { RosterLinks } from "./links.ts";

/** What admins did to a record, the latest first, and where its SIS said something else meanwhile. */
export function EditHistory({ history, links }: { readonly history: readonly HistoryEntry[]; readonly links: RosterLinks }) {
  if (history.length === 0) return null;
  return (
    <Card title="Changes by admins" flush>
      <ol className="divide-y divide-line border-t border-line">
        {history.map((entry) => (
          <li key={entry.seq} className="grid gap-1 px-5 py-3.5 text-sm">
            <p className="flex flex-wrap gap-x-3 gap-y-1">
              <span className="font-medium">{actionWords[entry.action] ?? entry.action}</span>
              <span className="text-muted">
                {entry.runId !== null && entry.integrationId !== null ? (
                  <Link href={links.run(entry.integrationId, entry.runId)} className="text-link">
                    {entry.actor}
                  </Link>
                ) : (
                  entry.actor
                )}
                , <DateTime at={entry.at} />
              </span>
            </p>
            {entry.reason === null ? null : <p className="break-words">“{entry.reason}”</p>}
            {entry.fields.length === 0 ? null : (
              <ul className="grid gap-0.5 text-muted">
                {entry.fields.map(({ field, before, after }) => (
                  <li key={field} className="break-words">
                    {field}: {before ?? "blank"} → {after ?? "blank"}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
