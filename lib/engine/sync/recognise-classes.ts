import { type DecidedClasses, findDecidedClasses, overRecognised } from "./decided-classes.ts";
import { insertIssues, type PlanContext, rosterOf, withoutLoops } from "./plan-context.ts";
import { freeRecords, isAnyFree, type Key, recognise } from "./recognise.ts";
import { referencesTo } from "./references.ts";
import { addTo, fill } from "./work.ts";

/** A class that agrees in all of this. Of one that leaves only where a term says that it is not last year's. */
const sameValues: Key = {
  matchedBy: "same-values",
  of: (alias) => `row(${alias}.school_id, ${alias}.name, ${alias}.code, ${alias}.course_id,
        (select array_agg(t order by t) from unnest(${alias}.term_ids) t))::text`,
  agrees: "(not e.is_leaving or cardinality(e.term_ids) > 0)",
};

/** Which classes are spoken for, and which pairs are none, as conditions; `true` where no admin has decided anything. */
function undecided(decided: DecidedClasses | null) {
  const none = (table: "same" | "another", condition: string) =>
    decided === null ? "true" : `not exists (select from ${decided[table]} d where ${condition})`;
  return {
    incoming: (id: string) => none("same", `d.external_id = ${id}`),
    free: (id: string) => none("same", `d.record_id = ${id}`),
    pair: (externalId: string, recordId: string) => none("another", `d.external_id = ${externalId} and d.record_id = ${recordId}`),
  };
}
type Undecided = ReturnType<typeof undecided>;

/** Whoever teaches or attends more classes than this says nothing of which is which, nor does a code that more have. */
const atMost = 40;

/**
 * Which class of Aivo each incoming class is that comes by an unknown id. Those that agree in all are told at once; the
 * others by school, section number or code, course, teacher and members (docs/decisions/013): see `qualifies`. What
 * could be several is none of them, and an issue says so. Needs the people to be planned. Returns what planEntity calls
 * `match`.
 */
export async function recogniseClasses(context: PlanContext, select: string): Promise<string> {
  const decided = await findDecidedClasses(context, select);
  const left = undecided(decided);
  const agrees = [sameValues.agrees, left.incoming("i.external_id"), left.free("e.id"), left.pair("i.external_id", "e.id")].join(" and ");
  const recognised = await recognise(context, "classroom", select, [{ ...sameValues, agrees }]);
  const match = decided === null ? recognised : overRecognised(context, recognised, decided);
  if (!(await isAnyFree(context, "classroom"))) return match;
  const isAny = (await fillNewClasses(context, select, left)) > 0 && (await fillFreeClasses(context, left)) > 0;
  if (!isAny) return match;
  await withoutLoops(context, async () => {
    await fillMembers(context);
    await fillPairs(context, left);
  });
  const { classPairs, newClasses } = context.staging.work;
  await addTo(
    context,
    "recognised",
    `select external_id, record_id, 'same-class' from ${classPairs} p
    where is_best and is_best_for_record`,
  );
  await insertIssues(
    context,
    "class-ambiguous",
    "classes",
    "the class, as a new one; the classes that it may be stay as the other records say",
    `select n.external_id, n.part, n.position, 'title' as field, n.name as value,
      (select array_agg(distinct p.record_id) from ${classPairs} p where p.external_id = n.external_id) as record_ids
    from ${newClasses} n
    where n.external_id in (select external_id from ${classPairs} p)
      and n.external_id not in (select external_id from ${context.staging.work.recognised} r)`,
  );
  return match;
}

const columns = (alias: string) => `${alias}.school_id, lower(${alias}.name), lower(${alias}.code), ${alias}.course_id, ${alias}.periods`;

/** From the terms of a class `alias`: its first and its last day, as two columns. */
function spanOf(context: PlanContext, alias: string): string {
  const { plan } = context.staging;
  const column = (which: string) => `(
        select ${which}
        from unnest(${alias}.term_ids) x (id)
        left join ${plan.term} p on p.record_id = x.id
        left join ${rosterOf(context, "term")} t on t.id = x.id and p.record_id is null)`;
  return `${column("min(coalesce(p.begin_date, t.begin_date))")}, ${column("max(coalesce(p.end_date, t.end_date))")}`;
}

function fillNewClasses(context: PlanContext, select: string, left: Undecided): Promise<number> {
  const { recognised } = context.staging.work;
  return fill(
    context,
    "newClasses",
    `select i.external_id, i.part, i.position, ${columns("i")}, ${spanOf(context, "i")}
    from (${select}) i
    where i.external_id not in (select external_id from ${recognised} r)
      and ${left.incoming("i.external_id")}
      and not exists (
        select from source_records l
        where l.district_id = ${context.district}
          and l.integration_id = ${context.integration}
          and l.collection = 'classes'
          and l.external_id = i.external_id
          and l.record_id is not null)`,
  );
}

function fillFreeClasses(context: PlanContext, left: Undecided): Promise<number> {
  const { recognised } = context.staging.work;
  return fill(
    context,
    "freeClasses",
    `select f.id, f.is_leaving, ${columns("f")}, ${spanOf(context, "f")}
    from ${freeRecords(context, "classroom")} f
    where f.status = 'active'
      and ${left.free("f.id")}
      and f.id not in (select record_id from ${recognised} r)`,
  );
}

