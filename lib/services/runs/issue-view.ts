import type postgres from "postgres";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan, waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RunState } from "./schema.ts";

/**
 * Issues as a run sees them: those that it found, those that were open before and still are, and those that it closed. A run that was
 * applied is told apart from others by its number; of one whose plan waits, what would open and close stands beside the plan.
 */
export interface IssueView {
  readonly integrationId: string;
  readonly provider: ProviderId;
  /** Rows of seq and `state`, "new", "continuing" or "resolved", with the columns of `issues` that are shown. */
  readonly rows: Fragment;
  /** The run whose plan waits; null: it was applied, or there is no plan. */
  readonly waitingRunId: string | null;
  /** Whether this is how things are now. */
  readonly isCurrent: boolean;
}

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** @throws ServiceError `not-found` when the district has no such run */
export async function issueView(tx: Tx, runId: string): Promise<IssueView> {
  if (!isUuid(runId)) throw new ServiceError("not-found", "There is no such sync.");
  const [run] = await tx.sql<
    { integrationId: string; provider: ProviderId; state: RunState; number: number; appliedAs: number | null; latest: number | null }[]
  >`
    select r.integration_id as "integrationId", i.provider, r.state, r.number,
      case when r.state = 'succeeded' then r.number else (
        select a.number from sync_runs a where a.district_id = ${tx.districtId} and a.plan_run_id = r.id and a.state = 'succeeded' limit 1) end as "appliedAs",
      (select max(number) from sync_runs l where l.district_id = ${tx.districtId} and l.integration_id = r.integration_id and l.state = 'succeeded') as latest
    from sync_runs r join integrations i on i.district_id = r.district_id and i.id = r.integration_id
    where r.district_id = ${tx.districtId} and r.id = ${runId}`;
  if (!run) throw new ServiceError("not-found", "There is no such sync.");
  const { integrationId, provider, state, appliedAs } = run;
  const ours = tx.sql`i.district_id = ${tx.districtId} and i.integration_id = ${integrationId}`;
  const base = { integrationId, provider, waitingRunId: null, isCurrent: appliedAs !== null && appliedAs === run.latest };
  if (appliedAs !== null) {
    const since = tx.sql`case when i.opened_number = ${appliedAs} then 'new' else 'continuing' end`;
    const rows = tx.sql`(
      select ${shown(tx)}, ${since} as state from issues i where ${ours} and i.opened_number <= ${appliedAs}
      union all
      select ${shown(tx)}, case when i.closed_number = ${appliedAs} then 'resolved' else ${since} end from closed_issues i
      where ${ours} and i.opened_number <= ${appliedAs} and i.closed_number >= ${appliedAs})`;
    return { ...base, rows };
  }
  const { issueNews } = waitingPlanOf({ districtId: tx.districtId, runId });
  const isWaiting = (state === "held" || state === "previewed") && (await hasWaitingPlan(tx.sql, tx.districtId, runId));
  // Runs of earlier versions kept what they found although nothing came of it.
  if (!isWaiting) {
    return {
      ...base,
      rows: tx.sql`(select ${shown(tx)}, 'new' as state from closed_issues i where ${ours} and i.opened_run_id = ${runId})`,
    };
  }
  const news = tx.sql.unsafe(issueNews);
  const rows = tx.sql`(
    select ${shown(tx)}, case when n.news = 'closed' then 'resolved' else 'continuing' end as state
    from issues i left join ${news} n on n.seq = i.seq and n.news = 'closed' where ${ours}
    union all
    select n.seq, n.code, n.severity, n.collection, n.key, n.external_id, n.part, n.position, n.field, n.value, n.kept, n.record_ids, n.conflict, null, 'new'
    from ${news} n where n.news = 'opened')`;
  return { ...base, rows, waitingRunId: runId, isCurrent: true };
}

const shown = (tx: Tx) =>
  tx.sql`i.seq, i.code, i.severity, i.collection, i.key, i.external_id, i.source_part, i.source_position, i.field, i.value, i.kept, i.record_ids, i.conflict, i.opened_number`;

/**
 * By issue, how many enrollments are left out because of it: those of a person or a class that cannot be used, and beside an enrollment
 * that names a missing one the others that do. Told of how things are now.
 */
