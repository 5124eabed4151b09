"use client";
import { type FormEvent, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type ChosenKind, chosenKinds, digestRule, incidentRules } from "#lib/roster/notices/kinds.ts";
import type { NoticeSettings } from "#lib/services/notices/schema.ts";

export interface ChoicesFormProps {
  readonly settings: NoticeSettings;
  readonly save: (choices: Readonly<Record<ChosenKind, boolean>>) => Promise<Result>;
}

/** What one admin is told by email. */
export function ChoicesForm({ settings: { isMailOn, email, choices: initial }, save }: ChoicesFormProps) {
  const [choices, setChoices] = useState(initial);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await save(choices).catch(() => unreachable);
    setPending(false);
    if (result.ok) toast({ tone: "good", title: "Notifications saved" });
    else setRefusal(result.message);
  };
  return (
    <Card title="Email to you" className="max-w-2xl">
      <form onSubmit={submit} className="grid gap-5">
        {isMailOn ? (
          <p className="text-sm text-muted">
            {email === null ? "Your account has no email address, so nothing can be sent." : `It goes to ${email}.`} There is one message as
            something begins, and one when it is over, however many nights it lasts. No message names a learner or a teacher.
          </p>
        ) : (
          <Callout tone="warn" title="Email is not set up">
            Nothing is sent, whatever is chosen here, until whoever runs Aivo for you connects it to a mail server. The bell shows what is
            open in any case, and webhooks work without email.
          </Callout>
        )}
        <FormErrorSummary message={refusal} />
        <fieldset className="grid gap-4">
          <legend className="sr-only">What to send</legend>
          {chosenKinds.map((kind) => {
            const { label, hint } = kind === "digest" ? digestRule : incidentRules[kind];
            return (
              <Checkbox
                key={kind}
                name={kind}
                label={label}
                hint={hint}
                checked={choices[kind]}
                onChange={(event) => setChoices({ ...choices, [kind]: event.target.checked })}
              />
            );
          })}
        </fieldset>
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Save notifications
          </Button>
        </div>
      </form>
    </Card>
  );
}
