"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import { choiceOf, cronOf, ScheduleFields } from "./schedule-fields.tsx";
import { RowTrigger } from "./setting-row.tsx";
import type { Answer } from "./types.ts";

type Problem = { readonly message: string; readonly fields: Readonly<Record<string, string>> } | null;

interface EditDialogProps {
  readonly label: string;
  readonly title: string;
  readonly done: string;
  readonly save: () => Promise<Answer>;
  readonly reset: () => void;
  /** Opened by the row of the rail that it stands in, instead of a button with its label. */
  readonly isRow?: boolean;
  readonly children: (problem: Problem) => ReactNode;
}

/** A dialog that saves one setting, says what is wrong at its field, and lets the page show what is new. */
export function EditDialog({ label, title, done, save, reset, isRow = false, children }: EditDialogProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<Problem>(null);
  const [pending, begin] = useTransition();
  const change = (next: boolean) => {
    if (next) reset();
    setProblem(null);
    setOpen(next);
  };
  const submit = () =>
    begin(async () => {
      const answer = await save();
      if (!answer.ok) return setProblem(answer);
      setOpen(false);
      toast({ tone: "good", title: done });
      router.refresh();
    });
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      trigger={isRow ? <RowTrigger label={label} /> : <Button size="sm">{label}</Button>}
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
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

export function ChangeSchedule({
  schedule,
  save,
}: {
  readonly schedule: string | null;
  readonly save: (cron: string | null) => Promise<Answer>;
}) {
  const [choice, setChoice] = useState(choiceOf(schedule));
  return (
    <EditDialog
      isRow
      label="Change schedule"
      title="Schedule"
      done="Schedule saved"
      save={() => save(cronOf(choice))}
      reset={() => setChoice(choiceOf(schedule))}
    >
      {(problem) => <ScheduleFields value={choice} onChange={setChoice} error={problem?.fields.schedule} />}
    </EditDialog>
  );
}

export function PauseOrResume({ isPaused, change }: { readonly isPaused: boolean; readonly change: () => Promise<Answer> }) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const answer = await change();
      toast(
        answer.ok
          ? { tone: "good", title: isPaused ? "Integration resumed" : "Integration paused" }
          : { tone: "bad", title: answer.message },
      );
      router.refresh();
    });
  return (
    <Button size="sm" pending={pending} onClick={click}>
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}
