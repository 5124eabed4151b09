"use client";
import { type FormEvent, useActionState, useRef, useState } from "react";
import type { Result } from "#components/settings/result.ts";
import { enter } from "#components/shell/auth-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type OfferedWays, OwnWays } from "./own-ways.tsx";

/** By the reasons of app/enter.ts; anything else is the refusal that tells nothing. */
const refusals: Readonly<Record<string, string>> = {
  throttled: "Too many attempts. Wait a quarter of an hour, then try again.",
  deactivated: "This account is deactivated. Ask your district’s Aivo administrator.",
  barred: "This account cannot sign in at present. Ask your district’s Aivo administrator.",
  suspended: "Your district is suspended at present: nobody can sign in. Ask your district’s Aivo administrator.",
  expired: "This one-time password has expired. Ask your district’s Aivo administrator for another way in.",
  ambiguous: "Several accounts share this email address, so it cannot sign anyone in. Ask your district’s Aivo administrator.",
  "own-accounts-only": "Your district signs in with its own accounts, not with a password. Use its link, which its Aivo administrator has.",
  unavailable: "Aivo could not look that up just now, so it cannot say whether it is right. Try again in a minute.",
  unreachable: "The server did not answer. Check your connection and try again.",
};
const refused = "Email or password is not right.";

/** Why somebody was not let in, and with which address they tried. */
export interface Entered {
  readonly reason: string;
  readonly email: string;
}

export interface SignInFormProps {
  /** Where to go afterwards; an address of this portal. */
  readonly returnTo: string;
  /** Whether it is to confirm who it is: then the district's provider asks anew, too. */
  readonly isAnew: boolean;
  /** The ways in of the district whose link was followed; none without one. */
  readonly initial: OfferedWays;
  /** The ways in of whoever has claimed a domain. */
  readonly findWays: (domain: string, returnTo: string, isAnew: boolean) => Promise<Result<OfferedWays>>;
  /** What the browser itself sends the form to, before the page is awake or without JavaScript. */
  readonly send: (before: Entered | null, form: FormData) => Promise<Entered>;
}

export function SignInForm({ returnTo, isAnew, initial, findWays, send }: SignInFormProps) {
  const [sent, action] = useActionState(send, null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState(sent === null ? null : { text: refusals[sent.reason] ?? refused, attempt: 0 });
  const [attempt, setAttempt] = useState(1);
  const [found, setFound] = useState(initial);
  const asked = useRef("");
  // Of what is typed only the domain leaves the browser before the form is sent.
  const look = async (email: string) => {
    const domain = email.trim().split("@").at(1)?.toLowerCase() ?? "";
    if (domain === asked.current) return;
    asked.current = domain;
    const result = domain === "" ? null : await findWays(domain, returnTo, isAnew).catch(() => null);
    // Somebody may have typed on meanwhile.
    if (asked.current === domain) setFound(result?.ok && result.data.ways.length > 0 ? result.data : initial);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    if (!found.passwords) return look(String(form.get("email")));
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
    <form action={action} onSubmit={submit} className="grid gap-5" noValidate={false}>
      <FormErrorSummary key={error?.attempt} message={error?.text ?? null} />
      <Field label="Email" required>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            defaultValue={sent?.email}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={320}
            onBlur={(event) => void look(event.target.value)}
          />
        )}
      </Field>
      <OwnWays offered={found} />
      {found.passwords ? (
        <>
          <Field label="Password" required>
            {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" maxLength={200} />}
          </Field>
          <Button type="submit" variant="primary" pending={pending} className="w-full">
            {pending ? "Signing in…" : "Sign in"}
          </Button>
        </>
      ) : null}
    </form>
  );
}
