import { textLiteral } from "#lib/platform/db/literals.ts";
import type { Scope } from "#lib/roster/scope.ts";

/*
 * lib/roster/scope.ts as SQL, over an alias with the columns that an incoming record and a row of the mirror have both:
 * so that planning and counting beforehand follow one definition.
 */

const textArray = (values: readonly string[]) => `array[${values.map(textLiteral).join(", ")}]::text[]`;
const either = (conditions: readonly string[]) => (conditions.length === 0 ? "false" : `(${conditions.join(" or ")})`);
/** One that is among few ids. */
const isAmong = (column: string, ids: readonly string[]) =>
  ids.length === 0 ? [] : [`coalesce(${column} = any(${textArray(ids)}), false)`];

/** Whether an org, a term or a course is left out. */
export function isRecordOut(scope: Scope, collection: "orgs" | "academicSessions" | "courses", alias: string): string {
  const id = `${alias}.external_id`;
  if (collection === "orgs") return either(isAmong(id, scope.schools));
  if (collection === "academicSessions") return either(isAmong(id, scope.terms));
  return scope.kinds.includes("courses") ? "true" : either(isAmong(id, scope.courses));
}

export function isClassOut(scope: Scope, alias: string): string {
  if (scope.kinds.includes("classes")) return "true";
  const terms = `coalesce(${alias}.term_external_ids, '{}')`;
  return either([
    ...isAmong(`${alias}.school_external_id`, scope.schools),
    ...isAmong(`${alias}.course_external_id`, scope.courses),
    ...(scope.terms.length === 0 ? [] : [`cardinality(${terms}) > 0 and ${terms} <@ ${textArray(scope.terms)}`]),
  ]);
}

/** `offices`: a query of the ids of orgs that are no schools. */
export function isPersonOut(scope: Scope, alias: string, offices: string): string {
  const schools = `coalesce(${alias}.school_external_ids, '{}')`;
  const left = textArray(scope.schools);
  return either([
    ...(["teachers", "learners"] as const).flatMap((kind) =>
      scope.kinds.includes(kind) ? [`${alias}.role = '${kind === "teachers" ? "teacher" : "learner"}'`] : [],
    ),
    ...isAmong(`case when ${alias}.role = 'learner' then ${alias}.grade end`, scope.grades),
    ...(scope.schools.length === 0 ? [] : [`${schools} && ${left} and ${schools} <@ (${left} || array(${offices}))`]),
  ]);
}

/** Whether a class or a person names a school that is left out, so that what its other orgs are matters. */
export function namesLeftOutSchool(scope: Scope, alias: string): string {
  return `${alias}.school_external_ids && ${textArray(scope.schools)}`;
}

/** The orgs `o` that are no schools, of a mirror's orgs. */
export function officesAmong(orgs: string, which = "true"): string {
  return `select o.external_id from ${orgs} o where o.fate = 'not-rostered' and ${which}`;
}

/** The issue of a reference is none where what it names is left out. */
export function isReferenceOut(scope: Scope, collection: "orgs" | "academicSessions" | "courses", id: string): string {
  return isRecordOut(scope, collection, "named").replaceAll("named.external_id", id);
}
