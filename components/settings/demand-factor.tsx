"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { type Result, unreachable } from "./result.ts";

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
  const change = (isOn: boolean) => async () => {
    const result = await confirmed(demand)(isOn).catch(() => unreachable);
    if (!result.ok) return result.message;
    toast({ tone: "good", title: isOn ? "All admins use a second factor" : "The password alone is enough" });
    return null;
  };
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
        {isDemanded ? (
          <ConfirmDialog
            trigger={<Button size="sm">Stop demanding it</Button>}
            title="Let admins sign in with the password alone?"
            confirmLabel="Stop demanding it"
            tone="danger"
            onConfirm={change(false)}
          >
            <p>Those who have a second factor are still asked for it.</p>
          </ConfirmDialog>
        ) : isMineSetUp ? (
          <ConfirmDialog
            trigger={<Button size="sm">Demand it of all admins</Button>}
            title="Have all admins use a second factor?"
            confirmLabel="Demand it of all admins"
            tone="primary"
            onConfirm={change(true)}
          >
            <p>Whoever has none sets one up at the next sign-in. Nobody is signed out.</p>
          </ConfirmDialog>
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
