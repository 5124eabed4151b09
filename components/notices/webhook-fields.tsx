import type { FieldsProps } from "#components/settings/dialog-form.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Field, FieldError, Input } from "#components/ui/field.tsx";
import { type IncidentKind, incidentKinds } from "#lib/roster/notices/kinds.ts";
import { labelOfKind } from "#lib/roster/notices/words.ts";
import type { WebhookInput } from "./edit-webhook.tsx";

export interface WebhookFieldsProps extends FieldsProps<WebhookInput> {
  /** The address stays. */
  readonly isKindsOnly: boolean;
}

export function WebhookFields({ values, setValues, errors, isKindsOnly }: WebhookFieldsProps) {
  const isChosen = (kind: IncidentKind) => values.kinds === null || values.kinds.includes(kind);
  const choose = (kind: IncidentKind, isOn: boolean) =>
    setValues({ ...values, kinds: incidentKinds.filter((one) => (one === kind ? isOn : isChosen(one))) });
  return (
    <>
      {isKindsOnly ? null : (
        <Field label="Address" required error={errors.url} hint="https only, and reachable from the internet.">
          {(control) => (
            <Input
              {...control}
              type="url"
              name="url"
              value={values.url}
              onChange={(event) => setValues({ ...values, url: event.target.value })}
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
          checked={values.kinds === null}
          onChange={(event) => setValues({ ...values, kinds: event.target.checked ? null : [...incidentKinds] })}
        />
        {incidentKinds.map((kind) => (
          <div key={kind} className="pl-6">
            <Checkbox
              label={labelOfKind(kind)}
              checked={isChosen(kind)}
              disabled={values.kinds === null}
              onChange={(event) => choose(kind, event.target.checked)}
            />
          </div>
        ))}
        {errors.kinds ? <FieldError>{errors.kinds}</FieldError> : null}
      </fieldset>
    </>
  );
}
