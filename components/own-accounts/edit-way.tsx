"use client";
import { lazy } from "react";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
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
  readonly add: (input: ProviderInput) => Promise<Result>;
  readonly change: (id: string, input: ProviderInput) => Promise<Result>;
}

const dialog = () => import("./way-dialog.tsx");
const WayDialog = lazy(() => dialog().then(({ WayDialog }) => ({ default: WayDialog })));

export function EditWay({ label, ...rest }: EditWayProps) {
  const { initial } = rest;
  return (
    <DialogOpener
      trigger={
        <Button
          size="sm"
          variant={initial === null ? "primary" : "secondary"}
          aria-label={initial === null ? label : `${label} ${initial.label}`}
        >
          {label}
        </Button>
      }
      fetchIt={dialog}
    >
      {(opened) => <WayDialog {...rest} {...opened} />}
    </DialogOpener>
  );
}
