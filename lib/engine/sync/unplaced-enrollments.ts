import { clearing, tableOf } from "#lib/platform/db/staging.ts";
import { hasOwnIssue } from "./known-as.ts";
import { execute, insertIssues, type PlanContext } from "./plan-context.ts";
import { fill } from "./work.ts";

/**
 * Takes out of the plan, one reason after the other, those that cannot be memberships. One pass tells for which reasons
 * there are any.
 */
export async function takeOutUnplaced(context: PlanContext): Promise<void> {
  const rows = await context.sql.unsafe<{ action: string }[]>(`
    select distinct action from ${context.staging.plan.membership} p`);
  const found = new Set(rows.map(({ action }) => action));
  if (found.has("enrollment-not-rostered")) await takeOut(context, "enrollment-not-rostered", "userSourcedId", "n.person_external_id");
  if (found.has("reference-class")) await takeOutDangling(context, "reference-class", "classes", "class_external_id");
  if (found.has("reference-user")) await takeOutDangling(context, "reference-user", "users", "person_external_id");
  if (found.has("enrollment-role")) await takeOut(context, "enrollment-role", "role", "n.role");
  if (found.has("withheld")) await takeOutWithheld(context);
}

type Reason = "withheld" | "reference-class" | "reference-user" | "enrollment-role" | "enrollment-not-rostered";

/** Where the class or the person is withdrawn, a membership goes with them, whatever its own record says. */
const nothingKept = "nothing of this record; a membership in Aivo stays as long as its class and its person do";

/** Moves the enrollments with this reason from the plan to those set aside, with an issue for each. */
async function takeOut(
  context: PlanContext,
  reason: "enrollment-role" | "enrollment-not-rostered",
  field: string,
  value: string,
): Promise<void> {
  const { plan, incoming } = context.staging;
  await insertIssues(
    context,
    reason,
    "enrollments",
    nothingKept,
    `select n.external_id, n.part, n.position, '${field}' as field, ${value} as value, null::uuid[] as record_ids
     from ${plan.membership} p
     join ${incoming.enrollments} n using (external_id)
     where p.action = '${reason}'`,
  );
  await setAsidePlanned(context, reason);
}

/**
 * The same for enrollments whose class or person is not there: one missing record is one issue. Where that record was
 * left out or waits itself, it is its own issue; else the first enrollment stands for all.
 */
async function takeOutDangling(
  context: PlanContext,
  reason: "reference-class" | "reference-user",
  referred: "classes" | "users",
  column: "class_external_id" | "person_external_id",
): Promise<void> {
  const { plan, incoming, waiting } = context.staging;
  await fill(
    context,
    "dangling",
    `select
      n.${column},
      (array_agg(n.external_id order by n.part, n.position))[1],
      (array_agg(n.part order by n.part, n.position))[1],
      (array_agg(n.position order by n.part, n.position))[1]
    from ${plan.membership} p
    join ${incoming.enrollments} n using (external_id)
    where p.action = '${reason}'
    group by n.${column}`,
  );
  await insertIssues(
    context,
    reason,
    "enrollments",
    nothingKept,
    `select d.external_id, d.part, d.position,
      '${referred === "classes" ? "classSourcedId" : "userSourcedId"}' as field,
      d.named as value,
      null::uuid[] as record_ids
    from ${context.staging.work.dangling} d
    where not ${hasOwnIssue(context, referred, "d.named")}`,
    { about: "'→' || i.value" },
  );
  await execute(
    context,
    `insert into ${tableOf(waiting)} (collection, external_id, reason)
    select 'enrollments', external_id, '${reason}'
    from ${plan.membership} p
    where action = '${reason}'`,
  );
  await setAsidePlanned(context, reason);
}

/** Those of a person who waits for a decision wait with them. */
async function takeOutWithheld(context: PlanContext): Promise<void> {
  await execute(
    context,
    `insert into ${tableOf(context.staging.waiting)} (collection, external_id, reason)
    select 'enrollments', external_id, 'withheld'
    from ${context.staging.plan.membership} p
    where action = 'withheld'`,
  );
  await setAsidePlanned(context, "withheld");
}

async function setAsidePlanned(context: PlanContext, reason: Reason): Promise<void> {
  const { setAside, plan } = context.staging;
  await execute(
    context,
    `insert into ${tableOf(setAside)} (collection, external_id, disposition, entity, part, position, added)
    select 'enrollments', external_id, 'left-out', 'membership', part, position, true
    from ${plan.membership} p
    where action = '${reason}'`,
  );
  await execute(context, clearing(context.staging, plan.membership, `action = '${reason}'`));
}
