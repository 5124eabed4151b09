"use client";
import { type FormEvent, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface SignInDomainsProps {
  readonly domains: readonly string[];
  readonly save: (domains: readonly string[]) => Promise<Result>;
}

export function SignInDomains({ domains, save }: SignInDomainsProps) {
  const [text, setText] = useState(domains.join("\n"));
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const wanted = text.split(/[\s,;]+/).filter((domain) => domain !== "");
    const result = await confirmed(save)(wanted).catch(() => unreachable);
    setPending(false);
    if (result.ok) toast({ tone: "good", title: "Domains saved" });
    else setRefusal(result);
  };
  return (
    <Card
      title="Email domains"
      lead="Whoever types an address of these on the sign-in page is offered the district’s accounts, whether or not anybody has it."
      className="max-w-2xl"
    >
      <form onSubmit={submit} className="grid gap-4" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} />
        <Field
          label="Domains"
          error={refusal?.fields.domains}
          hint="One a line, as lakeside.example. Of your own address, and what is below it."
        >
          {(control) => (
            <Textarea {...control} name="domains" value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
          )}
        </Field>
        <div>
          <Button type="submit" pending={pending}>
            Save domains
          </Button>
        </div>
      </form>
    </Card>
  );
}
