"use client";
import { type FormEvent, useActionState, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";

export interface ForgotFormProps {
  readonly ask: (email: string) => Promise<Result>;
  /** What the browser itself sends the form to, before the page is awake or without JavaScript. */
  readonly send: (before: Result | null, form: FormData) => Promise<Result>;
}

/** Says the same whether anybody has the address. */
export function ForgotForm({ ask, send }: ForgotFormProps) {
  const [sent, action] = useActionState(send, null);
  const [state, setState] = useState<"asking" | "pending" | "asked">(sent?.ok ? "asked" : "asking");
  const [error, setError] = useState<string | null>(sent === null || sent.ok ? null : sent.message);
  if (state === "asked")
    return (
      <Callout tone="good" title="Look into your mailbox">
        If an account with this address signs in with a password, a link is on its way to it. It works for an hour.
      </Callout>
    );
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (state === "pending") return;
    const email = String(new FormData(event.currentTarget).get("email"));
    setState("pending");
    setError(null);
    const result = await ask(email).catch(() => unreachable);
    setState(result.ok ? "asked" : "asking");
    if (!result.ok) setError(result.message);
  };
  return (
    <form action={action} onSubmit={submit} className="grid gap-5">
      <FormErrorSummary message={error} />
      <Field label="Email" required>
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={320} />
        )}
      </Field>
      <Button type="submit" variant="primary" pending={state === "pending"} className="w-full">
        Send a link
      </Button>
    </form>
  );
}
