"use client";
import { useState } from "react";
import { Field, Input, Select } from "#components/ui/field.tsx";
import { Fold } from "#components/ui/fold.tsx";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { credentialLabels } from "#lib/services/integrations/credentials-schema.ts";
import { type FieldSpec, foundInWords, providerFields } from "./provider-fields.ts";
import { SftpFields } from "./sftp-fields.tsx";
import type { Found, Values } from "./types.ts";

export interface CredentialFieldsProps {
  readonly provider: ProviderId;
  readonly values: Values;
  readonly onChange: (change: Values) => void;
  readonly errors: Readonly<Record<string, string>>;
  /** What is known of the connection from its test or from syncs. */
  readonly found: Found;
  /** Secrets that are stored already: left blank, they stay. */
  readonly secretsSet?: readonly string[];
}

/** The fields of any provider, for a grid of two columns; what a test finds out by itself is under Advanced. */
export function CredentialFields(props: CredentialFieldsProps) {
  const { provider, values, onChange, errors, secretsSet = [] } = props;
  const { main, advanced } = providerFields[provider];
  if (provider === "oneroster-csv") return <SftpFields values={values} onChange={onChange} errors={errors} secretsSet={secretsSet} />;
  return (
    <>
      {main.map((field) => (
        <CredentialField key={field.name} {...props} field={field} />
      ))}
      {advanced.length > 0 ? (
        <div className="min-w-0 sm:col-span-2">
          <Advanced {...props} fields={advanced} />
        </div>
      ) : null}
    </>
  );
}

function Advanced({ fields, ...props }: CredentialFieldsProps & { readonly fields: readonly FieldSpec[] }) {
  const [isOpen, setOpen] = useState(false);
  const hasError = fields.some(({ name }) => props.errors[name]);
  return (
    <Fold
      summary="Advanced"
      aside={inShort(fields, props)}
      open={isOpen || hasError}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map((field) => (
          <CredentialField key={field.name} {...props} field={field} />
        ))}
      </div>
    </Fold>
  );
}

/** What is set, so that nobody has to open it to know. */
function inShort(fields: readonly FieldSpec[], { values, found }: CredentialFieldsProps): string {
  const chosen = fields.filter(({ name, control }) => control !== "secret" && values[name]);
  if (chosen.length > 0) return `Set: ${chosen.map(({ name }) => credentialLabels[name]).join(", ")}`;
  if (fields.some(({ name }) => found[name])) return "Found out by the test";
  return fields.some((field) => field.found) ? "The test finds it out" : "Usually left as it is";
}

function CredentialField({
  field,
  values,
  onChange,
  errors,
  found,
  secretsSet = [],
}: CredentialFieldsProps & { readonly field: FieldSpec }) {
  const { name, control: kind, placeholder, required = false } = field;
  const isStored = secretsSet.includes(name);
  const known = field.found ? found[name] : undefined;
  const typed = { value: values[name] ?? "", onChange: (event: { target: { value: string } }) => onChange({ [name]: event.target.value }) };
  const hints = [
    isStored
      ? "Stored, and never shown. Leave it blank to keep it."
      : kind === "secret" && required
        ? "Encrypted before it is stored, and never shown again."
        : null,
    field.hint,
    known && kind !== "choice" ? `Found out: ${foundInWords(field, known)}` : null,
  ].filter(Boolean);
  return (
    <Field
      id={name}
      label={credentialLabels[name] ?? name}
      required={required && !isStored}
      hint={hints.length > 0 ? hints.join(" ") : undefined}
      error={errors[name]}
    >
      {(control) =>
        kind === "choice" ? (
          <Select {...control} {...typed}>
            <option value="">{known ? `Found out by the test: ${foundInWords(field, known)}` : "Found out by the test"}</option>
            {field.options?.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </Select>
        ) : (
          <Input {...control} {...typed} {...looks[kind]} placeholder={placeholder} autoCapitalize="none" spellCheck={false} />
        )
      }
    </Field>
  );
}

const looks = {
  text: { autoComplete: "off" },
  address: { autoComplete: "off", inputMode: "url" },
  secret: { type: "password", autoComplete: "new-password" },
  number: { autoComplete: "off", inputMode: "numeric", className: "max-w-32" },
} as const;
