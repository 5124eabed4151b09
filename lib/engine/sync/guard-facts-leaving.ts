import { isOver } from "#lib/platform/db/class-days.ts";
import { isOldestGrade } from "#lib/platform/db/plan-parts.ts";
import type { ClassGroup, Leaving, SchoolGroup } from "#lib/roster/guard/facts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { deactivatedOf as gone } from "./guard-facts-known.ts";
import { type PlanContext, rosterOf } from "./plan-context.ts";
import { fill } from "./work.ts";

/** Of many schools and classes those that are hit hardest. */
const most = 200;

const noneExplained = { over: { classrooms: 0, memberships: 0 }, ofEndedTerms: { classrooms: 0, memberships: 0 } };
const noMembers = { teaching: { active: 0, gone: 0 }, emptied: [], emptiedCount: 0 };
export const nobody = { schools: [], graduates: 0, ...noneExplained, ...noMembers, emptiedUsually: 0 } satisfies Leaving;

/** Who and what the plan deactivates: by school and grade, by class, and what ended terms explain. */
export async function readLeaving(
  context: PlanContext,
  totals: RunTotals,
  { today, emptiedUsually }: { readonly today: string; readonly emptiedUsually: number },
): Promise<Leaving> {
  const people = totals.learner.deactivated + totals.teacher.deactivated;
  const classrooms = totals.classroom.deactivated;
  const memberships = totals.membership.deactivated;
  if (people + classrooms + memberships === 0) return { ...nobody, emptiedUsually };
  // The classes that go, each with whether all its terms are over, and whether all are over or gone.
  await fill(
    context,
    "goneClasses",
    `select
      c.id,
      c.school_id,
      coalesce(t.is_over, false) as is_over,
      coalesce(t.is_ended, false) as is_ended
    from ${rosterOf(context, "classroom")} c
    join ${gone(context, "classroom")} g on g.record_id = c.id
    left join (
      select
        c.id,
        bool_and(${isOver("t.end_date", `'${today}'::date`)}) as is_over,
        bool_and(
          ${isOver("t.end_date", `'${today}'::date`)}
          or t.status = 'deactivated'
          or s.record_id is not null) as is_ended
      from ${rosterOf(context, "classroom")} c
      join ${gone(context, "classroom")} g on g.record_id = c.id
      cross join unnest(c.term_ids) x (term)
      join ${rosterOf(context, "term")} t on t.id = x.term
      left join ${gone(context, "term")} s on s.record_id = t.id
      group by c.id) t on t.id = c.id`,
  );
  const schools = [
    ...(people === 0 ? [] : await readPeopleBySchool(context)),
    ...(classrooms === 0 ? [] : await readClassroomsBySchool(context)),
  ];
  const explained = classrooms === 0 ? noneExplained : await readExplained(context);
  const members = memberships === 0 ? noMembers : await readMembers(context);
  const graduates = totals.learner.deactivated === 0 ? 0 : await countGraduates(context);
  return { schools, graduates, ...explained, ...members, emptiedUsually };
}

/** The active people of each school, and of each of its grades, with how many of them go; the hardest hit first. */
async function readPeopleBySchool(context: PlanContext): Promise<SchoolGroup[]> {
  return context.sql.unsafe<SchoolGroup[]>(`
    select x.*, s.name as "schoolName"
    from (
      select
        e.role as kind,
        h.school as "schoolId",
        case when grouping(e.grade) = 0 then e.grade end as grade,
        count(*)::int as active,
        count(g.record_id)::int as gone,
        count(g.record_id) filter (where ${isOldestGrade(context, "e.grade")})::int as "goneAtRollover",
        0 as "goneOver"
      from ${rosterOf(context, "account")} e
      cross join unnest(e.school_ids) h (school)
      left join ${gone(context, "account")} g on g.record_id = e.id
      where e.status = 'active' and e.role in ('teacher', 'learner')
      group by grouping sets ((e.role, h.school), (e.role, h.school, e.grade))
      having count(g.record_id) >= 3 and (grouping(e.grade) = 1 or e.grade is not null)
      order by count(g.record_id)::float8 / count(*) desc
      limit ${most}) x
    join ${rosterOf(context, "school")} s on s.id = x."schoolId"
    order by x.gone::float8 / x.active desc, x.gone desc`);
}

