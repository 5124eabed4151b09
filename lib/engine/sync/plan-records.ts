import { isReferenceOut } from "#lib/engine/scope/rules.ts";
import { tableOf } from "#lib/platform/db/staging.ts";
import { isNotRostered } from "./known-as.ts";
import { execute, insertIssues, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { planEntity } from "./plan-entity.ts";
import { leavingLinks, recognise } from "./recognise.ts";
import { recogniseClasses } from "./recognise-classes.ts";
import { referencesTo } from "./references.ts";
import { fill } from "./work.ts";

/** A school that has a number is known by it, to whomever it belongs; without one by its name, where it is free. */
export async function planSchools(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.orgs;
  const select = `select * from ${incoming} i`;
  // By number only where it is one school's on both sides, and never a school that this integration goes on knowing by
  // another id.
  const byNumber = `
      select i.external_id, s.id as record_id, 'school-number' as matched_by, null::uuid as left_id
      from (
        select min(external_id) as external_id, number from ${incoming} i
        where number is not null
        group by number
        having count(*) = 1) i
      join (
        select min(id::text)::uuid as id, number from ${rosterOf(context, "school")} s
        where number is not null
        group by number
        having count(*) = 1) s using (number)
      where not exists (
        select from ${linksOf(context, "school")} l
        where l.record_id = s.id
          and not exists (select from ${leavingLinks(context, "school")} v where v.external_id = l.external_id))`;
  const byName = await recognise(context, "school", select, [
    {
      matchedBy: "same-name",
      of: (alias) => `lower(${alias}.name)`,
      agrees: `(i.number is null or e.number is null) and e.id not in (select record_id from (${byNumber}) n)
        and i.external_id not in (select external_id from (${byNumber}) n)`,
    },
  ]);
  const match = `(
      ${byNumber}
      union all
      select * from ${byName} n)`;
  await planEntity(context, "school", { select, match, identity: [], keepWhen: {} });
}

export async function planTerms(context: PlanContext): Promise<void> {
  const select = `select * from ${context.staging.incoming.academicSessions} i`;
  const match = await recognise(context, "term", select, [
    { matchedBy: "same-values", of: (alias) => `row(${alias}.name, ${alias}.type, ${alias}.begin_date, ${alias}.end_date)::text` },
    { matchedBy: "same-dates", of: (alias) => `row(${alias}.begin_date, ${alias}.end_date)::text` },
  ]);
  await planEntity(context, "term", { select, match, identity: [], keepWhen: {} });
}

export async function planCourses(context: PlanContext): Promise<void> {
  const select = `select * from ${context.staging.incoming.courses} i`;
  const match = await recognise(context, "course", select, [
    { matchedBy: "same-values", of: (alias) => `row(${alias}.name, ${alias}.code)::text` },
    { matchedBy: "same-code", of: (alias) => `lower(${alias}.code)` },
    { matchedBy: "same-name", of: (alias) => `lower(${alias}.name)`, agrees: "(i.code is null or e.code is null)" },
  ]);
  await planEntity(context, "course", { select, match, identity: [], keepWhen: {} });
}

/** A class needs a school; a term or course that is not there is left off. Each with an issue. Needs people to be planned. */
export async function planClassrooms(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.classes;
  const place = "c.external_id, c.part, c.position";
  const nothing = "null::uuid[] as record_ids";
  const { classRefs, classTerms } = context.staging.work;
  const schools = await referencesTo(context, "school", `select school_external_id from ${incoming} i`);
  const courses = await referencesTo(context, "course", `select course_external_id from ${incoming} i`);
  const terms = await referencesTo(context, "term", `select unnest(term_external_ids) from ${incoming} i`);
  await fill(
    context,
    "classRefs",
    `select c.external_id, s.record_id as school_id, k.record_id as course_id
    from ${incoming} c
    left join ${schools} s on s.external_id = c.school_external_id
    left join ${courses} k on k.external_id = c.course_external_id`,
  );
  await fill(
    context,
    "classTerms",
    `select c.external_id, x.term, x.n, t.record_id
    from ${incoming} c
    cross join unnest(c.term_external_ids) with ordinality x (term, n)
    left join ${terms} t on t.external_id = x.term`,
  );

  await setAsideUnresolved(
    context,
    `select ${place}, 'schoolSourcedId' as field, c.school_external_id as value, ${nothing}
    from ${incoming} c
    join ${classRefs} r using (external_id)
    where r.school_id is null`,
  );
  await insertIssues(
    context,
    "reference-course",
    "classes",
    "the class, without a course",
    `select ${place}, 'courseSourcedId' as field, c.course_external_id as value, ${nothing}
     from ${incoming} c
     join ${classRefs} r using (external_id)
     where c.course_external_id is not null and r.course_id is null and r.school_id is not null
       and not ${isReferenceOut(context.scope, "courses", "c.course_external_id")}`,
  );
  await insertIssues(
    context,
    "reference-term",
    "classes",
    "the class, without this term",
    `select ${place}, 'termSourcedIds' as field, t.term as value, ${nothing}
     from ${incoming} c
     join ${classTerms} t using (external_id)
     join ${classRefs} r using (external_id)
     where t.record_id is null and r.school_id is not null
       and not ${isReferenceOut(context.scope, "academicSessions", "t.term")}`,
  );

  const select = `select c.*, r.school_id, r.course_id, coalesce(t.term_ids, '{}') as term_ids
    from ${incoming} c
    join ${classRefs} r using (external_id)
    left join (
      select external_id, array_agg(record_id order by n) as term_ids from ${classTerms} t
      where record_id is not null
      group by external_id) t using (external_id)
    where r.school_id is not null`;
  await planEntity(context, "classroom", { select, match: await recogniseClasses(context, select), identity: [], keepWhen: {} });
}

async function setAsideUnresolved(context: PlanContext, classes: string): Promise<void> {
  await insertIssues(context, "reference-school", "classes", "nothing of this record; the classroom in Aivo stays as it was", classes);
  await execute(
    context,
    `insert into ${tableOf(context.staging.setAside)} (collection, external_id, disposition, entity, part, position,
      added)
    select 'classes', external_id, 'left-out', 'classroom', part, position, true from (${classes}) c`,
  );
}

/**
 * People with their schools; needs accounts to be matched. Orgs that are not schools (a district office) are passed
 * over in silence.
 */
export async function planAccounts(context: PlanContext): Promise<void> {
  const { accountMatches, setAside } = context.staging;
  const incoming = context.staging.incoming.users;
  const { personSchools } = context.staging.work;
  const schools = await referencesTo(context, "school", `select unnest(school_external_ids) from ${incoming} i`);
  await fill(
    context,
    "personSchools",
    `select u.external_id, x.school, x.n, s.record_id
    from ${incoming} u
    cross join unnest(u.school_external_ids) with ordinality x (school, n)
    left join ${schools} s on s.external_id = x.school`,
  );
  await insertIssues(
    context,
    "reference-org",
    "users",
    "the person, without this school",
    `select u.external_id, u.part, u.position, 'orgSourcedIds' as field, p.school as value, null::uuid[] as record_ids
     from ${personSchools} p
     join ${incoming} u using (external_id)
     where p.record_id is null
       and not ${isNotRostered(context, "orgs", "p.school")}
       and not ${isReferenceOut(context.scope, "orgs", "p.school")}`,
  );
  await planEntity(context, "account", {
    select: `select u.*, coalesce(p.school_ids, '{}') as school_ids
      from ${incoming} u
      join ${accountMatches} m on m.external_id = u.external_id and m.conflict is null
      left join (
        select external_id, array_agg(record_id order by n) as school_ids from ${personSchools} s
        where record_id is not null
        group by external_id) p on p.external_id = u.external_id`,
    match: `(
      select external_id, record_id, matched_by, left_id from ${accountMatches} m
      where record_id is not null or left_id is not null)`,
    identity: ["role"],
    keepWhen: {
      email: "'email' = any(r.unreadable)",
      grade: "'grade' = any(r.unreadable)",
      ...(context.apart === null ? {} : { school_ids: "r.keeps_schools" }),
    },
  });
  await execute(
    context,
    `insert into ${tableOf(setAside)} (collection, external_id, disposition, entity, part, position, added)
    select 'users', u.external_id, 'left-out', u.role, u.part, u.position, true
    from ${incoming} u
    join ${accountMatches} m on m.external_id = u.external_id and m.conflict is not null`,
  );
}
