import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import type { FindingView, RecordRef } from "#lib/runs/schema.ts";
import { ChangedFields } from "./change-list.tsx";

export interface RunFindingsProps {
  readonly findings: readonly FindingView[];
  /** What the findings are: why it waits, or worth knowing. */
  readonly lead: string;
  /** Null where a record has no page of its own. */
  readonly recordHref: (record: RecordRef) => string | null;
  readonly changesHref: string;
}

/** What the guard's detectors said of a plan, each with what to check and a few of the changes that show it. */
export function RunFindings({ findings, lead, recordHref, changesHref }: RunFindingsProps) {
  if (findings.length === 0) return null;
  return (
    <Card
      title={lead}
      actions={
        <Link href={changesHref} className="text-link text-sm">
          All changes of the plan
        </Link>
      }
      flush
    >
      <ul className="grid">
        {findings.map((finding) => (
          <li key={`${finding.detector} ${finding.sentence}`} className="grid gap-2 border-t border-line px-5 py-4">
            <h3 className="text-sm font-semibold">{finding.title}</h3>
            <p className="max-w-prose text-sm">{finding.sentence}</p>
            {finding.level === "hold" ? (
              <p className="max-w-prose text-sm text-muted">
                <span className="font-medium text-ink">What to check: </span>
                {finding.check}
              </p>
            ) : null}
            {finding.examples.length > 0 ? <Examples finding={finding} recordHref={recordHref} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Examples({ finding, recordHref }: { readonly finding: FindingView; readonly recordHref: (record: RecordRef) => string | null }) {
  return (
    <table className="mt-1 w-full max-w-3xl text-sm">
      <caption className="sr-only">Examples: {finding.title}</caption>
      <thead className="text-left text-[0.8125rem] text-muted">
        <tr>
          <th scope="col" className="py-1 pr-4 font-medium">
            For example
          </th>
          <th scope="col" className="py-1 font-medium">
            In Aivo today → after this sync
          </th>
        </tr>
      </thead>
      <tbody>
        {finding.examples.map((change) => {
          const href = change.record ? recordHref(change.record) : null;
          return (
            <tr key={change.seq} className="border-t border-line align-top">
              <th scope="row" className="py-1.5 pr-4 text-left font-medium">
                {href === null ? (
                  change.label
                ) : (
                  <Link href={href} className="text-link">
                    {change.label}
                  </Link>
                )}
              </th>
              <td className="py-1.5">
                <ChangedFields change={change} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
