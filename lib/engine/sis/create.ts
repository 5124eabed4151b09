import { createClassLinkSource } from "./classlink/source.ts";
import { createCleverSource } from "./clever/source.ts";
import type { AvailableProvider } from "./credentials.ts";
import { credentialForms } from "./credentials.ts";
import { type ProviderHosts, providerHosts } from "./hosts.ts";
import { createOneRosterCsvSource } from "./oneroster-csv/source.ts";
import { createOneRosterRestSource } from "./oneroster-rest/source.ts";
import { defaultPatience, type Patience } from "./patience.ts";
import type { Source } from "./source.ts";

interface Ingredients {
  readonly credentials: unknown;
  /** What an earlier connection found out, where there was one. */
  readonly learned: unknown;
  readonly patience: Patience;
  readonly hosts: ProviderHosts;
}

/** What makes the source of each provider from its parsed credentials; a new provider does not compile until it stands here. */
const factories: Record<AvailableProvider, (ingredients: Ingredients) => Source> = {
  clever: ({ credentials, patience, hosts }) => createCleverSource(credentialForms.clever.schema.parse(credentials), patience, hosts),
  classlink: ({ credentials, learned, patience, hosts }) =>
    createClassLinkSource({
      credentials: credentialForms.classlink.schema.parse(credentials),
      learned,
      patience,
      proxyUrl: hosts.classlinkProxyUrl,
    }),
  "oneroster-rest": ({ credentials, learned, patience }) =>
    createOneRosterRestSource(credentialForms["oneroster-rest"].schema.parse(credentials), learned, patience),
  "oneroster-csv": ({ credentials, patience }) =>
    createOneRosterCsvSource(credentialForms["oneroster-csv"].schema.parse(credentials), patience),
};

/**
 * The source of an integration. `credentials` are the unsealed fields of the provider's form, and beside them, as `learned`, what an
 * earlier extraction found out; `patience` is for tests and operators that cannot live with the usual timeouts; `hosts` are those of
 * the environment.
 * @throws ZodError when the credentials do not fit the form
 */
export function createSource(
  provider: AvailableProvider,
  credentials: unknown,
  patience: Partial<Patience> = {},
  hosts: ProviderHosts = providerHosts,
): Source {
  const learned = typeof credentials === "object" && credentials !== null && "learned" in credentials ? credentials.learned : undefined;
  return factories[provider]({ credentials, learned, patience: { ...defaultPatience, ...patience }, hosts });
}
