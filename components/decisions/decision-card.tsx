"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RadioGroup, type RadioOption } from "#components/ui/choices.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";

/** Where to go once it is noted (null: nowhere else), or why it was not, and at which field. */
export type Decided =
  | { readonly ok: true; readonly href: string | null; readonly title: string }
  | { readonly ok: false; readonly message: string; readonly fields: Readonly<Record<string, string>> };

export interface DecisionCardProps {
  readonly title: string;
  /** What stands before the form. */
  readonly lead?: ReactNode;
  readonly legend: string;
  /** The field whose value is the choice. */
  readonly name: string;
  readonly options: readonly RadioOption[];
  readonly reasonHint: string;
  /** Fields of its own, after the reason. */
  readonly children?: ReactNode;
  readonly decide: (form: FormData) => Promise<Decided>;
}

/** The text of a form's field; "" where it has none. */
export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? "");

/** Asks an admin to say which of several something is, and why. */
export function DecisionCard({ title, lead, legend, name, options, reasonHint, children, decide }: DecisionCardProps) {
  const router = useRouter();
  const [refusal, setRefusal] = useState<Extract<Decided, { ok: false }> | null>(null);
  const [pending, begin] = useTransition();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    begin(async () => {
      const answer = await decide(form).catch(() => unreachable);
      if (!answer.ok) return setRefusal(answer);
      setRefusal(null);
      toast({ tone: "good", title: answer.title });
      if (answer.href !== null) router.push(answer.href);
      router.refresh();
    });
  };
  return (
    <Card title={title}>
      {lead}
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {refusal === null ? null : (
          <FormErrorSummary message={Object.keys(refusal.fields).length === 0 ? refusal.message : "The decision is not complete."} />
        )}
        <RadioGroup legend={legend} name={name} error={refusal?.fields[name]} options={options} />
        <Field label="Why" required error={refusal?.fields.reason} hint={reasonHint}>
          {(control) => <Textarea {...control} name="reason" maxLength={500} />}
        </Field>
        {children}
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Decide
          </Button>
        </div>
      </form>
    </Card>
  );
}
