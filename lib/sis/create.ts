import type { AvailableProvider } from "./credentials.ts";
import { credentialForms } from "./credentials.ts";
import { createOneRosterCsvSource } from "./oneroster-csv/source.ts";
import { defaultPatience, type Patience } from "./patience.ts";
import type { Source } from "./source.ts";

/** What makes the source of each provider from its parsed credentials; a new provider does not compile until it stands here. */
const factories: Record<AvailableProvider, (credentials: unknown, patience: Patience) => Source> = {
  "oneroster-csv": (credentials, patience) =>
    createOneRosterCsvSource(credentialForms["oneroster-csv"].schema.parse(credentials), patience),
};

/**
 * The source of an integration. `credentials` are the unsealed fields of the provider's form; `patience` is for tests
 * and operators that cannot live with the usual timeouts.
 * @throws ZodError when the credentials do not fit the form
 */
export function createSource(provider: AvailableProvider, credentials: unknown, patience: Partial<Patience> = {}): Source {
  return factories[provider](credentials, { ...defaultPatience, ...patience });
}
