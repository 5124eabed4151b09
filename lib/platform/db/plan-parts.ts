import { leavesByRoles } from "#lib/roster/fold-roles.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { fieldsOfParts, type PartId, type PartSelection } from "#lib/roster/plan-parts.ts";
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
 * the id no longer, or where all their roles are over: that alone can be withheld.
 */
export function membersOfParts(districtId: string, { plan, endedLinks, statusChanges }: PlanTables, isNewYear: boolean): string {
  const district = uuidLiteral(districtId);
  const leaving = (entity: string) => `
      from (select * from ${statusChanges} s where entity = '${entity}' and action = 'deactivated') s
      join (select record_id, bool_and(by_scope) as by_scope from ${endedLinks} x where entity = '${entity}' group by 1) x
        on x.record_id = s.record_id and (not x.by_scope or s.reason = '${leavesByRoles}')`;
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

/** Whether the record of that id is among those of a part that were chosen, as SQL; `record` is a column of ours. */
export function isChosen(chosen: readonly PartSelection[], part: PartId, record: string): string {
  const ids = (of: readonly string[]) => `array[${of.map(uuidLiteral).join(", ")}]::uuid[]`;
  const each = chosen
    .filter((one) => one.part === part)
    .map(({ records, except }) => {
      if (records !== undefined) return `${record} = any(${ids(records)})`;
      return except === undefined ? "true" : `${record} <> all(${ids(except)})`;
    });
  return each.length === 0 ? "false" : `(${each.join(" or ")})`;
}

export interface CountedPart {
  readonly count: number;
  /** How many of them were chosen. */
  readonly chosen: number;
  /** Stands for exactly these records. */
  readonly digest: string;
}

/** How many records each part of a plan that waits has, and how many of them are chosen; of what has none nothing is returned. */
export async function countParts(
  tx: Tx,
  runId: string,
  isNewYear: boolean,
  chosen: readonly PartSelection[] = [],
): Promise<ReadonlyMap<string, CountedPart>> {
  const members = membersOfParts(tx.districtId, waitingPlanOf({ districtId: tx.districtId, runId }), isNewYear);
  const parts = [...new Set(chosen.map(({ part }) => part))];
  const isIn =
    parts.length === 0
      ? "false"
      : `case part ${parts.map((part) => `when '${part}' then ${isChosen(chosen, part, "record_id")}`).join(" ")} else false end`;
  const rows = await tx.sql.unsafe<({ part: string } & CountedPart)[]>(
    `select part, count(*)::int as count, (count(*) filter (where ${isIn}))::int as chosen,
      bit_xor(hashtextextended(record_id::text, 0))::text as digest
    from (select distinct part, record_id from ${members} m) m group by part`,
  );
  return new Map(rows.map(({ part, ...counted }) => [part, counted]));
}
