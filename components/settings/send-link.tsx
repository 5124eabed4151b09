"use client";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Result, unreachable } from "./result.ts";

export interface SendLinkProps {
  readonly admin: { readonly id: string; readonly name: string; readonly email: string; readonly hasPassword: boolean };
  readonly label: string;
  readonly send: (id: string) => Promise<Result>;
}

/** Sends an admin a link to choose a password. */
export function SendLink({ admin, label, send }: SendLinkProps) {
  const confirm = async () => {
    const result = await send(admin.id).catch(() => unreachable);
    if (!result.ok) return result.message;
    toast({ tone: "good", title: `A link is on its way to ${admin.email}` });
    return null;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`${label} for ${admin.name}`}>
          {label}
        </Button>
      }
      title={admin.hasPassword ? `Send ${admin.name} a link to a new password?` : `Invite ${admin.name} again?`}
      confirmLabel="Send the link"
      tone="primary"
      onConfirm={confirm}
    >
      <p>
        {admin.hasPassword
          ? `An email to ${admin.email} lets them choose a new password within an hour. Until they do, the old one works, and they stay signed in.`
          : `An email to ${admin.email} lets them choose a password within 7 days.`}
      </p>
    </ConfirmDialog>
  );
}
