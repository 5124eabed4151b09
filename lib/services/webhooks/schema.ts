import { z } from "zod";
import { type IncidentKind, incidentKinds } from "#lib/roster/notices/kinds.ts";

/** Free of Node: forms and pages import this file. */

const Kinds = z
  .array(z.enum(incidentKinds), { error: "Choose what to send" })
  .min(1, "Choose at least one")
  .nullable()
  .transform((kinds) => (kinds === null ? null : incidentKinds.filter((kind) => kinds.includes(kind))));

export const NewWebhook = z.object({
  url: z
    .string({ error: "Enter an address" })
    .trim()
    .max(2_000, "The address is too long")
    .pipe(z.url({ error: "Enter the whole address, beginning with https://" })),
  /** Null: all, also those of later versions. */
  kinds: Kinds.default(null),
});

export const WebhookKinds = z.object({ kinds: Kinds });

/** More than these have a system of their own to spread them. */
export const mostEndpoints = 5;
/** So long after a rotation the secret before signs as well. */
export const previousHours = 24;

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly kinds: readonly IncidentKind[] | null;
  /** Since when a message could not be delivered although it was tried for days. */
  readonly failingSince: string | null;
  /** Until when the secret before the last rotation signs as well; null when it does not. */
  readonly previousUntil: string | null;
  readonly createdAt: string;
}
