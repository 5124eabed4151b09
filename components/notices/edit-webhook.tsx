"use client";
import { lazy } from "react";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import type { IncidentKind } from "#lib/roster/notices/kinds.ts";

export interface WebhookInput {
  readonly url: string;
  /** Null: everything. */
  readonly kinds: readonly IncidentKind[] | null;
}

export interface EditWebhookProps {
  readonly label: string;
  readonly title: string;
  readonly initial: WebhookInput;
  /** The address stays. */
  readonly isKindsOnly?: boolean;
  readonly save: (input: WebhookInput) => Promise<Result<unknown>>;
}

const fields = () => import("./webhook-fields.tsx");
const WebhookFields = lazy(() => fields().then(({ WebhookFields }) => ({ default: WebhookFields })));

export function EditWebhook({ label, title, initial, isKindsOnly = false, save }: EditWebhookProps) {
  return (
    <DialogForm
      trigger={
        <Button size="sm" variant={isKindsOnly ? "secondary" : "primary"}>
          {label}
        </Button>
      }
      title={title}
      brings={fields}
      submitLabel={isKindsOnly ? "Save" : "Add webhook"}
      initial={initial}
      save={save}
    >
      {(values, setValues, errors) => <WebhookFields values={values} setValues={setValues} errors={errors} isKindsOnly={isKindsOnly} />}
    </DialogForm>
  );
}
