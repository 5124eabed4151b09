"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RadioGroup } from "#components/ui/choices.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RecordRef } from "#lib/services/runs/schema.ts";

/** Where to go once it is noted, or why it was not, and at which field. */
export type ClassAnswered =
  | { readonly ok: true; readonly href: string | null; readonly title: string }
  | { readonly ok: false; readonly message: string; readonly fields: Readonly<Record<string, string>> };

export interface DecideClassProps {
  /** The classes that it may be. */
  readonly classrooms: readonly RecordRef[];
  readonly decide: (input: { readonly classroomId: string; readonly reason: string }) => Promise<ClassAnswered>;
}

/** Asks an admin which class a record is that may be one of several; it is followed at once. */
export function DecideClass({ classrooms, decide }: DecideClassProps) {
  const router = useRouter();
  const [refusal, setRefusal] = useState<Extract<ClassAnswered, { ok: false }> | null>(null);
  const [pending, begin] = useTransition();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    begin(async () => {
      const answer = await decide({ classroomId: String(form.get("classroomId") ?? ""), reason: String(form.get("reason") ?? "") });
      if (!answer.ok) return setRefusal(answer);
      setRefusal(null);
      toast({ tone: "good", title: answer.title });
      if (answer.href === null) router.refresh();
      else router.push(answer.href);
    });
  };
  return (
    <Card title="Which class is it?">
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {refusal === null ? null : (
          <FormErrorSummary message={Object.keys(refusal.fields).length === 0 ? refusal.message : "The decision is not complete."} />
        )}
        <RadioGroup
          legend="The class in the SIS is"
          name="classroomId"
          error={refusal?.fields.classroomId}
          options={[
            ...classrooms.map(({ id, label }) => ({
              value: id,
              label,
              hint: "It keeps its history, and everybody of the new class goes along. The new one is archived.",
            })),
            { value: "another", label: "None of these", hint: "It stays a class of its own." },
          ]}
        />
        <Field label="Why" required error={refusal?.fields.reason} hint="Kept in the audit log.">
          {(control) => <Textarea {...control} name="reason" maxLength={500} />}
        </Field>
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Decide
          </Button>
        </div>
      </form>
    </Card>
  );
}
