"use client";
import { type FormEvent, useActionState, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { PasswordChoice } from "#lib/services/accounts/own-password-schema.ts";
import { NewPasswordFields, newPasswordLabels } from "./new-password-fields.tsx";

export interface ChoosePasswordFormProps {
  readonly choose: (input: PasswordChoice) => Promise<Result>;
  readonly doneHref: string;
  /** What the browser itself sends the form to, before the page is awake or without JavaScript; left out, it is kept until the page is awake. */
  readonly send?: (before: Result | null, form: FormData) => Promise<Result>;
}

/** Where signing in, or a link, has said already who somebody is. */
export function ChoosePasswordForm({ choose, doneHref, send }: ChoosePasswordFormProps) {
  const [sent, action] = useActionState(send ?? keep, null);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(sent === null || sent.ok ? null : sent);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    return go(new FormData(event.currentTarget));
  };
  const go = async (form: FormData) => {
    if (pending) return;
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
    <form action={send === undefined ? go : action} onSubmit={submit} className="grid gap-5" noValidate>
      <FormErrorSummary message={refusal?.message ?? null} fields={errors} labels={newPasswordLabels} />
      <NewPasswordFields errors={errors} />
      <Button type="submit" variant="primary" pending={pending} className="w-full">
        Choose this password
      </Button>
    </form>
  );
}

const keep = async () => null;
