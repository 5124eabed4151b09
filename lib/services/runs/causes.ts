import { definitionIn } from "#lib/engine/sis/words.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Cause, RunCauses } from "./causes-schema.ts";
import { type IssueView, issueView } from "./issue-view.ts";
import type { ReadServices } from "./read.ts";
import type { IssueRow } from "./schema.ts";

const severityOrder = { error: 0, warning: 1, notice: 2 } as const;
const keptCode = "withdrawals-suspended";

interface Counted {
  readonly code: string;
  readonly severity: IssueRow["severity"];
  readonly isResolved: boolean;
  readonly count: number;
  readonly opened: number;
  readonly people: number;
  readonly names: readonly string[];
  readonly nights: number;
  readonly neverArrived: number;
}

/**
 * What did not come through a run, a line per cause, counted in people: one look at the run's issues, however many.
 * @throws ServiceError `not-found` when the district has no such run
 */
export function readCauses(services: ReadServices, scope: DistrictScope<"read-syncs">, runId: string): Promise<RunCauses> {
  return withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    const rows = await countByCause(tx, view, runId);
    const causes = rows.map(({ neverArrived: _, isResolved, nights, ...row }): Cause => {
      const { title } = definitionIn(view.provider, row.code);
      const state = isResolved ? "resolved" : row.opened === row.count ? "new" : "continuing";
      return { ...row, title, state, nights: isResolved ? null : nights };
    });
    const open = rows.filter(({ isResolved }) => !isResolved);
    return {
      causes: causes.sort(
        (a, b) =>
          Number(a.state === "resolved") - Number(b.state === "resolved") ||
          severityOrder[a.severity] - severityOrder[b.severity] ||
          b.people - a.people ||
          b.count - a.count,
      ),
      neverArrived: open.reduce((sum, { neverArrived }) => sum + neverArrived, 0),
      stillSignIn: open.find(({ code }) => code === keptCode)?.people ?? 0,
    };
  });
}

/** A person who is left out counts once, with the first of what is wrong with them; of an enrollment it is about its person. */
function countByCause(tx: Tx, { integrationId, rows }: IssueView, runId: string): Promise<readonly Counted[]> {
  const ours = tx.sql`m.district_id = ${tx.districtId} and m.integration_id = ${integrationId}`;
  return tx.sql<Counted[]>`
    with found as materialized (
      select i.seq, i.code, i.severity, i.collection, i.key, i.external_id, i.opened_number, i.state, i.state = 'resolved' as is_resolved
      from ${rows} i),
    about as materialized (
      select f.*, case f.collection when 'users' then f.key when 'enrollments' then e.person_external_id end as person
      from found f
      left join source_records e on f.collection = 'enrollments' and e.district_id = ${tx.districtId}
        and e.integration_id = ${integrationId} and e.collection = 'enrollments' and e.external_id = f.external_id),
    gone as (
      select distinct on (person) seq from about a
      where a.collection = 'users' and a.severity = 'error' and not is_resolved and not exists (
        select from source_records m where ${ours} and m.collection = 'users' and m.external_id = a.external_id and m.record_id is not null)
      order by person, seq),
    counted as (
      select a.code, a.severity, a.is_resolved as "isResolved", count(*)::int as count,
        (count(*) filter (where a.state = 'new'))::int as opened,
        count(distinct a.person)::int as people, count(g.seq)::int as "neverArrived", min(a.opened_number) as since,
        array(
          select distinct btrim(concat_ws(' ', m.given_name, m.family_name)) from about n
          join source_records m on ${ours} and m.collection = 'users' and m.external_id = n.person
          where n.code = a.code and n.is_resolved = a.is_resolved and m.family_name is not null
          order by 1 limit 3) as names
      from about a
      left join gone g using (seq)
      group by a.code, a.severity, a.is_resolved)
    select c.*, coalesce(1 + ${dayOf(tx, "r")} - ${dayOf(tx, "o")}, 1) as nights
    from counted c
    join sync_runs r on r.district_id = ${tx.districtId} and r.id = ${runId}
    join districts d on d.id = ${tx.districtId}
    left join sync_runs o on o.district_id = ${tx.districtId} and o.integration_id = ${integrationId} and o.number = c.since`;
}

/** The day of the district's calendar on which a run began. */
function dayOf(tx: Tx, run: "r" | "o") {
  const of = tx.sql(run);
  return tx.sql`(coalesce(${of}.started_at, ${of}.queued_at) at time zone d.timezone)::date`;
}
