"use client";
import { lazy } from "react";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
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

const dialog = () => import("./webhook-dialog.tsx");
const WebhookDialog = lazy(() => dialog().then(({ WebhookDialog }) => ({ default: WebhookDialog })));

export function EditWebhook({ label, ...rest }: EditWebhookProps) {
  return (
    <DialogOpener
      trigger={
        <Button size="sm" variant={rest.isKindsOnly ? "secondary" : "primary"}>
          {label}
        </Button>
      }
      fetchIt={dialog}
    >
      {(opened) => <WebhookDialog {...rest} {...opened} />}
    </DialogOpener>
  );
}
