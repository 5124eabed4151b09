"use client";
import { Eye, RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

/** An action's answer as these buttons need it: where to go, or why not; `asks`: a sentence to be confirmed before. */
export type Outcome =
  | { readonly ok: true; readonly href: string }
  | { readonly ok: false; readonly message: string; readonly href: string | null; readonly asks?: string };

export interface StartRunProps {
  readonly kind: "sync" | "preview";
  readonly integrationName: string;
  /** In the place of its own. */
  readonly label?: string;
  readonly variant?: "primary" | "secondary";
  readonly size?: "sm" | "md";
  readonly unavailable?: string;
  /** Called again with true once somebody has confirmed what it asks. */
  readonly start: (isConfirmed?: boolean) => Promise<Outcome>;
}

/** *Run Sync Now* and *Preview changes*: starts a run and goes to its page; or to the page of the one already running. */
export function StartRun({ kind, integrationName, label: given, variant = "secondary", size = "md", unavailable, start }: StartRunProps) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const [asks, setAsks] = useState<string | null>(null);
  const label = given ?? (kind === "sync" ? "Run Sync Now" : "Preview changes");
  const click = (isConfirmed: boolean) =>
    begin(async () => {
      const outcome = await start(isConfirmed);
      setAsks(outcome.ok ? null : (outcome.asks ?? null));
      if (!outcome.ok && outcome.asks) return;
      if (!outcome.ok) toast({ tone: outcome.href ? "info" : "bad", title: outcome.message });
      if (outcome.href) router.push(outcome.href);
    });
  return (
    <>
      <Button
        variant={variant}
        size={size}
        icon={kind === "sync" ? <RefreshCw aria-hidden /> : <Eye aria-hidden />}
        pending={pending}
        {...(unavailable === undefined ? {} : { unavailable })}
        onClick={() => click(false)}
        aria-label={size === "sm" ? `${label}: ${integrationName}` : undefined}
      >
        {label}
      </Button>
      <Dialog
        open={asks !== null}
        onOpenChange={() => setAsks(null)}
        title="Sync during a blackout?"
        footer={
          <>
            <Button onClick={() => setAsks(null)}>Cancel</Button>
            <Button variant="primary" pending={pending} onClick={() => click(true)}>
              {label} all the same
            </Button>
          </>
        }
      >
        <p className="text-sm">{asks}</p>
      </Dialog>
    </>
  );
}

export function CancelRun({ cancel }: { readonly cancel: () => Promise<string | null> }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={<Button>Cancel sync</Button>}
      title="Cancel this sync?"
      confirmLabel="Cancel this sync"
      tone="danger"
      onConfirm={async () => {
        const refusal = await cancel();
        router.refresh();
        return refusal;
      }}
    >
      <p>It stops at its next step. Nothing that it read is kept and nothing in the roster changes.</p>
    </ConfirmDialog>
  );
}

export interface DecideProps {
  /** What approving does, with numbers. */
  readonly consequences: readonly string[];
  readonly deactivations: number;
  readonly changeCount: number;
  /** It looks like a new school year, and is approved as that. */
  readonly isNewYear?: boolean;
  /** Applying it disconnects the integration. */
  readonly disconnects?: boolean;
  /** Applying it goes over to this version of OneRoster. */
  readonly changesVersionTo?: string | null;
  readonly unavailable?: string;
  readonly approve: () => Promise<Outcome>;
  readonly discard: () => Promise<string | null>;
}

/** Approve or discard a plan that waits for an admin. */
export function DecidePlan({
  consequences,
  deactivations,
  changeCount,
  isNewYear = false,
  disconnects = false,
  changesVersionTo = null,
  unavailable,
  approve,
  discard,
}: DecideProps) {
  const router = useRouter();
  const confirmApproval = async () => {
    const outcome = await approve();
    if (outcome.href) router.push(outcome.href);
    return outcome.ok || outcome.href ? null : outcome.message;
  };
  const confirmDiscard = async () => {
    const refusal = await discard();
    if (refusal === null) router.refresh();
    return refusal;
  };
  const count = new Intl.NumberFormat("en-US");
  const changes = `${count.format(changeCount)} ${changeCount === 1 ? "change" : "changes"}`;
  const named = disconnects
    ? `Disconnect and deactivate ${count.format(deactivations)}`
    : changesVersionTo
      ? `Change to OneRoster ${changesVersionTo}: ${changes}`
      : isNewYear
        ? `Approve and apply the new school year: ${changes}`
        : `Approve and apply ${changes}`;
  return (
    <>
      <ConfirmDialog
        trigger={<Button>Discard plan</Button>}
        title="Discard this plan?"
        confirmLabel={`Discard ${count.format(changeCount)} planned ${changeCount === 1 ? "change" : "changes"}`}
        tone="danger"
        onConfirm={confirmDiscard}
      >
        <p>Nothing of it is applied. The next sync makes a new plan from what the SIS has then.</p>
      </ConfirmDialog>
      {unavailable === undefined ? (
        <ConfirmDialog
          trigger={<Button variant="primary">{named}</Button>}
          title={disconnects ? "Disconnect and apply exactly this plan?" : "Apply exactly this plan?"}
          confirmLabel={
            deactivations > 0
              ? `Apply and deactivate ${count.format(deactivations)} records`
              : `Apply ${count.format(changeCount)} ${changeCount === 1 ? "change" : "changes"}`
          }
          tone={deactivations > 0 ? "danger" : "primary"}
          onConfirm={confirmApproval}
        >
          <ul className="grid list-disc gap-1 pl-5">
            {consequences.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p>Deactivated accounts cannot sign in; their data stays, and they come back when the SIS has them again.</p>
          {changesVersionTo ? <p>From then on syncs read OneRoster {changesVersionTo}. It can be undone like any sync.</p> : null}
          {disconnects ? (
            <p>Credentials and schedule are erased. This cannot be undone; connecting the SIS again brings the same people back.</p>
          ) : null}
        </ConfirmDialog>
      ) : (
        <Button variant="primary" unavailable={unavailable}>
          {named}
        </Button>
      )}
    </>
  );
}
