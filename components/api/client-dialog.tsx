"use client";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Result } from "#components/settings/result.ts";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import type { MadeApiClient } from "#lib/services/api/schema.ts";
import { ClientFields } from "./client-fields.tsx";
import type { ClientInput } from "./make-client.tsx";

const words = {
  token: { title: "Create a token", hint: "What it is for, such as “Nightly report”." },
  application: { title: "Add a reading application", hint: "The tool that reads, such as “Library system”." },
} as const;

export interface ClientDialogProps extends Opened {
  readonly kind: ClientInput["kind"];
  /** On the button that makes it. */
  readonly submitLabel: string;
  readonly save: (input: ClientInput) => Promise<Result<MadeApiClient>>;
  readonly onSaved: (made: MadeApiClient) => void;
}

/** The form for a new token or application. */
export function ClientDialog({ kind, ...form }: ClientDialogProps) {
  const initial: ClientInput = { kind, name: "", days: kind === "token" ? "90" : "365", scopes: [] };
  const { title, hint } = words[kind];
  return (
    <DialogForm {...form} title={title} initial={initial}>
      {(values, setValues, errors) => <ClientFields values={values} setValues={setValues} errors={errors} hint={hint} />}
    </DialogForm>
  );
}
