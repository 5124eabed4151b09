import type { Tx } from "#lib/platform/db/tx.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { asScope, type Scope } from "#lib/roster/scope.ts";
import type { Told } from "./told.ts";

/** By integration and id, what schools, terms and courses are called that a row names and its integration leaves out. */
export type LeftOutNames = ReadonlyMap<string, string>;

/** The names that `whyOut` needs, in one query for all rows. */
export async function leftOutNames(tx: Tx, rows: readonly Told[]): Promise<LeftOutNames> {
  const asked = rows.flatMap((row) => {
    const { schools, terms, courses } = asScope(row.scope);
    const named = [
      ...(row.schoolExternalIds ?? []),
      row.schoolExternalId ?? "",
      row.courseExternalId ?? "",
      ...(row.termExternalIds ?? []),
    ].filter((id) => [...schools, ...terms, ...courses].includes(id));
    return named.map((externalId) => ({ integrationId: row.integrationId, externalId }));
  });
  if (asked.length === 0) return new Map();
  const found = await tx.sql<{ integrationId: string; externalId: string; name: string }[]>`
    select m.integration_id as "integrationId", m.external_id as "externalId", m.name
    from unnest(${asked.map((one) => one.integrationId)}::uuid[], ${asked.map((one) => one.externalId)}::text[]) as a (integration_id, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = a.integration_id and m.external_id = a.external_id
      and m.collection in ('orgs', 'academicSessions', 'courses')
    where m.name is not null`;
  return new Map(found.map(({ integrationId, externalId, name }) => [`${integrationId} ${externalId}`, name]));
}

/** Which rules of the scope leave a person or a class out, in words; empty: none of today's. The same rules as in lib/roster/scope.ts. */
export function whyOut(row: Told, collection: "users" | "classes", names: LeftOutNames): readonly string[] {
  const scope = asScope(row.scope);
  const called = (noun: string, ids: readonly string[]) => ids.map((id) => `the ${noun} ${names.get(`${row.integrationId} ${id}`) ?? id}`);
  return collection === "users" ? ofPerson(scope, row, called) : ofClass(scope, row, called);
}

type Called = (noun: string, ids: readonly string[]) => string[];

function ofPerson(scope: Scope, { role, grade, schoolExternalIds }: Told, called: Called): string[] {
  const kind = role === "teacher" ? "teachers" : "learners";
  const rules = [
    ...(scope.kinds.includes(kind) ? [`all ${kind}`] : []),
    ...(role === "learner" && grade !== null && scope.grades.includes(grade) ? [formatGrade(grade)] : []),
  ];
  const schools = schoolExternalIds ?? [];
  const left = schools.filter((id) => scope.schools.includes(id));
  // Who is at another school as well is out by that alone: the other one is a district office.
  return rules.length > 0 && left.length < schools.length ? rules : [...rules, ...called("school", left)];
}

function ofClass(scope: Scope, { schoolExternalId, courseExternalId, termExternalIds }: Told, called: Called): string[] {
  const terms = termExternalIds ?? [];
  const among = (list: readonly string[], id: string | null) => (id !== null && list.includes(id) ? [id] : []);
  return [
    ...(scope.kinds.includes("classes") ? ["all classes"] : []),
    ...called("school", among(scope.schools, schoolExternalId)),
    ...called("course", among(scope.courses, courseExternalId)),
    ...(terms.length > 0 && terms.every((id) => scope.terms.includes(id)) ? called("term", terms) : []),
  ];
}
