"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { IntegrationDetail } from "#lib/integrations/schema.ts";
import { choiceOf, cronOf, ScheduleFields } from "./schedule-fields.tsx";
import type { Answer } from "./types.ts";

type Problem = { readonly message: string; readonly fields: Readonly<Record<string, string>> } | null;

interface EditDialogProps {
  readonly label: string;
  readonly title: string;
  readonly done: string;
  readonly save: () => Promise<Answer>;
  readonly reset: () => void;
  readonly children: (problem: Problem) => ReactNode;
}

/** A dialog that saves one setting, says what is wrong at its field, and lets the page show what is new. */
export function EditDialog({ label, title, done, save, reset, children }: EditDialogProps) {
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
      trigger={<Button size="sm">{label}</Button>}
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

export function ChangeSafety({
  safety,
  save,
}: {
  readonly safety: IntegrationDetail["safety"];
  readonly save: (safety: { maxDeactivatedPercent: string; minDeactivated: string }) => Promise<Answer>;
}) {
  const [percent, setPercent] = useState(String(safety.maxDeactivatedPercent));
  const [least, setLeast] = useState(String(safety.minDeactivated));
  const reset = () => {
    setPercent(String(safety.maxDeactivatedPercent));
    setLeast(String(safety.minDeactivated));
  };
  return (
    <EditDialog
      label="Change limits"
      title="Safety limits"
      done="Safety limits saved"
      save={() => save({ maxDeactivatedPercent: percent, minDeactivated: least })}
      reset={reset}
    >
      {(problem) => (
        <>
          <p className="text-sm text-muted">
            A sync that would deactivate more than this waits for an admin instead, and changes nothing until one approves it. It is what
            stands between a broken export and a district that cannot sign in.
          </p>
          <Field
            id="maxDeactivatedPercent"
            label="Most that may be deactivated at once, in percent"
            required
            hint="Of what is active, counted for each kind of record by itself."
            error={problem?.fields.maxDeactivatedPercent}
          >
            {(control) => <Input {...control} value={percent} onChange={(event) => setPercent(event.target.value)} inputMode="decimal" />}
          </Field>
          <Field
            id="minDeactivated"
            label="Never held for this many or fewer"
            required
            hint="So that a small school's three withdrawals are not a question."
            error={problem?.fields.minDeactivated}
          >
            {(control) => <Input {...control} value={least} onChange={(event) => setLeast(event.target.value)} inputMode="numeric" />}
          </Field>
        </>
      )}
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

export function RemoveIntegration({
  name,
  listHref,
  remove,
}: {
  readonly name: string;
  readonly listHref: string;
  readonly remove: () => Promise<string | null>;
}) {
  const router = useRouter();
  const confirm = async () => {
    const refusal = await remove();
    if (refusal === null) router.push(listHref);
    return refusal;
  };
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Remove integration</Button>}
      title={`Remove ${name}?`}
      confirmLabel={`Remove ${name}`}
      tone="danger"
      onConfirm={confirm}
    >
      <p>Its schedule ends and its credentials are erased. This cannot be taken back.</p>
      <p>The roster stays as it is: nobody is deactivated, and nothing is deleted.</p>
    </ConfirmDialog>
  );
}
