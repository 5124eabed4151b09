import { and, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { noticeChoices } from "#lib/platform/db/schema/notices.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { type ChosenKind, chosenKinds, type IncidentKind, incidentRules, isIncidentKind, isUsual } from "#lib/roster/notices/kinds.ts";
import type { Services } from "#lib/services/services.ts";
import { wordsOf } from "./compose.ts";
import { iso, type LoadedNotice, noticeColumns, noticeJoins } from "./load.ts";
import { type DeliveryRow, deliveriesShown, type NoticeSettings, type OpenIncident } from "./schema.ts";

const rank = { bad: 0, warn: 1, info: 2 } as const;

type OpenRow = LoadedNotice & { readonly incidentId: string; readonly openedAt: string; readonly kind: IncidentKind };

/** What is open in the district, worst first and then the oldest. */
export async function openIncidents(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">): Promise<readonly OpenIncident[]> {
  const rows = await withDistrict(services.db, scope, openRows);
  return rows.map((row) => {
    const { incidentId: id, kind, integrationId, runId, openedAt } = row;
    return { id, kind, tone: incidentRules[kind].tone, title: wordsOf(row).title, integrationId, runId, openedAt };
  });
}

/** The same in short. */
export async function openTitles(tx: Tx): Promise<readonly string[]> {
  return (await openRows(tx)).map((row) => wordsOf(row).title);
}

async function openRows(tx: Tx): Promise<readonly OpenRow[]> {
  const rows = await tx.sql<OpenRow[]>`
    select inc.district_id as "districtId", di.name as "districtName", di.timezone, inc.id as "noticeId", inc.kind, 'opened' as phase,
      inc.id as "incidentId", inc.integration_id as "integrationId", i.name as "integrationName", inc.run_id as "runId", inc.details,
      ${iso(tx, "inc.opened_at")} as "createdAt", ${iso(tx, "inc.opened_at")} as "openedAt", null as "closedBecause"
    from incidents inc
    join districts di on di.id = inc.district_id
    left join integrations i on i.district_id = inc.district_id and i.id = inc.integration_id
    where inc.district_id = ${tx.districtId} and inc.closed_at is null
    order by inc.opened_at, inc.id`;
  // One of a later version has no words here.
  return rows
    .filter(({ kind }) => isIncidentKind(kind))
    .sort((a, b) => rank[incidentRules[a.kind].tone] - rank[incidentRules[b.kind].tone]);
}

/** What an admin is told by email, and whether email is set up at all. @throws ServiceError `not-found` for anybody but an admin */
export function noticeSettings(services: Services, scope: DistrictScope<"be-told">, accountId: string): Promise<NoticeSettings> {
  return withDistrict(services.db, scope, async (tx) => {
    const { email, kinds } = await adminWithChoices(tx, accountId);
    const choices = Object.fromEntries(chosenKinds.map((kind) => [kind, kinds[kind] ?? isUsual(kind)])) as Record<ChosenKind, boolean>;
    return { isMailOn: services.env.mail !== null, email, choices };
  });
}

/** @throws ServiceError `not-found` */
export async function adminWithChoices(tx: Tx, accountId: string) {
  const [row] = isUuid(accountId)
    ? await tx.orm
        .select({ email: accounts.email, kinds: noticeChoices.kinds })
        .from(accounts)
        .leftJoin(noticeChoices, and(eq(noticeChoices.districtId, accounts.districtId), eq(noticeChoices.accountId, accounts.id)))
        .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, accountId), eq(accounts.role, "admin")))
    : [];
  if (!row) throw new ServiceError("not-found", "There is no such admin.");
  return { email: row.email, kinds: row.kinds ?? {} };
}

export interface DeliveryFilter {
  /** An admin's account or an endpoint. */
  readonly recipientId?: string;
  readonly channel?: "email" | "webhook";
}

/** The latest messages of the district and how they went, newest first. */
export async function listDeliveries(
  services: Services,
  scope: DistrictScope<"read-settings"> | DistrictScope<"be-told">,
  filter: DeliveryFilter = {},
): Promise<readonly DeliveryRow[]> {
  const { recipientId = null, channel = null } = filter;
  if (recipientId !== null && !isUuid(recipientId)) return [];
  const rows = await withDistrict(services.db, scope, (tx) => {
    return tx.sql<(LoadedNotice & Omit<DeliveryRow, "title">)[]>`
      select ${noticeColumns(tx)}, d.id, d.channel, d.recipient_id as "recipientId", d.state, d.attempts, d.answer,
        coalesce(trim(a.given_name || ' ' || a.family_name), e.url) as recipient,
        ${iso(tx, "d.created_at")} as "createdAt", ${iso(tx, "d.last_attempt_at")} as "lastAttemptAt", ${iso(tx, "d.sent_at")} as "sentAt",
        case when d.state = 'waiting' then ${iso(tx, "d.next_attempt_at")} end as "nextAttemptAt"
      from deliveries d
      join notices n on n.district_id = d.district_id and n.id = d.notice_id
      ${noticeJoins(tx)}
      left join accounts a on d.channel = 'email' and a.district_id = d.district_id and a.id = d.recipient_id
      left join webhook_endpoints e on d.channel = 'webhook' and e.district_id = d.district_id and e.id = d.recipient_id
      where d.district_id = ${tx.districtId}
        and (${recipientId}::uuid is null or d.recipient_id = ${recipientId}::uuid)
        and (${channel}::text is null or d.channel = ${channel}::text)
      order by d.id desc
      limit ${deliveriesShown}`;
  });
  return rows.map((row) => {
    const { id, channel: by, recipientId: to, recipient, kind, phase, state, attempts, answer } = row;
    const { createdAt, lastAttemptAt, nextAttemptAt, sentAt } = row;
    const shown = { id, channel: by, recipientId: to, recipient, kind, phase, title: wordsOf(row).title };
    return { ...shown, state, attempts, answer, createdAt, lastAttemptAt, nextAttemptAt, sentAt };
  });
}
