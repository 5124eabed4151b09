"use client";
import { lazy } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import type { ApiClient, MadeApiClient } from "#lib/services/api/schema.ts";

type Scope = ApiClient["scopes"][number];

export interface ClientInput {
  readonly kind: ApiClient["kind"];
  readonly name: string;
  readonly days: string;
  readonly scopes: readonly Scope[];
}

export interface MakeClientProps {
  readonly kind: ApiClient["kind"];
  readonly make: (input: ClientInput) => Promise<Result<MadeApiClient>>;
  readonly onMade: (made: MadeApiClient) => void;
}

const labels = {
  token: { action: "Create token", title: "Create a token", hint: "What it is for, such as “Nightly report”." },
  application: { action: "Add application", title: "Add a reading application", hint: "The tool that reads, such as “Library system”." },
} as const;

const fields = () => import("./client-fields.tsx");
const ClientFields = lazy(() => fields().then(({ ClientFields }) => ({ default: ClientFields })));

/** The form for a new token or application; what is secret is handed to the page. */
export function MakeClient({ kind, make, onMade }: MakeClientProps) {
  const { action, title, hint } = labels[kind];
  const initial: ClientInput = { kind, name: "", days: kind === "token" ? "90" : "365", scopes: [] };
  return (
    <DialogForm
      trigger={
        <Button size="sm" variant="primary">
          {action}
        </Button>
      }
      title={title}
      brings={fields}
      submitLabel={action}
      initial={initial}
      save={confirmed(make)}
      onSaved={onMade}
    >
      {(values, setValues, errors) => <ClientFields values={values} setValues={setValues} errors={errors} hint={hint} />}
    </DialogForm>
  );
}
