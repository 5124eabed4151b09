import { type AvailableProvider, type CredentialForm, credentialForms } from "#lib/engine/sis/credentials.ts";
import { findFormerDistrict } from "#lib/engine/sis/identity.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { type Keyring, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { cleanText } from "#lib/roster/text.ts";
import { credentialLabels, destinationFields } from "./credentials-schema.ts";
import { learnedFrom } from "./learned.ts";
import type { CredentialsPatch } from "./schema.ts";

/** What an integration stores of its credentials: plain config, and secrets each sealed by itself. */
export interface StoredCredentials {
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Of those, the ones that name the machine; a pinned host key is one machine's. */
const machineFields = ["host", "port"];

/** @throws ServiceError `invalid`: the provider cannot be added yet */
export function credentialFormOf(provider: ProviderId): CredentialForm {
  return credentialForms[availableProvider(provider)];
}

/** The names of the form's fields, which are the keys of FILE.json's `credentials`. @throws ServiceError `invalid` as above */
export function credentialFields(provider: ProviderId): readonly string[] {
  const { fields, foundOut } = credentialFormOf(provider);
  return [...fields, ...foundOut];
}

/** A name that nobody reads is a mistake of typing. @throws ServiceError `invalid` naming it */
export function assertKnownFields(provider: ProviderId, given: Readonly<Record<string, unknown>>): void {
  const known = credentialFields(provider);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const message = `${provider} has no such field; its fields are ${known.join(", ")}`;
  throw new ServiceError(
    "invalid",
    "The credentials are not right.",
    Object.fromEntries(unknown.map((name) => [`credentials.${name}`, message])),
  );
}

/**
 * The form's fields as they stand side by side in a file, as `parseCredentials` takes them: what a test could find out goes with
 * what was learned.
 * @throws ServiceError `invalid` where such a field has a value that the provider does not know
 */
export function credentialsFromFields(provider: ProviderId, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { foundOut } = credentialFormOf(provider);
  const given = Object.entries(values).filter(
    ([name, value]) => foundOut.includes(name) && value !== undefined && value !== null && value !== "",
  );
  if (given.length === 0) return { ...values };
  const learned = Object.fromEntries(given);
  const understood = learnedFrom(provider, { learned }, values) ?? {};
  const unknown = given.map(([name]) => name).filter((name) => !(name in understood));
  if (unknown.length > 0) {
    const message = "Aivo does not know this value; leave the field out, and the test finds it out";
    throw new ServiceError("invalid", "The credentials are not complete.", Object.fromEntries(unknown.map((name) => [name, message])));
  }
  return { ...Object.fromEntries(Object.entries(values).filter(([name]) => !foundOut.includes(name))), learned };
}

/** @throws ServiceError `invalid`: the provider cannot be added yet */
export function availableProvider(provider: ProviderId): AvailableProvider {
  if (isAvailable(provider)) return provider;
  throw new ServiceError("invalid", "This provider cannot be added yet.", { provider: "This provider cannot be added yet" });
}

function isAvailable(provider: string): provider is AvailableProvider {
  return Object.hasOwn(credentialForms, provider);
}

/**
 * The fields of the credential form, and beside them `learned` where the input brings what a connection found out.
 * @throws ServiceError `invalid` with a message for each field of the credential form, by the field's name
 */
export function parseCredentials(provider: ProviderId, input: unknown): Record<string, unknown> {
  const credentials = parseOrRefuse(credentialFormOf(provider).schema, input, "The credentials are not complete.");
  const learned = learnedFrom(provider, input, credentials);
  return learned === null ? credentials : { ...credentials, learned };
}

/** Divides parsed credentials into what is shown again and what is sealed for `integrationId`. */
export function storeCredentials(
  keyring: Keyring,
  integrationId: string,
  provider: ProviderId,
  credentials: Readonly<Record<string, unknown>>,
): StoredCredentials {
  const { secrets: secretFields } = credentialFormOf(provider);
  const config: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const [field, value] of Object.entries(credentials)) {
    if (value === undefined) continue;
    if (!secretFields.includes(field)) config[field] = value;
    else secrets[field] = seal(keyring, { integrationId, field }, String(value));
  }
  return { config, secrets };
}

