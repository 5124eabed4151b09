"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useId, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface AskProps {
  readonly label: string;
  readonly title: string;
  readonly confirmLabel: string;
  readonly done: string;
  readonly act: (reason: string) => Promise<Result>;
  readonly children: ReactNode;
}

/** Asks why, then does what changes whether somebody or something is in use. */
export function AskWhy({ label, title, confirmLabel, done, act, children }: AskProps) {
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
    <ConfirmDialog trigger={<Button>{label}</Button>} title={title} confirmLabel={confirmLabel} tone="danger" onConfirm={confirm}>
      {children}
      <div className="mt-2 text-ink">
        <Field label="Why" required id={id} hint="Kept in the history and the audit log. Names need not stand here.">
          {(control) => <Textarea {...control} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </div>
    </ConfirmDialog>
  );
}

export interface DoNowProps {
  readonly label: string;
  readonly done: string;
  readonly failed: string;
  readonly act: () => Promise<Result>;
}

/** Does at once what takes nothing away. */
export function DoNow({ label, done, failed, act }: DoNowProps) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const click = async () => {
    setPending(true);
    const result = await act().catch(() => unreachable);
    setPending(false);
    toast(result.ok ? { tone: "good", title: done } : { tone: "bad", title: failed, description: result.message });
    router.refresh();
  };
  return (
    <Button pending={pending} onClick={click}>
      {label}
    </Button>
  );
}
