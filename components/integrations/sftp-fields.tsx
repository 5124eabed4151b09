"use client";
import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { RadioGroup } from "#components/ui/choices.tsx";
import { Field, Input, Textarea } from "#components/ui/field.tsx";
import type { Values } from "./types.ts";

export interface SftpFieldsProps {
  readonly values: Values;
  readonly onChange: (change: Values) => void;
  readonly errors: Readonly<Record<string, string>>;
  /** Secrets that are stored already: left blank, they stay. */
  readonly secretsSet?: readonly string[];
}

/** Where the SFTP server is, and how Aivo signs in: for a grid of two columns. */
export function SftpFields({ values, onChange, errors, secretsSet = [] }: SftpFieldsProps) {
  const typed = (field: string) => ({
    value: values[field] ?? "",
    onChange: (event: { target: { value: string } }) => onChange({ [field]: event.target.value }),
  });
  const stored = (field: string) => (secretsSet.includes(field) ? "Stored, and never shown. Leave it blank to keep it." : undefined);
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-4">
        <Field id="host" label="Host" required error={errors.host}>
          {(control) => (
            <Input
              {...control}
              {...typed("host")}
              placeholder="sftp.example.org"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <Field id="port" label="Port" required error={errors.port}>
          {(control) => <Input {...control} {...typed("port")} inputMode="numeric" autoComplete="off" />}
        </Field>
      </div>
      <Field id="username" label="User name" required error={errors.username}>
        {(control) => <Input {...control} {...typed("username")} autoComplete="off" autoCapitalize="none" spellCheck={false} />}
      </Field>
      <RadioGroup
        legend="Sign in with"
        layout="row"
        name="method"
        value={values.method ?? "password"}
        onChange={(method) => onChange({ method: method === "key" ? "key" : "password" })}
        options={[
          { value: "password", label: "Password" },
          { value: "key", label: "Private key" },
        ]}
      />
      {values.method === "password" ? (
        <Field id="password" label="Password" required={!secretsSet.includes("password")} hint={stored("password")} error={errors.password}>
          {(control) => <Input {...control} {...typed("password")} type="password" autoComplete="new-password" />}
        </Field>
      ) : (
        <>
          <PrivateKey
            value={values.privateKey ?? ""}
            onChange={(privateKey) => onChange({ privateKey })}
            error={errors.privateKey}
            hint={stored("privateKey")}
            required={!secretsSet.includes("privateKey")}
          />
          <Field
            id="passphrase"
            label="Passphrase"
            hint={stored("passphrase") ?? "Only if the key is protected by one."}
            error={errors.passphrase}
          >
            {(control) => <Input {...control} {...typed("passphrase")} type="password" autoComplete="new-password" />}
          </Field>
        </>
      )}
      <Field
        id="directory"
        label="Remote directory"
        hint="Where the SIS puts its export, for example /oneroster. Loose files or one zip."
        error={errors.directory}
      >
        {(control) => <Input {...control} {...typed("directory")} autoComplete="off" autoCapitalize="none" spellCheck={false} />}
      </Field>
    </>
  );
}

interface PrivateKeyProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
  readonly hint: string | undefined;
  readonly required: boolean;
}

function PrivateKey({ value, onChange, error, hint, required }: PrivateKeyProps) {
  const file = useRef<HTMLInputElement>(null);
  const pick = async () => {
    const chosen = file.current?.files?.[0];
    // A key has a few kilobytes; whatever is larger is another file.
    if (chosen && chosen.size < 100_000) onChange(await chosen.text());
    if (file.current) file.current.value = "";
  };
  return (
    <div className="grid gap-2 sm:col-span-2">
      <Field
        id="privateKey"
        label="Private key"
        required={required}
        hint={hint ?? "Paste the key (OpenSSH or PEM), or choose its file. It is encrypted before it is stored."}
        error={error}
      >
        {(control) => (
          <Textarea
            {...control}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            rows={5}
            className="font-mono text-small"
            placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      <div>
        <input ref={file} type="file" onChange={pick} aria-label="File of the private key" tabIndex={-1} className="sr-only" />
        <Button size="sm" onClick={() => file.current?.click()}>
          Choose a file
        </Button>
      </div>
    </div>
  );
}
