"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { FormDialog } from "./form-dialog.tsx";
import type { Result } from "./result.ts";

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

/** A form in a dialog that comes open, of values that are kept as they are typed. */
export function DialogForm<Values, Data>({ initial, save, onSaved, children, ...dialog }: DialogFormProps<Values, Data>) {
  const router = useRouter();
  const [values, setValues] = useState(initial);
  return (
    <FormDialog
      {...dialog}
      noValidate
      send={() => save(values)}
      onSent={(data) => {
        onSaved?.(data);
        router.refresh();
      }}
    >
      {(errors) => children(values, setValues, errors)}
    </FormDialog>
  );
}
