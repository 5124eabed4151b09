import { collectionOf } from "#lib/platform/db/collection-of.ts";
import { textLiteral } from "#lib/platform/db/literals.ts";
import { isOwn, rosterColumns, tableOf } from "#lib/platform/db/staging.ts";
import type { Entity, LinkEntity } from "#lib/roster/canonical.ts";
import type { Doubt } from "#lib/roster/guard/finding.ts";
import { type Applying, byInsert, execute, type PlanContext, rosterOf, type Writing } from "./plan-context.ts";
import { leavingLinks } from "./recognise.ts";

/**
 * Takes out of a plan what waits for an admin, and notes it: what is in doubt by this run's findings, and what was
 * withheld by earlier ones and has not been approved. What is withheld is read and planned like everything else, so it
 * is asked anew each time whether the SIS still says so.
 */

/** What is withheld already, so that nothing is looked for where there is nothing. */
export interface WithheldBefore {
  readonly entity: LinkEntity;
  /** A column; blank: that the record leaves. */
  readonly field: string;
}

/** What earlier runs withheld and this one does not release. */
function waiting(context: Pick<PlanContext, keyof Writing | "releases">, entity: LinkEntity, field: string): string {
  return `(
      select external_id, cause from withheld_records
      where district_id = ${context.district}
        and integration_id = ${context.integration}
        and entity = '${entity}'
        and field = '${field}'
        and follows is null
        ${context.releases ? `and approved_run_id is distinct from ${context.run}` : ""})`;
}

/** Of what is in doubt, only what has not been approved for this run: a doubt that stands is about that as well. */
function unlessApproved(context: Pick<PlanContext, keyof Writing | "releases">, entity: LinkEntity, field: string, id: string): string {
  if (!context.releases) return "";
  return `
        and ${id} not in (
          select external_id from withheld_records
          where district_id = ${context.district}
            and integration_id = ${context.integration}
            and entity = '${entity}'
            and field = '${field}'
            and approved_run_id = ${context.run})`;
}

export async function readWithheldBefore(context: Pick<PlanContext, "sql" | keyof Writing>): Promise<readonly WithheldBefore[]> {
  return context.sql.unsafe<WithheldBefore[]>(`
    select distinct entity, field from withheld_records
    where district_id = ${context.district} and integration_id = ${context.integration}`);
}

/**
 * Once it is known which links of an entity end: those that go on for now. The memberships of a person or class that
 * stays for now stay as well, and are approved or refused with them.
 */
export async function withholdWithdrawals(context: PlanContext, entity: LinkEntity): Promise<void> {
  const { withheld, endedLinks } = context.staging;
  const ended = `(select * from ${endedLinks} x where entity = '${entity}')`;
  const records = rosterOf(context, entity);
  const doubted = context.doubts.flatMap(({ cause, doubt }) => {
    const applies = doubt.what === "withdrawals" ? isDoubted(doubt, entity) : null;
    return applies === null
      ? []
      : [
          `select x.external_id, '${cause}', null::uuid, 2
      from ${ended} x
      join ${records} e on e.id = x.record_id
      where ${applies}${unlessApproved(context, entity, "", "x.external_id")}`,
        ];
  });
  const before = context.withheldBefore.some((one) => one.entity === entity && one.field === "")
    ? [`select external_id, cause, null::uuid, 1 from ${waiting(context, entity, "")} w`]
    : [];
  const taken = (of: "classroom" | "account") => `select x.external_id, w.cause, w.record_id, 0
      from ${ended} x
      join ${records} e on e.id = x.record_id
      join ${withheld} w on w.entity = '${of}' and w.field = '' and w.record_id = e.${of}_id`;
  const isAny = context.doubts.length + context.withheldBefore.length > 0;
  const ways = [...(isAny && entity === "membership" ? [taken("account"), taken("classroom")] : []), ...before, ...doubted];
  if (context.isFirst || ways.length === 0) return;
  await execute(
    context,
    `insert into ${tableOf(withheld)} (entity, external_id, record_id, field, cause, follows)
    select distinct on (x.external_id) '${entity}', x.external_id, x.record_id, '', d.cause, d.follows
    from ${ended} x
    join (${ways.join("\n      union all\n      ")}) d (external_id, cause, follows, rank)
      on d.external_id = x.external_id
    order by x.external_id, d.rank, d.cause`,
  );
  await execute(
    context,
    `delete from ${tableOf(endedLinks)} x using ${withheld} w
    where ${isOwn(context.staging, "x")}
      and x.entity = '${entity}'
      and w.entity = x.entity
      and w.external_id = x.external_id
      and w.field = ''`,
  );
}

