import type { Env } from "#lib/platform/env.ts";
import { isIncidentKind } from "#lib/roster/notices/kinds.ts";
import { pageOf } from "#lib/services/notices/links.ts";
import type { LoadedNotice } from "#lib/services/notices/load.ts";

/**
 * What an endpoint is sent (docs/notifications.md): ids, kinds, numbers, days and an address. No name, no sentence: whoever wants more
 * opens the page, signed in.
 */
export interface WebhookPayload {
  readonly type: "incident.opened" | "incident.closed" | "endpoint.test";
  readonly timestamp: string;
  readonly data: {
    readonly districtId: string;
    readonly kind: string;
    readonly incidentId: string | null;
    readonly integrationId: string | null;
    readonly runId: string | null;
    /** Of a failure, e.g. "connection". */
    readonly code: string | null;
    /** Of an incident that is over. */
    readonly because: string | null;
    readonly counts: Readonly<Record<string, number>>;
    readonly days: Readonly<Record<string, string>>;
    readonly url: string;
  };
}

export function payloadOf(env: Pick<Env, "publicUrl">, notice: LoadedNotice): WebhookPayload {
  const { districtId, kind, phase, incidentId, integrationId, runId, details } = notice;
  const entries = Object.entries(details);
  const days = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string" && /^\d{4}-\d{2}-\d{2}$/.test(entry[1]));
  const counts = entries.filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return {
    type: !isIncidentKind(kind) ? "endpoint.test" : phase === "over" ? "incident.closed" : "incident.opened",
    timestamp: notice.createdAt,
    data: {
      districtId,
      kind,
      incidentId,
      integrationId,
      runId,
      code: phase !== "over" && typeof details.code === "string" ? details.code : null,
      because: phase === "over" ? notice.closedBecause : null,
      counts: Object.fromEntries(counts),
      days: Object.fromEntries(days),
      url: pageOf(env, notice),
    },
  };
}
