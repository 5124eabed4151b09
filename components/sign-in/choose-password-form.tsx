"use client";
import { type FormEvent, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type PasswordChoice, passwordMinLength } from "#lib/services/accounts/own-password-schema.ts";

export interface ChoosePasswordFormProps {
  readonly choose: (input: PasswordChoice) => Promise<Result>;
  readonly doneHref: string;
}

const labels = { next: "New password", repeated: "New password again" };

/** Where signing in, or a link, has said already who somebody is. */
export function ChoosePasswordForm({ choose, doneHref }: ChoosePasswordFormProps) {
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const result = await choose({ next: String(form.get("next")), repeated: String(form.get("repeated")) }).catch(() => unreachable);
    if (result.ok) {
      window.location.assign(doneHref);
      return;
    }
    setPending(false);
    setRefusal(result);
  };
  const errors = refusal?.fields ?? {};
  return (
    <form method="post" onSubmit={submit} className="grid gap-5" noValidate>
      <FormErrorSummary message={refusal?.message ?? null} fields={errors} labels={labels} />
      <Field
        id="next"
        label={labels.next}
        required
        error={errors.next}
        hint={`At least ${passwordMinLength} characters. A sentence is easier to remember than a riddle.`}
      >
        {(control) => <Input {...control} name="next" type="password" autoComplete="new-password" maxLength={200} />}
      </Field>
      <Field id="repeated" label={labels.repeated} required error={errors.repeated}>
        {(control) => <Input {...control} name="repeated" type="password" autoComplete="new-password" maxLength={200} />}
      </Field>
      <Button type="submit" variant="primary" pending={pending} className="w-full">
        Choose this password
      </Button>
    </form>
  );
}
