import { parseEnv } from "#lib/env.ts";
import { type OpenServices, openServices, type Services } from "#lib/services.ts";

const held = globalThis as { aivoServices?: Promise<OpenServices> };

/**
 * The services of this process, opened at the first request. They hang on the global object because a reload in development
 * makes this module anew, and each reload would leave a pool of connections behind. A failed start is tried again.
 */
export function services(): Promise<Services> {
  held.aivoServices ??= openServices(parseEnv(process.env), { applicationName: "aivo-web" }).catch((error: unknown) => {
    delete held.aivoServices;
    throw error;
  });
  return held.aivoServices;
}
