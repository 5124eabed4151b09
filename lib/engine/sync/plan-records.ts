import { rosterColumns } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { isNotRostered } from "./not-rostered.ts";
import { execute, insertIssues, linksOf, type PlanContext, referencesTo, rosterOf, suppliersOf } from "./plan-context.ts";
import { isBlank, noteUnsaid, refuseUnsaidDoubt, unsaidColumns } from "./unsaid-columns.ts";

/**
 * A record of an entity as the SIS has it, references resolved. `select` yields external_id, part, position and the
 * entity's roster columns; `match` yields external_id, record_id, matched_by and left_id for records without a link of their own, or
 * whose link is not theirs any more.
 */
interface Resolved {
  readonly select: string;
  readonly match: string;
  /** Columns that a record has from its creation on, out of `select`. */
  readonly identity: readonly string[];
  /** By column, when the incoming value is not to be believed and Aivo's own stays (as SQL over `r`). */
  readonly keepWhen: Readonly<Record<string, string>>;
}

const nobody = "(select null::text as external_id, null::uuid as record_id, null::text as matched_by, null::uuid as left_id where false)";

export async function planSchools(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.orgs;
  // By number only where it is one school's on both sides, and never a school that this integration already knows by another id.
  const match = `(select i.external_id, s.id as record_id, 'school-number' as matched_by, null::uuid as left_id
    from (select min(external_id) as external_id, number from ${incoming} where number is not null group by number having count(*) = 1) i
    join (select min(id::text)::uuid as id, number from ${rosterOf(context, "school")} s where number is not null group by number having count(*) = 1) s using (number)
    where not exists (select from ${linksOf(context, "school")} l where l.record_id = s.id))`;
  await planEntity(context, "school", { select: `select * from ${incoming}`, match, identity: [], keepWhen: {} });
}

export async function planTerms(context: PlanContext): Promise<void> {
  const select = `select * from ${context.staging.incoming.academicSessions}`;
  const match = suppliedAlready(context, "term", select, ["name", "type", "begin_date", "end_date"]);
  await planEntity(context, "term", { select, match, identity: [], keepWhen: {} });
}

export async function planCourses(context: PlanContext): Promise<void> {
  const select = `select * from ${context.staging.incoming.courses}`;
  const match = suppliedAlready(context, "course", select, ["name", "code"]);
  await planEntity(context, "course", { select, match, identity: [], keepWhen: {} });
}

/**
 * During a change of SIS the same term, course or class comes from both, by other ids. One that another integration
 * supplied, that this one does not know yet, and that agrees in all of `columns` is taken for the same, where there is
 * one such record on each side. On this side also those count that the input does not mention.
 */
function suppliedAlready(
  context: PlanContext,
  entity: "term" | "course" | "classroom",
  select: string,
  columns: readonly string[],
): string {
  if (!context.isShared) return nobody;
  const key = (alias: string) =>
    `row(${columns.map((column) => (column === "term_ids" ? `(select array_agg(t order by t) from unnest(${alias}.term_ids) t)` : `${alias}.${column}`)).join(", ")})::text`;
  return `(with incoming as (${select}), known as (
      select r.external_id, ${key("r")} as key from incoming r
      union all
      select l.external_id, ${key("s")} from ${linksOf(context, entity)} l join ${rosterOf(context, entity)} s on s.id = l.record_id
      where l.rostered and not exists (select from incoming r where r.external_id = l.external_id)
        and not exists (select from ${context.staging.endedLinks} x where x.entity = '${entity}' and x.external_id = l.external_id))
    select i.external_id, e.id as record_id, 'same-values' as matched_by, null::uuid as left_id
    from (select min(external_id) as external_id, key from known group by key having count(*) = 1) i
    join (select min(s.id::text)::uuid as id, ${key("s")} as key from ${rosterOf(context, entity)} s
      where s.id in (select record_id from source_records where district_id = ${context.district} and collection = '${collectionOfLinkEntity[entity]}'
          and integration_id <> ${context.integration} and record_id is not null)
        and s.id not in (select record_id from ${linksOf(context, entity)} l)
      group by 2 having count(*) = 1) e using (key))`;
}

