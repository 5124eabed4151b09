import type { FieldsProps } from "#components/settings/dialog-form.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Field, FieldError, Input, Select } from "#components/ui/field.tsx";
import { scopeWords } from "#lib/services/api/scopes-schema.ts";
import type { ClientInput } from "./make-client.tsx";

const scopes = Object.keys(scopeWords) as ClientInput["scopes"][number][];

export interface ClientFieldsProps extends FieldsProps<ClientInput> {
  readonly hint: string;
}

export function ClientFields({ values, setValues, errors, hint }: ClientFieldsProps) {
  return (
    <>
      <Field label="Name" required error={errors.name} hint={hint}>
        {(control) => (
          <Input
            {...control}
            name="name"
            value={values.name}
            onChange={(event) => setValues({ ...values, name: event.target.value })}
            autoComplete="off"
          />
        )}
      </Field>
      <Field label="Expires after" required error={errors.days} hint="Make a new one in good time; nothing lasts longer than a year.">
        {(control) => (
          <Select {...control} name="days" value={values.days} onChange={(event) => setValues({ ...values, days: event.target.value })}>
            <option value="7">7 days</option>
            <option value="30">30 days</option>
            <option value="90">90 days</option>
            <option value="180">180 days</option>
            <option value="365">One year</option>
          </Select>
        )}
      </Field>
      {values.kind === "application" ? null : (
        <fieldset className="grid gap-2.5">
          <legend className="mb-1.5 text-sm font-strong">What it may do</legend>
          {scopes.map((scope) => (
            <Checkbox
              key={scope}
              label={scope}
              hint={scopeWords[scope]}
              checked={values.scopes.includes(scope)}
              onChange={(event) =>
                setValues({
                  ...values,
                  scopes: scopes.filter((one) => (one === scope ? event.target.checked : values.scopes.includes(one))),
                })
              }
            />
          ))}
          {errors.scopes ? <FieldError>{errors.scopes}</FieldError> : null}
        </fieldset>
      )}
    </>
  );
}
