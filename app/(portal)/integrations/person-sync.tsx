import { lookAtPersonSync, startPersonSync } from "#app/(portal)/integrations/person-sync-actions.ts";
import { SyncPerson } from "#components/runs/sync-person.tsx";
import { Queries } from "#components/shell/queries.tsx";
import { whyNoPersonAlone } from "#lib/engine/sis/one-person.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";

export interface PersonSyncProps {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly provider: ProviderId;
  readonly isPaused?: boolean;
  /** The person's id in the SIS. */
  readonly externalId: string;
  /** See SyncPerson. */
  readonly label?: string;
  readonly outcomeIn?: string;
}

/** The button that syncs one person alone, or why this integration has none and what to do instead. */
export function PersonSync({ integrationId, integrationName, provider, isPaused = false, externalId, ...look }: PersonSyncProps) {
  const whyNot = whyNoPersonAlone(provider);
  if (whyNot !== null) return <p className="text-sm text-muted">{whyNot}</p>;
  return (
    <Queries key={externalId}>
      <SyncPerson
        integrationName={integrationName}
        start={startPersonSync.bind(null, integrationId, externalId)}
        look={lookAtPersonSync}
        {...look}
        {...(isPaused ? { unavailable: "The integration is paused. Resume it first." } : {})}
      />
    </Queries>
  );
}
