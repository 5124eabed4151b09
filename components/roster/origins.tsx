import Link from "next/link";
import type { ReactNode } from "react";
import { placeOf, severityWords } from "#components/issues/issue-words.ts";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Code } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { matchReasonLabels } from "#lib/roster/match-reasons.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import type { RosterLinks } from "./links.ts";
import { providerLabels } from "./vocabulary.ts";

export interface OriginsProps {
  readonly status: "active" | "deactivated";
  readonly origins: readonly Origin[];
  readonly links: RosterLinks;
  /** "school", "classroom", "teacher", "learner" */
  readonly noun: string;
  /** What can be done about one of them. */
  readonly sync?: (origin: Origin) => ReactNode;
}

/** Which integrations know a record, how each found it, and where its values stood. */
export function Origins({ status, origins, links, noun, sync }: OriginsProps) {
  const unmanagedSince = status === "active" ? unmanaged(origins) : null;
  return (
    <Card title="Where these values came from" flush={origins.length > 0}>
      {origins.length === 0 ? (
        <p className="text-sm text-muted">Added by hand in Aivo. No integration knows this {noun}, so no sync changes or deactivates it.</p>
      ) : (
        <>
          {unmanagedSince === null ? null : (
            <p className="px-5 pb-4 text-sm">
              <strong>
                Unmanaged since <DateTime at={unmanagedSince} as="date" />:
              </strong>{" "}
              its integration was disconnected then, and no SIS has spoken for this {noun} since. The values stay as they are until an admin
              changes them, or another SIS brings this {noun}.
            </p>
          )}
          <ul className="divide-y divide-line border-t border-line">
            {origins.map((origin) => (
              <li key={`${origin.integrationId}-${origin.externalId}`} className="grid gap-4 px-5 py-4">
                <OriginHead origin={origin} links={links} />
                <KeyValue items={factsOf(origin, links)} />
                {sync?.(origin)}
                {origin.issues.length > 0 ? <OpenIssues origin={origin} links={links} /> : null}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

/** Since when no SIS speaks for an active record: all that had it were removed, the last of them then. */
function unmanaged(origins: readonly Origin[]): string | null {
  const rostering = origins.filter(({ isRostered }) => isRostered);
  const removals = rostering.flatMap(({ removedAt }) => (removedAt === null ? [] : [removedAt]));
  if (rostering.length === 0 || removals.length < rostering.length) return null;
  return removals.sort().at(-1) ?? null;
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
      {origin.removedAt !== null ? (
        <StateBadge tone="neutral">Disconnected</StateBadge>
      ) : origin.outOfScopeSince !== null ? (
        <StateBadge tone="warn">Out of scope</StateBadge>
      ) : origin.isRostered ? (
        <StateBadge tone="good">In the SIS</StateBadge>
      ) : (
        <StateBadge tone="neutral">No longer sent</StateBadge>
      )}
    </div>
  );
}

function factsOf(origin: Origin, links: RosterLinks) {
  return [
    ...(origin.outOfScopeSince === null
      ? []
      : [
          {
            label: "Scope",
            value: (
              <>
                Left out of scope since <DateTime at={origin.outOfScopeSince} as="date" />.{" "}
                {origin.isRostered ? "This integration leaves it as it was." : "This integration keeps it no longer."}
              </>
            ),
          },
        ]),
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
