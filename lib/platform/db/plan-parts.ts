import { gradeCodes } from "#lib/roster/grade.ts";
import { fieldsOfParts } from "#lib/roster/plan-parts.ts";
import { uuidLiteral } from "./literals.ts";
import type { PlanTables } from "./staging.ts";
import type { Tx } from "./tx.ts";
import { waitingPlanOf } from "./waiting-plans.ts";

/** Learners finish with grade 12, or with the highest that the district has. `district` is a literal. */
export function isOldestGrade({ district }: { readonly district: string }, grade: string): string {
  const counted = gradeCodes.filter((code) => /^\d+$/.test(code)).map((code) => `'${code}'`);
  const highest = `(
        select max(grade) from accounts
        where district_id = ${district}
          and role = 'learner'
          and status = 'active'
          and grade in (${counted.join(", ")}))`;
  return `(${grade} in ('12', '13') or ${grade} = ${highest})`;
}

/**
 * The records of a plan's parts (lib/roster/plan-parts.ts) as a relation of part, entity and record_id. Who leaves is of a part where the SIS has
 * the id no longer: that alone can be withheld.
 */
export function membersOfParts(districtId: string, { plan, endedLinks, statusChanges }: PlanTables, isNewYear: boolean): string {
  const district = uuidLiteral(districtId);
  const leaving = (entity: string) => `
      from (select * from ${statusChanges} s where entity = '${entity}' and action = 'deactivated') s
      join (select distinct record_id from ${endedLinks} x where entity = '${entity}' and not by_scope) x on x.record_id = s.record_id`;
  const gone = (entity: string) => `
        select record_id from ${statusChanges} s where entity = '${entity}' and action = 'deactivated'`;
  const differs = (part: keyof typeof fieldsOfParts, role: "learner" | "teacher") => {
    const fields = fieldsOfParts[part][role];
    const all = (alias: string) => fields.map((field) => `${alias}.${field}`).join(", ");
    return fields.length === 0
      ? []
      : [
          `select '${part}', 'account', p.record_id
      from ${plan.account} p
      join accounts e on e.district_id = ${district} and e.id = p.record_id
      where p.action = 'updated' and p.link = 'kept' and e.role = '${role}' and row(${all("p")}) is distinct from row(${all("e")})`,
        ];
  };
  return `(
      select
        case when e.role = 'teacher' then 'teachers-leave'
          when ${isNewYear ? isOldestGrade({ district }, "e.grade") : "false"} then 'learners-finish'
          else 'learners-leave'
        end as part,
        'account' as entity,
        s.record_id${leaving("account")}
      join accounts e on e.district_id = ${district} and e.id = s.record_id and e.role in ('teacher', 'learner')
      union all
      select 'classes-end', 'classroom', s.record_id${leaving("classroom")}
      union all
      select 'memberships-end', 'membership', s.record_id${leaving("membership")}
      join memberships e on e.district_id = ${district} and e.id = s.record_id
      where e.account_id not in (${gone("account")}) and e.classroom_id not in (${gone("classroom")})
      union all
      ${[...differs("learners-move-up", "learner"), ...differs("details", "learner"), ...differs("details", "teacher")].join(`
      union all
      `)})`;
}

/** How many records each part of a plan that waits has; of what has none nothing is returned. */
export async function countParts(tx: Tx, runId: string, isNewYear: boolean): Promise<ReadonlyMap<string, number>> {
  const members = membersOfParts(tx.districtId, waitingPlanOf({ districtId: tx.districtId, runId }), isNewYear);
  const rows = await tx.sql.unsafe<{ part: string; count: number }[]>(
    `select part, count(distinct record_id)::int as count from ${members} m group by part`,
  );
  return new Map(rows.map(({ part, count }) => [part, count]));
}
