"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

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
