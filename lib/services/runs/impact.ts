import { uuidLiteral } from "#lib/platform/db/literals.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import type { Impact, SchoolImpact } from "./held-schema.ts";

/** Of many schools those that most happens to. */
const most = 50;

export interface SchoolsImpact {
  readonly schools: readonly SchoolImpact[];
  readonly schoolCount: number;
  readonly district: Impact;
}

/**
 * What a plan that waits does to learners and classes, school by school: the district's active learners and classes once, beside the
 * plan's, which have an index by run; some two seconds at a million people.
 */
export async function readImpact(tx: Tx, runId: string): Promise<SchoolsImpact> {
  const { plan, statusChanges } = waitingPlanOf({ districtId: tx.districtId, runId });
  const district = uuidLiteral(tx.districtId);
  const gone = (entity: string) => `(select record_id from ${statusChanges} s where entity = '${entity}' and action = 'deactivated')`;
  const rows = await tx.sql.unsafe<(SchoolImpact & { readonly schoolCount: number; readonly district: Impact })[]>(`
    with learners as (
      select from_school, to_school, fate, count(*)::int as count
      from (
        select e.school_ids[1] as from_school,
          case when p.record_id is null then e.school_ids[1] else p.school_ids[1] end as to_school,
          case when g.record_id is not null then 'leave'
            when p.record_id is not null and p.school_ids[1] is distinct from e.school_ids[1] then 'move'
            else 'stay'
          end as fate
        from accounts e
        left join ${gone("account")} g on g.record_id = e.id
        left join (select record_id, school_ids from ${plan.account} p where action = 'updated') p on p.record_id = e.id
        where e.district_id = ${district} and e.role = 'learner' and e.status = 'active'
        union all
        select null, p.school_ids[1], 'arrive' from ${plan.account} p where p.role = 'learner' and p.action in ('created', 'reactivated')) each
      group by 1, 2, 3),
    classes as (
      select from_school, to_school, count(*)::int as count
      from (
        select e.school_id as from_school, case when g.record_id is null then coalesce(p.school_id, e.school_id) end as to_school
        from classrooms e
        left join ${gone("classroom")} g on g.record_id = e.id
        left join (select record_id, school_id from ${plan.classroom} p where action = 'updated') p on p.record_id = e.id
        where e.district_id = ${district} and e.status = 'active'
        union all
        select null, p.school_id from ${plan.classroom} p where p.action in ('created', 'reactivated')) each
      group by 1, 2),
    figures as (
      select from_school as school, count as now, case when fate = 'stay' then count else 0 end as stay, 0 as moves, 0 as arrives,
        case when fate = 'leave' then count else 0 end as leaves, case when fate = 'stay' then count else 0 end as after, 0 as was,
        0 as becomes
      from learners where fate <> 'arrive'
      union all
      select to_school, 0, 0, case when fate = 'move' then count else 0 end, case when fate = 'arrive' then count else 0 end, 0, count, 0, 0
      from learners where fate in ('move', 'arrive')
      union all
      select from_school, 0, 0, 0, 0, 0, 0, count, 0 from classes where from_school is not null
      union all
      select to_school, 0, 0, 0, 0, 0, 0, 0, count from classes where to_school is not null),
    schools_hit as (
      select school, sum(now)::int as now, sum(stay)::int as stay, sum(moves)::int as "moveIn", sum(arrives)::int as arrive,
        sum(leaves)::int as leave, sum(after)::int as after, sum(was)::int as "classesBefore", sum(becomes)::int as "classesAfter"
      from figures group by school),
    names as (
      select id, name, (row_number() over (order by name, id) - 1)::int as place
      from schools where district_id = ${district} and status = 'active')
    select h.school as "schoolId", coalesce(n.name, p.name, 'No school') as name, n.place,
      h.now, h.stay, h."moveIn", h.arrive, h.leave, h.after, h."classesBefore", h."classesAfter",
      (count(*) over ())::int as "schoolCount",
      jsonb_build_object(${figures.map((figure) => `'${figure}', sum(h."${figure}") over ()`).join(", ")}) as district
    from schools_hit h
    left join names n on n.id = h.school
    left join ${plan.school} p on p.record_id = h.school
    order by h.leave + h."moveIn" + h.arrive + abs(h."classesAfter" - h."classesBefore") desc, n.place
    limit ${most}`);
  const [first] = rows;
  const schools = rows.map(({ schoolCount: _count, district: _district, ...school }) => school);
  return {
    schools: schools.sort((a, b) => (a.place ?? most) - (b.place ?? most)),
    schoolCount: first?.schoolCount ?? 0,
    district: first?.district ?? nothing,
  };
}

const figures = ["now", "stay", "moveIn", "arrive", "leave", "after", "classesBefore", "classesAfter"] as const;
const nothing = Object.fromEntries(figures.map((figure) => [figure, 0])) as unknown as Impact;

export interface Ahead {
  readonly gradesUp: number;
  readonly otherSchools: number;
  readonly newTerms: number;
  readonly newBegins: string | null;
}

/** What the words of a plan name beside that: who changes grade or school, and which terms it brings. */
export async function readAhead(tx: Tx, runId: string): Promise<Ahead> {
  const { plan } = waitingPlanOf({ districtId: tx.districtId, runId });
  const [row] = await tx.sql.unsafe<Ahead[]>(`
    select p.*, t.* from (
      select count(*) filter (where p.grade is distinct from e.grade)::int as "gradesUp",
        count(*) filter (where p.school_ids[1] is distinct from e.school_ids[1])::int as "otherSchools"
      from ${plan.account} p
      join accounts e on e.district_id = ${uuidLiteral(tx.districtId)} and e.id = p.record_id and e.role = 'learner'
      where p.action = 'updated') p,
    (
      select count(*)::int as "newTerms", min(begin_date)::text as "newBegins" from ${plan.term} p where action = 'created') t`);
  return row ?? { gradesUp: 0, otherSchools: 0, newTerms: 0, newBegins: null };
}