/** The active classes of each school, with how many of them go; the hardest hit first. */
async function readClassroomsBySchool(context: PlanContext): Promise<SchoolGroup[]> {
  return context.sql.unsafe<SchoolGroup[]>(`
    select
      'classroom' as kind,
      c.school_id as "schoolId",
      min(s.name) as "schoolName",
      null as grade,
      count(*)::int as active,
      count(g.classroom_id)::int as gone,
      count(*) filter (where g.is_ended)::int as "goneAtRollover",
      count(*) filter (where g.is_over)::int as "goneOver"
    from ${rosterOf(context, "classroom")} c
    left join ${context.staging.work.goneClasses} g on g.classroom_id = c.id
    join ${rosterOf(context, "school")} s on s.id = c.school_id
    where c.status = 'active'
    group by c.school_id
    having count(g.classroom_id) >= 3
    order by count(g.classroom_id)::float8 / count(*) desc
    limit ${most}`);
}

/** How many of the classes that go have terms that are over or ended, and how many of the memberships are of those. */
async function readExplained(context: PlanContext): Promise<Pick<Leaving, "over" | "ofEndedTerms">> {
  const { goneClasses } = context.staging.work;
  const [row] = await context.sql.unsafe<{ over: number; ended: number; membersOver: number; membersEnded: number }[]>(`
    select c.*, m.*
    from (
      select
        count(*) filter (where is_over)::int as over,
        count(*) filter (where is_ended)::int as ended
      from ${goneClasses} g) c,
    (
      select
        count(*) filter (where g.is_over)::int as "membersOver",
        count(*) filter (where g.is_ended)::int as "membersEnded"
      from ${gone(context, "membership")} s
      join ${rosterOf(context, "membership")} m on m.id = s.record_id
      join ${goneClasses} g on g.classroom_id = m.classroom_id) m`);
  return {
    over: { classrooms: row?.over ?? 0, memberships: row?.membersOver ?? 0 },
    ofEndedTerms: { classrooms: row?.ended ?? 0, memberships: row?.membersEnded ?? 0 },
  };
}

/** Memberships that go while their class and their person stay and the person gets no other in this run. */
async function readMembers(context: PlanContext): Promise<Pick<Leaving, "teaching" | "emptied" | "emptiedCount">> {
  const { goneClasses, lostMembers } = context.staging.work;
  await fill(
    context,
    "lostMembers",
    `select m.classroom_id, m.role
    from ${gone(context, "membership")} s
    join ${rosterOf(context, "membership")} m on m.id = s.record_id
    left join ${goneClasses} c on c.classroom_id = m.classroom_id
    left join ${gone(context, "account")} a on a.record_id = m.account_id
    left join (
      select distinct account_id from ${context.staging.plan.membership} p
      where action in ('created', 'reactivated')) n on n.account_id = m.account_id
    where c.classroom_id is null
      and a.record_id is null
      and n.account_id is null`,
  );
  // The classes that lose three members or more, and of these the ones that lose more than half.
  const emptied = await context.sql.unsafe<(ClassGroup & { emptiedCount: number })[]>(`
    with hit as materialized (
      select classroom_id, count(*) as lost from ${lostMembers} l
      group by 1
      having count(*) >= 3),
    sizes as (
      select h.classroom_id, h.lost, count(*) as active
      from hit h
      join ${rosterOf(context, "membership")} m on m.classroom_id = h.classroom_id and m.status = 'active'
      group by 1, 2)
    select
      s.classroom_id as "classroomId",
      c.name,
      s.lost::int,
      s.active::int,
      count(*) over ()::int as "emptiedCount"
    from sizes s
    join ${rosterOf(context, "classroom")} c on c.id = s.classroom_id
    where 2 * s.lost > s.active
    order by s.lost::float8 / s.active desc, s.lost desc
    limit ${most}`);
  const [lost] = await context.sql.unsafe<{ gone: number }[]>(
    `select count(*)::int as gone from ${lostMembers} l
    where role <> 'learner'`,
  );
  const teaching = { active: 0, gone: lost?.gone ?? 0 };
  if (teaching.gone >= 3) {
    const [all] = await context.sql.unsafe<{ active: number }[]>(
      `select count(*)::int as active
      from ${rosterOf(context, "membership")} m
      where m.status = 'active' and m.role <> 'learner'`,
    );
    teaching.active = all?.active ?? 0;
  }
  return {
    teaching,
    emptied: emptied.map(({ classroomId, name, lost, active }) => ({ classroomId, name, lost, active })),
    emptiedCount: emptied[0]?.emptiedCount ?? 0,
  };
}

async function countGraduates(context: PlanContext): Promise<number> {
  const [row] = await context.sql.unsafe<{ count: number }[]>(`
    select count(*)::int as count
    from ${gone(context, "account")} g
    join ${rosterOf(context, "account")} e on e.id = g.record_id
    where e.role = 'learner' and ${isOldestGrade(context, "e.grade")}`);
  return row?.count ?? 0;
}
