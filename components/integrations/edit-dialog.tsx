"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Answer } from "./types.ts";

type Problem = { readonly message: string; readonly fields: Readonly<Record<string, string>> } | null;

export interface EditDialogProps {
  readonly title: string;
  readonly done: string;
  readonly save: () => Promise<Answer>;
  readonly onClose: () => void;
  readonly children: (problem: Problem) => ReactNode;
}

/** A dialog that saves one setting, says what is wrong at its field, and lets the page show what is new. It comes open. */
export function EditDialog({ title, done, save, onClose, children }: EditDialogProps) {
  const router = useRouter();
  const [problem, setProblem] = useState<Problem>(null);
  const [pending, begin] = useTransition();
  const submit = () =>
    begin(async () => {
      const answer = await save().catch(() => unreachable);
      if (!answer.ok) return setProblem(answer);
      onClose();
      toast({ tone: "good", title: done });
      router.refresh();
    });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={submit}>
            Save
          </Button>
        </>
      }
    >
      {problem && Object.keys(problem.fields).length === 0 ? <FormErrorSummary message={problem.message} /> : null}
      {children(problem)}
    </Dialog>
  );
}
