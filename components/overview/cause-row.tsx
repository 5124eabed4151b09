import Link from "next/link";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { Colleague } from "#lib/services/issues-acknowledged/schema.ts";
import type { Cause } from "#lib/services/overview/schema.ts";
import { type AcknowledgeActions, AcknowledgeCause } from "./acknowledge.tsx";
import { nightsWords } from "./day-words.ts";
import { HelpRow } from "./help-row.tsx";
import type { OverviewLinks } from "./links.ts";
import { NamedPeople } from "./named-people.tsx";

export interface CauseRowProps {
  readonly cause: Cause;
  /** Whether the integration must be named. */
  readonly isNamed: boolean;
  readonly links: OverviewLinks;
  readonly colleagues: readonly Colleague[];
  readonly actions: AcknowledgeActions;
}

/** A cause of open issues. Red while somebody can still sign in because of it, amber while it is new, else grey. */
export function CauseRow({ cause, isNamed, links, colleagues, actions }: CauseRowProps) {
  const { acknowledged, nights, title, integrationName } = cause;
  const asksWho = cause.code === "conflict";
  return (
    <HelpRow
      tone={toneOf(cause)}
      state={nightsWords(nights)}
      title={isNamed ? `${title}, in ${integrationName}` : title}
      action={<Way cause={cause} links={links} />}
      meta={
        asksWho ? null : (
          <>
            {acknowledged === null ? null : (
              <>
                {acknowledged.assignedTo === null
                  ? `Known${acknowledged.by === null ? "" : ` to ${acknowledged.by}`}`
                  : `With ${acknowledged.assignedTo}`}{" "}
                since <DateTime at={acknowledged.since} as="date" />: “{acknowledged.reason}”{" "}
              </>
            )}
            <AcknowledgeCause
              title={title}
              integrationId={cause.integrationId}
              code={cause.code}
              acknowledged={acknowledged}
              colleagues={colleagues}
              {...actions}
            />
          </>
        )
      }
    >
      <CauseText cause={cause} stillHref={links.issues(cause.integrationId, cause.runId, "withdrawals-suspended")} links={links} />
    </HelpRow>
  );
}

function toneOf({ still, code, acknowledged, nights }: Cause): Tone {
  if (still > 0) return "bad";
  if (code === "conflict") return "warn";
  return acknowledged === null && nights === 1 ? "warn" : "neutral";
}

function Way({ cause, links }: Pick<CauseRowProps, "cause" | "links">) {
  const { still, code, acknowledged, nights, integrationId, runId, title } = cause;
  if (code === "conflict") {
    return (
      <LinkButton size="sm" href={links.conflicts}>
        Say Who They Are
      </LinkButton>
    );
  }
  const [label, shown] =
    still > 0 ? [`Review the ${formatNumber(still)}`, "withdrawals-suspended"] : [acknowledged === null ? "How to fix it" : "Open", code];
  return (
    <LinkButton
      size="sm"
      variant={still > 0 || (acknowledged === null && nights === 1) ? "secondary" : "quiet"}
      href={links.issues(integrationId, runId, shown)}
      aria-label={still > 0 ? undefined : `${label}: ${title}`}
    >
      {label}
    </LinkButton>
  );
}

function CauseText({ cause, stillHref, links }: { readonly cause: Cause; readonly stillHref: string; readonly links: OverviewLinks }) {
  const { still, people, named, neverArrived, kept } = cause;
  const whom = people === null || people === 0 ? null : <NamedPeople named={named} people={people} links={links} />;
  const effect = whom === null ? `${kept.charAt(0).toUpperCase()}${kept.slice(1)}.` : effectOf(cause);
  return (
    <>
      {still > 0 ? (
        <>
          Until that is mended, Aivo cannot tell who left and signs nobody out:{" "}
          <Link href={stillHref} className="font-strong text-harm underline-offset-3 hover:underline">
            {formatNumber(still)} who left can still sign in
          </Link>
          .{" "}
        </>
      ) : null}
      {whom === null ? (
        still > 0 ? null : (
          effect
        )
      ) : (
        <>
          {whom} {neverArrived === people ? "never arrived." : effect}
        </>
      )}
    </>
  );
}

/** What became of the people of a cause, said after their names. */
function effectOf({ severity, collection, people }: Cause): string {
  const isOne = people === 1;
  if (severity === "error") {
    if (collection === "users") return isOne ? "stays as before." : "stay as before.";
    return isOne ? "misses a class." : "miss a class.";
  }
  if (collection === "users") return isOne ? "is in Aivo, but for this." : "are in Aivo, but for this.";
  return isOne ? "is in the class, but for this." : "are in their classes, but for this.";
}
