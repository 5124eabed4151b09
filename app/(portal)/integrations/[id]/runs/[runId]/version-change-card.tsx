import Link from "next/link";
import type { ReactNode } from "react";
import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { paths } from "#app/paths.ts";
import { Card } from "#components/ui/card.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { linkedBy, linkedWords } from "#lib/roster/version-change.ts";
import type { RecordRef, RunDetail } from "#lib/services/runs/schema.ts";
import type { VersionChangeView } from "#lib/services/runs/version-change-schema.ts";

/** What a change of the version of OneRoster means for the people: who is found again and by what, who is new, one, in doubt, or gone. */
export function VersionChangeCard({ run, change }: { readonly run: RunDetail; readonly change: VersionChangeView }) {
  const { linked, created, merged, ambiguous, gone, mergedAccounts } = change;
  const changes = (action: "created" | "deactivated") => paths.runChanges(run.integrationId, run.id, { action });
  return (
    <Card title={`The people in OneRoster ${change.to}`} flush>
      <dl className="grid">
        {linkedBy.map((by) =>
          linked[by] === 0 ? null : (
            <Line key={by} label={`Found again ${linkedWords[by]}`} count={linked[by]}>
              They keep account, classes and history.
            </Line>
          ),
        )}
        <Line label="New in Aivo" count={created} href={created > 0 ? changes("created") : null}>
          Nobody in Aivo is them.
        </Line>
        <Line label="Two records, now one" count={merged}>
          One of their accounts goes on, the other ends.
        </Line>
        <Line
          label="Cannot be told"
          count={ambiguous}
          href={ambiguous > 0 ? paths.runIssues(run.integrationId, run.id, { collection: "users" }) : null}
        >
          They wait for a decision in Conflicts; nobody is withdrawn for them.
        </Line>
        <Line label="Told no longer" count={gone} href={gone > 0 ? changes("deactivated") : null}>
          The SIS has nobody any more who is them. They are deactivated.
        </Line>
      </dl>
      {mergedAccounts.length === 0 ? null : (
        <ul className="grid gap-1 border-t border-line py-4 text-sm">
          {mergedAccounts.map(({ ends, stays }) => (
            <li key={ends.id}>
              <Person record={stays} /> goes on as {stays.kind}; the account of <Person record={ends} />, {ends.kind}, ends.
            </li>
          ))}
          {merged > mergedAccounts.length ? <li className="text-muted">and {formatNumber(merged - mergedAccounts.length)} more</li> : null}
        </ul>
      )}
    </Card>
  );
}

interface LineProps {
  readonly label: string;
  readonly count: number;
  readonly href?: string | null;
  readonly children: ReactNode;
}

function Line({ label, count, href = null, children }: LineProps) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-t border-line py-3 text-sm">
      <dt>
        {label}
        {count > 0 ? <span className="block text-small text-muted">{children}</span> : null}
      </dt>
      <dd className="tabular-nums">
        {href === null ? (
          formatNumber(count)
        ) : (
          <Link href={href} className="text-link">
            {formatNumber(count)}
          </Link>
        )}
      </dd>
    </div>
  );
}

function Person({ record }: { readonly record: RecordRef }) {
  const href = recordHref(record);
  if (href === null) return record.label;
  return (
    <Link href={href} className="text-link">
      {record.label}
    </Link>
  );
}
