import { isNotRostered } from "./not-rostered.ts";
import { execute, insertIssues, linksOf, mirrorOf, type PlanContext, referencesTo, rosterOf, suppliersOf } from "./plan-context.ts";
import { isBlank, noteUnsaid, refuseUnsaidDoubt, unsaidColumns } from "./unsaid-columns.ts";

/**
 * A membership is a classroom and a person, whatever the enrollment's id: several enrollments of one person in one
 * class are one membership, and an enrollment id that moves to another class or person is linked anew.
 *
 * Enrollments are most of a roster, so they are joined and written once: those that cannot be memberships go into the
 * plan as well, with the reason as their action, and are taken out again, which costs only as much as there are.
 */
export async function planMemberships(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.enrollments;
  const { plan } = context.staging;
  const unsaid = unsaidColumns(context, "membership");
  const said = (column: "role" | "begin_date" | "end_date") =>
    unsaid.includes(column)
      ? `case when e.id is not null and ${isBlank("membership", column, "n")} then e.${column} else n.${column} end`
      : `n.${column}`;

  await execute(
    context,
    `insert into ${plan.membership}
      (external_id, part, position, record_id, matched_by, link, action, classroom_id, account_id, role, begin_date, end_date)
    select n.external_id, n.part, n.position, coalesce(e.id, uuidv7()),
      case when l.record_id = e.id then null when e.id is null then 'created' else 'classroom-and-person' end,
      case when l.record_id is null then 'new' when l.record_id is distinct from e.id then 'moved' when l.rostered then 'kept' else 'revived' end,
      case when n.person_external_id in (select external_id from ${context.staging.accountMatches} where conflict = 'match-takeover') then 'withheld'
           when a.record_id is null and ${isNotRostered(context, "users", "n.person_external_id")} then 'enrollment-not-rostered'
           when c.record_id is null then 'reference-class'
           when a.record_id is null then 'reference-user'
           when a.role is distinct from (case n.role when 'learner' then 'learner' else 'teacher' end) then 'enrollment-role'
           else ${actionOver([said("role"), said("begin_date"), said("end_date")], "e")} end,
      c.record_id, a.record_id, ${said("role")}, ${said("begin_date")}, ${said("end_date")}
    from ${incoming} n
    left join ${referencesTo(context, "classroom", `select class_external_id from ${incoming}`)} c on c.external_id = n.class_external_id
    left join ${peopleWithRoles(context)} a on a.external_id = n.person_external_id
    left join ${linksOf(context, "membership")} l on l.external_id = n.external_id
    left join ${rosterOf(context, "membership")} e on e.classroom_id = c.record_id and e.account_id = a.record_id`,
  );
  await takeOut(context, "enrollment-not-rostered", "userSourcedId", "n.person_external_id");
  await takeOutDangling(context, "reference-class", "classes", "class_external_id");
  await takeOutDangling(context, "reference-user", "users", "person_external_id");
  await takeOut(context, "enrollment-role", "role", "n.role");
  await takeOutWithheld(context);
  await execute(context, `analyze ${plan.membership}`);
  await mergeRepeated(context);
  if (context.isShared) await yieldToSupplier(context);
  await refuseUnsaidDoubt(context, "membership");
  await noteUnsaid(context, "membership");
}

function peopleWithRoles(context: PlanContext): string {
  return `(select r.external_id, r.record_id, coalesce(p.role, e.role) as role
    from ${referencesTo(context, "account", `select person_external_id from ${context.staging.incoming.enrollments}`)} r
    left join ${context.staging.plan.account} p on p.external_id = r.external_id
    left join ${rosterOf(context, "account")} e on e.id = r.record_id)`;
}

/** An older link of another integration that still rosters the membership supplies its role and dates. */
async function yieldToSupplier(context: PlanContext): Promise<void> {
  await execute(
    context,
    `update ${context.staging.plan.membership} p set
      role = e.role, begin_date = e.begin_date, end_date = e.end_date, action = case p.action when 'updated' then 'unchanged' else p.action end
    from ${rosterOf(context, "membership")} e
    left join (select record_id, min(linked_at) as linked_at from ${linksOf(context, "membership")} s group by record_id) l on l.record_id = e.id
    join ${suppliersOf(context, "membership")} o on o.record_id = e.id
    where e.id = p.record_id and o.since < coalesce(l.linked_at, now())`,
  );
}

const actionOver = (
  incoming: readonly string[],
  existing: string,
) => `case when ${existing}.id is null then 'created' when ${existing}.status = 'deactivated' then 'reactivated'
  when row(${incoming.join(", ")}) is distinct from row(${existing}.role, ${existing}.begin_date, ${existing}.end_date) then 'updated' else 'unchanged' end`;

type Reason = "withheld" | "reference-class" | "reference-user" | "enrollment-role" | "enrollment-not-rostered";

const nothingKept = "nothing of this record; a membership in Aivo stays as it was";

/** Moves the enrollments with this reason from the plan to those set aside, with an issue for each. */
async function takeOut(
  context: PlanContext,
  reason: "enrollment-role" | "enrollment-not-rostered",
  field: string,
  value: string,
): Promise<void> {
  const { plan, incoming } = context.staging;
  const count = await insertIssues(
    context,
    reason,
    "enrollments",
    nothingKept,
    `select n.external_id, n.part, n.position, '${field}' as field, ${value} as value, null::uuid[] as record_ids
     from ${plan.membership} p join ${incoming.enrollments} n using (external_id) where p.action = '${reason}'`,
  );
  if (count > 0) await setAsidePlanned(context, reason);
}