/** Opens an integration's secrets. @throws RunFailure `configuration` naming key and remedy */
export function unsealSecrets(keyring: Keyring, integrationId: string, secrets: StoredCredentials["secrets"]): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).map(([field, sealed]) => [field, unseal(keyring, { integrationId, field }, sealed)]));
}

/**
 * Credentials after an edit. A secret that is left out or blank stays; null takes it away. Where the edit changes who or what the
 * secrets are sent to, they must be entered again, and the pinned host key goes unless another is confirmed with the edit. Where an
 * integration has synced, they stay those of its district.
 * @throws ServiceError `invalid`
 */
export function mergeCredentials(
  keyring: Keyring,
  integration: StoredCredentials & { readonly id: string; readonly provider: ProviderId; readonly sourceIdentity: unknown },
  patch: CredentialsPatch,
): Record<string, unknown> {
  const { secrets: secretFields } = credentialFormOf(integration.provider);
  const isSecret = (field: string) => secretFields.includes(field);
  const given = Object.fromEntries(
    Object.entries(patch).filter(([field, value]) => value !== undefined && !(isSecret(field) && value === "")),
  );
  const changed = (field: string) => field in given && cleanText(String(given[field] ?? "")) !== String(integration.config[field] ?? "");
  const goesElsewhere = destinationFields[integration.provider].filter(changed);

  const config: Record<string, unknown> = {
    ...integration.config,
    ...Object.fromEntries(Object.entries(given).filter(([field]) => !isSecret(field))),
    // What was found out about one server says nothing about another.
    learned: { ...(goesElsewhere.length === 0 && asObject(integration.config.learned)), ...asObject(given.learned) },
  };
  if (machineFields.some(changed) && !("hostKeyFingerprint" in given)) delete config.hostKeyFingerprint;

  refuseOtherDistrict(integration, withoutEmpty(config));

  const entered = Object.fromEntries(Object.entries(given).filter(([field]) => isSecret(field)));
  const entersSecret = Object.values(entered).some((value) => value !== null);
  const stored = Object.keys(integration.secrets);
  if (goesElsewhere.length > 0 && stored.length > 0 && !entersSecret) {
    const message = `Enter it again: with ${listed(goesElsewhere)} changed, a stored secret would be sent somewhere new`;
    throw new ServiceError(
      "invalid",
      `Enter the secret again, because ${listed(goesElsewhere)} changed.`,
      Object.fromEntries(stored.map((field) => [field, message])),
    );
  }
  const kept = goesElsewhere.length > 0 ? {} : unsealSecrets(keyring, integration.id, integration.secrets);
  return parseCredentials(integration.provider, withoutEmpty({ ...config, ...kept, ...entered }));
}

function refuseOtherDistrict(
  { provider, sourceIdentity }: { readonly provider: ProviderId; readonly sourceIdentity: unknown },
  credentials: Readonly<Record<string, unknown>>,
): void {
  const former = findFormerDistrict(availableProvider(provider), sourceIdentity, credentials);
  if (former === null) return;
  const label = credentialLabels[former.field] ?? former.field;
  const message = `This integration rosters another district: its ${label} is ${former.before}. Nothing was saved. Choose Add Integration for the other district, and leave this one as it is.`;
  throw new ServiceError("invalid", message, { [former.field]: message });
}

/** A cleared optional field is one that is not there. */
function withoutEmpty(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ""));
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function listed(names: readonly string[]): string {
  const fields = names.map((name) => credentialLabels[name] ?? name);
  return fields.length < 2 ? fields.join("") : `${fields.slice(0, -1).join(", ")} and ${fields.at(-1)}`;
}
