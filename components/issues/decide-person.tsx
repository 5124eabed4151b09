"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RadioGroup } from "#components/ui/choices.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { DecidedMatch } from "#lib/services/runs/schema.ts";

/** What the action answers: null when noted, else why not, and at which field. */
export type DecisionRefusal = { readonly message: string; readonly fields: Readonly<Record<string, string>> } | null;

export interface DecidePersonProps {
  readonly decision: DecidedMatch | null;
  readonly decide: (input: { readonly verdict: string; readonly reason: string }) => Promise<DecisionRefusal>;
}

/** Asks an admin who the record is; the answer can be changed until a sync has followed it. */
export function DecidePerson({ decision, decide }: DecidePersonProps) {
  const router = useRouter();
  const [refusal, setRefusal] = useState<DecisionRefusal>(null);
  const [pending, begin] = useTransition();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    begin(async () => {
      const answer = await decide({ verdict: String(form.get("verdict") ?? ""), reason: String(form.get("reason") ?? "") }).catch(
        () => unreachable,
      );
      setRefusal(answer);
      if (answer !== null) return;
      toast({ tone: "good", title: "Noted. The next sync follows it." });
      router.refresh();
    });
  };
  return (
    <Card title="Who is it?">
      {decision === null ? (
        <p className="text-sm text-muted">Until somebody decides, or the SIS is corrected, the account stays as it is.</p>
      ) : (
        <p className="text-sm">
          <strong>{words[decision.verdict]}</strong>, decided <DateTime at={decision.decidedAt} /> by{" "}
          {decision.decidedByName ?? "the command line"}: “{decision.reason}”. The next sync follows it, as long as both persons are as
          shown.
        </p>
      )}
      <form onSubmit={submit} className="mt-4 grid gap-4" noValidate>
        {refusal === null ? null : (
          <FormErrorSummary message={Object.keys(refusal.fields).length === 0 ? refusal.message : "The decision is not complete."} />
        )}
        <RadioGroup
          legend="The person in the SIS is"
          name="verdict"
          {...(decision ? { defaultValue: decision.verdict } : {})}
          error={refusal?.fields.verdict}
          options={[
            {
              value: "same-person",
              label: words["same-person"],
              hint: "The account takes the new values and keeps its history and classes.",
            },
            {
              value: "somebody-else",
              label: words["somebody-else"],
              hint: "The person gets another account. This one loses the link, and is deactivated if nothing else in the SIS is theirs.",
            },
          ]}
        />
        <Field label="Why" required error={refusal?.fields.reason} hint="Kept in the audit log. Names need not stand here.">
          {(control) => <Textarea {...control} name="reason" maxLength={500} defaultValue={decision?.reason ?? ""} />}
        </Field>
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            {decision === null ? "Decide" : "Change the decision"}
          </Button>
        </div>
      </form>
    </Card>
  );
}

const words = { "same-person": "It is the same person", "somebody-else": "It is somebody else" } as const;
