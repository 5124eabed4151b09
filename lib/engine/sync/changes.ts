import { keepsWhoDeactivated, rosterColumns } from "#lib/platform/db/staging.ts";
import { type Entity, entities, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { enough } from "#lib/roster/guard/enough.ts";
import { type EntityTotals, noTotals, type RunTotals } from "#lib/roster/totals.ts";
import { upTo } from "./guard-facts-known.ts";
import type { SameRows } from "./news.ts";
import { byInsertOnCitus, execute, numberedAfter, type PlanContext, rosterOf } from "./plan-context.ts";
import { whatIsThere } from "./present.ts";

/** Under which entity a row of a plan or of a roster table is counted. */
const countedAs: Record<LinkEntity, (alias: string) => string> = {
  school: () => "'school'",
  term: () => "'term'",
  course: () => "'course'",
  classroom: () => "'classroom'",
  account: (alias) => `${alias}.role`,
  membership: () => "'membership'",
};

/**
 * Of these there are few, and what they were created with is kept. People and memberships would be written twice by a
 * first sync, which takes twice as long for its changes then: theirs are told by the roster and by what changed since
 * (lib/services/runs/created.ts).
 */
const keepsFirstValues: ReadonlySet<LinkEntity> = new Set(["school", "term", "course", "classroom"]);

/** Writes what the plan changes to run_changes, with the columns that change before and after. Returns how many. */
export async function recordChanges(context: PlanContext): Promise<number> {
  const present = await whatIsThere(context, context.size.isFew);
  let count = 0;
  for (const entity of linkEntities) {
    if (present.planned(entity, "created")) count += await recordCreated(context, entity);
    if (present.planned(entity, "updated", "reactivated", "linked")) count += await recordOthers(context, entity);
    if (present.statusChange(entity)) count += await recordStatusChanges(context, entity);
  }
  return count;
}

/** From the plan alone. */
function recordCreated(context: PlanContext, entity: LinkEntity): Promise<number> {
  const columns = Object.keys(rosterColumns[entity].columns);
  const values = `jsonb_strip_nulls(jsonb_build_object(
        ${columns.map((column) => `'${column}', p.${column}`).join(", ")}))`;
  return execute(
    context,
    `insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, after)
    select
      ${context.district},
      ${context.run},
      ${countedAs[entity]("p")},
      'created',
      p.record_id,
      p.external_id,
      'new in the SIS',
      ${keepsFirstValues.has(entity) ? values : "null"}
    from ${context.staging.plan[entity]} p
    where p.action = 'created'
    ${byInsertOnCitus(context)}`,
  );
}

/** From the plan beside the roster: what changes or is linked. */
function recordOthers(context: PlanContext, entity: LinkEntity): Promise<number> {
  const columns = Object.keys(rosterColumns[entity].columns);
  const differing = (alias: string) =>
    columns
      .map(
        (column) =>
          `case
          when p.${column} is distinct from e.${column} then jsonb_build_object('${column}', ${alias}.${column})
          else '{}'
        end`,
      )
      .join("\n        || ");
  const status = (value: string) => `case p.action
          when 'reactivated' then jsonb_build_object('status', '${value}')
          else '{}'
        end`;
  const matched = `case p.matched_by
          when 'email' then '; matched by email'
          when 'student-number' then '; matched by student number'
          when 'school-number' then '; matched by school number'
          when 'same-values' then '; matched by equal values'
          when 'person-key' then '; one more id of the same person'
          when 'decided' then '; decided by an admin'
          else ''
        end`;
  const lifecycle = `case when p.action <> 'unchanged' then ${lifecycleOf(entity, "e")} end`;
  return execute(
    context,
    `insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after,
      lifecycle)
    select c.* from (select
      ${context.district},
      ${context.run},
      ${countedAs[entity]("p")},
      case p.action when 'unchanged' then 'linked' else p.action end,
      p.record_id,
      p.external_id,
      case p.action
          when 'updated' then 'changed in the SIS'
          when 'reactivated' then 'back in the SIS'
          else 'already in Aivo'
        end
        || ${matched},
      ${status("deactivated")}
        || ${differing("e")},
      ${status("active")}
        || ${differing("p")},
      ${lifecycle}
    from ${context.staging.plan[entity]} p
    join ${rosterOf(context, entity)} e on e.id = p.record_id
    where p.action in ('updated', 'reactivated')
      or (p.action = 'unchanged' and p.link = 'new')
    ${numberedAfter}) c
    ${byInsertOnCitus(context)}`,
  );
}

/** What else of a record a change of it overwrites, for an undo to bring back. */
function lifecycleOf(entity: LinkEntity, alias: string): string {
  const columns = ["updated_at", "deactivated_at", ...(keepsWhoDeactivated(entity) ? ["deactivated_by"] : [])];
  return `jsonb_strip_nulls(jsonb_build_object(${columns.map((column) => `'${column}', ${alias}.${column}`).join(", ")}))`;
}

/** Each change of status with the id that the SIS has, or last had, for the record. */
async function recordStatusChanges(context: PlanContext, entity: LinkEntity): Promise<number> {
  return execute(
    context,
    `insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after,
      lifecycle)
    select c.* from (select
      ${context.district},
      ${context.run},
      ${countedAs[entity]("e")},
      s.action,
      s.record_id,
      (
        select l.external_id from source_records l
        where l.district_id = ${context.district}
          and l.integration_id = ${context.integration}
          and l.record_id = s.record_id
        order by l.rostered desc, l.external_id
        limit 1),
      s.reason,
      jsonb_build_object('status', e.status),
      jsonb_build_object('status', case s.action when 'deactivated' then 'deactivated' else 'active' end),
      ${lifecycleOf(entity, "e")}
    from ${context.staging.statusChanges} s
    join ${rosterOf(context, entity)} e on e.id = s.record_id
    where s.entity = '${entity}'
    ${numberedAfter}) c
    ${byInsertOnCitus(context)}`,
  );
}

/** Counts, per entity, what the plan does and what was read that it leaves as it is. */
export async function countPlan(context: PlanContext, same: readonly SameRows[]): Promise<RunTotals> {
  const { plan, statusChanges, setAside } = context.staging;
  const rows = await context.sql.unsafe<{ entity: Entity; action: string; count: number }[]>(
    [
      ...linkEntities.map(
        (entity) => `select
            ${countedAs[entity]("p")} as entity,
            case when p.action = 'unchanged' and p.link = 'new' then 'linked' else p.action end as action,
            count(*)::int
          from ${plan[entity]} p
          group by 1, 2`,
      ),
      ...linkEntities.map(
        (entity) =>
          `select ${countedAs[entity]("e")}, s.action, count(*)::int
          from ${statusChanges} s
          join ${rosterOf(context, entity)} e on e.id = s.record_id
          where s.entity = '${entity}'
          group by 1, 2`,
      ),
      `select entity, 'skipped', count(*)::int from ${setAside} s where disposition = 'left-out' group by 1`,
    ].join(" union all "),
  );
  const totals = Object.fromEntries(entities.map((entity) => [entity, { ...noTotals } as Record<string, number>]));
  const left = same.map(({ entity, count, ...one }) => ({ entity, action: becameOf(one), count }));
  for (const row of [...rows, ...left]) {
    const counts = totals[row.entity];
    if (counts && row.action in counts) counts[row.action] = (counts[row.action] ?? 0) + row.count;
  }
  return totals as unknown as Record<Entity, EntityTotals>;
}

/** What becomes of a row that says what it said before. */
export function becameOf({ fate, reason }: Pick<SameRows, "fate" | "reason">): string {
  if (fate === "rostered") return reason === "enrollment-repeated" || reason === "several-ids" ? "repeated" : "unchanged";
  if (fate === "not-rostered") return "notRostered";
  if (fate === "out-of-scope") return "outOfScope";
  return fate === "withdrawn" ? "withdrawn" : "skipped";
}

/**
 * Active records per entity before the run, which the guard's percentages refer to, counted as far as it matters to them. Admins are
 * not counted. A plan that takes nothing away and changes next to nothing is compared with nothing, and nothing is counted for it.
 */
export async function countActive(context: PlanContext, totals: RunTotals): Promise<Record<Entity, number>> {
  const counts = Object.fromEntries(entities.map((entity) => [entity, 0])) as Record<Entity, number>;
  const isCompared = entities.some((entity) => totals[entity].deactivated > 0 || totals[entity].updated >= 3);
  if (!isCompared && totals.term.created === 0) return counts;
  const rows = await context.sql.unsafe<{ entity: Entity; count: number }[]>(
    entities
      .map((entity) => {
        const { deactivated, updated } = totals[entity];
        const isRole = entity === "teacher" || entity === "learner";
        return `select '${entity}' as entity, (
          select count(*)::int
          from (
            select from ${rosterOf(context, isRole ? "account" : entity)} e
            where e.status = 'active'
              ${isRole ? `and e.role = '${entity}'` : ""}
            ${upTo(enough([deactivated, updated], context.safety))}) x)`;
      })
      .join(" union all "),
  );
  for (const row of rows) counts[row.entity] = row.count;
  return counts;
}
