import { z } from "zod";
import { type ApiScope, apiScopes } from "#lib/platform/api-scopes.ts";
import type { ApiClientKind } from "#lib/platform/db/schema/api.ts";

/** Free of Node: forms and pages import this file. */

/** No access outlives a year: what nobody renews, nobody needs. */
export const longestDays = 365;
/** More than these are for whoever has lost count. */
export const mostClients = 100;

const Name = z.string({ error: "Enter a name" }).trim().min(1, "Enter a name").max(100, "The name is longer than 100 characters");
const Days = z.coerce
  .number({ error: "Enter a number of days" })
  .int("Enter a whole number of days")
  .min(1, `Between 1 and ${longestDays} days`)
  .max(longestDays, `Between 1 and ${longestDays} days`);

/** An application reads the roster and nothing else, so that its scopes are not to be chosen. */
export const NewApiClient = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("token"),
    name: Name,
    days: Days,
    scopes: z
      .array(z.enum(apiScopes, { error: `A scope is one of ${apiScopes.join(", ")}` }), { error: "Choose what it may do" })
      .min(1, "Choose what it may do")
      .transform((chosen) => apiScopes.filter((scope) => chosen.includes(scope))),
  }),
  z.object({ kind: z.literal("application"), name: Name, days: Days }),
]);
export type NewApiClient = z.input<typeof NewApiClient>;

export type ApiClientState = "active" | "expired" | "revoked";

export interface ApiClient {
  readonly id: string;
  readonly kind: ApiClientKind;
  readonly name: string;
  readonly state: ApiClientState;
  readonly scopes: readonly ApiScope[];
  /** The last characters of its secret. */
  readonly hint: string;
  /** Of an application. */
  readonly clientId: string | null;
  /** Null: the command line. */
  readonly createdByName: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** What is shown once: the token, or the application's secret beside its client id. */
export interface MadeApiClient {
  readonly id: string;
  readonly secret: string;
  readonly clientId: string | null;
  readonly expiresAt: string;
}
