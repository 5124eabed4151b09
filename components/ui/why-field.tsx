"use client";
import { Field, Textarea } from "./field.tsx";

export interface WhyFieldProps {
  readonly id?: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Why somebody does what a dialog asks about. */
export function WhyField({ id, hint, value, onChange }: WhyFieldProps) {
  return (
    <div className="mt-2 text-ink">
      <Field label="Why" required hint={hint} {...(id === undefined ? {} : { id })}>
        {(control) => <Textarea {...control} value={value} maxLength={500} onChange={(event) => onChange(event.target.value)} />}
      </Field>
    </div>
  );
}
