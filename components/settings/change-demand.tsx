"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Result, unreachable } from "./result.ts";

export interface ChangeDemandProps {
  readonly isDemanded: boolean;
  readonly demand: (isOn: boolean) => Promise<Result>;
}

/** Demands a second factor of all admins, or stops demanding it. */
export function ChangeDemand({ isDemanded, demand }: ChangeDemandProps) {
  const change = async () => {
    const result = await confirmed(demand)(!isDemanded).catch(() => unreachable);
    if (!result.ok) return result.message;
    toast({ tone: "good", title: isDemanded ? "The password alone is enough" : "All admins use a second factor" });
    return null;
  };
  return isDemanded ? (
    <ConfirmDialog
      trigger={<Button size="sm">Stop demanding it</Button>}
      title="Let admins sign in with the password alone?"
      confirmLabel="Stop demanding it"
      tone="danger"
      onConfirm={change}
    >
      <p>Those who have a second factor are still asked for it.</p>
    </ConfirmDialog>
  ) : (
    <ConfirmDialog
      trigger={<Button size="sm">Demand it of all admins</Button>}
      title="Have all admins use a second factor?"
      confirmLabel="Demand it of all admins"
      tone="primary"
      onConfirm={change}
    >
      <p>Whoever has none sets one up at the next sign-in. Nobody is signed out.</p>
    </ConfirmDialog>
  );
}