/**
 * Once an entity is planned: whoever would leave by one id and is there by another does not leave, so there is nothing
 * to ask. The old link ends, and with it what followed.
 */
export async function endRekeyed(context: PlanContext, entity: LinkEntity): Promise<void> {
  const { withheld, endedLinks, plan } = context.staging;
  const leaving = leavingLinks(context, entity);
  if (context.isFirst || context.doubts.length + context.withheldBefore.length === 0) return;
  const isRekeyed = `w.field = ''
      and (w.entity = '${entity}'
          and w.external_id in (select external_id from ${leaving} v)
          and exists (select from ${plan[entity]} p where p.record_id = w.record_id)
        or w.follows in (
          select o.record_id from ${withheld} o
          join ${plan[entity]} p on p.record_id = o.record_id
          where o.entity = '${entity}'
            and o.field = ''
            and o.external_id in (select external_id from ${leaving} v)))`;
  const count = await execute(
    context,
    `insert into ${tableOf(endedLinks)} (entity, external_id, record_id)
    select w.entity, w.external_id, w.record_id from ${withheld} w
    where ${isRekeyed}`,
  );
  if (count === 0) return;
  await execute(
    context,
    `delete from ${tableOf(withheld)} w using ${endedLinks} x
    where ${isOwn(context.staging, "w")} and w.field = '' and x.entity = w.entity and x.external_id = w.external_id`,
  );
}

/** Once an entity is planned: the values that stay as they are for now. */
export async function withholdValues(context: PlanContext, entity: LinkEntity): Promise<void> {
  if (context.isFirst) return;
  const columns = Object.keys(rosterColumns[entity].columns);
  let isAny = false;
  for (const column of columns) {
    const doubted = context.doubts.flatMap(({ cause, doubt }) => {
      const applies = doubt.what === "values" && (doubt.column ?? column) === column ? isDoubted(doubt, entity) : null;
      return applies === null ? [] : [{ cause, applies }];
    });
    const isWaiting = context.withheldBefore.some((one) => one.entity === entity && one.field === column);
    if (doubted.length > 0 || isWaiting) isAny = (await withholdColumn(context, entity, column, doubted)) || isAny;
  }
  if (!isAny) return;
  await execute(
    context,
    `update ${tableOf(context.staging.plan[entity])} p set action = 'unchanged'
    from ${rosterOf(context, entity)} e
    where ${isOwn(context.staging, "p")}
      and e.id = p.record_id
      and p.action = 'updated'
      and row(${columns.map((column) => `p.${column}`).join(", ")})
        is not distinct from row(${columns.map((column) => `e.${column}`).join(", ")})
      and p.external_id in (
        select external_id from ${context.staging.withheld} w
        where entity = '${entity}' and field <> '')`,
  );
}

async function withholdColumn(
  context: PlanContext,
  entity: LinkEntity,
  column: string,
  doubted: readonly { readonly cause: string; readonly applies: string }[],
): Promise<boolean> {
  const isWithheld = [
    `p.external_id in (select external_id from ${waiting(context, entity, column)} w)`,
    ...doubted.map(({ applies }) => `${applies}${unlessApproved(context, entity, column, "p.external_id")}`),
  ].join(" or ");
  const count = await execute(
    context,
    `with held as (
      update ${tableOf(context.staging.plan[entity])} p set ${column} = e.${column}
      from ${rosterOf(context, entity)} e
      where ${isOwn(context.staging, "p")}
        and e.id = p.record_id
        and p.action in ('updated', 'reactivated')
        and p.${column} is distinct from e.${column}
        and (${isWithheld})
      returning p.external_id, p.record_id)
    insert into ${tableOf(context.staging.withheld)} (entity, external_id, record_id, field, cause)
    select '${entity}', h.external_id, h.record_id, '${column}', coalesce(w.cause, '${doubted[0]?.cause ?? ""}')
    from held h
    left join ${waiting(context, entity, column)} w on w.external_id = h.external_id
    ${byInsert}`,
  );
  return count > 0;
}

const linkEntityOf: Readonly<Record<Entity, LinkEntity>> = {
  school: "school",
  term: "term",
  course: "course",
  classroom: "classroom",
  teacher: "account",
  learner: "account",
  membership: "membership",
};

