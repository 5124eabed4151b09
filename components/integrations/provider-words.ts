import { type AvailableProvider, credentialForms } from "#lib/engine/sis/credentials.ts";
import { type ProviderId, providerIds } from "#lib/engine/sis/providers.ts";

export const providerWords: Record<ProviderId, { readonly name: string; readonly method: string }> = {
  clever: { name: "Clever", method: "REST API (OAuth 2.0)" },
  classlink: { name: "ClassLink", method: "REST API (OneRoster 1.1)" },
  "oneroster-rest": { name: "OneRoster API", method: "REST API (1.1 Spec)" },
  "oneroster-csv": { name: "OneRoster CSV", method: "SFTP File Transfer" },
};

/** How an integration reads, with the version of OneRoster where that is not the usual one. */
export function methodOf({
  provider,
  onerosterVersion,
}: {
  readonly provider: ProviderId;
  readonly onerosterVersion: "1.1" | "1.2" | null;
}): string {
  const { method } = providerWords[provider];
  return onerosterVersion === "1.2" ? `${method.replace(/ \(.*\)$/, "")} (OneRoster 1.2)` : method;
}

/** Those that can be added, in the order in which they are offered. */
export const availableProviders: readonly AvailableProvider[] = providerIds.filter(isAvailable);

export function isAvailable(provider: string): provider is AvailableProvider {
  return Object.hasOwn(credentialForms, provider);
}
