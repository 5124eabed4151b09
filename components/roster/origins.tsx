import { placeOf } from "#components/issues/issue-words.ts";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { Code, Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { LinkIf } from "#components/ui/link-if.tsx";
import { matchReasonLabels } from "#lib/roster/match-reasons.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import type { RosterLinks } from "./links.ts";
import { providerLabels } from "./vocabulary.ts";

export interface OriginsProps {
  readonly record: {
    readonly id: string;
    readonly status: "active" | "deactivated";
    readonly createdAt: string;
    readonly updatedAt: string;
  };
  readonly origins: readonly Origin[];
  readonly links: RosterLinks;
  /** "school", "classroom", "teacher", "learner" */
  readonly noun: string;
  /** What has to be said of one of them; null: nothing. */
  readonly note?: (origin: Origin) => string | null;
}

/** Ids and times of a record, which integrations know it, how each found it, and where its values stood: for whoever looks into it. */
export function Origins({ record, origins, links, noun, note }: OriginsProps) {
  const unmanagedSince = record.status === "active" ? unmanaged(origins) : null;
  return (
    <details className="border-t border-line pt-3">
      <summary className="min-h-6 w-fit content-center text-sm font-medium">Ids and where the values came from</summary>
      <div className="grid gap-6 pt-4">
        <KeyValue
          items={[
            { label: "Aivo id", value: <Copyable value={record.id} label="Aivo id" />, wide: true },
            { label: "In Aivo since", value: <DateTime at={record.createdAt} as="date" /> },
            { label: "Last changed", value: <DateTime at={record.updatedAt} /> },
          ]}
        />
        {origins.length === 0 ? (
          <p className="text-sm text-muted">
            Added by hand in Aivo. No integration knows this {noun}, so no sync changes or deactivates it.
          </p>
        ) : null}
        {unmanagedSince === null ? null : (
          <p className="text-sm">
            <strong>
              Unmanaged since <DateTime at={unmanagedSince} as="date" />:
            </strong>{" "}
            its integration was disconnected then, and no SIS has spoken for this {noun} since. The values stay as they are until an admin
            changes them, or another SIS brings this {noun}.
          </p>
        )}
        <ul className="grid gap-6">
          {origins.map((origin) => (
            <li key={`${origin.integrationId}-${origin.externalId}`} className="grid gap-4 border-t border-line pt-4">
              <OriginHead origin={origin} links={links} />
              <KeyValue items={factsOf(origin, links)} />
              <Note text={note?.(origin) ?? null} />
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

const Note = ({ text }: { readonly text: string | null }) => (text === null ? null : <p className="text-sm text-muted">{text}</p>);

/** Since when no SIS speaks for an active record: all that had it were removed, the last of them then. */
function unmanaged(origins: readonly Origin[]): string | null {
  const rostering = origins.filter(({ isRostered }) => isRostered);
  const removals = rostering.flatMap(({ removedAt }) => (removedAt === null ? [] : [removedAt]));
  if (rostering.length === 0 || removals.length < rostering.length) return null;
  return removals.sort().at(-1) ?? null;
}

function OriginHead({ origin, links }: { readonly origin: Origin; readonly links: RosterLinks }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <p className="font-medium">
        {origin.integrationState === "removed" ? (
          `${origin.integrationName} (removed)`
        ) : (
          <LinkIf href={links.integration(origin.integrationId)}>{origin.integrationName}</LinkIf>
        )}
        <span className="font-normal text-muted"> · {providerLabels[origin.provider]}</span>
      </p>
      {origin.removedAt !== null ? (
        <StateBadge tone="neutral">Disconnected</StateBadge>
      ) : origin.outOfScopeSince !== null ? (
        <StateBadge tone="warn">Out of scope</StateBadge>
      ) : origin.isRostered ? (
        <Badge>In the SIS</Badge>
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
        <LinkIf href={links.run(origin.integrationId, origin.runId)}>
          {origin.runAt === null ? (
            "the sync under way"
          ) : (
            <>
              sync {origin.runNumber}, ended <DateTime at={origin.runAt} />
            </>
          )}
        </LinkIf>
      ),
    },
    { label: "Where it stood", value: standingOf(origin) },
  ];
}

function standingOf({ sourcePart, sourcePosition }: Origin): string | null {
  return sourcePart === null || sourcePosition === null ? sourcePart : placeOf({ sourcePart, sourcePosition });
}
