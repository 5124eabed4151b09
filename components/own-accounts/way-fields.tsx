import type { FieldsProps } from "#components/settings/dialog-form.tsx";
import { Field, Input, Select } from "#components/ui/field.tsx";
import { type Preset, presetNames, presets } from "#lib/services/identity/presets-schema.ts";
import type { EditWayProps, WayValues } from "./edit-way.tsx";

export interface WayFieldsProps extends FieldsProps<WayValues>, Pick<EditWayProps, "integrations"> {
  readonly isNew: boolean;
}

export function WayFields({ values, setValues, errors, isNew, integrations }: WayFieldsProps) {
  const facts = presets[values.preset];
  const matchBy = facts.matchBy.includes(values.matchBy) ? values.matchBy : facts.matchBy[0];
  const text = (name: keyof WayValues, of: { label: string; hint?: string; required?: boolean }) => (
    <Field label={of.label} required={of.required ?? true} error={errors[name]} hint={of.hint}>
      {(control) => (
        <Input
          {...control}
          name={name}
          value={values[name]}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Field>
  );
  return (
    <>
      <Field label="Where the accounts are" required error={errors.preset}>
        {(control) => (
          <Select
            {...control}
            name="preset"
            value={values.preset}
            onChange={(event) => setValues({ ...values, preset: event.target.value as Preset })}
          >
            {presetNames.map((preset) => (
              <option key={preset} value={preset}>
                {presets[preset].name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {text("label", { label: "Name on the sign-in page", hint: "“Continue with Lakeside’s accounts”: what people call them." })}
      {facts.issuer === null
        ? text("issuer", { label: "Issuer", hint: "As its discovery document names it, beginning with https://" })
        : null}
      {facts.tenant === null ? null : text("tenant", facts.tenant)}
      {text("clientId", { label: "Client ID" })}
      <Field
        label="Client secret"
        required={isNew}
        error={errors.clientSecret}
        hint={isNew ? "It is kept encrypted and shown to nobody." : "Leave it blank to keep the stored one."}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            name="clientSecret"
            value={values.clientSecret}
            onChange={(event) => setValues({ ...values, clientSecret: event.target.value })}
            autoComplete="new-password"
          />
        )}
      </Field>
      {facts.matchBy.length < 2 ? null : (
        <Field label="People are known by" required error={errors.matchBy}>
          {(control) => (
            <Select
              {...control}
              name="matchBy"
              value={values.matchBy}
              onChange={(event) => setValues({ ...values, matchBy: event.target.value as WayValues["matchBy"] })}
            >
              <option value="email">Their verified email address</option>
              <option value="sis-id">Their id in the SIS</option>
            </Select>
          )}
        </Field>
      )}
      {matchBy === "sis-id" ? (
        <Field label="Whose ids they are" required error={errors.integrationId} hint="The integration that reads people with the same ids.">
          {(control) => (
            <Select
              {...control}
              name="integrationId"
              value={values.integrationId}
              onChange={(event) => setValues({ ...values, integrationId: event.target.value })}
            >
              <option value="">Choose an integration</option>
              {integrations.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      {matchBy === "sis-id" && facts.sisIdClaim === null ? text("sisIdClaim", { label: "Claim with the id" }) : null}
    </>
  );
}