/** Who teaches and attends the classes of either side, by account; and how many learners each class has. */
async function fillMembers(context: PlanContext): Promise<void> {
  const { newClasses, freeClasses, classMembers } = context.staging.work;
  const enrollments = context.staging.incoming.enrollments;
  const people = await referencesTo(
    context,
    "account",
    `select n.person_external_id from ${enrollments} n
    where n.class_external_id in (select external_id from ${newClasses} c)`,
  );
  await fill(
    context,
    "classMembers",
    `select distinct n.class_external_id, null::uuid, a.record_id, n.role <> 'learner'
    from ${enrollments} n
    join ${newClasses} c on c.external_id = n.class_external_id
    join ${people} a on a.external_id = n.person_external_id
    union all
    select null, m.classroom_id, m.account_id, m.role <> 'learner'
    from ${rosterOf(context, "membership")} m
    join ${freeClasses} f on f.record_id = m.classroom_id
    where m.status = 'active'`,
  );
  await fill(
    context,
    "classSizes",
    `select external_id, record_id, count(*) filter (where not teaches)
    from ${classMembers} m
    group by external_id, record_id`,
  );
}

/**
 * Each pair that qualifies, scored, and whether it is better than every other of the one class and of the other. One
 * class on either side has few that qualify: neither somebody in very many classes nor a code of very many makes pairs.
 */
async function fillPairs(context: PlanContext, left: Undecided): Promise<void> {
  const { newClasses, freeClasses, classMembers, classSizes } = context.staging.work;
  const few = (side: "external_id" | "record_id") => `(
          select account_id, teaches from ${classMembers} m
          where ${side} is not null
          group by account_id, teaches
          having count(*) <= ${atMost})`;
  const rareCode = (classes: string) => `(
          select school_id, code from ${classes} c
          where code is not null
          group by school_id, code
          having count(*) <= ${atMost})`;
  await fill(
    context,
    "classPairs",
    `with common as (
      select n.external_id, o.record_id,
        count(*) filter (where not n.teaches) as learners,
        count(*) filter (where n.teaches) as teachers
      from ${classMembers} n
      join ${few("external_id")} few_new using (account_id, teaches)
      join ${few("record_id")} few_free using (account_id, teaches)
      join ${classMembers} o on o.account_id = n.account_id and o.teaches = n.teaches and o.record_id is not null
      where n.external_id is not null
      group by n.external_id, o.record_id),
    paired as (
      select external_id, record_id from common
      union
      select n.external_id, f.record_id
      from ${newClasses} n
      join ${rareCode(newClasses)} rare_new using (school_id, code)
      join ${rareCode(freeClasses)} rare_free using (school_id, code)
      join ${freeClasses} f using (school_id, code)),
    told as (
      select n.external_id, f.record_id, f.is_leaving,
        coalesce(c.learners, 0) as learners,
        coalesce(c.teachers, 0) as teachers,
        greatest(coalesce(a.learners, 0), coalesce(b.learners, 0)) as most,
        least(coalesce(a.learners, 0), coalesce(b.learners, 0)) as fewest,
        coalesce(n.code = f.code, false) as same_code,
        coalesce(n.course_id = f.course_id, false) as same_course,
        n.name = f.name as same_name,
        n.periods = f.periods and n.periods <> '{}' as same_period,
        (n.begins is null) as is_undated,
        (f.begins is null) as was_undated,
        2 * (least(n.ends, f.ends) - greatest(n.begins, f.begins))
          >= least(n.ends - n.begins, f.ends - f.begins) as is_at_that_time
      from paired p
      join ${newClasses} n using (external_id)
      join ${freeClasses} f on f.record_id = p.record_id and f.school_id = n.school_id
      left join common c on c.external_id = n.external_id and c.record_id = f.record_id
      left join ${classSizes} a on a.external_id = n.external_id
      left join ${classSizes} b on b.record_id = f.record_id
      where ${left.pair("p.external_id", "p.record_id")}),
    scored as (
      select external_id, record_id,
        8 * same_code::int + 4 * same_course::int + 2 * same_name::int + same_period::int as score
      from told
      where ${qualifies})
    select external_id, record_id,
      score > coalesce(lead(score) over (partition by external_id order by score desc), -1)
        and row_number() over (partition by external_id order by score desc) = 1,
      score > coalesce(lead(score) over (partition by record_id order by score desc), -1)
        and row_number() over (partition by record_id order by score desc) = 1
    from scored`,
  );
}

/**
 * At one school, at the same time, and either by code, with at least half of the larger class in common or nobody in one of them; or with a
 * teacher and at least half of the larger class in common, or, where both have no learners yet, with a teacher and the name or course.
 * Classes of one integration whose terms say nothing may be last year's and this year's: of them only members tell.
 */
const haveMembersInCommon = "most > 0 and 2 * learners >= most";
const qualifies = `case
          when is_undated and was_undated then true
          when is_undated or was_undated then not is_leaving
          else is_at_that_time
        end
        and (same_code and (${haveMembersInCommon} or fewest = 0 and (not is_leaving or not is_undated))
          or teachers > 0
            and (${haveMembersInCommon}
              or most = 0 and (same_name or same_course) and (not is_leaving or not is_undated)))`;
