"use client";
import { type FormEvent, useState } from "react";
import { enter } from "#components/shell/auth-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";

/** By the reasons of lib/services/accounts/sign-in.ts; anything else is the refusal that tells nothing. */
const refusals: Readonly<Record<string, string>> = {
  throttled: "Too many attempts. Wait a quarter of an hour, then try again.",
  deactivated: "This account is deactivated. Ask your district’s Aivo administrator.",
  barred: "This account cannot sign in at present. Ask your district’s Aivo administrator.",
  suspended: "Your district is suspended at present: nobody can sign in. Ask your district’s Aivo administrator.",
  expired: "This one-time password has expired. Ask your district’s Aivo administrator for another way in.",
  ambiguous: "Several accounts share this email address, so it cannot sign anyone in. Ask your district’s Aivo administrator.",
  unreachable: "The server did not answer. Check your connection and try again.",
};
const refused = "Email or password is not right.";

export interface SignInFormProps {
  /** Where to go afterwards; an address of this portal. */
  readonly returnTo: string;
}

export function SignInForm({ returnTo }: SignInFormProps) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<{ readonly text: string; readonly attempt: number } | null>(null);
  const [attempt, setAttempt] = useState(1);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    const reason = await enter(String(form.get("email")).trim(), String(form.get("password"))).catch(() => "unreachable");
    if (reason === null) {
      window.location.assign(returnTo);
      return;
    }
    setPending(false);
    setError({ text: refusals[reason] ?? refused, attempt });
    setAttempt(attempt + 1);
  };
  return (
    // Before the page is awake a submit must not put the password into the address: hence the method.
    <form method="post" onSubmit={submit} className="grid gap-5" noValidate={false}>
      <FormErrorSummary key={error?.attempt} message={error?.text ?? null} />
      <Field label="Email" required>
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={320} />
        )}
      </Field>
      <Field label="Password" required>
        {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" maxLength={200} />}
      </Field>
      <Button type="submit" variant="primary" pending={pending} className="w-full">
        {pending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
