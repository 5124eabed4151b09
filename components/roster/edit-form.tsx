"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Select } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";

interface Choice {
  readonly value: string;
  readonly label: string;
}
interface Common {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly required?: boolean;
}
/** One field of the form, with what it has now. `words`: several, with commas between them. */
export type EditField =
  | (Common & { readonly kind: "text" | "email"; readonly value: string })
  | (Common & { readonly kind: "words"; readonly value: readonly string[] })
  | (Common & { readonly kind: "one"; readonly value: string; readonly options: readonly Choice[]; readonly blank?: string })
  | (Common & { readonly kind: "many"; readonly value: readonly string[]; readonly options: readonly Choice[] });

export interface EditFormProps {
  readonly title: string;
  readonly fields: readonly EditField[];
  /** Whether a SIS has the record, so that what is changed is kept against it. */
  readonly isFromSis: boolean;
  readonly save: (values: Readonly<Record<string, unknown>>) => Promise<Result>;
}

/** Edits a record's values in a dialog. Only what is changed is sent: the rest goes on following the SIS. */
export function EditForm({ title, fields, isFromSis, save }: EditFormProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const change = (next: boolean) => {
    if (pending) return;
    setOpen(next);
    setRefusal(null);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const values = Object.fromEntries(fields.flatMap((field) => changedValue(field, form)));
    if (Object.keys(values).length === 0) return change(false);
    setPending(true);
    setRefusal(null);
    const result = await save(values).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    setOpen(false);
    toast({ tone: "good", title: isFromSis ? "Saved, and kept against the SIS" : "Saved" });
    router.refresh();
  };
  const id = (name: string) => `edit-${name}`;
  const errors = Object.fromEntries(Object.entries(refusal?.fields ?? {}).map(([name, text]) => [id(name), text]));
  const labels = Object.fromEntries(fields.map((field) => [id(field.name), field.label]));
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      description={
        isFromSis
          ? "What you change stays, whatever the SIS says, until you give it back. The rest goes on following the SIS."
          : "No SIS has this record, so nothing else changes these values."
      }
      trigger={<Button icon={<Icon name="pencil" />}>Edit</Button>}
    >
      <form onSubmit={submit} className="grid gap-4" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} fields={errors} labels={labels} />
        {fields.map((field) => (
          <OneField key={field.name} field={field} id={id(field.name)} error={refusal?.fields[field.name]} />
        ))}
        <div className="mt-2 flex flex-wrap justify-end gap-2">
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function OneField({ field, id, error }: { readonly field: EditField; readonly id: string; readonly error: string | undefined }) {
  if (field.kind === "many") return <Many field={field} id={id} error={error} />;
  const { name, label, hint, required = false } = field;
  return (
    <Field id={id} label={label} hint={hint} required={required} error={error}>
      {(control) =>
        field.kind === "one" ? (
          <Select {...control} name={name} defaultValue={field.value}>
            {field.blank === undefined ? null : <option value="">{field.blank}</option>}
            {field.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </Select>
        ) : (
          <Input
            {...control}
            name={name}
            inputMode={field.kind === "email" ? "email" : undefined}
            autoComplete="off"
            spellCheck={false}
            defaultValue={field.kind === "words" ? field.value.join(", ") : field.value}
          />
        )
      }
    </Field>
  );
}

function Many({
  field,
  id,
  error,
}: {
  readonly field: Extract<EditField, { kind: "many" }>;
  readonly id: string;
  readonly error: string | undefined;
}) {
  return (
    <fieldset id={id} tabIndex={-1} className="grid gap-1.5" aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="mb-1.5 text-sm font-medium">{field.label}</legend>
      <div className="grid max-h-44 gap-1 overflow-y-auto rounded-md border border-edge p-3">
        {field.options.length === 0 ? <p className="text-sm text-muted">There are none.</p> : null}
        {field.options.map((option) => (
          <Checkbox
            key={option.value}
            name={field.name}
            value={option.value}
            label={option.label}
            defaultChecked={field.value.includes(option.value)}
          />
        ))}
      </div>
      {error ? (
        <p id={`${id}-error`} className="text-small text-harm">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

function changedValue(field: EditField, form: FormData): [string, unknown][] {
  if (field.kind === "many") {
    const now = form.getAll(field.name).map(String);
    // In the order of before; what is added comes last.
    const next = [...field.value.filter((value) => now.includes(value)), ...now.filter((value) => !field.value.includes(value))];
    return JSON.stringify(next) === JSON.stringify(field.value) ? [] : [[field.name, next]];
  }
  const text = String(form.get(field.name) ?? "");
  if (field.kind !== "words") return text === field.value ? [] : [[field.name, text]];
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
  return text === field.value.join(", ") ? [] : [[field.name, words]];
}
