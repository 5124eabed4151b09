"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Select } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type Preset, type ProviderInput, type ProviderItem, presetNames, presets } from "#lib/services/identity/schema.ts";

interface Values {
  readonly preset: Preset;
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tenant: string;
  readonly matchBy: "email" | "sis-id";
  readonly integrationId: string;
  readonly sisIdClaim: string;
}

export interface EditWayProps {
  readonly label: string;
  readonly title: string;
  /** Null: a new one. */
  readonly initial: ProviderItem | null;
  readonly integrations: readonly { readonly id: string; readonly name: string }[];
  readonly save: (input: ProviderInput) => Promise<Result>;
}

function valuesOf(item: ProviderItem | null, integrations: EditWayProps["integrations"]): Values {
  const blank = { preset: "google", label: "", issuer: "", clientId: "", tenant: "", matchBy: "email", sisIdClaim: "" } as const;
  const only = integrations.length === 1 ? (integrations[0]?.id ?? "") : "";
  if (item === null) return { ...blank, integrationId: only, clientSecret: "" };
  const { preset, label, issuer, clientId, tenant, matchBy, integrationId, sisIdClaim } = item;
  return {
    preset,
    label,
    issuer,
    clientId,
    matchBy,
    tenant: tenant ?? "",
    integrationId: integrationId ?? only,
    sisIdClaim: sisIdClaim ?? "",
    clientSecret: "",
  };
}

export function EditWay({ label, title, initial, integrations, save }: EditWayProps) {
  const router = useRouter();
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState(valuesOf(initial, integrations));
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const change = (next: boolean) => {
    if (pending) return;
    if (next) setValues(valuesOf(initial, integrations));
    setRefusal(null);
    setOpen(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await confirmed(save)(values).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    setOpen(false);
    router.refresh();
  };
  const facts = presets[values.preset];
  const matchBy = facts.matchBy.includes(values.matchBy) ? values.matchBy : facts.matchBy[0];
  const errors = refusal?.fields ?? {};
  const text = (name: keyof Values, of: { label: string; hint?: string; required?: boolean }) => (
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
    <Dialog
      open={open}
      onOpenChange={change}
      trigger={
        <Button
          size="sm"
          variant={initial === null ? "primary" : "secondary"}
          aria-label={initial === null ? label : `${label} ${initial.label}`}
        >
          {label}
        </Button>
      }
      title={title}
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Save
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="grid gap-5" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} />
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
          required={initial === null}
          error={errors.clientSecret}
          hint={initial === null ? "It is kept encrypted and shown to nobody." : "Leave it blank to keep the stored one."}
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
                onChange={(event) => setValues({ ...values, matchBy: event.target.value as Values["matchBy"] })}
              >
                <option value="email">Their verified email address</option>
                <option value="sis-id">Their id in the SIS</option>
              </Select>
            )}
          </Field>
        )}
        {matchBy === "sis-id" ? (
          <Field
            label="Whose ids they are"
            required
            error={errors.integrationId}
            hint="The integration that reads people with the same ids."
          >
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
      </form>
    </Dialog>
  );
}