/** A class needs a school; a term or course that is not there is left off. Each with an issue. */
export async function planClassrooms(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.classes;
  const place = "c.external_id, c.part, c.position";
  const nothing = "null::uuid[] as record_ids";
  await execute(
    context,
    `create temporary table class_refs on commit drop as
    select c.external_id, s.record_id as school_id, k.record_id as course_id
    from ${incoming} c
    left join ${referencesTo(context, "school", `select school_external_id from ${incoming}`)} s on s.external_id = c.school_external_id
    left join ${referencesTo(context, "course", `select course_external_id from ${incoming}`)} k on k.external_id = c.course_external_id`,
  );
  await execute(
    context,
    `create temporary table class_terms on commit drop as
    select c.external_id, x.term, x.n, t.record_id
    from ${incoming} c cross join unnest(c.term_external_ids) with ordinality x (term, n)
    left join ${referencesTo(context, "term", `select unnest(term_external_ids) from ${incoming}`)} t on t.external_id = x.term`,
  );
  await execute(context, "analyze class_refs; analyze class_terms");

  await setAsideUnresolved(
    context,
    `select ${place}, 'schoolSourcedId' as field, c.school_external_id as value, ${nothing}
    from ${incoming} c join class_refs r using (external_id) where r.school_id is null`,
  );
  await insertIssues(
    context,
    "reference-course",
    "classes",
    "the class, without a course",
    `select ${place}, 'courseSourcedId' as field, c.course_external_id as value, ${nothing}
     from ${incoming} c join class_refs r using (external_id)
     where c.course_external_id is not null and r.course_id is null and r.school_id is not null`,
  );
  await insertIssues(
    context,
    "reference-term",
    "classes",
    "the class, without this term",
    `select ${place}, 'termSourcedIds' as field, t.term as value, ${nothing}
     from ${incoming} c join class_terms t using (external_id) join class_refs r using (external_id)
     where t.record_id is null and r.school_id is not null`,
  );

  const select = `select c.*, r.school_id, r.course_id, coalesce(t.term_ids, '{}') as term_ids
    from ${incoming} c join class_refs r using (external_id)
    left join (select external_id, array_agg(record_id order by n) as term_ids from class_terms where record_id is not null group by external_id) t using (external_id)
    where r.school_id is not null`;
  const match = suppliedAlready(context, "classroom", select, ["school_id", "name", "code", "course_id", "term_ids"]);
  await planEntity(context, "classroom", { select, match, identity: [], keepWhen: {} });
  await execute(context, "drop table class_refs, class_terms");
}

async function setAsideUnresolved(context: PlanContext, classes: string): Promise<void> {
  await insertIssues(context, "reference-school", "classes", "nothing of this record; the classroom in Aivo stays as it was", classes);
  await execute(
    context,
    `insert into ${context.staging.setAside} (collection, external_id, disposition, entity, part, position, added)
    select 'classes', external_id, 'left-out', 'classroom', part, position, true from (${classes}) c`,
  );
}

