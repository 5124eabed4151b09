import { Card } from "#components/ui/card.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { Overview } from "#lib/services/overview/schema.ts";
import type { AcknowledgeActions } from "./acknowledge.tsx";
import { CauseRow } from "./cause-row.tsx";
import { HelpRow } from "./help-row.tsx";
import { IntegrationRows } from "./integration-rows.tsx";
import type { OverviewLinks } from "./links.ts";
import { NamedPeople } from "./named-people.tsx";

export interface WhoNeedsHelpProps {
  readonly overview: Pick<Overview, "integrations" | "used" | "causes" | "resolved" | "colleagues" | "standing">;
  readonly links: OverviewLinks;
  readonly actions: AcknowledgeActions;
}

/** So many causes that nobody is harmed by are shown; the others are folded. */
const shownCauses = 6;

/** What asks for an action asks once, in the order of harm; at the end what the last sync settled. */
export function WhoNeedsHelp({ overview, links, actions }: WhoNeedsHelpProps) {
  const { integrations, used, causes, resolved, colleagues, standing } = overview;
  const harmful = causes.filter(({ still }) => still > 0);
  const others = causes.filter(({ still }) => still === 0);
  const asks = integrations.some(
    ({ health, heldRunId, withheld, pausedBy }) => health === "failing" || heldRunId !== null || withheld !== null || pausedBy !== null,
  );
  const row = (cause: (typeof causes)[number]) => (
    <CauseRow
      key={`${cause.integrationId} ${cause.code}`}
      cause={cause}
      isNamed={used.length > 1}
      links={links}
      colleagues={colleagues}
      actions={actions}
    />
  );
  return (
    <div id="help" className="scroll-mt-20">
      <Card title="Who needs help" aside={asideOf(causes.length, standing)} flush>
        {causes.length + resolved.length === 0 && !asks ? (
          <p className="py-3 text-sm text-muted">
            {integrations.some(({ lastSuccess }) => lastSuccess !== null)
              ? "Nobody. Everything that the SIS says came through."
              : "Not known yet: no sync has got through."}
          </p>
        ) : (
          <ul>
            {harmful.map(row)}
            <IntegrationRows integrations={integrations} used={used} links={links} />
            {others.slice(0, shownCauses).map(row)}
            {others.length > shownCauses ? (
              <li className="border-t border-line">
                <details>
                  <summary className="py-3 text-sm text-muted hover:text-ink">
                    {formatCount(others.length - shownCauses, "more cause")}
                  </summary>
                  <ul>{others.slice(shownCauses).map(row)}</ul>
                </details>
              </li>
            ) : null}
            {resolved.map(({ integrationId, code, title, count, named }) => (
              <HelpRow
                key={`${integrationId} ${code}`}
                tone="good"
                state="Resolved"
                title={<span className="font-normal text-muted">{title}</span>}
              >
                {named.length === 0 ? (
                  `${formatCount(count, "record")} settled by the last sync.`
                ) : (
                  <>
                    Settled for <NamedPeople named={named} people={count} links={links} />.
                  </>
                )}
              </HelpRow>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}

function asideOf(causes: number, { still, needHelp }: Overview["standing"]): string | null {
  if (causes === 0) return null;
  const words = formatCount(causes, "cause");
  return needHelp === null || still + needHelp === 0 ? words : `${words}, ${formatCount(still + needHelp, "person", "people")}`;
}
