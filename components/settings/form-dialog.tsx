"use client";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { DialogBox } from "#components/ui/dialog-box.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type Result, unreachable } from "./result.ts";

export interface FormDialogProps<Data> extends Opened {
  readonly title: string;
  readonly description?: string;
  /** On the button that sends it. */
  readonly submitLabel: string;
  /** Leaves it to the server alone to say what is missing. */
  readonly noValidate?: boolean;
  /** @param form what its fields hold */
  readonly send: (form: FormData) => Promise<Result<Data>>;
  /** Once it is closed. */
  readonly onSent: (data: Data) => void;
  /** @param errors messages by field, of what was refused */
  readonly children: (errors: Readonly<Record<string, string>>) => ReactNode;
}

/** A dialog around a form: it stays open, with what was typed, until it is sent or closed, and says what was refused. */
export function FormDialog<Data>(props: FormDialogProps<Data>) {
  const { title, description, submitLabel, noValidate, send, onSent, onClose, pressed, children } = props;
  const formId = useId();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const close = () => (pending ? undefined : onClose());
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await send(new FormData(event.currentTarget)).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    onClose();
    onSent(result.data);
  };
  return (
    <DialogBox
      onOpenChange={close}
      pressed={pressed}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="grid gap-5" noValidate={noValidate}>
        <FormErrorSummary message={refusal?.message ?? null} />
        {children(refusal?.fields ?? {})}
      </form>
    </DialogBox>
  );
}
