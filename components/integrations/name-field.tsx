"use client";
import { Field, Input } from "#components/ui/field.tsx";

export interface NameFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

/** What the integration is called in Aivo. */
export function NameField({ value, onChange, error }: NameFieldProps) {
  return (
    <Field id="name" label="Name in Aivo" required error={error}>
      {(control) => <Input {...control} value={value} maxLength={100} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}
