import { DateTime } from "#components/ui/date-time.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { withheldTitle } from "#components/withheld/withheld-words.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { StandingIntegration } from "#lib/services/overview/schema.ts";
import { nightsWords } from "./day-words.ts";
import { HelpRow } from "./help-row.tsx";
import type { OverviewLinks } from "./links.ts";

interface RowProps {
  readonly one: IntegrationSummary;
  readonly links: OverviewLinks;
}

/** An integration whose last sync failed: what went wrong, and what mends it. */
export function FailingRow({ one, nights, links }: RowProps & { readonly nights: number }) {
  const { lastRun, refusal, name, nextRunAt, id } = one;
  if (lastRun === null) return null;
  const isExpired = refusal === "standing" && lastRun.failure?.code === "authorization-expired";
  return (
    <HelpRow
      tone="warn"
      state={nightsWords(nights)}
      title={`${name} could not be synced`}
      action={
        <LinkButton size="sm" href={isExpired ? links.integration(id) : links.run(id, lastRun.id)}>
          {isExpired ? "Reconnect" : "See what happened"}
        </LinkButton>
      }
    >
      {refusal === "answered" ? (
        "The SIS refused the last sync. The credentials were changed since; the next sync tries them."
      ) : (
        <>
          {lastRun.failure?.message ?? "The last sync failed."} {lastRun.failure?.remedy}
        </>
      )}{" "}
      {nextRunAt === null ? (
        "No sync is scheduled: run it again by hand."
      ) : (
        <>
          The next sync is scheduled for <DateTime at={nextRunAt} />.
        </>
      )}
    </HelpRow>
  );
}

/** A plan that waits as a whole. */
export function HeldRow({ one: { id, name, heldRunId }, links }: RowProps) {
  if (heldRunId === null) return null;
  return (
    <HelpRow
      tone="warn"
      state="Held"
      title={`A sync of ${name} waits for a review`}
      action={
        <LinkButton size="sm" href={links.run(id, heldRunId)} aria-label={`Review the plan of ${name}`}>
          Review the Plan
        </LinkButton>
      }
    >
      It would change more than its safety limits allow. Nothing is changed until an admin approves.
    </HelpRow>
  );
}

/** What is in doubt and waits record by record. */
export function WithheldRow({ one: { id, name, withheld }, isNamed, links }: RowProps & { readonly isNamed: boolean }) {
  if (withheld === null) return null;
  return (
    <HelpRow
      tone="warn"
      state="Waiting"
      title={`${withheldTitle(withheld)}${isNamed ? `, of ${name}` : ""}`}
      action={
        <LinkButton size="sm" href={links.withheld(id)} aria-label={`Decide about ${name}`}>
          Decide
        </LinkButton>
      }
    >
      The SIS says that they leave or change, beyond the safety limits, since <DateTime at={withheld.since} as="sentence" />. Who would
      leave can still sign in, and values stay as they are.
    </HelpRow>
  );
}

/** Paused by an undo: nothing syncs until somebody resumes it. */
export function UndoneRow({ one: { id, name, pausedBy }, links }: RowProps) {
  if (pausedBy === null) return null;
  return (
    <HelpRow
      tone="warn"
      state="Paused"
      title={`${name} is paused: Sync ${pausedBy.undoneNumber} was taken back`}
      action={
        <LinkButton size="sm" href={links.integration(id)}>
          Open
        </LinkButton>
      }
    >
      Nothing syncs until somebody resumes it, since the SIS would say the same again.
    </HelpRow>
  );
}

/** In the order of harm: what fails, what waits, what stands still. */
export function IntegrationRows({
  integrations,
  used,
  links,
}: {
  readonly integrations: readonly IntegrationSummary[];
  readonly used: readonly StandingIntegration[];
  readonly links: OverviewLinks;
}) {
  const isNamed = used.length > 1;
  const nightsOf = (id: string) => used.find((one) => one.id === id)?.failedNights ?? 1;
  return (
    <>
      {integrations
        .filter(({ health }) => health === "failing")
        .map((one) => (
          <FailingRow key={`${one.id} failing`} one={one} nights={nightsOf(one.id)} links={links} />
        ))}
      {integrations.map((one) => (
        <HeldRow key={`${one.id} held`} one={one} links={links} />
      ))}
      {integrations.map((one) => (
        <WithheldRow key={`${one.id} withheld`} one={one} isNamed={isNamed} links={links} />
      ))}
      {integrations.map((one) => (
        <UndoneRow key={`${one.id} undone`} one={one} links={links} />
      ))}
    </>
  );
}
