import type { ProgramActor } from "#lib/platform/access.ts";
import type { Services } from "#lib/services/services.ts";

/** Requests a minute: of one program, and of all of a district's together. */
export const apiLimits = { perProgram: 600, perDistrict: 1800 } as const;

export interface Admission {
  readonly isAdmitted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the count begins anew. */
  readonly resetSeconds: number;
}

/**
 * Counts a request, by the database's clock, so that all web servers count together. The program's row is taken before the district's by
 * everybody, so that nobody waits in a circle.
 */
export async function admit({ db }: Pick<Services, "db">, { districtId, clientId }: ProgramActor): Promise<Admission> {
  const rows = await db.sql<{ subject: string; requests: number; resetSeconds: number }[]>`
    insert into api_rates (district_id, subject, minute, requests)
    select ${districtId}::uuid, subject, date_trunc('minute', now()), 1
    from unnest(array[${clientId}, ${districtId}]::uuid[]) with ordinality s (subject, place)
    order by place
    on conflict (district_id, subject) do update set
      requests = case when api_rates.minute = excluded.minute then api_rates.requests + 1 else 1 end,
      minute = excluded.minute
    returning subject, requests, ceil(extract(epoch from date_trunc('minute', now()) + interval '1 minute' - now()))::int as "resetSeconds"`;
  const of = (subject: string) => rows.find((row) => row.subject === subject)?.requests ?? 0;
  const left = Math.min(apiLimits.perProgram - of(clientId), apiLimits.perDistrict - of(districtId));
  return { isAdmitted: left >= 0, limit: apiLimits.perProgram, remaining: Math.max(0, left), resetSeconds: rows[0]?.resetSeconds ?? 60 };
}
