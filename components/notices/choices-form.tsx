import type { Result } from "#components/settings/result.ts";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { type ChosenKind, chosenKinds, digestRule, incidentRules } from "#lib/roster/notices/kinds.ts";
import type { NoticeSettings } from "#lib/services/notices/schema.ts";
import { SaveChoices } from "./save-choices.tsx";

export interface ChoicesFormProps {
  readonly settings: NoticeSettings;
  readonly save: (choices: Readonly<Record<ChosenKind, boolean>>) => Promise<Result>;
}

/** What one admin is told by email. */
export function ChoicesForm({ settings: { isMailOn, email, choices }, save }: ChoicesFormProps) {
  return (
    <Card title="Email to you" className="max-w-2xl">
      <SaveChoices kinds={chosenKinds} save={save}>
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
        <fieldset className="grid gap-4">
          <legend className="sr-only">What to send</legend>
          {chosenKinds.map((kind) => {
            const { label, hint } = kind === "digest" ? digestRule : incidentRules[kind];
            return <Checkbox key={kind} name={kind} label={label} hint={hint} defaultChecked={choices[kind]} />;
          })}
        </fieldset>
      </SaveChoices>
    </Card>
  );
}