/** People with their schools; needs accounts to be matched. Orgs that are not schools (a district office) are passed over in silence. */
export async function planAccounts(context: PlanContext): Promise<void> {
  const { accountMatches, setAside } = context.staging;
  const incoming = context.staging.incoming.users;
  await execute(
    context,
    `create temporary table person_schools on commit drop as
    select u.external_id, x.school, x.n, s.record_id
    from ${incoming} u cross join unnest(u.school_external_ids) with ordinality x (school, n)
    left join ${referencesTo(context, "school", `select unnest(school_external_ids) from ${incoming}`)} s on s.external_id = x.school`,
  );
  await execute(context, "analyze person_schools");
  await insertIssues(
    context,
    "reference-org",
    "users",
    "the person, without this school",
    `select u.external_id, u.part, u.position, 'orgSourcedIds' as field, p.school as value, null::uuid[] as record_ids
     from person_schools p join ${incoming} u using (external_id)
     where p.record_id is null
       and not ${isNotRostered(context, "orgs", "p.school")}`,
  );
  await planEntity(context, "account", {
    select: `select u.*, coalesce(p.school_ids, '{}') as school_ids
      from ${incoming} u
      join ${accountMatches} m on m.external_id = u.external_id and m.conflict is null
      left join (select external_id, array_agg(record_id order by n) as school_ids from person_schools where record_id is not null group by external_id) p
        on p.external_id = u.external_id`,
    match: `(select external_id, record_id, matched_by, left_id from ${accountMatches} where record_id is not null or left_id is not null)`,
    identity: ["role"],
    keepWhen: { email: "'email' = any(r.unreadable)", grade: "'grade' = any(r.unreadable)" },
  });
  await execute(
    context,
    `insert into ${setAside} (collection, external_id, disposition, entity, part, position, added)
    select 'users', u.external_id, 'left-out', u.role, u.part, u.position, true
    from ${incoming} u join ${accountMatches} m on m.external_id = u.external_id and m.conflict is not null`,
  );
  await execute(context, "drop table person_schools");
}

/**
 * Compares what the SIS has with what Aivo has, record by record, and writes the entity's plan. A record that `match` says has left
 * the one that its link leads to (left_id) goes to another.
 */
async function planEntity(context: PlanContext, entity: LinkEntity, resolved: Resolved): Promise<void> {
  const columns = Object.keys(rosterColumns[entity].columns);
  const unsaid = unsaidColumns(context, entity);
  const target = columns.map((column) => {
    const keepUnsaid = unsaid.includes(column) ? isBlank(entity, column, "r") : undefined;
    const keep = [resolved.keepWhen[column], keepUnsaid, context.isShared ? "o.since < coalesce(l.linked_at, now())" : undefined].filter(
      (rule) => rule !== undefined,
    );
    return keep.length === 0
      ? `r.${column}`
      : `case when e.id is not null and (${keep.join(" or ")}) then e.${column} else r.${column} end`;
  });
  const identity = resolved.identity.map((column) => `r.${column}`);
  const isGone =
    entity === "account" ? "e.status = 'deactivated' and e.deactivated_by is distinct from 'admin'" : "e.status = 'deactivated'";
  const plan = context.staging.plan[entity];
  const own = "case when m.left_id is null then l.record_id end";
  await execute(
    context,
    `insert into ${plan}
      (external_id, part, position, record_id, matched_by, link, action, ${[...resolved.identity, ...columns].join(", ")})
    select r.external_id, r.part, r.position, coalesce(e.id, uuidv7()),
      case when ${own} is not null then null when e.id is not null then m.matched_by else 'created' end,
      case when l.record_id is null then 'new' when ${own} is null then 'moved' when l.rostered then 'kept' else 'revived' end,
      case when e.id is null then 'created' when ${isGone} then 'reactivated'
           when row(${target.join(", ")}) is distinct from row(${columns.map((column) => `e.${column}`).join(", ")}) then 'updated' else 'unchanged' end,
      ${[...identity, ...target].join(", ")}
    from (${resolved.select}) r
    left join ${linksOf(context, entity)} l on l.external_id = r.external_id
    left join ${resolved.match} m on m.external_id = r.external_id
    left join ${rosterOf(context, entity)} e on e.id = coalesce(${own}, m.record_id)
    ${context.isShared ? `left join ${suppliersOf(context, entity)} o on o.record_id = e.id` : ""}`,
  );
  await execute(context, `analyze ${plan}`);
  await refuseUnsaidDoubt(context, entity);
  await noteUnsaid(context, entity);
}
