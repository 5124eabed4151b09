"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Result, unreachable } from "./result.ts";

export interface ResetFactorProps {
  readonly admin: { readonly id: string; readonly name: string };
  readonly reset: (id: string) => Promise<Result>;
}

/** For an admin who has lost all of theirs. */
export function ResetFactor({ admin, reset }: ResetFactorProps) {
  const confirm = async () => {
    const result = await confirmed(reset)(admin.id).catch(() => unreachable);
    if (!result.ok) return result.message;
    toast({ tone: "good", title: `${admin.name} signs in with the password alone` });
    return null;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Reset the second factor of ${admin.name}`}>
          Reset second factor
        </Button>
      }
      title={`Take the second factor of ${admin.name} away?`}
      confirmLabel="Reset second factor"
      tone="danger"
      onConfirm={confirm}
    >
      <p>
        For somebody who has lost it: be sure that it is {admin.name} who asks. They are signed out everywhere, are told by email, and sign
        in with the password alone until they set another one up.
      </p>
    </ConfirmDialog>
  );
}
