import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { type Moment, momentOf } from "./moments.ts";
import type { RunRef } from "./schema.ts";
import { type HistoryOf, mostOfKind, type Seat } from "./subject.ts";

const collectionOf = { person: "users", classroom: "classes", school: "orgs" } as const;

interface Noted extends RunRef {
  readonly provider: ProviderId;
  readonly collection: string;
  readonly code: string;
  readonly at: string;
  readonly isOpen: boolean;
  readonly isResolved: boolean;
}

/**
 * When issues about a record and its enrollments were opened and resolved. Open ones are found by their key; resolved ones are looked
 * through by integration, since nothing else needs an index of them.
 */
export async function issueMoments(tx: Tx, of: HistoryOf, seats: readonly Seat[]): Promise<Moment[]> {
  const enrolled = await tx.sql<{ integrationId: string; key: string }[]>`
    select integration_id as "integrationId", external_id as key from source_records
    where district_id = ${tx.districtId} and collection = 'enrollments' and record_id = any(${seats.map((one) => one.membershipId)}::uuid[])`;
  const own = of.called.map(({ integrationId, externalId }) => ({ integrationId, key: externalId, collection: collectionOf[of.kind] }));
  const keys = [...own, ...[...enrolled, ...of.lostKeys].map((one) => ({ ...one, collection: "enrollments" }))];
  if (keys.length === 0) return [];
  const rows = await tx.sql<Noted[]>`
    with keys as materialized (
      select distinct * from unnest(${keys.map((one) => one.integrationId)}::uuid[], ${keys.map((one) => one.collection)}::text[],
        ${keys.map((one) => one.key)}::text[]) as k (integration_id, collection, key)),
    noted as (
      select i.integration_id, i.collection, i.code, i.opened_run_id as run_id, true as is_open, false as is_resolved from keys k
      join issues i
        on i.district_id = ${tx.districtId} and i.integration_id = k.integration_id and i.collection = k.collection and i.key = k.key
      where i.severity <> 'notice'
      union all
      select i.integration_id, i.collection, i.code, e.run_id, false, e.is_resolved from closed_issues i
      join keys k on k.integration_id = i.integration_id and k.collection = i.collection and k.key = i.key
      cross join lateral (values (i.opened_run_id, false), (i.closed_run_id, true)) as e (run_id, is_resolved)
      where i.district_id = ${tx.districtId} and i.integration_id = any(${[...new Set(keys.map((one) => one.integrationId))]}::uuid[])
        and i.severity <> 'notice')
    select d.integration_id as "integrationId", d.collection, d.code, d.is_open as "isOpen", d.is_resolved as "isResolved",
      r.id as "runId", r.number, n.provider, coalesce(r.applied_at, r.finished_at, r.queued_at) as at
    from noted d
    join sync_runs r on r.district_id = ${tx.districtId} and r.id = d.run_id
    join integrations n on n.district_id = ${tx.districtId} and n.id = d.integration_id
    order by r.queued_at desc limit ${mostOfKind}`;
  return [...Map.groupBy(rows, ({ runId, isResolved }) => `${runId} ${isResolved}`).values()].map((noted) => momentOfRun(noted));
}

function momentOfRun(noted: readonly Noted[]): Moment {
  const [first] = noted;
  const enrollments = noted.filter(({ collection }) => collection === "enrollments");
  const others = noted.filter(({ collection }) => collection !== "enrollments");
  const isResolved = first?.isResolved ?? false;
  const lines = [
    ...(enrollments.length === 0
      ? []
      : [`${formatCount(enrollments.length, "enrollment")} ${isResolved ? "came through again" : "did not come through"}`]),
    ...others.map(({ provider, code }) => `${isResolved ? "Resolved: " : ""}${definitionIn(provider, code).title}`),
  ];
  const run = first === undefined ? null : { integrationId: first.integrationId, runId: first.runId, number: first.number };
  return { ...momentOf(first?.at ?? new Date(0), lines, run), isOpen: noted.some(({ isOpen }) => isOpen) };
}
