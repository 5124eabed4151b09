"use client";
import { type FormEvent, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { makeKey } from "#components/confirm/passkey-client.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { Added, AddFactorActions } from "./factor-actions.ts";

export interface AddPasskeyProps extends Pick<AddFactorActions, "beginPasskey" | "finishPasskey"> {
  readonly onAdded: (added: Added) => void;
}

/** Names a passkey and has the browser make it. */
export function AddPasskey({ beginPasskey, finishPasskey, onAdded }: AddPasskeyProps) {
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const make = async (name: string): Promise<Result<Added>> => {
    const asked = await confirmed(beginPasskey)();
    if (!asked.ok) return asked;
    const made = await makeKey(asked.data);
    return made.ok ? finishPasskey(name, made.data) : made;
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const name = String(new FormData(event.currentTarget).get("name"));
    setPending(true);
    setRefusal(null);
    const result = await make(name).catch(() => unreachable);
    setPending(false);
    if (result.ok) onAdded(result.data);
    else setRefusal(result);
  };
  const errors = refusal?.fields ?? {};
  return (
    <form method="post" onSubmit={submit} className="grid gap-5" noValidate>
      <FormErrorSummary message={refusal?.message ?? null} fields={errors} />
      <Field id="name" label="Name" required error={errors.name} hint="By which you know it again: “Office laptop”, “Blue security key”.">
        {(control) => <Input {...control} name="name" autoComplete="off" maxLength={60} />}
      </Field>
      <Button type="submit" variant="primary" pending={pending} className="w-full">
        Make the passkey
      </Button>
    </form>
  );
}
