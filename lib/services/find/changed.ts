import type { Tx } from "#lib/platform/db/tx.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import type { ClassRef, PersonValue } from "#lib/services/runs/people-changed-schema.ts";
import { personChangeWords, type RecordTurn } from "#lib/services/runs/people-changed-words.ts";
import { type FoundOne, type FoundRun, mostOthers } from "./schema.ts";

/** Of so many people who were found, the first, it is told which syncs changed them last. */
const mostPeopleAsked = 3;
/** Of each so many syncs. */
const eachPerson = 2;
/** Of a record so many changes, the latest. */
const mostChanges = 20;
/** Of each so many classes at most, the latest. */
const mostSeats = 60;

type Column = Readonly<Record<string, string | number | null>>;

/** A change of a person's record, or of one of their memberships. */
interface Touch {
  readonly action: "created" | "updated" | "deactivated" | "reactivated" | "removed";
  readonly before: Column | null;
  readonly after: Column | null;
  /** Of a membership the class; null: it is of the person. */
  readonly classId: string | null;
  readonly className: string | null;
}

/**
 * The syncs that changed these people last, with what each did. In one statement, which finds changes by the index over records: what was created is
 * in none, so its sync is told by the time.
 */
export async function runsThatChanged(tx: Tx, people: readonly FoundOne[]): Promise<readonly FoundRun[]> {
  const ids = people.flatMap(({ accountId }) => accountId ?? []).slice(0, mostPeopleAsked);
  if (ids.length === 0) return [];
  // Each record by itself, in the index: joined at once, millions of changes may be gone through for a few of them.
  const changesOf = (alias: "w" | "s") => tx.sql`
        select c.run_id, c.action, c.before, c.after from run_changes c
        where c.district_id = ${tx.districtId} and c.record_id = ${tx.sql.unsafe(`${alias}.id`)} and c.action <> 'created'
          and c.action in ('updated', 'deactivated', 'reactivated', 'removed')
        order by c.run_id desc limit ${mostChanges}`;
  const rows = await tx.sql<(Omit<FoundRun, "of"> & { readonly accountId: string; readonly touches: readonly Touch[] })[]>`
    with who as materialized (
      select a.id, a.created_at from accounts a where a.district_id = ${tx.districtId} and a.id = any(${ids}::uuid[])),
    seats as materialized (
      select w.id as account_id, m.id, m.created_at, c.id as class_id, c.name as class_name from who w
      cross join lateral (
        select * from memberships m where m.district_id = ${tx.districtId} and m.account_id = w.id
        order by m.updated_at desc limit ${mostSeats}) m
      join classrooms c on c.district_id = ${tx.districtId} and c.id = m.classroom_id),
    instants as materialized (select created_at from who union select created_at from seats),
    brought as materialized (
      select i.created_at, r.id as run_id from instants i
      join lateral (
        select r.id from integrations n
        join lateral (
          select l.* from sync_runs l
          where l.district_id = ${tx.districtId} and l.integration_id = n.id and l.queued_at <= i.created_at
          order by l.queued_at desc limit 1) r on r.state = 'succeeded' and r.finished_at >= i.created_at
        where n.district_id = ${tx.districtId}
        limit 1) r on true),
    touched as materialized (
      select w.id as account_id, c.run_id, c.action, c.before, c.after, null::uuid as class_id, null::text as class_name
      from who w cross join lateral (${changesOf("w")}) c
      union all
      select s.account_id, c.run_id, c.action, null, null, s.class_id, s.class_name
      from seats s cross join lateral (${changesOf("s")}) c
      union all
      select w.id, b.run_id, 'created', null, null, null, null from who w join brought b using (created_at)
      union all
      select s.account_id, b.run_id, 'created', null, null, s.class_id, s.class_name from seats s join brought b using (created_at)),
    ranked as (
      select t.account_id, r.id, row_number() over (partition by t.account_id order by coalesce(r.applied_at, r.finished_at) desc) as nth
      from (select distinct account_id, run_id from touched) t
      join sync_runs r on r.district_id = ${tx.districtId} and r.id = t.run_id and r.state = 'succeeded')
    select t.account_id as "accountId", r.integration_id as "integrationId", n.name as "integrationName", r.id as "runId", r.number, r.kind,
      r.for_person is not null as "forOnePerson", r.disconnect_reason is not null as disconnects, r.state, r.queued_at as at,
      jsonb_agg(jsonb_build_object('action', t.action, 'before', t.before, 'after', t.after, 'classId', t.class_id, 'className', t.class_name)) as touches
    from ranked k
    join touched t on t.account_id = k.account_id and t.run_id = k.id
    join sync_runs r on r.district_id = ${tx.districtId} and r.id = k.id
    join integrations n on n.district_id = ${tx.districtId} and n.id = r.integration_id
    where k.nth <= ${eachPerson}
    group by t.account_id, r.id, r.district_id, n.id, n.district_id
    order by r.queued_at desc, t.account_id
    limit ${mostOthers}`;
  return rows.map(({ accountId, touches, at, ...run }) => {
    const name = people.find((one) => one.accountId === accountId)?.name ?? "";
    return { ...run, at: new Date(at).toISOString(), of: { name, what: whatOf(touches) } };
  });
}

const nameColumns = new Set(["given_name", "middle_name", "family_name"]);

/** "left", "joined Band 7", "another email". */
function whatOf(touches: readonly Touch[]): string {
  const own = touches.filter(({ classId }) => classId === null);
  const turns: readonly Exclude<RecordTurn, null>[] = ["created", "deactivated", "reactivated"];
  const turn = own.some(({ action }) => action === "removed")
    ? "deactivated"
    : (turns.find((one) => own.some(({ action }) => action === one)) ?? null);
  const classes = (actions: readonly Touch["action"][]): ClassRef[] =>
    touches.flatMap(({ action, classId, className }) =>
      classId !== null && actions.includes(action) ? [{ id: classId, name: className ?? "" }] : [],
    );
  const updated = own.find(({ action }) => action === "updated");
  const columns = Object.keys(updated?.after ?? {});
  const former = columns.some((column) => nameColumns.has(column)) ? formerName(updated?.before ?? {}) : null;
  const values = columns.map(
    (column): PersonValue => ({
      field: fieldLabel(column),
      before: null,
      after: "another",
      isName: nameColumns.has(column),
      isShort: false,
    }),
  );
  return personChangeWords({
    turn,
    formerName: former,
    joined: classes(["created", "reactivated"]),
    left: classes(["deactivated", "removed"]),
    values,
  });
}

/** As much of the name as changed. */
function formerName(before: Column): string | null {
  const parts = [before.given_name, before.family_name].filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? null : parts.join(" ");
}
