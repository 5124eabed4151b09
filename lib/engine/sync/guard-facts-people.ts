import { gradeCodes } from "#lib/roster/grade.ts";
import { enough } from "#lib/roster/guard/enough.ts";
import type { FieldChanges, PeopleChanges } from "#lib/roster/guard/facts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { countKnown } from "./guard-facts-known.ts";
import { type PlanContext, rosterOf } from "./plan-context.ts";

/** Fields of people as SQL over an alias: what is compared, and what counts as blank. */
const fields = {
  email: (a: string) => `${a}.email`,
  givenName: (a: string) => `${a}.given_name`,
  familyName: (a: string) => `nullif(${a}.family_name, '')`,
  grade: (a: string) => `${a}.grade`,
  number: (a: string) => `${a}.student_number`,
  school: (a: string) => `nullif(${a}.school_ids, '{}')::text`,
} as const;
type Field = keyof typeof fields;
const names = Object.keys(fields) as Field[];

type Row = Readonly<Record<string, number>> & { readonly role: "teacher" | "learner" };

/**
 * What the plan changes about people who are there already, by role. Neighbours are told by where records stand in the
 * input; only those that change are looked at, which in a shifted file are all.
 */
export async function readPeopleChanges(
  context: PlanContext,
  totals: RunTotals,
): Promise<Record<"teacher" | "learner", PeopleChanges | null>> {
  const isMany = (role: "teacher" | "learner") => totals[role].updated >= 3;
  if (!isMany("teacher") && !isMany("learner")) return { teacher: null, learner: null };
  const codes = `array[${gradeCodes.map((code) => `'${code}'`).join(", ")}]`;
  const place = (alias: string) => `array_position(${codes}, ${alias}.grade)`;
  // From Pre-K the next grade is Kindergarten for most, transitional Kindergarten for some.
  const isPromoted = `(${place("p")} = ${place("e")} + 1 or e.grade = 'PK' and p.grade = 'KG')`;
  const differs = (field: Field) => `${fields[field]("p")} is distinct from ${fields[field]("e")}`;
  const changed = names.flatMap((field) => [
    `count(*) filter (where ${field}_differs)::int as "${field}Changed"`,
    `count(*) filter (where ${field}_differs and ${field}_new is null)::int as "${field}Blanked"`,
    `count(distinct ${field}_new) filter (where ${field}_differs)::int as "${field}Distinct"`,
    `count(*) filter (
        where ${field}_differs and ${field}_new in (${field}_previous, ${field}_next))::int as "${field}Shifted"`,
  ]);
  const rows = await context.sql.unsafe<Row[]>(`
    with pairs as materialized (
      select
        p.role,
        ${names
          .map(
            (field) => `${differs(field)} as ${field}_differs,
        ${fields[field]("p")} as ${field}_new,
        lag(${fields[field]("e")}) over place as ${field}_previous,
        lead(${fields[field]("e")}) over place as ${field}_next`,
          )
          .join(",\n        ")},
        ${isPromoted} as is_promoted,
        split_part(p.email, '@', 2) <> split_part(e.email, '@', 2) as other_domain,
        p.given_name = e.family_name
          and p.family_name = e.given_name
          and p.given_name <> p.family_name as is_exchanged,
        (p.given_name || ' ' || p.family_name) <> (e.given_name || ' ' || e.family_name)
          and p.given_name || ' ' || p.family_name = upper(e.given_name || ' ' || e.family_name) as is_capitals
      from ${context.staging.plan.account} p
      join ${rosterOf(context, "account")} e on e.id = p.record_id
      where p.action = 'updated' and p.link <> 'new'
      window place as (order by p.part, p.position))
    select
      role,
      ${changed.join(",\n      ")},
      count(*) filter (where is_promoted)::int as promoted,
      count(*) filter (where is_promoted and school_differs)::int as "promotedSchool",
      count(*) filter (where other_domain)::int as domain,
      count(*) filter (where is_exchanged)::int as exchanged,
      count(*) filter (where is_capitals)::int as capitals
    from pairs
    group by role`);
  const roles = rows.filter(({ role }) => isMany(role));
  const known = await Promise.all(roles.map((row) => readKnown(context, row)));
  const of = (role: "teacher" | "learner") => {
    const row = rows.find((one) => one.role === role);
    const had = known.find((one) => one.role === role);
    return row && had && isMany(role) ? changesOf(row, had) : null;
  };
  return { teacher: of("teacher"), learner: of("learner") };
}

/** How many there are to compare with, as far as it matters; who had a value, where somebody loses one. */
async function readKnown(context: PlanContext, row: Row): Promise<Row> {
  const { role, ...counts } = row;
  const blanked = names.filter((field) => (counts[`${field}Blanked`] ?? 0) > 0);
  const [known] = await context.sql.unsafe<Record<string, number>[]>(`
    select
      ${countKnown(context, "account", {
        limit: enough(Object.values(counts), context.safety),
        had: Object.fromEntries(blanked.map((field) => [field, fields[field]("e")])),
        where: `e.role = '${role}'`,
      })}`);
  return { ...known, role } as Row;
}

function changesOf(row: Row, had: Row): PeopleChanges {
  const field = (name: Field): FieldChanges => ({
    had: had[name] ?? 0,
    changed: row[`${name}Changed`] ?? 0,
    blanked: row[`${name}Blanked`] ?? 0,
    distinct: row[`${name}Distinct`] ?? 0,
    shifted: row[`${name}Shifted`] ?? 0,
  });
  const { known = 0 } = had;
  const { domain = 0, promoted = 0, promotedSchool = 0, exchanged = 0, capitals = 0 } = row;
  return {
    known,
    email: { ...field("email"), domain },
    givenName: field("givenName"),
    familyName: field("familyName"),
    grade: { ...field("grade"), promoted },
    number: field("number"),
    school: { ...field("school"), promoted: promotedSchool },
    exchanged,
    capitals,
  };
}
