import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { suspendedRows } from "#lib/platform/db/suspended-rows.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { conflictCodes } from "#lib/services/conflicts/schema.ts";
import { acknowledgedOf } from "#lib/services/issues-acknowledged/read.ts";
import { causeTitle } from "./cause-words.ts";
import { concernedPeople, conflictCause, isBeyondCounting } from "./concerned.ts";
import type { Cause, CausePerson } from "./schema.ts";

interface StoredCause {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly provider: ProviderId;
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly collection: string;
  readonly part: string;
  readonly kept: string;
  readonly count: number;
  readonly nights: number;
  readonly runId: string | null;
}

interface Concerned {
  readonly integrationId: string;
  readonly cause: string;
  readonly people: number;
  readonly neverArrived: number;
  readonly named: readonly CausePerson[] | null;
}

/** What makes that people who are missing cannot be withdrawn, where it is among the causes: the first of these. */
const suspending = ["id-missing", "id-invalid", "row-shifted", "row-quoting", "row-too-long", "id-conflict", "withdrawals-suspended"];

/**
 * The causes of the open issues of these integrations, where something was lost or somebody is concerned, worst first: who left and can still sign
 * in, then what is new, then by how many. Those that somebody has in hand come last.
 */
export async function readCauses(tx: Tx, integrationIds: readonly string[]): Promise<readonly Cause[]> {
  const stored = await storedCauses(tx, integrationIds);
  if (stored.length === 0) return [];
  const people = (await isBeyondCounting(tx, integrationIds)) ? null : await concernedByCause(tx, integrationIds);
  const acknowledged = await acknowledgedOf(tx, integrationIds);
  const still = await stillByIntegration(tx, integrationIds);
  const causes = stored.flatMap((one): Cause[] => {
    if (one.runId === null) return [];
    const ofIntegration = stored.filter(({ integrationId }) => integrationId === one.integrationId).map(({ code }) => code);
    const suspends = suspending.find((code) => ofIntegration.includes(code));
    // What was kept is told with what it was kept for.
    if (one.code === "withdrawals-suspended" && suspends !== one.code) return [];
    const whom = people?.find((who) => who.integrationId === one.integrationId && who.cause === one.code);
    return [
      {
        ...one,
        runId: one.runId,
        title: causeTitle(one),
        named: whom?.named ?? [],
        people: people === null ? null : (whom?.people ?? 0),
        neverArrived: whom?.neverArrived ?? 0,
        still: one.code === suspends ? (still.get(one.integrationId) ?? 0) : 0,
        acknowledged: acknowledged.find(({ integrationId, code }) => integrationId === one.integrationId && code === one.code) ?? null,
      },
    ];
  });
  return causes.sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}

function rank({ still, acknowledged, code, nights }: Cause): number {
  if (still > 0) return 0;
  if (code === conflictCause) return 1;
  if (acknowledged !== null) return 4;
  return nights === 1 ? 2 : 3;
}

/** Of the issue that opened first the place and what was kept; nights are days on which a sync met it. */
function storedCauses(tx: Tx, integrationIds: readonly string[]): Promise<readonly StoredCause[]> {
  return tx.sql<StoredCause[]>`
    with grouped as (
      select i.integration_id, case when i.code = any(${[...conflictCodes]}::text[]) then ${conflictCause} else i.code end as code,
        min(i.severity) as severity, count(*)::int as count, min(i.opened_number) as first_number, min(i.seq) as first_seq
      from issues i
      where i.district_id = ${tx.districtId} and i.integration_id = any(${[...integrationIds]}::uuid[]) and i.severity <> 'notice'
      group by 1, 2)
    select g.integration_id as "integrationId", n.name as "integrationName", n.provider, g.code, g.severity, i.collection, i.source_part as part,
      i.kept, g.count, greatest(r.nights, 1) as nights, r.latest as "runId"
    from grouped g
    join integrations n on n.district_id = ${tx.districtId} and n.id = g.integration_id
    join issues i on i.district_id = ${tx.districtId} and i.integration_id = g.integration_id and i.seq = g.first_seq
    cross join districts d
    cross join lateral (
      select count(distinct (coalesce(s.started_at, s.queued_at) at time zone d.timezone)::date)::int as nights,
        (array_agg(s.id order by s.number desc))[1] as latest
      from sync_runs s
      where s.district_id = ${tx.districtId} and s.integration_id = g.integration_id and s.number >= g.first_number and s.state = 'succeeded'
        and s.for_person is null) r
    where d.id = ${tx.districtId}`;
}

function concernedByCause(tx: Tx, integrationIds: readonly string[]): Promise<readonly Concerned[]> {
  return tx.sql<Concerned[]>`
    select integration_id as "integrationId", cause, count(*)::int as people,
      count(*) filter (where account_id is null)::int as "neverArrived",
      jsonb_agg(jsonb_build_object('name', name, 'accountId', account_id, 'role', role) order by name) filter (where nth <= 2) as named
    from (
      select p.*, case when name is not null then row_number() over (partition by integration_id, cause order by name nulls last, who) end as nth
      from (
        select distinct on (integration_id, cause, who) integration_id, cause, who, name, account_id,
          case when role in ('teacher', 'learner') then role end as role
        from ${concernedPeople(tx, integrationIds)} c order by integration_id, cause, who) p) ranked
    group by 1, 2`;
}

async function stillByIntegration(tx: Tx, integrationIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.sql<{ integrationId: string; people: number }[]>`
    select l.integration_id as "integrationId", count(distinct a.id)::int as people
    from ${suspendedRows(tx, integrationIds)} and a.role in ('teacher', 'learner') group by 1`;
  return new Map(rows.map(({ integrationId, people }) => [integrationId, people]));
}
