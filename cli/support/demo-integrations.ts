import { and, eq, ne } from "drizzle-orm";
import { credentialForms } from "#lib/engine/sis/credentials.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { SampleCredentials } from "#lib/services/integrations/samples.ts";
import { addIntegration, updateCredentials } from "#lib/services/integrations/write.ts";
import type { Services } from "#lib/services/services.ts";
import type { SandboxReady } from "./sandbox.ts";

interface Prepared {
  readonly name: string;
  readonly provider: ProviderId;
  readonly credentials: Readonly<Record<string, string | number>>;
  /** The fields that say where the sandbox listens, which may be elsewhere after a start. */
  readonly address: readonly string[];
  readonly schedule: string | null;
}

/** What an admin would type for each provider, for Add Integration to fill in. */
export function samplesOf(sandbox: SandboxReady): SampleCredentials {
  const entries = prepared(sandbox).map(({ provider, credentials }) => [
    provider,
    Object.fromEntries(Object.entries(credentials).map(([field, value]) => [field, String(value)])),
  ]);
  return SampleCredentials.parse(Object.fromEntries(entries));
}

/** The same district through each protocol. One of them keeps the roster by itself; the others run by hand. */
function prepared(sandbox: SandboxReady): readonly Prepared[] {
  const { host, port, username, password, directory, hostKeyFingerprint, oneRoster, classLink, clever } = sandbox;
  return [
    {
      name: "Cedar Falls SIS",
      provider: "oneroster-csv",
      credentials: { host, port, username, password, directory, hostKeyFingerprint },
      address: ["host", "port", "hostKeyFingerprint"],
      schedule: "0 2 * * *",
    },
    {
      name: "Cedar Falls OneRoster",
      provider: "oneroster-rest",
      credentials: { baseUrl: oneRoster.baseUrl, clientId: oneRoster.clientId, clientSecret: oneRoster.clientSecret },
      address: ["baseUrl"],
      schedule: null,
    },
    {
      name: "Cedar Falls ClassLink",
      provider: "classlink",
      credentials: { clientId: "aivo", clientSecret: classLink.partnerKey, tenantId: classLink.tenantId },
      address: [],
      schedule: null,
    },
    {
      name: "Cedar Falls Clever",
      provider: "clever",
      credentials: { clientId: clever.clientId, clientSecret: clever.clientSecret, districtId: clever.districtId },
      address: [],
      schedule: null,
    },
  ];
}

/**
 * One integration of each provider that can be added. An admin may remove one or put another one in its place; that is then how it
 * stays. One that is still as it was made follows the sandbox to another port.
 */
export async function demoIntegrations(services: Services, scope: DistrictScope, sandbox: SandboxReady): Promise<void> {
  for (const wanted of prepared(sandbox)) {
    if (!Object.hasOwn(credentialForms, wanted.provider)) continue;
    const own = await findOwn(services, scope, wanted);
    if (own === "never") {
      const { name, provider, credentials, schedule } = wanted;
      await addIntegration(services, scope, { name, provider, credentials, schedule });
    } else if (own !== null && isSandbox(own.config) && wanted.address.some((field) => own.config[field] !== wanted.credentials[field])) {
      await updateCredentials(services, scope, own.id, wanted.credentials);
    }
  }
}

type Own = { readonly id: string; readonly config: Readonly<Record<string, unknown>> };

/** "never": there has not been one of this provider; null: there was, and the one made here is gone. */
async function findOwn(services: Services, scope: DistrictScope, { name, provider }: Prepared): Promise<Own | "never" | null> {
  return withDistrict(services.db, scope, async (tx) => {
    const isOfProvider = and(eq(integrations.districtId, scope.districtId), eq(integrations.provider, provider));
    const [ever] = await tx.orm.select({ id: integrations.id }).from(integrations).where(isOfProvider).limit(1);
    if (!ever) return "never";
    const isOwn = and(isOfProvider, eq(integrations.name, name), ne(integrations.state, "removed"));
    const [own] = await tx.orm.select({ id: integrations.id, config: integrations.config }).from(integrations).where(isOwn);
    return own ?? null;
  });
}

function isSandbox(config: Readonly<Record<string, unknown>>): boolean {
  return config.host === "127.0.0.1" || (typeof config.baseUrl === "string" && config.baseUrl.startsWith("http://127.0.0.1:"));
}
