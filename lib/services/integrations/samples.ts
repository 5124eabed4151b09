import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type ProviderId, providerIds } from "#lib/engine/sis/providers.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Services } from "#lib/services/services.ts";

/** What each provider's form takes to connect the sandbox district, by field. */
export const SampleCredentials = z.record(z.enum(providerIds), z.record(z.string(), z.string()));
export type SampleCredentials = z.infer<typeof SampleCredentials>;

/** Whether a sandbox runs beside this copy, whose credentials can be filled in. */
export function hasSamples(services: Pick<Services, "env">): boolean {
  return services.env.sampleCredentials !== null;
}

/**
 * The sandbox's credentials for one provider, read when an admin asks for them.
 * @throws ServiceError `precondition` where no sandbox runs beside this copy, or no longer
 */
export async function sampleCredentials(
  services: Pick<Services, "env">,
  _scope: DistrictScope<"change-integrations">,
  provider: ProviderId,
): Promise<Readonly<Record<string, string>>> {
  const samples = SampleCredentials.safeParse(await readJson(services.env.sampleCredentials));
  if (!samples.success)
    throw new ServiceError("precondition", "The sandbox district does not run beside this copy, so there is nothing to fill in.");
  return samples.data[provider];
}

async function readJson(path: string | null): Promise<unknown> {
  try {
    return path === null ? null : JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}
