import { execute, insertIssues, linksOf, type PlanContext, referencesTo, rosterOf, suppliedElsewhere } from "./plan-context.ts";

/**
 * A membership is a classroom and a person, whatever the enrollment's id: several enrollments of one person in one
 * class are one membership, and an enrollment id that moves to another class or person is linked anew.
 */
export async function planMemberships(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.enrollments;
  const { setAside, plan } = context.staging;

  await execute(context, `create temporary table enrollment_refs on commit drop as
    select n.external_id, n.part, n.position, n.role, n.begin_date, n.end_date, n.class_external_id, n.person_external_id,
           c.record_id as classroom_id, a.record_id as account_id, coalesce(p.role, e.role) as account_role
    from ${incoming} n
    left join ${referencesTo(context, "classroom")} c on c.external_id = n.class_external_id
    left join ${referencesTo(context, "account")} a on a.external_id = n.person_external_id
    left join ${plan.account} p on p.external_id = n.person_external_id
    left join ${rosterOf(context, "account")} e on e.id = a.record_id`);
  await execute(context, "analyze enrollment_refs");

  const isNotRostered = `exists (select from ${setAside} s where s.collection = 'users' and s.external_id = r.person_external_id and s.disposition = 'not-rostered')`;
  const fits = "case r.account_role when 'learner' then r.role = 'learner' when 'teacher' then r.role in ('teacher', 'co-teacher') else false end";
  await leaveOut(context, "reference-class", "classSourcedId", "r.class_external_id", `r.classroom_id is null and not (r.account_id is null and ${isNotRostered})`);
  await leaveOut(context, "reference-user", "userSourcedId", "r.person_external_id", `r.classroom_id is not null and r.account_id is null and not ${isNotRostered}`);
  await leaveOut(context, "enrollment-role", "role", "r.role", `r.classroom_id is not null and r.account_id is not null and not (${fits})`);
  await execute(context, `insert into ${setAside} (collection, external_id, disposition, entity, part, position)
    select 'enrollments', r.external_id, 'not-rostered', 'membership', r.part, r.position from enrollment_refs r
    where r.account_id is null and ${isNotRostered}`);

  await execute(context, `insert into ${plan.membership}
      (external_id, part, position, record_id, matched_by, link, action, classroom_id, account_id, role, begin_date, end_date)
    select r.external_id, r.part, r.position, coalesce(e.id, uuidv7()),
      case when l.record_id = e.id then null when e.id is null then 'created' else 'classroom-and-person' end,
      case when l.record_id is null then 'new' when l.record_id is distinct from e.id then 'moved' when l.rostered then 'kept' else 'revived' end,
      ${actionOver("r", "e")}, r.classroom_id, r.account_id, r.role, r.begin_date, r.end_date
    from enrollment_refs r
    left join ${linksOf(context, "membership")} l on l.external_id = r.external_id
    left join ${rosterOf(context, "membership")} e on e.classroom_id = r.classroom_id and e.account_id = r.account_id
    where r.classroom_id is not null and r.account_id is not null and ${fits}`);
  await execute(context, `analyze ${plan.membership}`);
  await execute(context, "drop table enrollment_refs");
  await mergeRepeated(context);
  if (context.isShared) await yieldToSupplier(context);
}

/** An older link of another integration that still rosters the membership supplies its role and dates. */
async function yieldToSupplier(context: PlanContext): Promise<void> {
  await execute(context, `update ${context.staging.plan.membership} p set
      role = e.role, begin_date = e.begin_date, end_date = e.end_date, action = case p.action when 'updated' then 'unchanged' else p.action end
    from ${rosterOf(context, "membership")} e
    left join (select record_id, min(linked_at) as linked_at from ${linksOf(context, "membership")} group by record_id) l on l.record_id = e.id
    where e.id = p.record_id and ${suppliedElsewhere(context)}`);
}

const actionOver = (incoming: string, existing: string) => `case when ${existing}.id is null then 'created' when ${existing}.status = 'deactivated' then 'reactivated'
  when row(${incoming}.role, ${incoming}.begin_date, ${incoming}.end_date) is distinct from row(${existing}.role, ${existing}.begin_date, ${existing}.end_date) then 'updated' else 'unchanged' end`;

async function leaveOut(context: PlanContext, code: "reference-class" | "reference-user" | "enrollment-role", field: string, value: string, condition: string): Promise<void> {
  const { setAside } = context.staging;
  const count = await insertIssues(context, code, "enrollments", "nothing of this record; a membership in Aivo stays as it was",
    `select r.external_id, r.part, r.position, '${field}' as field, ${value} as value, null::uuid[] as record_ids from enrollment_refs r where ${condition}`);
  if (count === 0) return;
  await execute(context, `insert into ${setAside} (collection, external_id, disposition, entity, part, position)
    select 'enrollments', r.external_id, 'left-out', 'membership', r.part, r.position from enrollment_refs r where ${condition}`);
}

/** Of several enrollments of one person in one class the latest begin counts, over the widest range of dates. */
async function mergeRepeated(context: PlanContext): Promise<void> {
  const plan = context.staging.plan.membership;
  await execute(context, `create temporary table repeated on commit drop as
    with pairs as (select classroom_id, account_id from ${plan} group by classroom_id, account_id having count(*) > 1)
    select p.external_id, p.part, p.position, p.classroom_id, p.account_id,
      row_number() over pair as nth, first_value(p.record_id) over pair as record_id, first_value(p.role) over pair as role,
      case when bool_or(p.begin_date is null) over everyone then null else min(p.begin_date) over everyone end as begin_date,
      case when bool_or(p.end_date is null) over everyone then null else max(p.end_date) over everyone end as end_date
    from ${plan} p join pairs using (classroom_id, account_id)
    window everyone as (partition by p.classroom_id, p.account_id), pair as (partition by p.classroom_id, p.account_id order by p.begin_date desc nulls last, p.external_id)`);
  const [found] = await context.sql.unsafe("select exists (select from repeated) as found");
  if (found?.["found"]) {
    await execute(context, `update ${plan} p set
        record_id = r.record_id, role = r.role, begin_date = r.begin_date, end_date = r.end_date,
        matched_by = case when p.link in ('new', 'moved') then case when r.nth = 1 then p.matched_by else 'classroom-and-person' end end,
        action = case when r.nth > 1 then 'merged' else ${actionOver("r", "e")} end
      from repeated r
      left join ${rosterOf(context, "membership")} e on e.classroom_id = r.classroom_id and e.account_id = r.account_id
      where p.external_id = r.external_id`);
    await insertIssues(context, "enrollment-repeated", "enrollments", "one membership, from the enrollment with the latest begin, over the widest range of dates",
      `select external_id, part, position, 'sourcedId' as field, external_id as value, array[record_id] as record_ids from repeated where nth > 1`);
  }
  await execute(context, "drop table repeated");
}
