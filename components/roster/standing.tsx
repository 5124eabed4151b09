"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useId, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog, type ConfirmDialogProps } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { WhyOnDemand } from "#components/ui/why-on-demand.ts";

export interface AskProps {
  /** Of the button that asks; left out where `asked` opens the question. */
  readonly label?: string;
  readonly asked?: ConfirmDialogProps["asked"];
  readonly title: string;
  readonly confirmLabel: string;
  readonly done: string;
  readonly act: (reason: string) => Promise<Result>;
  readonly children: ReactNode;
}

/** Asks why, then does what changes whether somebody or something is in use. */
export function AskWhy({ label, asked, title, confirmLabel, done, act, children }: AskProps) {
  const router = useRouter();
  const id = useId();
  const [reason, setReason] = useState("");
  const confirm = async () => {
    if (reason.trim() === "") {
      document.getElementById(id)?.focus();
      return "Say why; it stands in the history.";
    }
    const result = await act(reason).catch(() => unreachable);
    if (!result.ok) return result.message;
    setReason("");
    toast({ tone: "good", title: done });
    router.refresh();
    return null;
  };
  return (
    <ConfirmDialog
      trigger={label === undefined ? undefined : <Button>{label}</Button>}
      asked={asked}
      title={title}
      confirmLabel={confirmLabel}
      tone="danger"
      onConfirm={confirm}
    >
      {children}
      <WhyOnDemand id={id} hint="Kept in the history and the audit log. Names need not stand here." value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}
