import { isOwn, rosterColumns, tableOf } from "#lib/platform/db/staging.ts";
import { isNotRostered } from "./known-as.ts";
import { actionOver } from "./membership-action.ts";
import { execute, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { referencesTo } from "./references.ts";
import { mergeRepeated } from "./repeated-enrollments.ts";
import { suppliersOf } from "./suppliers.ts";
import { takeOutUnplaced } from "./unplaced-enrollments.ts";
import { isBlank, noteUnsaid, refuseUnsaidDoubt, unsaidColumns } from "./unsaid-columns.ts";

/**
 * A membership is a classroom and a person, whatever the enrollment's id: several enrollments of one person in one
 * class are one membership, and an enrollment id that moves to another class or person is linked anew.
 *
 * Enrollments are most of a roster, so they are joined and written once: those that cannot be memberships go into the
 * plan as well, with the reason as their action, and are taken out again, which costs only as much as there are. They
 * are planned, and get their ids, in the order of classrooms and people: pages of an index that are filled one after
 * the other are written in half the time.
 */
export async function planMemberships(context: PlanContext): Promise<void> {
  const incoming = context.staging.incoming.enrollments;
  const { plan } = context.staging;
  const classrooms = await referencesTo(context, "classroom", `select class_external_id from ${incoming} i`);
  const people = await referencesTo(context, "account", `select person_external_id from ${incoming} i`);
  const unsaid = unsaidColumns(context, "membership");
  const said = (column: "role" | "begin_date" | "end_date") =>
    unsaid.includes(column)
      ? `case when e.id is not null and ${isBlank("membership", column, "n")} then e.${column} else n.${column} end`
      : `n.${column}`;
  const withheldPeople = `select external_id from ${context.staging.accountMatches} m
      where conflict in ('match-takeover', 'match-ignored')`;

  // From each enrollment: the classroom and the person that it names, the record that its link leads to, and the
  // membership of those two. Out comes what is done about the link and the membership, or the reason why nothing is.
  await execute(
    context,
    `insert into ${tableOf(plan.membership)} (external_id, part, position, record_id, matched_by, link, action,
      classroom_id, account_id, role, begin_date, end_date)
    select
      n.external_id,
      n.part,
      n.position,
      coalesce(e.id, ${context.newId}),
      case
        when l.record_id = e.id then null
        when e.id is null then 'created'
        else 'classroom-and-person'
      end,
      case
        when l.record_id is null then 'new'
        when l.record_id is distinct from e.id then 'moved'
        when l.rostered then 'kept'
        else 'revived'
      end,
      case
        when n.person_external_id in (${withheldPeople}) then 'withheld'
        when a.record_id is null and ${isNotRostered(context, "users", "n.person_external_id")}
          then 'enrollment-not-rostered'
        when c.record_id is null then 'reference-class'
        when a.record_id is null then 'reference-user'
        when a.role is distinct from (case n.role when 'learner' then 'learner' else 'teacher' end)
          then 'enrollment-role'
        else ${actionOver([said("role"), said("begin_date"), said("end_date")], "e")}
      end,
      c.record_id,
      a.record_id,
      ${said("role")},
      ${said("begin_date")},
      ${said("end_date")}
    from ${incoming} n
    left join ${classrooms} c on c.external_id = n.class_external_id
    left join ${people} a on a.external_id = n.person_external_id
    left join ${linksOf(context, "membership")} l on l.external_id = n.external_id
    left join ${rosterOf(context, "membership")} e on e.classroom_id = c.record_id and e.account_id = a.record_id
    order by c.record_id, a.record_id`,
  );
  await takeOutUnplaced(context);
  await mergeRepeated(context);
  if (context.isShared) await yieldToSupplier(context);
  await refuseUnsaidDoubt(context, "membership");
  await noteUnsaid(context, "membership");
}

/** Other integrations that roster the membership, and come first, supply its role and dates. */
async function yieldToSupplier(context: PlanContext): Promise<void> {
  const { joins, byOthers } = suppliersOf(context, "membership", "e.id");
  const columns = Object.keys(rosterColumns.membership.columns);
  const yielded = columns.filter((column) => byOthers(column) !== undefined);
  if (yielded.length === 0) return;
  const target = (column: string) =>
    yielded.includes(column) ? `case when ${byOthers(column)} then e.${column} else p.${column} end` : `p.${column}`;
  await execute(
    context,
    `update ${tableOf(context.staging.plan.membership)} p set
      ${columns.map((column) => `${column} = ${target(column)}`).join(",\n      ")},
      action = case
        when p.action = 'updated'
          and row(${columns.map(target).join(", ")})
            is not distinct from row(${columns.map((column) => `e.${column}`).join(", ")}) then 'unchanged'
        else p.action
      end
    from ${rosterOf(context, "membership")} e
    ${joins}
    where ${isOwn(context.staging, "p")}
      and e.id = p.record_id
      and (${yielded.map(byOthers).join(" or ")})`,
  );
}
