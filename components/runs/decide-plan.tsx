"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { Outcome } from "./start-run.tsx";

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
