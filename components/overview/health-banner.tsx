import { clsx } from "clsx";
import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle, TriangleAlert } from "lucide-react";
import { SuspendedPeople, suspendedTitle } from "#components/integrations/suspended-people.tsx";
import { leftOutOf } from "#components/runs/run-words.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { withheldTitle } from "#components/withheld/withheld-words.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { type Asking, verdictOf } from "./health.ts";
import type { OverviewLinks } from "./links.ts";

const looks: Record<Tone, { readonly icon: typeof CircleCheck; readonly frame: string; readonly disc: string }> = {
  good: { icon: CircleCheck, frame: "border-good/25 bg-sunken", disc: "text-good" },
  warn: { icon: TriangleAlert, frame: "border-ask/30 bg-sunken", disc: "text-ask" },
  bad: { icon: CircleAlert, frame: "border-harm/30 bg-sunken", disc: "text-harm" },
  info: { icon: LoaderCircle, frame: "border-accent/25 bg-accent-soft", disc: "text-accent" },
  neutral: { icon: CircleDashed, frame: "border-line bg-sunken", disc: "text-muted" },
};

/** Is it healthy? One sentence, and what each integration that is not asks for. */
export function HealthBanner({
  integrations,
  links,
}: {
  readonly integrations: readonly IntegrationSummary[];
  readonly links: OverviewLinks;
}) {
  const { tone, title, asking } = verdictOf(integrations);
  const { icon: Icon, frame, disc } = looks[tone];
  const latest = integrations
    .flatMap((one) => one.lastSuccess?.finishedAt ?? [])
    .sort()
    .at(-1);
  return (
    <section aria-label="Health" className={clsx("grid gap-4 rounded-lg border p-5", frame)}>
      <div className="flex gap-4">
        <Icon aria-hidden className={clsx("mt-0.5 size-7 shrink-0", disc, Icon === LoaderCircle && "animate-spin")} />
        <div className="grid gap-0.5">
          <h2 className="text-title text-balance">{title}</h2>
          <p className="text-sm">
            {latest === undefined ? (
              "Nothing has been synced yet."
            ) : (
              <>
                Last successful sync ended <DateTime at={latest} as="relative" />, <DateTime at={latest} />.
              </>
            )}
          </p>
        </div>
      </div>
      {asking.length === 0 ? null : (
        <ul className="grid gap-3 sm:pl-11">
          {asking.map(({ one, need }) => (
            <li
              key={`${one.id} ${need}`}
              className="flex flex-wrap items-center justify-between gap-3 rounded-md bg-surface px-4 py-3 text-sm"
            >
              <div className="min-w-0 flex-1 basis-64">
                <p className="font-medium">{one.name}</p>
                <p className="text-muted wrap-anywhere">{words[need](one)}</p>
                {need === "suspended" && one.suspended !== null ? (
                  <SuspendedPeople
                    suspended={one.suspended}
                    causeHref={(runId) => links.issues(one.id, runId, "withdrawals-suspended")}
                    personHref={links.person}
                  />
                ) : null}
                {need === "failing" && one.lastRun?.failure && one.refusal !== "answered" ? (
                  <p className="mt-1 text-muted">
                    <span className="font-semibold">What to do: </span>
                    {one.lastRun.failure.remedy}{" "}
                    {one.nextRunAt === null ? (
                      "No sync is scheduled: run it again by hand."
                    ) : (
                      <>
                        The next sync is scheduled for <DateTime at={one.nextRunAt} />.
                      </>
                    )}
                  </p>
                ) : null}
              </div>
              <NextStep integration={one} need={need} links={links} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const words: Record<Asking["need"], (one: IntegrationSummary) => string> = {
  failing: (one) =>
    one.refusal === "answered"
      ? "The SIS refused the last sync. The credentials were changed since; the next sync tries them."
      : (one.lastRun?.failure?.message ?? "The last sync failed."),
  held: () => "It would change more than its safety limits allow. Nothing is changed until an admin approves.",
  withheld: (one) =>
    one.withheld === null ? "" : `${withheldTitle(one.withheld)}: who would leave can still sign in, and values stay as they are.`,
  suspended: (one) => (one.suspended === null ? "" : `${suspendedTitle(one.suspended)}.`),
  attention: (one) =>
    `${formatCount(leftOutOf(one.lastSuccess), "record was", "records were")} left out of the last sync${one.suspended === null ? "; everything else is up to date" : ""}.`,
  "never-synced": (one) =>
    one.schedule === null ? "Has no schedule: run it when you are ready." : "Its first sync is scheduled, or can be run now.",
  undone: ({ pausedBy }) =>
    `Sync ${pausedBy?.undoneNumber} was taken back. Nothing syncs until somebody resumes it, since the SIS would say the same again.`,
  paused: () => "Paused by an admin.",
};

function NextStep({
  integration,
  need,
  links,
}: {
  readonly integration: IntegrationSummary;
  readonly need: Asking["need"];
  readonly links: OverviewLinks;
}) {
  const { id, lastRun, lastSuccess, heldRunId, refusal } = integration;
  if (need === "held" && heldRunId !== null) {
    return (
      <LinkButton size="sm" variant="primary" href={links.run(id, heldRunId)}>
        Review
      </LinkButton>
    );
  }
  if (need === "withheld") {
    return (
      <LinkButton size="sm" variant="primary" href={links.withheld(id)}>
        Decide
      </LinkButton>
    );
  }
  if (need === "failing" && refusal === "standing" && lastRun?.failure?.code === "authorization-expired") {
    return (
      <LinkButton size="sm" variant="primary" href={links.integration(id)}>
        Reconnect
      </LinkButton>
    );
  }
  if (need === "failing" && lastRun !== null) {
    return (
      <LinkButton size="sm" href={links.run(id, lastRun.id)}>
        See what happened
      </LinkButton>
    );
  }
  if (need === "suspended" && integration.suspended !== null && integration.suspended.runId !== null) {
    return (
      <LinkButton size="sm" href={links.issues(id, integration.suspended.runId, "withdrawals-suspended")}>
        See why
      </LinkButton>
    );
  }
  if (need === "attention" && lastSuccess !== null) {
    return (
      <LinkButton size="sm" href={links.issues(id, lastSuccess.id)}>
        See why
      </LinkButton>
    );
  }
  return (
    <LinkButton size="sm" href={links.integration(id)}>
      Open
    </LinkButton>
  );
}
