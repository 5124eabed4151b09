"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox, RadioGroup } from "#components/ui/choices.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Candidate } from "#lib/services/conflicts/schema.ts";
import { nameOf, tellingOf } from "./conflict-words.ts";

export interface ConflictAnswer {
  readonly who: string;
  readonly reason: string;
  readonly applyNow: boolean;
}
/** Where to go once it is noted, or why it was not, and at which field. */
export type Answered =
  | { readonly ok: true; readonly href: string; readonly title: string }
  | { readonly ok: false; readonly message: string; readonly fields: Readonly<Record<string, string>> };

export interface DecideConflictProps {
  /** Accounts to choose from, those that were found last. */
  readonly accounts: readonly Candidate[];
  /** What the role is called, for the search. */
  readonly noun: string;
  readonly isPaused: boolean;
  readonly decide: (answer: ConflictAnswer) => Promise<Answered>;
}

/** Asks who the person is. */
export function DecideConflict({ accounts, noun, isPaused, decide }: DecideConflictProps) {
  const router = useRouter();
  const [refusal, setRefusal] = useState<Extract<Answered, { ok: false }> | null>(null);
  const [pending, begin] = useTransition();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    begin(async () => {
      const answer = await decide({ who: text("who"), reason: text("reason"), applyNow: form.get("applyNow") === "on" }).catch(
        () => unreachable,
      );
      if (!answer.ok) return setRefusal(answer);
      setRefusal(null);
      toast({ tone: "good", title: answer.title });
      router.push(answer.href);
      router.refresh();
    });
  };
  return (
    <Card title="Who is it?">
      <div className="mb-4 grid gap-1.5">
        <p className="text-sm text-muted">None of these? Search all {noun}s by name, number, email or id:</p>
        <SearchField label={`Search ${noun}s`} />
      </div>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {refusal === null ? null : (
          <FormErrorSummary message={Object.keys(refusal.fields).length === 0 ? refusal.message : "The decision is not complete."} />
        )}
        <RadioGroup
          legend="The person in the SIS is"
          name="who"
          error={refusal?.fields.who}
          options={[
            ...accounts.map((account) => ({
              value: account.id,
              label: `The account of ${nameOf(account)}`,
              hint: `${tellingOf(account)}. It takes the SIS's values, and keeps its history and classes.`,
            })),
            {
              value: "new",
              label: "Somebody new: none of these accounts",
              hint: "They get an account of their own, unless another one than these has their address or number. An account that loses its last link is deactivated.",
            },
            {
              value: "ignore",
              label: "Ignore this record",
              hint: "It is left out, with its enrollments, until its name, address, number or role is another. An account that its id leads to stays as it is.",
            },
          ]}
        />
        <Field label="Why" required error={refusal?.fields.reason} hint="Kept in the audit log. Names need not stand here.">
          {(control) => <Textarea {...control} name="reason" maxLength={500} />}
        </Field>
        {isPaused ? (
          <p className="text-sm text-muted">The integration is paused: the first sync after it is resumed follows the decision.</p>
        ) : (
          <Checkbox
            name="applyNow"
            label="Apply now"
            hint="Without asking the SIS, from what it said before, together with other decisions that wait. Else the next sync follows it."
          />
        )}
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Decide
          </Button>
        </div>
      </form>
    </Card>
  );
}
