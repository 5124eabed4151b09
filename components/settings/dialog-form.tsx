"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { DialogBox } from "#components/ui/dialog-box.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type Result, unreachable } from "./result.ts";

/** What the fields of such a form are given. */
export interface FieldsProps<Values> {
  readonly values: Values;
  readonly setValues: (values: Values) => void;
  /** Messages by field, of what was refused. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface DialogFormProps<Values, Data> extends Opened {
  readonly title: string;
  /** On the button that sends it. */
  readonly submitLabel: string;
  /** What it holds when it comes open. */
  readonly initial: Values;
  readonly save: (values: Values) => Promise<Result<Data>>;
  /** Before the page shows what is new. */
  readonly onSaved?: (data: Data) => void;
  /** @param errors messages by field, of what was refused */
  readonly children: (values: Values, setValues: (values: Values) => void, errors: Readonly<Record<string, string>>) => ReactNode;
}

/** A form in a dialog that comes open: it stays so, with what was typed, until it is saved or closed, and says what was refused. */
export function DialogForm<Values, Data>(props: DialogFormProps<Values, Data>) {
  const { title, submitLabel, initial, save, onSaved, onClose, pressed, children } = props;
  const router = useRouter();
  const formId = useId();
  const [values, setValues] = useState(initial);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const close = () => (pending ? undefined : onClose());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await save(values).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    onClose();
    onSaved?.(result.data);
    router.refresh();
  };
  return (
    <DialogBox
      onOpenChange={close}
      pressed={pressed}
      title={title}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="grid gap-5" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} />
        {children(values, setValues, refusal?.fields ?? {})}
      </form>
    </DialogBox>
  );
}
