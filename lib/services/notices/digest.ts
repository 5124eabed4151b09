import { addressAdmins } from "#lib/engine/notices/incidents.ts";
import { addDays, localDay, nextRuns } from "#lib/engine/schedule/occurrences.ts";
import { workerScope } from "#lib/platform/access.ts";
import { notices } from "#lib/platform/db/schema/notices.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { Digest, DigestedIntegration } from "./digest-words.ts";
import { openTitles } from "./read.ts";

/** Mondays at seven, where the district is. */
const when = "0 7 * * 1";
const atOnce = 200;

/**
 * Writes the week's digest of each district that is due one, by its own clock. Of several workers one does so; a district that a sync
 * has locked is left for the next minute. Returns how many were written.
 */
export async function writeDigests(services: Services): Promise<number> {
  const due = await services.db.sql<{ id: string }[]>`
    select id from districts
    where (next_digest_at is null or next_digest_at <= now()) and suspended_at is null
    order by next_digest_at nulls first
    limit ${atOnce}`;
  let written = 0;
  for (const { id } of due) written += await withDistrict(services.db, workerScope(id), writeDigest);
  return written;
}

async function writeDigest(tx: Tx): Promise<0 | 1> {
  const [district] = await tx.sql<{ timezone: string; nowMs: number; isDue: boolean }[]>`
    select timezone, (extract(epoch from now()) * 1000)::float8 as "nowMs", next_digest_at is not null as "isDue"
    from districts
    where id = ${tx.districtId} and (next_digest_at is null or next_digest_at <= now())
    for update skip locked`;
  if (!district) return 0;
  const now = new Date(district.nowMs);
  const next = nextRuns(when, district.timezone, now, 1)[0]?.toISOString() ?? "infinity";
  await tx.sql`update districts set next_digest_at = ${next}::text::timestamptz where id = ${tx.districtId}`;
  // Nobody had worked out when: it waits for its time.
  if (!district.isDue) return 0;
  const digest = await digestOf(tx, localDay(district.timezone, now));
  // Where nothing was ever synced there is nothing to tell.
  if (digest.integrations.length === 0) return 0;
  const [notice] = await tx.orm
    .insert(notices)
    .values({ districtId: tx.districtId, kind: "digest", phase: "once", details: { ...digest } })
    .returning({ id: notices.id });
  await addressAdmins(tx, notice?.id ?? "", "digest");
  return 1;
}

/** The seven days before `today`, in numbers. */
async function digestOf(tx: Tx, today: string): Promise<Digest> {
  const from = addDays(today, -7);
  const integrations = await tx.sql<DigestedIntegration[]>`
    with week as (
      select r.integration_id, r.state, r.totals
      from sync_runs r join districts d on d.id = r.district_id
      where r.district_id = ${tx.districtId} and r.kind <> 'preview' and (r.for_person is null or r.state = 'succeeded' and r.change_count > 0)
        and (r.finished_at at time zone d.timezone)::date between ${from}::date and ${addDays(today, -1)}::date),
    changes as (
      select w.integration_id, sum((t.value ->> 'created')::int) as created, sum((t.value ->> 'updated')::int) as updated,
        sum((t.value ->> 'deactivated')::int) as deactivated, sum((t.value ->> 'reactivated')::int) as reactivated
      from week w cross join lateral jsonb_each(w.totals) t
      where w.state = 'succeeded' and w.totals is not null
      group by w.integration_id)
    select i.name, i.state = 'paused' as "isPaused",
      (select count(*)::int from week w where w.integration_id = i.id and w.state = 'succeeded') as succeeded,
      (select count(*)::int from week w where w.integration_id = i.id and w.state = 'failed') as failed,
      (select count(*)::int from week w where w.integration_id = i.id and w.state in ('held', 'discarded')) as held,
      coalesce(c.created, 0)::int as created, coalesce(c.updated, 0)::int as updated,
      coalesce(c.deactivated, 0)::int as deactivated, coalesce(c.reactivated, 0)::int as reactivated,
      case when i.next_run_at < 'infinity' then to_char(i.next_run_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as "nextRunAt"
    from integrations i left join changes c on c.integration_id = i.id
    where i.district_id = ${tx.districtId} and i.state <> 'removed'
      and exists (select from sync_runs r where r.district_id = i.district_id and r.integration_id = i.id)
    order by i.created_at, i.id`;
  const [issues] = await tx.sql<{ count: number }[]>`
    select count(*)::int as count
    from issues s join integrations i on i.district_id = s.district_id and i.id = s.integration_id
    where s.district_id = ${tx.districtId} and s.severity <> 'notice' and i.state <> 'removed'`;
  const waits = integrations.length === 0 ? [] : await openTitles(tx);
  return { from, to: addDays(today, -1), integrations, openIssues: issues?.count ?? 0, waits };
}
