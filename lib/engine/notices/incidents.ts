/**
 * Incidents, and the outbox. Both are written by the transaction that causes what they tell, after its audit entry: the lock that it
 * takes puts everything that opens or ends incidents of a district in one order.
 */

import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { isAdminWhoMay } from "#lib/platform/db/admins-who-may.ts";
import { incidents, type NoticeDetails, notices } from "#lib/platform/db/schema/notices.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { type ChosenKind, type IncidentKind, incidentRules, isUsual } from "#lib/roster/notices/kinds.ts";

export interface NewIncident {
  readonly kind: IncidentKind;
  /** Null: about the whole district. */
  readonly integrationId: string | null;
  /** What it is about where that is not the integration. */
  readonly subject?: string;
  readonly runId: string | null;
  readonly details: NoticeDetails;
}

/** Opens an incident and says so; where one is open already it is only noted that it was met again. Says whether it is new. */
export async function openIncident(tx: Tx, { kind, integrationId, subject, runId, details }: NewIncident): Promise<boolean> {
  const about = subject ?? integrationId;
  if (about === null) throw new Error("An incident is about an integration, or names what it is about");
  const [incident] = await tx.orm
    .insert(incidents)
    .values({ districtId: tx.districtId, kind, subject: about, integrationId, runId, details })
    .onConflictDoUpdate({
      target: [incidents.districtId, incidents.kind, incidents.subject],
      targetWhere: sql`closed_at is null`,
      set: { runId, details, times: sql`${incidents.times} + 1` },
    })
    .returning({ id: incidents.id, times: incidents.times });
  if (incident?.times !== 1) return false;
  await say(tx, { kind, phase: "opened", incidentId: incident.id, integrationId, runId, details });
  return true;
}

export interface Ended {
  readonly kinds: readonly IncidentKind[];
  /** What they are about. */
  readonly subject: string;
  /** The sync that ended them; null: somebody, or time. */
  readonly runId: string | null;
  readonly because: string;
  /** Whether anybody is to hear of it; not where the integration itself is gone. */
  readonly isQuiet?: boolean;
}

/** Ends what is open of these kinds, and says so of those whose end is worth a message. */
export async function closeIncidents(tx: Tx, { kinds, subject, runId, because, isQuiet = false }: Ended): Promise<void> {
  if (kinds.length === 0) return;
  const closed = await tx.orm
    .update(incidents)
    .set({ closedAt: sql`greatest(${incidents.openedAt}, now())`, closedRunId: runId, closedBecause: because })
    .where(
      and(
        eq(incidents.districtId, tx.districtId),
        eq(incidents.subject, subject),
        inArray(incidents.kind, [...kinds]),
        isNull(incidents.closedAt),
      ),
    )
    .returning();
  for (const { id, kind, integrationId, details } of closed) {
    if (isQuiet || !incidentRules[kind].saysOver) continue;
    await say(tx, { kind, phase: "over", incidentId: id, integrationId, runId, details });
  }
}

type Notice = Omit<typeof notices.$inferInsert, "districtId" | "id" | "createdAt" | "kind"> & { readonly kind: IncidentKind };

/**
 * Writes a notice, and a delivery for each admin who wants to know and each endpoint of the district. Nothing is in conflict with a new
 * delivery: Citus brings rows that are given an id by COPY unless a conflict is provided for, which row-level security refuses.
 */
async function say(tx: Tx, notice: Notice): Promise<void> {
  const [written] = await tx.orm
    .insert(notices)
    .values({ districtId: tx.districtId, ...notice })
    .returning({ id: notices.id });
  if (!written) return;
  await addressAdmins(tx, written.id, notice.kind);
  await tx.sql`
    insert into deliveries (district_id, notice_id, channel, recipient_id)
    select e.district_id, ${written.id}, 'webhook', e.id
    from webhook_endpoints e
    where e.district_id = ${tx.districtId}
      and (e.kinds is null or jsonb_exists(e.kinds, ${notice.kind}))
    on conflict do nothing`;
}

/** A delivery of a notice for each admin who can read email and wants what is of this kind. */
export async function addressAdmins(tx: Tx, noticeId: string, kind: ChosenKind): Promise<void> {
  await tx.sql`
    insert into deliveries (district_id, notice_id, channel, recipient_id)
    select a.district_id, ${noticeId}, 'email', a.id
    from accounts a left join notice_choices c on c.district_id = a.district_id and c.account_id = a.id
    where a.district_id = ${tx.districtId} and ${tx.sql.unsafe(isAdminWhoMay("be-told", "a."))} and a.status = 'active'
      and a.email is not null
      and coalesce((c.kinds ->> ${kind})::boolean, ${isUsual(kind)}::boolean)
    on conflict do nothing`;
}
