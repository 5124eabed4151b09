"use client";
import { useRouter } from "next/navigation";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

export interface RevokeClientProps {
  readonly id: string;
  readonly name: string;
  /** "token", "application". */
  readonly what: string;
  readonly revoke: (id: string) => Promise<Result>;
}

export function RevokeClient({ id, name, what, revoke }: RevokeClientProps) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      }
      title={`Revoke ${name}?`}
      confirmLabel={`Revoke this ${what}`}
      tone="danger"
      onConfirm={async () => {
        const result = await revoke(id);
        router.refresh();
        return result.ok ? null : result.message;
      }}
    >
      <p>Whatever uses it is refused from its next request on. This cannot be taken back; a new one can be made.</p>
    </ConfirmDialog>
  );
}
