"use client";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { type FormEvent, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Icon } from "#components/ui/icon.tsx";
import type { Proof, ProofKind } from "#lib/services/accounts/factors/schema.ts";
import { answerWithKey } from "./passkey-client.ts";

export interface ProveActions {
  readonly ways: () => Promise<Result<readonly ProofKind[]>>;
  readonly prove: (proof: Proof) => Promise<Result>;
  readonly askPasskey: () => Promise<Result<PublicKeyCredentialRequestOptionsJSON>>;
}

export interface ProveProps {
  /** By what this person can show it; the first is offered first. */
  readonly ways: readonly ProofKind[];
  readonly actions: Omit<ProveActions, "ways">;
  readonly onProved: () => void;
  readonly label: string;
  /** What the browser itself sends the form to, before the page is awake or without JavaScript, and what came of it. */
  readonly byForm?: { readonly action: (form: FormData) => void; readonly refused: Result | null };
}

const switchTo: Readonly<Record<ProofKind, string>> = {
  passkey: "Use a passkey",
  app: "Use the authenticator app",
  "recovery-code": "Use a recovery code",
  password: "Use your password",
};

/** Shows who somebody is, one way at a time, with the others at hand. */
export function Prove({ ways, actions, onProved, label, byForm }: ProveProps) {
  const [way, setWay] = useState<ProofKind>(ways[0] ?? "password");
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(byForm?.refused?.ok === false ? byForm.refused : null);
  const attempt = async (work: () => Promise<Result>) => {
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await work().catch(() => unreachable);
    if (result.ok) return onProved();
    setPending(false);
    setRefusal(result);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("proof"));
    return attempt(() => actions.prove(way === "password" ? { kind: "password", password: text } : { kind: way as "app", code: text }));
  };
  const others = ways.filter((other) => other !== way);
  return (
    <div className="grid gap-5">
      <FormErrorSummary message={refusal?.message ?? null} />
      {way === "passkey" ? (
        <Button
          variant="primary"
          icon={<Icon name="key-round" />}
          pending={pending}
          className="w-full"
          onClick={() => attempt(() => answerWithKey(actions))}
        >
          Use a passkey
        </Button>
      ) : (
        <form key={way} {...(byForm ? { action: byForm.action } : { method: "post" })} onSubmit={submit} className="grid gap-5">
          <input type="hidden" name="kind" value={way} />
          <ProofField way={way} />
          <Button type="submit" variant="primary" pending={pending} className="w-full">
            {label}
          </Button>
        </form>
      )}
      {others.length === 0 ? null : (
        <ul className="grid gap-1 border-t border-line pt-4">
          {others.map((other) => (
            <li key={other}>
              <button
                type="button"
                className="min-h-control text-small text-link max-sm:min-h-11"
                onClick={() => {
                  setRefusal(null);
                  setWay(other);
                }}
              >
                {switchTo[other]}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function ProofField({ way }: { readonly way: Exclude<ProofKind, "passkey"> }) {
  if (way === "password")
    return (
      <Field label="Your password" required>
        {(control) => <Input {...control} name="proof" type="password" autoComplete="current-password" maxLength={200} />}
      </Field>
    );
  if (way === "app")
    return (
      <Field label="Code of the app" required hint="Six digits, another one every 30 seconds.">
        {(control) => <Input {...control} name="proof" inputMode="numeric" autoComplete="one-time-code" maxLength={10} />}
      </Field>
    );
  return (
    <Field label="Recovery code" required hint="One of the ten that you kept. It works once.">
      {(control) => <Input {...control} name="proof" autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={60} />}
    </Field>
  );
}
