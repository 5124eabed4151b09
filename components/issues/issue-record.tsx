import Link from "next/link";
import type { ReactNode } from "react";
import { AboutLink } from "#components/help/about-link.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import type { IssueDetail, RecordRef } from "#lib/services/runs/schema.ts";
import { severityWords } from "./issue-words.ts";

export interface IssueRecordProps {
  readonly issue: IssueDetail;
  /** What the SIS calls the field that holds a record's id. */
  readonly idField: string;
  readonly recordHref: (record: RecordRef) => string | null;
}

/** One record that did not come through as it is: what the SIS says, what Aivo made of it, by which rule, and the way to mend it. */
export function IssueRecord({ issue, idField, recordHref }: IssueRecordProps) {
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
      <Card title="In the SIS">
        <dl className="grid gap-4">
          <Fact label={/\.(csv|zip)$/i.test(issue.sourcePart) ? "File and line" : "Endpoint and page"}>
            <span className="font-medium">{issue.sourcePart}</span>
            {`, ${/\.(csv|zip)$/i.test(issue.sourcePart) ? "line" : "page"} `}
            <span className="font-medium tabular-nums">{issue.sourcePosition}</span>
          </Fact>
          {issue.subject === null ? null : <Fact label="Who or what">{issue.subject}</Fact>}
          <Fact label={idField}>
            {issue.externalId === null ? (
              <span className="text-muted">None: the record has no id</span>
            ) : (
              <Copyable value={issue.externalId} label={idField} />
            )}
          </Fact>
          {issue.field === null ? null : <Fact label="Field">{issue.field}</Fact>}
          <Fact label="Value as it arrived">
            {issue.value === null || issue.value === "" ? (
              <span className="text-muted">Blank</span>
            ) : (
              <Copyable value={issue.value} label="value" />
            )}
          </Fact>
          <Fact label="What was kept">
            <span className="inline-block first-letter:uppercase">{issue.kept}</span>
          </Fact>
        </dl>
      </Card>
      <div className="grid gap-6">
        <Card title="How to fix it">
          <p className="text-sm leading-relaxed">{issue.definition.remedy}</p>
          <p className="mt-2 text-sm text-muted">
            The next sync takes the record as it is then.{" "}
            <AboutLink page="issues" anchor={issue.code}>
              About this issue
            </AboutLink>
          </p>
        </Card>
        <Card title="The rule">
          <p className="text-sm leading-relaxed">{issue.definition.rule}</p>
          <p className="mt-2 text-small text-muted">Source: {issue.definition.ruleSource}</p>
        </Card>
        <Card title="In Aivo">
          {issue.records.length === 0 ? (
            <p className="text-sm text-muted">No record in Aivo is concerned.</p>
          ) : (
            <ul className="grid gap-2 text-sm">
              {issue.records.map((record) => (
                <li key={record.id} className="flex flex-wrap items-center gap-2">
                  <Name record={record} href={recordHref(record)} />
                  <span className="text-muted">{kinds[record.kind]}</span>
                  {record.status === "deactivated" ? <Badge>Deactivated</Badge> : null}
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
    </div>
  );
}

const kinds: Record<RecordRef["kind"], string> = {
  school: "school",
  term: "term",
  course: "course",
  classroom: "classroom",
  teacher: "teacher",
  learner: "learner",
  admin: "district admin",
  membership: "class membership",
};

function Name({ record, href }: { readonly record: RecordRef; readonly href: string | null }) {
  return href === null ? (
    <span className="font-medium">{record.label}</span>
  ) : (
    <Link href={href} className="text-link font-medium">
      {record.label}
    </Link>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{label}</dt>
      <dd className="mt-0.5 text-sm break-words">{children}</dd>
    </div>
  );
}

export function SeverityBadge({ severity }: { readonly severity: IssueDetail["severity"] }) {
  return <Badge tone={severityWords[severity].tone}>{severityWords[severity].label}</Badge>;
}
