"use client";
import { useRouter } from "next/navigation";
import { confirmed } from "#components/confirm/confirmed.ts";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

export interface RemoveWayProps {
  readonly id: string;
  readonly label: string;
  readonly remove: (id: string) => Promise<Result>;
}

export function RemoveWay({ id, label, remove }: RemoveWayProps) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Remove ${label}`}>
          Remove
        </Button>
      }
      title={`Remove ${label}?`}
      confirmLabel={`Remove ${label}`}
      tone="danger"
      onConfirm={async () => {
        const result = await confirmed(remove)(id);
        router.refresh();
        return result.ok ? null : result.message;
      }}
    >
      <p>Nobody can sign in with it any more. Whoever is signed in stays so until the session ends.</p>
    </ConfirmDialog>
  );
}
