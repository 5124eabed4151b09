import Link from "next/link";
import { placeOf, severityWords } from "#components/issues/issue-words.ts";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Code } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import type { Origin } from "#lib/services/origins/schema.ts";
import type { RosterLinks } from "./links.ts";
import { matchReasonLabels, providerLabels } from "./vocabulary.ts";

export interface OriginsProps {
  readonly origins: readonly Origin[];
  readonly links: RosterLinks;
  /** "school", "classroom", "teacher", "learner" */
  readonly noun: string;
}

/** Which integrations know a record, how each found it, and where its values stood. */
export function Origins({ origins, links, noun }: OriginsProps) {
  return (
    <Card title="Where these values came from" flush={origins.length > 0}>
      {origins.length === 0 ? (
        <p className="text-sm text-muted">Added by hand in Aivo. No integration knows this {noun}, so no sync changes or deactivates it.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {origins.map((origin) => (
            <li key={`${origin.integrationId}-${origin.externalId}`} className="grid gap-4 px-5 py-4">
              <OriginHead origin={origin} links={links} />
              <KeyValue items={factsOf(origin, links)} />
              {origin.issues.length > 0 ? <OpenIssues origin={origin} links={links} /> : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function OpenIssues({ origin, links }: { readonly origin: Origin; readonly links: RosterLinks }) {
  return (
    <div className="grid gap-1 text-sm">
      <p className="text-muted">What did not come through</p>
      <ul className="grid gap-1">
        {origin.issues.map((issue) => (
          <li key={issue.seq} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Link href={links.issue(origin.integrationId, issue.runId, issue.seq)} className="text-link">
              {issue.title}
            </Link>
            <Badge tone={severityWords[issue.severity].tone}>{severityWords[issue.severity].label}</Badge>
            <span className="text-muted">
              since <DateTime at={issue.since} as="date" />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function OriginHead({ origin, links }: { readonly origin: Origin; readonly links: RosterLinks }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <p className="font-medium">
        {origin.integrationState === "removed" ? (
          `${origin.integrationName} (removed)`
        ) : (
          <Link href={links.integration(origin.integrationId)} className="text-link">
            {origin.integrationName}
          </Link>
        )}
        <span className="font-normal text-muted"> · {providerLabels[origin.provider]}</span>
      </p>
      {origin.isRostered ? <StateBadge tone="good">In the SIS</StateBadge> : <StateBadge tone="neutral">No longer sent</StateBadge>}
    </div>
  );
}

function factsOf(origin: Origin, links: RosterLinks) {
  return [
    { label: "Its id in the SIS", value: <Code>{origin.externalId}</Code> },
    { label: "How it was matched", value: matchReasonLabels[origin.matchedBy] },
    {
      label: "Last changed by",
      value: (
        <Link href={links.run(origin.integrationId, origin.runId)} className="text-link">
          {origin.runAt === null ? (
            "the sync under way"
          ) : (
            <>
              sync {origin.runNumber}, ended <DateTime at={origin.runAt} />
            </>
          )}
        </Link>
      ),
    },
    { label: "Where it stood", value: standingOf(origin) },
  ];
}

function standingOf({ sourcePart, sourcePosition }: Origin): string | null {
  return sourcePart === null || sourcePosition === null ? sourcePart : placeOf({ sourcePart, sourcePosition });
}
