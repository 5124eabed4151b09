"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import { DialogForm } from "#components/settings/dialog-form.tsx";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Field, FieldError, Input, Select } from "#components/ui/field.tsx";
import { type ApiClient, type MadeApiClient, scopeWords } from "#lib/services/api/schema.ts";

type Scope = ApiClient["scopes"][number];
const scopes = Object.keys(scopeWords) as Scope[];

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
      submitLabel={action}
      initial={initial}
      save={confirmed(make)}
      onSaved={onMade}
    >
      {(input, setInput, errors) => (
        <>
          <Field label="Name" required error={errors.name} hint={hint}>
            {(control) => (
              <Input
                {...control}
                name="name"
                value={input.name}
                onChange={(event) => setInput({ ...input, name: event.target.value })}
                autoComplete="off"
              />
            )}
          </Field>
          <Field label="Expires after" required error={errors.days} hint="Make a new one in good time; nothing lasts longer than a year.">
            {(control) => (
              <Select {...control} name="days" value={input.days} onChange={(event) => setInput({ ...input, days: event.target.value })}>
                <option value="7">7 days</option>
                <option value="30">30 days</option>
                <option value="90">90 days</option>
                <option value="180">180 days</option>
                <option value="365">One year</option>
              </Select>
            )}
          </Field>
          {kind === "application" ? null : (
            <fieldset className="grid gap-2.5">
              <legend className="mb-1.5 text-sm font-strong">What it may do</legend>
              {scopes.map((scope) => (
                <Checkbox
                  key={scope}
                  label={scope}
                  hint={scopeWords[scope]}
                  checked={input.scopes.includes(scope)}
                  onChange={(event) =>
                    setInput({
                      ...input,
                      scopes: scopes.filter((one) => (one === scope ? event.target.checked : input.scopes.includes(one))),
                    })
                  }
                />
              ))}
              {errors.scopes ? <FieldError>{errors.scopes}</FieldError> : null}
            </fieldset>
          )}
        </>
      )}
    </DialogForm>
  );
}