export async function countDependents(
  tx: Tx,
  view: IssueView,
  issues: readonly {
    readonly seq: string;
    readonly code: string;
    readonly severity: string;
    readonly collection: string;
    readonly key: string;
  }[],
): Promise<ReadonlyMap<string, number>> {
  const asked = issues.flatMap(({ seq, code, severity, collection, key }) => {
    if (code === "reference-class" || code === "reference-user")
      return key.startsWith("→") ? { seq, of: code, id: key.slice(1), less: 1 } : [];
    if (severity !== "error" || (collection !== "users" && collection !== "classes")) return [];
    return { seq, of: collection === "users" ? "reference-user" : "reference-class", id: key, less: 0 };
  });
  if (asked.length === 0 || !view.isCurrent) return new Map();
  const plan = view.waitingRunId === null ? null : waitingPlanOf({ districtId: tx.districtId, runId: view.waitingRunId });
  const planned =
    plan === null
      ? tx.sql``
      : tx.sql`union select e.external_id, e.class_external_id, e.person_external_id from ${tx.sql.unsafe(plan.waiting)} w
          join ${tx.sql.unsafe(plan.incoming.enrollments)} e using (external_id) where w.collection = 'enrollments'`;
  const counts = await tx.sql<{ seq: string; count: number }[]>`
    with left_out as (
      select external_id, class_external_id, person_external_id from source_records
      where district_id = ${tx.districtId} and integration_id = ${view.integrationId} and collection = 'enrollments' and fate in ('waiting', 'withheld')
      ${planned})
    select a.seq, count(*)::int as count
    from unnest(${asked.map((one) => one.seq)}::text[], ${asked.map((one) => one.of)}::text[], ${asked.map((one) => one.id)}::text[]) as a (seq, of, id)
    join left_out l on a.id = case a.of when 'reference-class' then l.class_external_id else l.person_external_id end
    group by 1`;
  const less = new Map(asked.map((one) => [one.seq, one.less]));
  return new Map(counts.flatMap(({ seq, count }) => (count - (less.get(seq) ?? 0) > 0 ? [[seq, count - (less.get(seq) ?? 0)]] : [])));
}

/** By issue, who or what it is about, in the words of the SIS: a person's name, a class's or a school's; of an enrollment both. */
export async function subjectsOf(
  tx: Tx,
  view: IssueView,
  issues: readonly { readonly seq: string; readonly collection: string; readonly externalId: string | null; readonly key: string }[],
): Promise<ReadonlyMap<string, string>> {
  if (issues.length === 0) return new Map();
  const plan = view.waitingRunId === null ? null : waitingPlanOf({ districtId: tx.districtId, runId: view.waitingRunId });
  const said = (collection: Collection, columns: string) => {
    const planned =
      plan === null
        ? tx.sql``
        : tx.sql`union all select external_id, ${tx.sql.unsafe(columns)} from ${tx.sql.unsafe(plan.incoming[collection])} p`;
    return tx.sql`(select external_id, ${tx.sql.unsafe(columns)} from source_records
      where district_id = ${tx.districtId} and integration_id = ${view.integrationId} and collection = ${collection} ${planned})`;
  };
  const person = "nullif(btrim(concat_ws(' ', given_name, family_name)), '') as name";
  const rows = await tx.sql<{ seq: string; subject: string | null }[]>`
    with asked as (
      select * from unnest(${issues.map((one) => one.seq)}::text[], ${issues.map((one) => one.collection)}::text[],
        ${issues.map((one) => one.externalId ?? one.key)}::text[]) as a (seq, collection, id))
    select a.seq, m.name as subject from asked a join ${said("orgs", "name")} m on a.collection = 'orgs' and m.external_id = a.id
    union all select a.seq, m.name from asked a join ${said("academicSessions", "name")} m on a.collection = 'academicSessions' and m.external_id = a.id
    union all select a.seq, m.name from asked a join ${said("courses", "name")} m on a.collection = 'courses' and m.external_id = a.id
    union all select a.seq, m.name from asked a join ${said("classes", "name")} m on a.collection = 'classes' and m.external_id = a.id
    union all select a.seq, m.name from asked a join ${said("users", person)} m on a.collection = 'users' and m.external_id = a.id
    union all
    select a.seq, concat_ws(' in ', p.name, c.name) from asked a
    join ${said("enrollments", "class_external_id, person_external_id")} m on a.collection = 'enrollments' and m.external_id = a.id
    left join ${said("users", person)} p on p.external_id = m.person_external_id
    left join ${said("classes", "name")} c on c.external_id = m.class_external_id`;
  return new Map(rows.flatMap(({ seq, subject }) => (subject ? [[seq, subject]] : [])));
}
