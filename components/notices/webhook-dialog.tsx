"use client";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import type { EditWebhookProps } from "./edit-webhook.tsx";
import { WebhookFields } from "./webhook-fields.tsx";

export type WebhookDialogProps = Omit<EditWebhookProps, "label"> & Opened;

/** The form of a webhook: a new one, or what one is told. */
export function WebhookDialog({ isKindsOnly = false, ...form }: WebhookDialogProps) {
  return (
    <DialogForm {...form} submitLabel={isKindsOnly ? "Save" : "Add webhook"}>
      {(values, setValues, errors) => <WebhookFields values={values} setValues={setValues} errors={errors} isKindsOnly={isKindsOnly} />}
    </DialogForm>
  );
}
