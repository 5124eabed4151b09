import { fates } from "#lib/platform/db/schema/source-records.ts";
import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import type { FoldNotice } from "#lib/roster/fold-roles.ts";
import { type Apart, familyOfRole } from "./apart.ts";
import { noteFold, noteRoles } from "./fold-issues.ts";
import { restageFolded } from "./fold-restage.ts";
import { gone, isInForce, isToFold, rolesTold, stillTold, stillUsable, wasThere } from "./fold-roles-told.ts";
import { execute, growsBy, mirrorOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { addTo, fill } from "./work.ts";

/*
 * What people are and where, of the roles that the SIS tells apart from them: lib/roster/fold-roles.ts for everybody at once, over what
 * was read and what the mirror has. It comes before anything is planned, and planning sees of each person what it came to.
 */

/** @throws nothing that planning does not; does nothing where no roles are told apart */
export async function foldRoles(context: PlanContext): Promise<void> {
  const { apart } = context;
  if (apart === null) return;
  await keepDoubtfulRoles(context);
  await fillOrgs(context);
  if (!context.isFirst && !context.plansEverything) await restageFolded(context, apart);
  await standRoles(context, apart);
  await fill(context, "foldedPeople", noneFolded);
  if (context.isFirst) await foldThose(context, apart);
  else await foldRestaged(context);
}

const noneFolded = `select null::text, null::text, null::text, null::text, null::boolean, null::text[], null::text, null::text, null::text[] where false`;

/** The same for those who were added since: what they are is as before, but how they keep it is told nowhere. */
export async function foldRestaged(context: PlanContext): Promise<void> {
  if (context.apart === null || context.isFirst) return;
  const { foldedPeople } = context.staging.work;
  const people = await fill(
    context,
    "peopleToFold",
    `select u.external_id from ${context.all.users} u
    where u.roles_apart and not exists (select from ${foldedPeople} f where f.external_id = u.external_id)`,
  );
  if (people > 0) await foldThose(context, context.apart);
}

/** Folds the people to fold: in a first sync all there are. */
async function foldThose(context: PlanContext, apart: Apart): Promise<void> {
  const { staging } = context;
  const { foldedPeople } = staging.work;
  await growsBy(context, await addTo(context, "foldedPeople", fold(context, apart)));
  const isNew = isToFold(context, "t.external_id");
  await execute(
    context,
    `update ${tableOf(context.all.users)} t set
      role = coalesce(f.kind, f.linked),
      school_external_ids = f.schools,
      grade = case when f.kind = 'learner' then t.grades[1] end,
      student_number = case when f.kind = 'learner' then t.number end,
      standing = f.standing,
      standing_reason = f.reason,
      keeps_schools = f.keeps
    from ${foldedPeople} f
    where ${isOwn(staging, "t")} and f.external_id = t.external_id and ${isNew}`,
  );
  await execute(
    context,
    `insert into ${tableOf(staging.setAside)} (collection, external_id, disposition, reason, said, entity, part,
      position, added)
    select 'users', t.external_id, case when t.standing = 'waiting' then 'left-out' else t.standing end,
      t.standing_reason, t.said,
      coalesce(t.role, 'learner'), t.part, t.position, true
    from ${context.all.users} t
    where t.standing is not null and ${isNew}`,
  );
  await noteFold(context);
}

/** A role that is missing may be a row without an id: one that names the same person, or nobody. */
async function keepDoubtfulRoles(context: PlanContext): Promise<void> {
  if (context.isFirst || !context.unidentified.has("roles")) return;
  const { setAside } = context.staging;
  const nameless = `select s.person_external_id from ${setAside} s where s.collection = 'roles' and s.external_id is null`;
  await execute(
    context,
    `delete from ${tableOf(setAside)} t
    using ${mirrorOf(context, "roles")} m
    where ${isOwn(context.staging, "t")}
      and t.collection = 'roles'
      and t.disposition = 'missing'
      and m.external_id = t.external_id
      and (m.person_external_id in (${nameless} and s.person_external_id is not null)
        or exists (${nameless} and s.person_external_id is null))`,
  );
}

/** The orgs that the SIS has, and which of them are schools. One that was left out is what it was. */
async function fillOrgs(context: PlanContext): Promise<void> {
  const { setAside } = context.staging;
  const wasSchool = context.isFirst
    ? "false"
    : `exists (select from ${mirrorOf(context, "orgs")} m where m.external_id = s.external_id and m.rostered)`;
  await fill(
    context,
    "roleOrgs",
    `select i.external_id, true from ${context.all.orgs} i
    union all
    select distinct s.external_id, s.disposition = 'left-out' and ${wasSchool} from ${setAside} s
    where s.collection = 'orgs' and s.disposition in ('left-out', 'not-rostered') and s.external_id is not null
    ${
      context.isFirst
        ? ""
        : `union all
    select m.external_id,
      m.fate in ('rostered', 'waiting', 'withheld', 'out-of-scope') or m.fate = 'left-out' and m.rostered
    from ${stillTold(
      context,
      "orgs",
      fates.filter((fate) => fate !== "withdrawn"),
    )} m
    where not exists (select from ${setAside} s where s.collection = 'orgs' and s.external_id = m.external_id)`
    }`,
  );
}

/** Of each incoming role whether it counts: for a person, at an org, and as something that Aivo rosters. */
async function standRoles(context: PlanContext, { rules }: Apart): Promise<void> {
  const { setAside, work } = context.staging;
  const roles = context.all.roles;
  const named = context.size.isFew ? `and m.external_id = any (array(select r.person_external_id from ${roles} r))` : "";
  const people = `(
      select external_id from ${context.all.users} u
      union all
      select distinct s.external_id from ${setAside} s
      where s.collection = 'users' and s.disposition in ('left-out', 'not-rostered') and s.external_id is not null
      ${
        context.isFirst
          ? ""
          : `union all
      select m.external_id from ${mirrorOf(context, "users")} m
      where m.fate <> 'withdrawn' and ${wasThere} ${named} and m.external_id not in ${gone(context, "users")}`
      })`;
  const family = familyOfRole("r.role", rules);
  await execute(
    context,
    `update ${tableOf(roles)} t set standing = n.standing, standing_reason = n.reason
    from (
      select
        r.external_id,
        case
          when coalesce(${family}, 'family') = 'family' then 'not-rostered'
          when u.external_id is null or o.external_id is null then 'waiting'
        end as standing,
        case
          when coalesce(${family}, 'family') = 'family' then r.role
          when u.external_id is null then 'reference-user'
          when o.external_id is null then 'reference-org'
        end as reason
      from ${roles} r
      left join ${people} u on u.external_id = r.person_external_id
      left join ${work.roleOrgs} o on o.external_id = r.school_external_id) n
    where ${isOwn(context.staging, "t")}
      and n.external_id = t.external_id
      and row(t.standing, t.standing_reason) is distinct from row(n.standing, n.reason)`,
  );
  await noteRoles(context, family);
}

const notice = (code: FoldNotice) => `'${code}'`;

/**
 * Of each of the people to fold what their roles come to, in the order of the columns of `foldedPeople`. What is told of a role twice is put
 * together only where somebody has two: an aggregate of what is distinct sorts for each person, and most have one role. Their enrollments at
 * the school of that role add nothing to it, unless it is only by them that somebody of the staff teaches.
 */
function fold(context: PlanContext, { today: day, rules }: Apart): string {
  const { work } = context.staging;
  const today = `'${day}'::date`;
  const family = familyOfRole("r.role", rules);
  const few = (column: string) =>
    context.size.isFew && !context.isFirst
      ? `and ${column} = any (array(select external_id from ${work.peopleToFold} p))`
      : `and ${isToFold(context, column)}`;
  const roles = rolesTold(context, few("r.person_external_id"));
  const schools = (of: string) =>
    `coalesce(array_agg(r.school_external_id)
          filter (where r.is_in_force and r.is_school and r.family = '${of}'), '{}') as ${of}_schools`;
  const before = context.isFirst
    ? "null::text as linked, false as is_rostered, null::text[] as before"
    : "a.role as linked, coalesce(m.rostered, false) as is_rostered, m.school_external_ids as before";
  const teachersSchools = inOrder("(case when v.teaching then v.teaching_schools when v.staff then v.staff_schools end)");
  const enrollment = "external_id, person_external_id, class_external_id, role, begin_date, end_date";
  return `
    with people as materialized (
      select u.external_id, u.primary_org_external_id as home,
        ${before}
      from ${context.all.users} u
      ${
        context.isFirst
          ? ""
          : `left join ${mirrorOf(context, "users")} m on m.external_id = u.external_id
      left join ${rosterOf(context, "account")} a on a.id = m.record_id and a.role <> 'admin'`
      }
      where u.roles_apart and ${isToFold(context, "u.external_id")}),
    roles as materialized (
      select r.*, ${family} as family, ${isInForce(day)} as is_in_force, o.is_school
      from (${roles}) r
      join ${work.roleOrgs} o on o.external_id = r.school_external_id
      where coalesce(r.begin_date < r.end_date, true)),
    told as (
      select
        r.person_external_id as external_id,
        bool_or(r.is_in_force) as is_any,
        coalesce(bool_or(r.begin_date > ${today}), false) as is_ahead,
        max(r.end_date) as last_end,
        coalesce(bool_or(r.family = 'learner') filter (where r.is_in_force), false) as learner,
        coalesce(bool_or(r.family = 'teaching') filter (where r.is_in_force), false) as teaching,
        coalesce(bool_or(r.family = 'staff') filter (where r.is_in_force), false) as staff,
        bool_and(coalesce(r.family = 'learner', false))
          filter (where r.is_in_force and r.type = 'primary') as primary_learner,
        bool_and(coalesce(r.family = 'teaching', false))
          filter (where r.is_in_force and r.type = 'primary') as primary_teaching,
        min(r.role collate "C") filter (where r.is_in_force) as word,
        ${["learner", "teaching", "staff"].map(schools).join(",\n        ")},
        array_agg(r.school_external_id) filter (where r.is_in_force) as orgs,
        case
          when min(r.school_external_id collate "C") filter (where r.is_in_force)
            = max(r.school_external_id collate "C") filter (where r.is_in_force)
          then min(r.school_external_id collate "C") filter (where r.is_in_force)
        end as only_org,
        array_agg(r.role) filter (where r.is_in_force) as words,
        array_agg(r.school_external_id) filter (where r.is_in_force and r.type = 'primary') as primary_orgs
      from roles r
      group by 1),
    enrollments as (
      select ${enrollment} from ${context.all.enrollments} e where true ${few("e.person_external_id")}
      ${context.isFirst ? "" : `union all ${enrollmentsOf(context, enrollment)}`}),
    classes as (
      select external_id, school_external_id from ${context.all.classes} c
      ${
        context.isFirst
          ? ""
          : `union all
      select external_id, school_external_id
      from ${stillUsable(context, "classes")} c
      ${context.size.isFew ? "where c.external_id = any (array(select class_external_id from enrollments e))" : ""}`
      }),
    enrolled_by_school as (
      select
        e.person_external_id as external_id,
        c.school_external_id as school,
        bool_and(e.role = 'learner') as all_learner,
        bool_and(e.role <> 'learner') as all_teach,
        bool_or(e.role <> 'learner') as any_teach
      from enrollments e
      left join classes c on c.external_id = e.class_external_id
      left join told t on t.external_id = e.person_external_id
      where coalesce(e.begin_date <= ${today}, true)
        and coalesce(e.end_date >= ${today}, true)
        and (t.external_id is null or t.staff or t.only_org is distinct from c.school_external_id)
      group by 1, 2),
    enrolled as (
      select
        e.external_id,
        bool_and(e.all_learner) as all_learner,
        bool_and(e.all_teach) as all_teach,
        bool_or(e.any_teach) as any_teach,
        coalesce(array_agg(e.school) filter (where o.is_school), '{}') as schools
      from enrolled_by_school e
      left join ${work.roleOrgs} o on o.external_id = e.school
      group by 1),
    verdicts as (
      select p.*, t.*, e.all_learner, e.all_teach, e.any_teach, coalesce(e.schools, '{}') as enrolled_schools,
        p.external_id as person,
        case
          when t.external_id is null then
            case
              when p.linked is not null and p.is_rostered then 'stays'
              when e.all_learner then 'learner'
              when e.all_teach then 'teacher'
              else 'waits'
            end
          when not t.is_any then
            case
              when t.is_ahead then case when p.linked is not null and p.is_rostered then 'stays' else 'waits' end
              when p.linked is not null and p.is_rostered
                and ${today} < t.last_end + ${Math.trunc(rules.graceDays)} then 'stays'
              else 'over'
            end
          when t.learner and t.teaching then
            coalesce(
              p.linked, case when t.primary_learner then 'learner' when t.primary_teaching then 'teacher' end, 'waits')
          when t.learner then 'learner'
          when t.teaching then 'teacher'
          when t.staff and e.any_teach then 'teacher'
          else 'not'
        end as verdict
      from people p
      left join told t on t.external_id = p.external_id
      left join enrolled e on e.external_id = p.external_id)
    select
      v.person,
      case when v.verdict = 'stays' then v.linked when v.verdict in ('learner', 'teacher') then v.verdict end,
      case when v.verdict = 'waits' then 'waiting' when v.verdict in ('over', 'not') then 'not-rostered' end,
      case
        when v.verdict = 'over' then 'role-over'
        when v.verdict = 'not' then v.word
        when v.verdict <> 'waits' then null
        when v.word is not null then ${notice("role-both")}
        when v.is_ahead then ${notice("role-ahead")}
        else ${notice("role-none-waits")}
      end,
      v.verdict = 'stays',
      case
        when v.verdict = 'stays' then coalesce(v.before, '{}')
        when v.verdict = 'learner' then ${inOrder("v.learner_schools")}
        when v.verdict = 'teacher' then ${teachersSchools}
      end,
      case
        when v.verdict = 'waits' and v.word is not null then ${notice("role-both")}
        when v.verdict = 'waits' and v.is_ahead then ${notice("role-ahead")}
        when v.verdict = 'waits' then ${notice("role-none-waits")}
        when v.verdict = 'over' and v.linked is not null then ${notice("role-over")}
        when v.verdict in ('stays', 'learner', 'teacher') and v.is_any is null then ${notice("role-none")}
        when v.verdict = 'stays' and not v.is_ahead then ${notice("role-grace")}
        when v.verdict in ('learner', 'teacher') and v.learner and v.teaching then ${notice("role-both-kept")}
        when v.verdict = 'learner' and v.staff then ${notice("role-student-staff")}
      end,
      v.linked,
      case when v.verdict in ('learner', 'teacher') then array_remove(array[
        case
          when cardinality(v.orgs) > 1
            and cardinality(v.orgs) > (
              select count(distinct (k.word, k.org)) from unnest(v.words, v.orgs) k (word, org))
            then 'role-repeated'
        end,
        case
          when v.word is not null and v.primary_orgs is null
            or cardinality(v.primary_orgs) > 1
            and cardinality(v.primary_orgs) > (select count(distinct k.org) from unnest(v.primary_orgs) k (org))
            then 'role-primary'
        end,
        case when v.home is not null and v.word is not null and not v.home = any (v.orgs) then 'role-home' end,
        case when v.word is not null and not v.enrolled_schools <@ v.orgs then 'role-enrollment' end], null)
      end
    from verdicts v`;
}

/** Schools of roles and of enrollments, each once, the one that is listed first before the others. Most people have one, which is sorted already. */
function inOrder(schools: string): string {
  return `case
          when cardinality(${schools}) = 1 and v.enrolled_schools <@ ${schools} then ${schools}
          else array(
            select s.id from (select distinct unnest(coalesce(${schools}, '{}') || v.enrolled_schools) as id) s
            order by s.id is distinct from v.home, s.id collate "C")
        end`;
}

/**
 * What the mirror has of the enrollments of the people to fold. Those of few are found by what they are: an index on whose they are would
 * cost as much as the enrollments.
 */
function enrollmentsOf(context: PlanContext, columns: string): string {
  const people = context.staging.work.peopleToFold;
  const told = stillUsable(context, "enrollments");
  if (!context.size.isFew) return `select ${columns} from ${told} e where e.person_external_id in (select external_id from ${people} p)`;
  const isTheirs = `e.person_external_id = any (array(select external_id from ${people} p))`;
  const accounts = `select l.record_id from ${mirrorOf(context, "users")} l
        where l.record_id is not null and l.external_id = any (array(select external_id from ${people} p))`;
  const memberships = `select b.id from ${rosterOf(context, "membership")} b where b.account_id = any (array(${accounts}))`;
  return `
      select ${columns} from ${told} e
      where ${isTheirs} and (e.record_id = any (array(${memberships})) or e.fate in ('waiting', 'withheld')
        or e.out_of_scope_since is not null)`;
}
