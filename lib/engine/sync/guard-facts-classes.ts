import { isOver } from "#lib/platform/db/class-days.ts";
import { enough } from "#lib/roster/guard/enough.ts";
import type { ClassChanges, FieldChanges, MembershipChanges } from "#lib/roster/guard/facts.ts";
import { countKnown, rosteredOf, upTo } from "./guard-facts-known.ts";
import { type PlanContext, rosterOf } from "./plan-context.ts";

const fields = {
  name: (a: string) => `${a}.name`,
  term: (a: string) => `nullif(${a}.term_ids, '{}')::text`,
  course: (a: string) => `${a}.course_id::text`,
  school: (a: string) => `${a}.school_id::text`,
} as const;
type Field = keyof typeof fields;
const names = Object.keys(fields) as Field[];

/**
 * What the plan changes about classrooms that are there already: each that is updated beside what it was, and beside
 * what its neighbours in the input were, counted by field.
 */
export async function readClassChanges(context: PlanContext): Promise<ClassChanges> {
  const [row = {}] = await context.sql.unsafe<Record<string, number>[]>(`
    with pairs as materialized (
      select ${names
        .map(
          (field) => `${fields[field]("p")} is distinct from ${fields[field]("e")} as ${field}_differs,
        ${fields[field]("p")} as ${field}_new,
        lag(${fields[field]("e")}) over place as ${field}_previous,
        lead(${fields[field]("e")}) over place as ${field}_next`,
        )
        .join(",\n        ")}
      from ${context.staging.plan.classroom} p
      join ${rosterOf(context, "classroom")} e on e.id = p.record_id
      where p.action = 'updated' and p.link <> 'new'
      window place as (order by p.part, p.position))
    select ${names
      .map(
        (field) => `count(*) filter (where ${field}_differs)::int as "${field}Changed",
        count(*) filter (where ${field}_differs and ${field}_new is null)::int as "${field}Blanked",
        count(distinct ${field}_new) filter (where ${field}_differs)::int as "${field}Distinct",
        count(*) filter (
          where ${field}_differs and ${field}_new in (${field}_previous, ${field}_next))::int as "${field}Shifted"`,
      )
      .join(",\n        ")}
    from pairs`);
  const blanked = names.filter((field) => (row[`${field}Blanked`] ?? 0) > 0);
  const [had = {}] = await context.sql.unsafe<Record<string, number>[]>(`
    select
      ${countKnown(context, "classroom", {
        limit: enough(Object.values(row), context.safety),
        had: Object.fromEntries(blanked.map((field) => [field, fields[field]("e")])),
      })}`);
  const field = (name: Field): FieldChanges => ({
    had: had[name] ?? 0,
    changed: row[`${name}Changed`] ?? 0,
    blanked: row[`${name}Blanked`] ?? 0,
    distinct: row[`${name}Distinct`] ?? 0,
    shifted: row[`${name}Shifted`] ?? 0,
  });
  return { known: had.known ?? 0, name: field("name"), term: field("term"), course: field("course"), school: field("school") };
}

/** Memberships whose dates change, and those that would have ended before today. */
export async function readMembershipChanges(context: PlanContext, today: string): Promise<MembershipChanges> {
  const [row] = await context.sql.unsafe<Omit<MembershipChanges, "known">[]>(`
    select
      count(*) filter (
        where row(p.begin_date, p.end_date) is distinct from row(e.begin_date, e.end_date))::int as "datesChanged",
      count(*) filter (
        where ${isOver("p.end_date", `'${today}'::date`)}
          and (${isOver("e.end_date", `'${today}'::date`)}) is not true)::int as ended
    from ${context.staging.plan.membership} p
    join ${rosterOf(context, "membership")} e on e.id = p.record_id
    where p.action = 'updated' and p.link <> 'new'`);
  const [all] = await context.sql.unsafe<{ known: number }[]>(`
    select count(*)::int as known
    from (
      select from ${rosteredOf(context, "membership")} l
      ${upTo(enough([row?.datesChanged ?? 0, row?.ended ?? 0], context.safety))}) x`);
  return { known: all?.known ?? 0, datesChanged: row?.datesChanged ?? 0, ended: row?.ended ?? 0 };
}
