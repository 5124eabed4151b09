import type { Services } from "#lib/services/services.ts";

export interface Standing {
  /** Districts whose log goes on after what the destination has. */
  readonly behind: number;
  /** The age of the oldest entry that it has not got. */
  readonly oldestSeconds: number;
  /** Districts whose log ends before that. */
  readonly wentBack: number;
  /** In a row. */
  readonly failures: number;
  readonly failedWith: string | null;
}

/** How far a destination is, by a look into each district's log by its key. */
export async function standingOf({ db }: Pick<Services, "db">, destination: string): Promise<Standing> {
  const [logs] = await db.sql<{ behind: number; oldestSeconds: number; wentBack: number }[]>`
    select count(*) filter (where last.seq > coalesce(c.seq, 0))::int as behind,
      coalesce(max(extract(epoch from now() - e.at)), 0)::float8 as "oldestSeconds",
      count(*) filter (where coalesce(last.seq, 0) < c.seq)::int as "wentBack"
    from districts d
    left join audit_cursors c on c.district_id = d.id and c.destination = ${destination}
    left join lateral (select seq from audit_entries a where a.district_id = d.id order by seq desc limit 1) last on true
    left join audit_entries e on e.district_id = d.id and e.seq = coalesce(c.seq, 0) + 1
    where d.deleting_at is null`;
  const [tries] = await db.sql<{ failures: number; failedWith: string | null }[]>`
    select failures, failed_with as "failedWith" from audit_destinations where destination = ${destination}`;
  return { behind: 0, oldestSeconds: 0, wentBack: 0, ...logs, failures: tries?.failures ?? 0, failedWith: tries?.failedWith ?? null };
}
