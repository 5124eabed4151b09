"use client";
import { type FormEvent, useEffect, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { Added } from "./factor-actions.ts";
import { QrCode } from "./qr-code.tsx";

export interface SetUpAppProps {
  readonly begin: () => Promise<Result<{ readonly secret: string; readonly uri: string }>>;
  readonly finish: (code: string) => Promise<Result<Added>>;
  readonly onAdded: (added: Added) => void;
}

/** Shows the secret of an authenticator app, and asks for a first code of it. */
export function SetUpApp({ begin, finish, onAdded }: SetUpAppProps) {
  const [made, setMade] = useState<{ readonly secret: string; readonly uri: string } | null>(null);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  useEffect(() => {
    let isOpen = true;
    confirmed(begin)()
      .catch(() => unreachable)
      .then((answer) => {
        if (!isOpen) return;
        if (answer.ok) setMade(answer.data);
        else setRefusal(answer);
      });
    return () => {
      isOpen = false;
    };
  }, [begin]);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const code = String(new FormData(event.currentTarget).get("code"));
    setPending(true);
    setRefusal(null);
    const result = await confirmed(finish)(code).catch(() => unreachable);
    setPending(false);
    if (result.ok) onAdded(result.data);
    else setRefusal(result);
  };
  const errors = refusal?.fields ?? {};
  return (
    <form method="post" onSubmit={submit} className="grid gap-5" noValidate>
      <FormErrorSummary message={refusal?.message ?? null} fields={errors} />
      {made === null ? null : (
        <>
          <p className="text-sm text-soft">Scan this with an authenticator app, or type the key into it.</p>
          <QrCode text={made.uri} label="QR code for the authenticator app" />
          <p className="grid gap-1 text-sm">
            <span className="font-strong">Key</span>
            <Copyable value={made.secret} label="key" />
          </p>
          <Field id="code" label="Code of the app" required error={errors.code} hint="Six digits, another one every 30 seconds.">
            {(control) => <Input {...control} name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={10} />}
          </Field>
          <Button type="submit" variant="primary" pending={pending} className="w-full">
            Add this app
          </Button>
        </>
      )}
    </form>
  );
}
