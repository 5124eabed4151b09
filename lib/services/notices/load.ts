import { isAdminWhoMay } from "#lib/platform/db/admins-who-may.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { NoticeKind, NoticePhase } from "#lib/roster/notices/kinds.ts";

/** A notice with what is needed to put it into words. */
export interface LoadedNotice {
  readonly districtId: string;
  readonly districtName: string;
  readonly timezone: string;
  readonly noticeId: string;
  readonly kind: NoticeKind;
  readonly phase: NoticePhase;
  readonly incidentId: string | null;
  readonly integrationId: string | null;
  readonly integrationName: string | null;
  readonly runId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly openedAt: string | null;
  readonly closedBecause: string | null;
}

/** A delivery that waits, and to whom. */
export interface Loaded extends LoadedNotice {
  readonly id: string;
  readonly channel: "email" | "webhook";
  readonly recipientId: string;
  /** Of an admin who is still one; null: nobody, or a webhook. */
  readonly email: string | null;
  /** Of an endpoint that is still there. */
  readonly url: string | null;
  readonly secrets: { readonly current: string; readonly previous?: string } | null;
  readonly isPreviousGood: boolean;
  /** By the database's clock, in whole seconds since 1970: a signature holds it. */
  readonly nowSeconds: number;
}

/** The delivery as it is to be tried now; null where it is not waiting for this try any more. */
export async function loadDelivery(tx: Tx, deliveryId: string, attempt: number): Promise<Loaded | null> {
  if (!isUuid(deliveryId)) return null;
  const [row] = await tx.sql<Loaded[]>`
    select d.id, d.channel, d.recipient_id as "recipientId", ${noticeColumns(tx)},
      case when ${tx.sql.unsafe(isAdminWhoMay("be-told", "a."))} and a.status = 'active' then a.email end as email, e.url, e.secrets,
      coalesce(e.previous_until > now(), false) as "isPreviousGood",
      floor(extract(epoch from clock_timestamp()))::float8 as "nowSeconds"
    from deliveries d
    join notices n on n.district_id = d.district_id and n.id = d.notice_id
    ${noticeJoins(tx)}
    left join accounts a on d.channel = 'email' and a.district_id = d.district_id and a.id = d.recipient_id
    left join webhook_endpoints e on d.channel = 'webhook' and e.district_id = d.district_id and e.id = d.recipient_id
    where d.district_id = ${tx.districtId} and d.id = ${deliveryId} and d.state = 'waiting' and d.attempts = ${attempt}`;
  return row ?? null;
}

/** A column of ours as ISO 8601, to the millisecond. */
export function iso(tx: Pick<Tx, "sql">, column: string) {
  return tx.sql.unsafe(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}

/** Columns of LoadedNotice, of a notice `n` and what noticeJoins joins. */
export function noticeColumns(tx: Pick<Tx, "sql">) {
  return tx.sql`
    n.district_id as "districtId", di.name as "districtName", di.timezone, n.id as "noticeId", n.kind, n.phase,
    n.incident_id as "incidentId", n.integration_id as "integrationId", i.name as "integrationName", n.run_id as "runId", n.details,
    ${iso(tx, "n.created_at")} as "createdAt", ${iso(tx, "inc.opened_at")} as "openedAt", inc.closed_because as "closedBecause"`;
}

export function noticeJoins(tx: Pick<Tx, "sql">) {
  return tx.sql`
    join districts di on di.id = n.district_id
    left join integrations i on i.district_id = n.district_id and i.id = n.integration_id
    left join incidents inc on inc.district_id = n.district_id and inc.id = n.incident_id`;
}
