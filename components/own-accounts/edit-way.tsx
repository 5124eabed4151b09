"use client";
import { lazy } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import type { Preset } from "#lib/services/identity/presets-schema.ts";
import type { ProviderInput, ProviderItem } from "#lib/services/identity/schema.ts";

export interface WayValues {
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

const fields = () => import("./way-fields.tsx");
const WayFields = lazy(() => fields().then(({ WayFields }) => ({ default: WayFields })));

export function EditWay({ label, title, initial, integrations, save }: EditWayProps) {
  return (
    <DialogForm
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
      brings={fields}
      submitLabel="Save"
      initial={valuesOf(initial, integrations)}
      save={confirmed(save)}
    >
      {(values, setValues, errors) => (
        <WayFields values={values} setValues={setValues} errors={errors} isNew={initial === null} integrations={integrations} />
      )}
    </DialogForm>
  );
}
