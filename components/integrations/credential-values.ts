import { credentialForms } from "#lib/engine/sis/credentials.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { inOurWords } from "#lib/platform/format/issue-words.ts";
import { cleanText } from "#lib/roster/text.ts";
import { credentialLabels, destinationFields } from "#lib/services/integrations/credentials-schema.ts";
import type { IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { type FieldSpec, fieldsOf } from "./provider-fields.ts";
import { isAvailable } from "./provider-words.ts";
import type { Entered, Found, Values } from "./types.ts";

type Stored = Pick<IntegrationDetail, "config" | "secretsSet">;

const blankSftp: Values = {
  host: "",
  port: "22",
  username: "",
  method: "password",
  password: "",
  privateKey: "",
  passphrase: "",
  directory: "/",
};

/** An empty form, or with `stored` one that shows again whatever is no secret. */
export function valuesOf(provider: ProviderId, stored?: Stored): Values {
  const blank = provider === "oneroster-csv" ? blankSftp : Object.fromEntries(fieldsOf(provider).map(({ name }) => [name, ""]));
  if (stored === undefined) return blank;
  const shown = Object.keys(blank).flatMap((name) => (stored.config[name] === undefined ? [] : [[name, String(stored.config[name])]]));
  return { ...blank, ...(stored.secretsSet.includes("privateKey") && { method: "key" }), ...Object.fromEntries(shown) };
}

export interface Beside {
  /** The host key that an admin has confirmed. */
  readonly fingerprint: string | null;
  /** What the test of just these fields found out. */
  readonly found: Found;
}

export const nothingBeside: Beside = { fingerprint: null, found: {} };

/** The form's fields as the services take them: a blank one is left out, and the secrets of the way not chosen are too. */
export function credentialsOf(provider: ProviderId, values: Values, beside: Beside): Entered {
  if (provider === "oneroster-csv")
    return { ...filled({ ...sftpOf(values), hostKeyFingerprint: beside.fingerprint ?? "" }), ...withFound(provider, values, beside) };
  const fields = fieldsOf(provider).filter((field) => !isKeptAsFound(field));
  return { ...filled(pick(values, fields)), ...withFound(provider, values, beside) };
}

/** Edits of a stored integration: a secret that was not typed again stays stored, one of the way given up is taken away. */
export function editsOf(provider: ProviderId, values: Values, beside: Beside, secretsSet: readonly string[]): Entered {
  if (provider === "oneroster-csv") {
    const givenUp = values.method === "password" ? ["privateKey", "passphrase"] : ["password"];
    const taken = givenUp.filter((field) => secretsSet.includes(field)).map((field) => [field, null]);
    return { ...credentialsOf(provider, values, beside), directory: values.directory ?? "", ...Object.fromEntries(taken) };
  }
  // A plain field that was cleared is one to be taken away, so blank ones are sent too.
  const plain = fieldsOf(provider).filter((field) => !isKeptAsFound(field) && field.control !== "secret");
  const secrets = fieldsOf(provider).filter(({ control }) => control === "secret");
  return { ...pick(values, plain), ...filled(pick(values, secrets)), ...withFound(provider, values, beside) };
}

/** Of edits those that say something else than what is stored: what somebody else has changed since the form was opened stays changed. */
export function withoutStored(edits: Entered, config: Stored["config"]): Entered {
  const isOther = (field: string, value: Entered[string]) => typeof value !== "string" || cleanText(value) !== String(config[field] ?? "");
  const kept = Object.entries(edits).filter(([field, value]) => isOther(field, value));
  // A host key goes with its machine, also where another one has the same.
  const isMoved = kept.some(([field]) => field === "host" || field === "port");
  return { ...Object.fromEntries(kept), ...(isMoved && edits.hostKeyFingerprint ? { hostKeyFingerprint: edits.hostKeyFingerprint } : {}) };
}

/** What is wrong with a form as it is typed, by field; null: nothing. The server asks the same again. */
export function problemsOf(provider: ProviderId, credentials: Entered): Record<string, string> | null {
  if (!isAvailable(provider)) return null;
  const parsed = credentialForms[provider].schema.safeParse(credentials, { error: inOurWords });
  if (parsed.success) return null;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) fields[issue.path.join(".")] ??= issue.message;
  return fields;
}

/** The same for edits: what is stored counts as typed, unless it would go somewhere new. */
export function problemsOfEdits(provider: ProviderId, edits: Entered, { config, secretsSet }: Stored): Record<string, string> | null {
  const secrets: readonly string[] = isAvailable(provider) ? credentialForms[provider].secrets : [];
  const moved = destinationFields[provider].filter(
    (field) => field in edits && cleanText(String(edits[field] ?? "")) !== String(config[field] ?? ""),
  );
  const isEntered = secrets.some((field) => typeof edits[field] === "string" && edits[field] !== "");
  if (moved.length > 0 && secretsSet.length > 0 && !isEntered) {
    const changed = moved.map((field) => credentialLabels[field] ?? field).join(", ");
    return Object.fromEntries(
      secretsSet.map((field) => [field, `Enter it again: with ${changed} changed, a stored secret would be sent somewhere new`]),
    );
  }
  const kept = moved.length > 0 ? [] : secretsSet.map((field) => [field, "stored"]);
  const all = Object.entries({ ...config, ...Object.fromEntries(kept), ...edits });
  return problemsOf(provider, Object.fromEntries(all.filter(([, value]) => value !== "" && value !== null)) as Entered);
}

function sftpOf({ method, password = "", privateKey = "", passphrase = "", ...plain }: Values): Values {
  return { ...plain, ...(method === "password" ? { password } : { privateKey, passphrase }) };
}

const isKeptAsFound = ({ found }: FieldSpec) => found === "kept";

/** A choice of the admin's comes before what a test found. */
function withFound(provider: ProviderId, values: Values, { found }: Beside): { learned?: Found } {
  const learned = { ...found, ...filled(pick(values, fieldsOf(provider).filter(isKeptAsFound))) };
  return Object.keys(learned).length === 0 ? {} : { learned };
}

function pick(values: Values, fields: readonly FieldSpec[]): Values {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? ""]));
}

function filled(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

/** The texts of what was found out, whatever else is among it. */
export function foundOf(learned: unknown): Found {
  const entries = typeof learned === "object" && learned !== null ? Object.entries(learned) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
