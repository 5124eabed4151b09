"use client";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Field, FieldError, Input } from "#components/ui/field.tsx";
import { type IncidentKind, incidentKinds } from "#lib/roster/notices/kinds.ts";
import { labelOfKind } from "#lib/roster/notices/words.ts";

export interface WebhookInput {
  readonly url: string;
  /** Null: everything. */
  readonly kinds: readonly IncidentKind[] | null;
}

export interface EditWebhookProps {
  readonly label: string;
  readonly title: string;
  readonly initial: WebhookInput;
  /** The address stays. */
  readonly isKindsOnly?: boolean;
  readonly save: (input: WebhookInput) => Promise<Result<unknown>>;
}

export function EditWebhook({ label, title, initial, isKindsOnly = false, save }: EditWebhookProps) {
  return (
    <DialogForm
      trigger={
        <Button size="sm" variant={isKindsOnly ? "secondary" : "primary"}>
          {label}
        </Button>
      }
      title={title}
      submitLabel={isKindsOnly ? "Save" : "Add webhook"}
      initial={initial}
      save={save}
    >
      {(input, setInput, errors) => {
        const isChosen = (kind: IncidentKind) => input.kinds === null || input.kinds.includes(kind);
        const choose = (kind: IncidentKind, isOn: boolean) =>
          setInput({ ...input, kinds: incidentKinds.filter((one) => (one === kind ? isOn : isChosen(one))) });
        return (
          <>
            {isKindsOnly ? null : (
              <Field label="Address" required error={errors.url} hint="https only, and reachable from the internet.">
                {(control) => (
                  <Input
                    {...control}
                    type="url"
                    name="url"
                    value={input.url}
                    onChange={(event) => setInput({ ...input, url: event.target.value })}
                    placeholder="https://"
                    autoComplete="off"
                    spellCheck={false}
                  />
                )}
              </Field>
            )}
            <fieldset className="grid gap-2.5">
              <legend className="mb-1.5 text-sm font-strong">What it is told</legend>
              <Checkbox
                label="Everything, also what later versions add"
                checked={input.kinds === null}
                onChange={(event) => setInput({ ...input, kinds: event.target.checked ? null : [...incidentKinds] })}
              />
              {incidentKinds.map((kind) => (
                <div key={kind} className="pl-6">
                  <Checkbox
                    label={labelOfKind(kind)}
                    checked={isChosen(kind)}
                    disabled={input.kinds === null}
                    onChange={(event) => choose(kind, event.target.checked)}
                  />
                </div>
              ))}
              {errors.kinds ? <FieldError>{errors.kinds}</FieldError> : null}
            </fieldset>
          </>
        );
      }}
    </DialogForm>
  );
}
