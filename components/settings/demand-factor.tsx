import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { ChangeDemand } from "./change-demand.tsx";
import type { Result } from "./result.ts";

export interface DemandFactorProps {
  readonly isDemanded: boolean;
  /** How many active admins have none. */
  readonly without: number;
  /** Whether whoever looks has one: else they could shut themselves out first. */
  readonly isMineSetUp: boolean;
  readonly ownSignInHref: string;
  readonly demand: (isOn: boolean) => Promise<Result>;
}

export function DemandFactor({ isDemanded, without, isMineSetUp, ownSignInHref, demand }: DemandFactorProps) {
  const lead = isDemanded
    ? without === 0
      ? "All admins use one."
      : `Demanded. ${formatCount(without, "admin")} will set one up at the next sign-in.`
    : without === 0
      ? "All admins have one, and none has to."
      : `${formatCount(without, "admin")} ${without === 1 ? "signs" : "sign"} in with the password alone.`;
  return (
    <Card title="All admins use a second factor" lead={lead} flush>
      <div className="pt-3">
        {isDemanded || isMineSetUp ? (
          <ChangeDemand isDemanded={isDemanded} demand={demand} />
        ) : (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" unavailable="Set up a second factor of your own first.">
              Demand it of all admins
            </Button>
            <LinkButton size="sm" href={ownSignInHref}>
              Set up your own
            </LinkButton>
          </div>
        )}
      </div>
    </Card>
  );
}
