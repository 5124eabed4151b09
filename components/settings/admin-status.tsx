"use client";
import { useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Result, unreachable } from "./result.ts";

interface Whom {
  readonly id: string;
  readonly name: string;
}

export interface DeactivateProps {
  readonly admin: Whom;
  readonly deactivate: (id: string) => Promise<Result>;
}

export function Deactivate({ admin, deactivate }: DeactivateProps) {
  const confirm = async () => {
    const result = await confirmed(deactivate)(admin.id).catch(() => unreachable);
    return result.ok ? null : result.message;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Deactivate ${admin.name}`}>
          Deactivate
        </Button>
      }
      title={`Deactivate ${admin.name}?`}
      confirmLabel={`Deactivate ${admin.name}`}
      tone="danger"
      onConfirm={confirm}
    >
      <p>
        {admin.name} is signed out everywhere at once and cannot sign in again until an admin reactivates the account. What they did stays
        in the audit log.
      </p>
    </ConfirmDialog>
  );
}

export interface ReactivateProps {
  readonly admin: Whom;
  readonly reactivate: (id: string) => Promise<Result>;
}

export function Reactivate({ admin, reactivate }: ReactivateProps) {
  const [pending, setPending] = useState(false);
  const click = async () => {
    setPending(true);
    const result = await confirmed(reactivate)(admin.id).catch(() => unreachable);
    setPending(false);
    if (!result.ok) toast({ tone: "bad", title: "Not reactivated", description: result.message });
  };
  return (
    <Button size="sm" pending={pending} onClick={click} aria-label={`Reactivate ${admin.name}`}>
      Reactivate
    </Button>
  );
}
