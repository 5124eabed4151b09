"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import type { ProviderInput, ProviderItem } from "#lib/services/identity/schema.ts";
import type { EditWayProps, WayValues } from "./edit-way.tsx";
import { WayFields } from "./way-fields.tsx";

export type WayDialogProps = Omit<EditWayProps, "label"> & Opened;

/** The form of the district's own accounts: new ones, or those that are set up. */
export function WayDialog({ initial, integrations, add, change, ...form }: WayDialogProps) {
  const save = confirmed((input: ProviderInput) => (initial === null ? add(input) : change(initial.id, input)));
  return (
    <DialogForm {...form} submitLabel="Save" initial={valuesOf(initial, integrations)} save={save}>
      {(values, setValues, errors) => (
        <WayFields values={values} setValues={setValues} errors={errors} isNew={initial === null} integrations={integrations} />
      )}
    </DialogForm>
  );
}

function valuesOf(item: ProviderItem | null, integrations: EditWayProps["integrations"]): WayValues {
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
