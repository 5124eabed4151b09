import { assertAllowed } from "#lib/engine/sis/http/connect.ts";
import type { Env } from "#lib/platform/env.ts";
import { RunFailure, ServiceError } from "#lib/platform/errors.ts";

/** Fields of credential forms that are an address of the web. */
const addressFields = ["baseUrl", "tokenUrl", "serverUrl"] as const;

/**
 * Nothing is saved that would be sent without encryption: every connection refuses it as well, but an admin is told at the field. An origin that
 * the operator trusts may be http.
 * @throws ServiceError `invalid` with a message for each such field
 */
export function assertEncrypted({ trustedOrigins }: Pick<Env, "trustedOrigins">, credentials: Readonly<Record<string, unknown>>): void {
  const fields: Record<string, string> = {};
  const told: string[] = [];
  for (const field of addressFields) {
    const url = typeof credentials[field] === "string" ? URL.parse(credentials[field]) : null;
    if (url === null) continue;
    try {
      assertAllowed(url, trustedOrigins);
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      fields[field] = error.message;
      told.push(`${error.message} ${error.remedy}`);
    }
  }
  if (told.length > 0) throw new ServiceError("invalid", told.join(" "), fields);
}
