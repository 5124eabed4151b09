"use client";
import { useRouter } from "next/navigation";
import type { Result } from "#components/settings/result.ts";
import { ConfirmBox } from "#components/ui/confirm-box.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";

export interface RotateSecretProps extends Opened {
  readonly rotate: () => Promise<Result<unknown>>;
}

/** Asks before an endpoint is given another signing secret. */
export function RotateSecret({ rotate, onClose, pressed }: RotateSecretProps) {
  return (
    <ConfirmBox
      onOpenChange={onClose}
      pressed={pressed}
      title="Make a new secret?"
      confirmLabel="Make a new secret"
      tone="primary"
      onConfirm={async () => {
        const result = await rotate();
        return result.ok ? null : result.message;
      }}
    >
      <p>The one before signs as well for 24 hours, so that the receiver can change over without missing a message.</p>
    </ConfirmBox>
  );
}

export interface RemoveWebhookProps extends Opened {
  readonly url: string;
  readonly remove: () => Promise<Result>;
}

/** Asks before an endpoint is told nothing any more. */
export function RemoveWebhook({ url, remove, onClose, pressed }: RemoveWebhookProps) {
  const router = useRouter();
  return (
    <ConfirmBox
      onOpenChange={onClose}
      pressed={pressed}
      title={`Remove ${url}?`}
      confirmLabel="Remove this webhook"
      tone="danger"
      onConfirm={async () => {
        const result = await remove();
        router.refresh();
        return result.ok ? null : result.message;
      }}
    >
      <p>It is told nothing any more; what waits for it is not sent.</p>
    </ConfirmBox>
  );
}
