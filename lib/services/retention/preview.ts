import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import type { Services } from "#lib/services/services.ts";
import { goneSince, isExpired, isHeld } from "./expired.ts";
import { isForgotten } from "./forget.ts";
import { type DueNight, type DuePerson, type RetentionPreview, retentionPageSize } from "./schema.ts";

/** When the job runs, every day: as worker/worker.ts has it scheduled. */
export const retentionJob = { cron: "30 3 * * *", hour: 3, minute: 30 } as const;
/** So many nights are looked ahead. */
const nights = 30;
const dayMs = 86_400_000;

/** The first time after `now` at which the job runs. */
export function nextRetention(now: Date): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), retentionJob.hour, retentionJob.minute);
  return new Date(today > now.getTime() ? today : today + dayMs);
}

/**
 * What the next retention job erases as things are, by name, and how many the nights after it: by the conditions that the job itself
 * asks. People who come back before are not erased.
 */
export async function previewRetention(
  services: Services,
  scope: DistrictScope<"read-settings" | "read-roster">,
  page: number,
  pageSize = retentionPageSize,
): Promise<RetentionPreview> {
  const { retentionDays } = await getDistrict(services, scope);
  const nextAt = nextRetention(services.now());
  const deadline = new Date(nextAt.getTime() - retentionDays * dayMs);
  return withDistrict(services.db, scope, async (tx) => {
    const isMeant = tx.sql`${isExpired(tx, deadline)} and not ${isHeld(tx)}`;
    const [counted] = await tx.sql<{ people: number; memberships: number; heldBack: number }[]>`
      select
        count(*) filter (where not is_held)::int as people,
        coalesce(sum(memberships) filter (where not is_held), 0)::int as memberships,
        count(*) filter (where is_held)::int as "heldBack"
      from (
        select
          ${isHeld(tx)} as is_held,
          (select count(*) from memberships m where m.district_id = ${tx.districtId} and m.account_id = a.id) as memberships
        from accounts a
        where ${isExpired(tx, deadline)}
      ) each`;
    const [records] = await tx.sql<{ count: number }[]>`
      select count(*)::int as count from source_records where ${isForgotten(tx, deadline)}`;
    const rows = await tx.sql<DuePerson[]>`
      select
        a.id,
        a.role,
        trim(a.given_name || ' ' || a.family_name) as name,
        ${goneSince(tx)} as "leftAt",
        (select count(*)::int from memberships m where m.district_id = ${tx.districtId} and m.account_id = a.id) as memberships
      from accounts a
      where ${isMeant}
      order by a.family_name, a.given_name, a.id
      limit ${pageSize} offset ${(page - 1) * pageSize}`;
    return {
      retentionDays,
      nextAt: nextAt.toISOString(),
      tonight: {
        rows: rows.map((row) => ({ ...row, ...whenDue(row.leftAt, retentionDays) })),
        total: counted?.people ?? 0,
        page,
        pageSize,
      },
      memberships: counted?.memberships ?? 0,
      records: records?.count ?? 0,
      coming: await comingNights(tx, nextAt, retentionDays),
      heldBack: counted?.heldBack ?? 0,
    };
  });
}

function whenDue(leftAt: string, retentionDays: number): { leftAt: string; dueAt: string } {
  const left = new Date(leftAt);
  return { leftAt: left.toISOString(), dueAt: new Date(left.getTime() + retentionDays * dayMs).toISOString() };
}

/** The nights after the next one. */
async function comingNights(tx: Tx, nextAt: Date, retentionDays: number): Promise<readonly DueNight[]> {
  const first = new Date(nextAt.getTime() - retentionDays * dayMs);
  const last = new Date(first.getTime() + nights * dayMs);
  const rows = await tx.sql<{ night: number; people: number }[]>`
    select (floor(extract(epoch from gone_since - ${first.toISOString()}::text::timestamptz) / 86400) + 1)::int as night,
      count(*)::int as people
    from (
      select ${goneSince(tx)} as gone_since
      from accounts a
      where ${isExpired(tx, last)} and not ${isHeld(tx)}
    ) each
    where gone_since >= ${first.toISOString()}::text::timestamptz
    group by 1
    order by 1`;
  return rows.map(({ night, people }) => ({ at: new Date(nextAt.getTime() + night * dayMs).toISOString(), people }));
}
