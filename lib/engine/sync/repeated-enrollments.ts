import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { actionOver } from "./membership-action.ts";
import { execute, insertIssues, type PlanContext, rosterOf } from "./plan-context.ts";
import { fill } from "./work.ts";

/**
 * Of several enrollments of one person in one class the latest begin counts, over the widest range of dates. They are
 * numbered from the latest on, each with what all of them come to; the first stands for the membership, the others are
 * merged into it.
 */
export async function mergeRepeated(context: PlanContext): Promise<void> {
  const plan = context.staging.plan.membership;
  const repeated = context.staging.work.repeatedMemberships;
  const count = await fill(
    context,
    "repeatedMemberships",
    `with pairs as (
      select classroom_id, account_id from ${plan} p
      group by classroom_id, account_id
      having count(*) > 1)
    select
      p.external_id,
      p.part,
      p.position,
      p.classroom_id,
      p.account_id,
      row_number() over pair as nth,
      first_value(p.record_id) over pair as record_id,
      first_value(p.role) over pair as role,
      case
        when bool_or(p.begin_date is null) over everyone then null
        else min(p.begin_date) over everyone
      end as begin_date,
      case
        when bool_or(p.end_date is null) over everyone then null
        else max(p.end_date) over everyone
      end as end_date
    from ${plan} p
    join pairs using (classroom_id, account_id)
    window
      everyone as (partition by p.classroom_id, p.account_id),
      pair as (
        partition by p.classroom_id, p.account_id
        order by p.begin_date desc nulls last, p.external_id)`,
  );
  if (count > 0) {
    await execute(
      context,
      `update ${tableOf(plan)} p set
        record_id = r.record_id,
        role = r.role,
        begin_date = r.begin_date,
        end_date = r.end_date,
        matched_by = case
          when p.link in ('new', 'moved')
            then case when r.nth = 1 then p.matched_by else 'classroom-and-person' end
        end,
        action = case
          when r.nth > 1 then 'merged'
          else ${actionOver(["r.role", "r.begin_date", "r.end_date"], "e")}
        end
      from ${repeated} r
      left join ${rosterOf(context, "membership")} e
        on e.classroom_id = r.classroom_id and e.account_id = r.account_id
      where ${isOwn(context.staging, "p")} and p.external_id = r.external_id`,
    );
    await insertIssues(
      context,
      "enrollment-repeated",
      "enrollments",
      "one membership, from the enrollment with the latest begin, over the widest range of dates",
      `select external_id, part, position, 'sourcedId' as field, external_id as value, array[record_id] as record_ids
      from ${repeated} r
      where nth > 1`,
    );
  }
}
