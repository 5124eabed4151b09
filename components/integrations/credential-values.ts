import { type AvailableProvider, credentialForms } from "#lib/sis/credentials.ts";
import type { Credentials } from "./types.ts";

export const blankSftp: Credentials = {
  host: "",
  port: "22",
  username: "",
  method: "password",
  password: "",
  privateKey: "",
  passphrase: "",
  directory: "/",
};

/** The form's fields as the services take them: a blank one is left out, and the secrets of the way not chosen are too. */
export function credentialsOf(values: Credentials, fingerprint: string | null): Record<string, string> {
  const { method, password, privateKey, passphrase, ...plain } = values;
  const secrets = method === "password" ? { password } : { privateKey, passphrase };
  const filled = Object.entries({ ...plain, ...secrets, hostKeyFingerprint: fingerprint ?? "" }).filter(([, value]) => value !== "");
  return Object.fromEntries(filled);
}

/** What is wrong with a form as it is typed, by field; null: nothing. The server asks the same again. */
export function problemsOf(provider: AvailableProvider, credentials: Readonly<Record<string, string>>): Record<string, string> | null {
  const parsed = credentialForms[provider].schema.safeParse(credentials);
  if (parsed.success) return null;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) fields[issue.path.join(".")] ??= issue.message;
  return fields;
}

/** Edits of a stored integration: a secret that was not typed again stays stored, one of the way given up is taken away. */
export function editsOf(values: Credentials, fingerprint: string | null, secretsSet: readonly string[]): Record<string, string | null> {
  const givenUp = (values.method === "password" ? ["privateKey", "passphrase"] : ["password"]).filter((field) =>
    secretsSet.includes(field),
  );
  return {
    ...credentialsOf(values, fingerprint),
    directory: values.directory,
    ...Object.fromEntries(givenUp.map((field) => [field, null])),
  };
}

export const credentialLabels: Readonly<Record<string, string>> = {
  name: "Name",
  host: "Host",
  port: "Port",
  username: "User name",
  password: "Password",
  privateKey: "Private key",
  passphrase: "Passphrase",
  directory: "Remote directory",
  schedule: "Schedule",
};