/**
 * The same for enrollments whose class or person is not there: one missing record is one issue. Where that record was left out or waits
 * itself, it is its own issue; else the first enrollment stands for all.
 */
async function takeOutDangling(
  context: PlanContext,
  reason: "reference-class" | "reference-user",
  referred: "classes" | "users",
  column: "class_external_id" | "person_external_id",
): Promise<void> {
  const { plan, incoming, waiting } = context.staging;
  const count = await execute(
    context,
    `create temporary table dangling on commit drop as
    select n.${column} as id, (array_agg(n.external_id order by n.part, n.position))[1] as external_id,
      (array_agg(n.part order by n.part, n.position))[1] as part, (array_agg(n.position order by n.part, n.position))[1] as position
    from ${plan.membership} p join ${incoming.enrollments} n using (external_id) where p.action = '${reason}' group by n.${column}`,
  );
  if (count > 0) {
    await insertIssues(
      context,
      reason,
      "enrollments",
      nothingKept,
      `select d.external_id, d.part, d.position, '${referred === "classes" ? "classSourcedId" : "userSourcedId"}' as field, d.id as value,
         null::uuid[] as record_ids
       from dangling d where not ${hasOwnIssue(context, referred, "d.id")}`,
      { about: "'→' || i.value" },
    );
    await execute(
      context,
      `insert into ${waiting} select 'enrollments', external_id, '${reason}' from ${plan.membership} where action = '${reason}'`,
    );
    await setAsidePlanned(context, reason);
  }
  await execute(context, "drop table dangling");
}

/** Whether a record that is named was left out or waits: then it has an issue of its own. */
export function hasOwnIssue(context: PlanContext, collection: "classes" | "users", id: string): string {
  const { incoming, setAside } = context.staging;
  const isAside = (which: string) =>
    `exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = ${id}${which})`;
  const isLeftOut = isAside(" and s.disposition = 'left-out'");
  if (context.isFirst) return isLeftOut;
  return `(${isLeftOut} or not ${isAside("")} and not exists (select from ${incoming[collection]} i where i.external_id = ${id})
    and exists (select from ${mirrorOf(context, collection)} m where m.external_id = ${id} and m.fate in ('left-out', 'waiting', 'withheld')))`;
}

/** Those of a person who waits for a decision wait with them. */
async function takeOutWithheld(context: PlanContext): Promise<void> {
  await execute(
    context,
    `insert into ${context.staging.waiting} select 'enrollments', external_id, 'withheld' from ${context.staging.plan.membership} where action = 'withheld'`,
  );
  await setAsidePlanned(context, "withheld");
}

async function setAsidePlanned(context: PlanContext, reason: Reason): Promise<void> {
  const { setAside, plan } = context.staging;
  await execute(
    context,
    `insert into ${setAside} (collection, external_id, disposition, entity, part, position, added)
    select 'enrollments', external_id, 'left-out', 'membership', part, position, true from ${plan.membership} where action = '${reason}'`,
  );
  await execute(context, `delete from ${plan.membership} where action = '${reason}'`);
}

/** Of several enrollments of one person in one class the latest begin counts, over the widest range of dates. */
async function mergeRepeated(context: PlanContext): Promise<void> {
  const plan = context.staging.plan.membership;
  await execute(
    context,
    `create temporary table repeated on commit drop as
    with pairs as (select classroom_id, account_id from ${plan} group by classroom_id, account_id having count(*) > 1)
    select p.external_id, p.part, p.position, p.classroom_id, p.account_id,
      row_number() over pair as nth, first_value(p.record_id) over pair as record_id, first_value(p.role) over pair as role,
      case when bool_or(p.begin_date is null) over everyone then null else min(p.begin_date) over everyone end as begin_date,
      case when bool_or(p.end_date is null) over everyone then null else max(p.end_date) over everyone end as end_date
    from ${plan} p join pairs using (classroom_id, account_id)
    window everyone as (partition by p.classroom_id, p.account_id), pair as (partition by p.classroom_id, p.account_id order by p.begin_date desc nulls last, p.external_id)`,
  );
  const [found] = await context.sql.unsafe("select exists (select from repeated) as found");
  if (found?.found) {
    await execute(
      context,
      `update ${plan} p set
        record_id = r.record_id, role = r.role, begin_date = r.begin_date, end_date = r.end_date,
        matched_by = case when p.link in ('new', 'moved') then case when r.nth = 1 then p.matched_by else 'classroom-and-person' end end,
        action = case when r.nth > 1 then 'merged' else ${actionOver(["r.role", "r.begin_date", "r.end_date"], "e")} end
      from repeated r
      left join ${rosterOf(context, "membership")} e on e.classroom_id = r.classroom_id and e.account_id = r.account_id
      where p.external_id = r.external_id`,
    );
    await insertIssues(
      context,
      "enrollment-repeated",
      "enrollments",
      "one membership, from the enrollment with the latest begin, over the widest range of dates",
      `select external_id, part, position, 'sourcedId' as field, external_id as value, array[record_id] as record_ids from repeated where nth > 1`,
    );
  }
  await execute(context, "drop table repeated");
}
