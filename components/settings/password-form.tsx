"use client";
import { type FormEvent, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { NewPasswordFields, newPasswordLabels } from "#components/sign-in/new-password-fields.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { PasswordChange } from "#lib/services/accounts/own-password-schema.ts";
import { type Result, unreachable } from "./result.ts";

export interface PasswordFormProps {
  readonly change: (input: PasswordChange) => Promise<Result>;
  /** Changing it ends every session, so one signs in again there. */
  readonly changedHref: string;
}

const labels = { current: "Current password", ...newPasswordLabels };

export function PasswordForm({ change, changedHref }: PasswordFormProps) {
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const result = await confirmed(change)({
      current: String(form.get("current")),
      next: String(form.get("next")),
      repeated: String(form.get("repeated")),
    }).catch(() => unreachable);
    if (result.ok) {
      window.location.assign(changedHref);
      return;
    }
    setPending(false);
    setRefusal(result);
  };
  const errors = refusal?.fields ?? {};
  return (
    <Card title="Your password" lead="Changing it signs you out everywhere, here too." className="max-w-2xl">
      <form method="post" onSubmit={submit} className="grid gap-6" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} fields={errors} labels={labels} />
        <Field id="current" label={labels.current} required error={errors.current}>
          {(control) => <Input {...control} name="current" type="password" autoComplete="current-password" maxLength={200} />}
        </Field>
        <NewPasswordFields errors={errors} />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}
