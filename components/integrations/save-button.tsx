"use client";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { CredentialForm } from "./use-credential-form.ts";

export interface SaveButtonProps {
  readonly provider: ProviderId;
  readonly label: string;
  readonly form: Pick<CredentialForm, "fingerprint" | "isTested" | "incomplete">;
  readonly pending: boolean;
  readonly onSave: () => void;
  /** Answers null when done, else why not. */
  readonly onConfirm: () => Promise<string | null>;
}

/**
 * What has to come before saving: for SFTP a confirmed host key; for Clever nothing, because the authorization that its test
 * needs comes after. What is not complete is told at its fields. A connection without a passed test is saved only by somebody who says so.
 */
export function SaveButton({ provider, label, form, pending, onSave, onConfirm }: SaveButtonProps) {
  if (provider === "oneroster-csv" && form.fingerprint === null) {
    return (
      <Button variant="primary" unavailable="Test the connection and confirm the host key first">
        {label}
      </Button>
    );
  }
  if (form.isTested || form.incomplete !== null || provider === "clever") {
    return (
      <Button variant="primary" pending={pending} onClick={onSave}>
        {label}
      </Button>
    );
  }
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">{label}</Button>}
      title="Save without a passed test?"
      confirmLabel="Save all the same"
      tone="primary"
      onConfirm={onConfirm}
    >
      <p>The connection has not passed its test as it is typed now. A sync with it may fail; a sync that fails changes nothing.</p>
    </ConfirmDialog>
  );
}
