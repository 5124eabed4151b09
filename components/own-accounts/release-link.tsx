"use client";
import { type FormEvent, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface ReleaseLinkProps {
  readonly release: (who: string) => Promise<Result<{ readonly released: number }>>;
}

/** For somebody whom the provider gave another account: the link to the old one stands in the way. */
export function ReleaseLink({ release }: ReleaseLinkProps) {
  const [who, setWho] = useState("");
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result<unknown>, { ok: false }> | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await confirmed(release)(who).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    setWho("");
    const title = result.data.released > 0 ? "The link is released" : "They have no link";
    toast({ tone: "good", title, description: "Whoever signs in next with their address, or id, is linked to them." });
  };
  return (
    <Card
      title="Release a link"
      lead="At the first sign-in a person is linked to their account at the provider, and another one is refused. Release it when they were given a new one."
      className="max-w-2xl"
    >
      <form onSubmit={submit} className="grid gap-4" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} />
        <Field label="Email address or student number" required error={refusal?.fields.who}>
          {(control) => (
            <Input
              {...control}
              name="who"
              value={who}
              onChange={(event) => setWho(event.target.value)}
              autoComplete="off"
              spellCheck={false}
              maxLength={320}
            />
          )}
        </Field>
        <div>
          <Button type="submit" pending={pending}>
            Release the link
          </Button>
        </div>
      </form>
    </Card>
  );
}
