"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { FactorList } from "#lib/services/accounts/factors/schema.ts";
import { AddPasskey } from "./add-passkey.tsx";
import type { Added, AddFactorActions } from "./factor-actions.ts";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { SetUpApp } from "./set-up-app.tsx";

export interface SecondFactorActions extends AddFactorActions {
  readonly removeApp: () => Promise<Result>;
  readonly removePasskey: (id: string) => Promise<Result>;
  readonly makeCodes: () => Promise<Result<{ readonly codes: readonly string[] }>>;
}

export interface SecondFactorProps {
  readonly factors: FactorList;
  readonly actions: SecondFactorActions;
}

/** What an admin signs in with beside the password. */
export function SecondFactor({ factors, actions }: SecondFactorProps) {
  const router = useRouter();
  const [open, setOpen] = useState<"app" | "passkey" | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const added = ({ codes: made }: Added) => {
    setOpen(null);
    setCodes(made);
    router.refresh();
  };
  const { app, passkeys, recoveryCodesLeft } = factors;
  const hasAny = app !== null || passkeys.length > 0;
  return (
    <Card title="Second factor" lead={leadOf(factors)} flush className="max-w-2xl">
      <ul className="divide-y divide-line border-b border-line">
        <Row title="Authenticator app" about={app === null ? "A code from an app on your phone." : <Dates {...app} />}>
          {app === null ? (
            <Dialog
              open={open === "app"}
              onOpenChange={(next) => setOpen(next ? "app" : null)}
              trigger={<Button size="sm">Set up app</Button>}
              title="Set up an authenticator app"
            >
              <SetUpApp begin={actions.beginApp} finish={actions.finishApp} onAdded={added} />
            </Dialog>
          ) : (
            <Remove what="the authenticator app" remove={actions.removeApp} />
          )}
        </Row>
        {passkeys.map((one) => (
          <Row key={one.id} title={one.name} about={<Dates {...one} />}>
            <Remove what={`the passkey ${one.name}`} remove={() => actions.removePasskey(one.id)} />
          </Row>
        ))}
        <Row title={passkeys.length === 0 ? "Passkeys" : "Another passkey"} about="A device’s lock, or a security key. Nothing to type.">
          <Dialog
            open={open === "passkey"}
            onOpenChange={(next) => setOpen(next ? "passkey" : null)}
            trigger={<Button size="sm">Add passkey</Button>}
            title="Add a passkey"
          >
            <AddPasskey {...actions} onAdded={added} />
          </Dialog>
        </Row>
        {hasAny ? (
          <Row title="Recovery codes" about={`${recoveryCodesLeft} of 10 left. Each signs you in once where the rest is lost.`}>
            <ConfirmDialog
              trigger={<Button size="sm">Make new codes</Button>}
              title="Make new recovery codes?"
              confirmLabel="Make new codes"
              tone="primary"
              onConfirm={async () => {
                const result = await confirmed(actions.makeCodes)().catch(() => unreachable);
                if (!result.ok) return result.message;
                setCodes(result.data.codes);
                router.refresh();
                return null;
              }}
            >
              <p>Those that you have work no more.</p>
            </ConfirmDialog>
          </Row>
        ) : null}
      </ul>
      <AlertDialog open={codes !== null} onClose={() => setCodes(null)} title="Your recovery codes" closeLabel="I have kept them">
        <RecoveryCodes codes={codes ?? []} />
      </AlertDialog>
    </Card>
  );
}

function leadOf({ app, passkeys, isDemanded }: FactorList): string {
  if (app === null && passkeys.length === 0) return "Whoever learns your password cannot sign in as you without it.";
  return isDemanded ? "Your district has every admin use one." : "Asked for after your password, and before changes of weight.";
}

function Row({ title, about, children }: { readonly title: string; readonly about: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2.5">
      <div className="min-w-0">
        <p className="text-sm font-strong break-words">{title}</p>
        <p className="text-small text-muted">{about}</p>
      </div>
      {children}
    </li>
  );
}

function Dates({ addedAt, lastUsedAt }: { readonly addedAt: string; readonly lastUsedAt: string | null }) {
  return (
    <>
      Added <DateTime at={addedAt} as="sentence" /> ·{" "}
      {lastUsedAt === null ? (
        "Not used yet"
      ) : (
        <>
          Last used <DateTime at={lastUsedAt} as="sentence" />
        </>
      )}
    </>
  );
}

function Remove({ what, remove }: { readonly what: string; readonly remove: () => Promise<Result> }) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Remove ${what}`}>
          Remove
        </Button>
      }
      title={`Remove ${what}?`}
      confirmLabel={`Remove ${what}`}
      tone="danger"
      onConfirm={async () => {
        const result = await confirmed(remove)().catch(() => unreachable);
        if (!result.ok) return result.message;
        toast({ tone: "good", title: "Removed" });
        return null;
      }}
    >
      <p>You are not asked for it any more when you sign in.</p>
    </ConfirmDialog>
  );
}
