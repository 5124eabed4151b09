"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface ReleaseProps {
  readonly id: string;
  readonly name: string;
  readonly release: (accountId: string) => Promise<Result>;
}

/** Ends that somebody is held from erasure. */
export function Release({ id, name, release }: ReleaseProps) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const click = async () => {
    setPending(true);
    const result = await release(id).catch(() => unreachable);
    setPending(false);
    toast(result.ok ? { tone: "good", title: `${name} is released` } : { tone: "bad", title: result.message });
    router.refresh();
  };
  return (
    <Button size="sm" pending={pending} onClick={click} aria-label={`Release: ${name}`}>
      Release
    </Button>
  );
}

export interface LetInProps {
  readonly id: string;
  readonly integrationName: string;
  readonly barredAt: string;
  readonly letIn: (id: string) => Promise<Result>;
}

/** Ends that syncs leave a record out. */
export function LetIn({ id, integrationName, barredAt, letIn }: LetInProps) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Let in again: left out of ${integrationName} since ${barredAt}`}>
          Let in again
        </Button>
      }
      title="Let this record in again?"
      confirmLabel="Let it in again"
      tone="danger"
      onConfirm={async () => {
        const result = await letIn(id).catch(() => unreachable);
        return result.ok ? null : result.message;
      }}
    >
      <p>
        If the SIS still has it, the next sync of {integrationName} brings the person back, as somebody new and with all that the SIS says
        of them.
      </p>
    </ConfirmDialog>
  );
}
