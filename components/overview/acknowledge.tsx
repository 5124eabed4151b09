"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Select } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { Acknowledged, Colleague } from "#lib/services/issues-acknowledged/schema.ts";

type Answer = { readonly ok: true } | { readonly ok: false; readonly message: string; readonly fields: Readonly<Record<string, string>> };

export interface AcknowledgeActions {
  readonly acknowledge: (
    integrationId: string,
    input: { readonly code: string; readonly reason: string; readonly assignedTo: string | null },
  ) => Promise<Answer>;
  readonly release: (integrationId: string, code: string) => Promise<Answer>;
}

export interface AcknowledgeCauseProps extends AcknowledgeActions {
  /** The cause's headline. */
  readonly title: string;
  readonly integrationId: string;
  readonly code: string;
  readonly acknowledged: Acknowledged | null;
  readonly colleagues: readonly Colleague[];
}

/** Says that a cause is known, why it stands for now and who sees to it; or takes that back. */
export function AcknowledgeCause({ title, integrationId, code, acknowledged, colleagues, acknowledge, release }: AcknowledgeCauseProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [assignedTo, setAssignedTo] = useState("");
  const [problem, setProblem] = useState<Extract<Answer, { ok: false }> | null>(null);
  const [pending, begin] = useTransition();
  const change = (next: boolean) => {
    setReason(acknowledged?.reason ?? "");
    setAssignedTo(colleagues.find(({ name }) => name === acknowledged?.assignedTo)?.id ?? "");
    setProblem(null);
    setOpen(next);
  };
  const send = (work: () => Promise<Answer>) =>
    begin(async () => {
      const answer = await work().catch(() => unreachable);
      if (!answer.ok) return setProblem(answer);
      setOpen(false);
      router.refresh();
    });
  const label = acknowledged === null ? "Acknowledge or assign" : "Change";
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      description="It goes to the end of the list, and ends by itself once the SIS is mended."
      trigger={
        <button
          type="button"
          aria-label={`${label}: ${title}`}
          className="min-h-6 text-fine text-muted underline decoration-line underline-offset-3 hover:text-ink hover:decoration-current"
        >
          {label}
        </button>
      }
      footer={
        <>
          {acknowledged === null ? (
            <Button onClick={() => change(false)}>Cancel</Button>
          ) : (
            <Button pending={pending} onClick={() => send(() => release(integrationId, code))}>
              Take It Back
            </Button>
          )}
          <Button
            variant="primary"
            pending={pending}
            onClick={() => send(() => acknowledge(integrationId, { code, reason, assignedTo: assignedTo === "" ? null : assignedTo }))}
          >
            {assignedTo === "" ? "Acknowledge" : "Assign"}
          </Button>
        </>
      }
    >
      {problem && Object.keys(problem.fields).length === 0 ? <FormErrorSummary message={problem.message} /> : null}
      <Field
        label="What is being done"
        required
        hint="Others read it, for example “Asked the registrar for the ids”."
        error={problem?.fields.reason}
      >
        {(control) => (
          <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} autoComplete="off" />
        )}
      </Field>
      <Field label="Who sees to it" error={problem?.fields.assignedTo}>
        {(control) => (
          <Select {...control} value={assignedTo} onChange={(event) => setAssignedTo(event.target.value)}>
            <option value="">Nobody in particular</option>
            {colleagues.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Dialog>
  );
}