/** Whether a record `e` of the roster is in doubt, as SQL; null: none of the entity is. */
function isDoubted(doubt: Doubt, entity: LinkEntity): string | null {
  const those = doubt.entities.filter((one) => linkEntityOf[one] === entity);
  if (those.length === 0) return null;
  const conditions: string[] = [];
  if (entity === "account") conditions.push(`e.role in (${those.map((role) => `'${role}'`).join(", ")})`);
  if (doubt.what === "withdrawals") {
    const { schoolId, grade, classroomIds, ofTeachers } = doubt;
    if (schoolId !== undefined) conditions.push(entity === "account" ? `'${schoolId}' = any(e.school_ids)` : `e.school_id = '${schoolId}'`);
    if (grade !== undefined) conditions.push(`e.grade = ${textLiteral(grade)}`);
    if (classroomIds !== undefined) conditions.push(`e.classroom_id in (${classroomIds.map((id) => `'${id}'`).join(", ")})`);
    if (ofTeachers) conditions.push("e.role in ('teacher', 'co-teacher')");
  }
  return conditions.length === 0 ? "true" : `(${conditions.join(" and ")})`;
}

export interface WithheldCounts {
  /** What waits once the plan is applied, without what an admin has refused. */
  readonly withheldCount: number;
  /** Of these, how many did not wait before. */
  readonly withheldOpened: number;
}

/** Counts records once, however many of their values wait, and memberships with their person or class. */
export async function countWithheld(context: PlanContext): Promise<WithheldCounts> {
  const [row] = await context.sql.unsafe<WithheldCounts[]>(`
    select
      count(*) filter (where not is_refused)::int as "withheldCount",
      count(*) filter (where is_new)::int as "withheldOpened"
    from (
      select bool_and(r.entity is null) as is_new, bool_and(r.refused_at is not null) as is_refused
      from ${context.staging.withheld} w
      left join withheld_records r
        on r.district_id = ${context.district}
        and r.integration_id = ${context.integration}
        and r.entity = w.entity
        and r.external_id = w.external_id
        and r.field = w.field
      where w.follows is null
      group by w.entity, w.external_id) each`);
  return row ?? { withheldCount: 0, withheldOpened: 0 };
}

/**
 * Brings what waits up to date, in the transaction that applies the plan: what is withheld comes, what the SIS says no
 * longer or was applied goes. Whose values wait is planned again by the next run.
 */
export async function writeWithheld(context: Applying): Promise<void> {
  const { withheld } = context.staging;
  const isOfThis = (alias: string) => `${alias}.district_id = ${context.district} and ${alias}.integration_id = ${context.integration}`;
  await execute(
    context,
    `delete from withheld_records r
    where ${isOfThis("r")}
      and not exists (
        select from ${withheld} w
        where w.entity = r.entity and w.external_id = r.external_id and w.field = r.field)`,
  );
  const isAny = await execute(
    context,
    `insert into withheld_records (district_id, integration_id, entity, external_id, field, record_id, cause,
      follows, opened_run_id)
    select w.district_id, ${context.integration}, entity, external_id, field, record_id, cause,
      follows, ${context.run}
    from ${withheld} w
    on conflict (district_id, integration_id, entity, external_id, field)
      do update set follows = excluded.follows, record_id = excluded.record_id`,
  );
  if (isAny === 0) return;
  await execute(
    context,
    `update source_records m set stale = true
    from ${withheld} w
    where ${isOfThis("m")}
      and m.collection = ${collectionOf("w.entity")}
      and m.external_id = w.external_id
      and w.field <> ''
      and not m.stale`,
  );
  // The plan that was cut took them for gone, and found nobody whom their enrollments name.
  await execute(
    context,
    `update source_records m set stale = true
    from ${withheld} w
    join withheld_records r
      on r.district_id = ${context.district}
      and r.integration_id = ${context.integration}
      and r.entity = w.entity
      and r.external_id = w.external_id
      and r.field = w.field
      and r.opened_run_id = ${context.run}
    where ${isOfThis("m")}
      and m.collection = 'enrollments'
      and m.fate = 'waiting'
      and not m.stale
      and w.field = ''
      and w.cause = 'left-out'
      and (w.entity = 'account' and m.person_external_id = w.external_id
        or w.entity = 'classroom' and m.class_external_id = w.external_id)`,
  );
}
