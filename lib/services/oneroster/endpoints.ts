import type { Tx } from "#lib/platform/db/tx.ts";
import type { Fragment } from "#lib/services/people/search.ts";
import type { Kind } from "./kinds.ts";

/** Part of a list: those of a subset, and those that belong to the records named in the address. */
export interface Endpoint {
  readonly kind: Kind;
  /** What the address names on the way, in its order; each has to be there. */
  readonly below: readonly { readonly kind: Kind; readonly subset: Subset | null }[];
  readonly subset: Subset | null;
  /** Of rows `r`, given the ids in the address; null: no narrower than the subset. */
  readonly belongs: ((tx: Tx, ids: readonly string[]) => Fragment) | null;
}

const subsets = {
  schools: { kind: "orgs", where: "r.type = 'school'" },
  /** Aivo's semesters are terms to whoever asks for terms. */
  terms: { kind: "academicSessions", where: "r.type in ('term', 'semester')" },
  gradingPeriods: { kind: "academicSessions", where: "r.type = 'gradingPeriod'" },
  students: { kind: "users", where: "r.role = 'learner'" },
  teachers: { kind: "users", where: "r.role = 'teacher'" },
} as const satisfies Record<string, { kind: Kind; where: string }>;
export type Subset = keyof typeof subsets;

export const whereOfSubset = (subset: Subset) => subsets[subset].where;

const flat: readonly (Kind | Subset)[] = [
  "orgs",
  "academicSessions",
  "courses",
  "classes",
  "users",
  "enrollments",
  ...(Object.keys(subsets) as Subset[]),
];

type Below = Readonly<Record<string, (tx: Tx, ids: readonly string[]) => Fragment>>;

const classesOf = (tx: Tx, [school]: readonly string[]) =>
  tx.sql`(select c.id from classrooms c where c.district_id = ${tx.districtId} and c.school_id = ${school ?? null})`;
const classesOfPerson: Below[string] = (tx, [person]) =>
  tx.sql`r.id in (select m.classroom_id from memberships m where m.district_id = ${tx.districtId} and m.account_id = ${person ?? null})`;
const peopleOfClass =
  (isLearner: boolean): Below[string] =>
  (tx, ids) =>
    tx.sql`r.id in (
      select m.account_id from memberships m
      where m.district_id = ${tx.districtId} and m.classroom_id = ${ids.at(-1) ?? null} and (m.role = 'learner') = ${isLearner})`;
const inClassOfSchool =
  (belongs: Below[string]): Below[string] =>
  (tx, ids) =>
    tx.sql`${belongs(tx, ids)} and ${ids.at(-1) ?? null}::uuid in ${classesOf(tx, ids)}`;
const ofSchool: Below[string] = (tx, [school]) => tx.sql`${school ?? null}::uuid = any(r.school_ids)`;

/** Lists below a record: path with * for an id. */
const nested: Below = {
  "schools/*/courses": (tx, [school]) =>
    tx.sql`r.id in (select c.course_id from classrooms c where c.district_id = ${tx.districtId} and c.school_id = ${school ?? null})`,
  "schools/*/classes": (tx, [school]) => tx.sql`r.school_id = ${school ?? null}`,
  "schools/*/students": ofSchool,
  "schools/*/teachers": ofSchool,
  "schools/*/enrollments": (tx, ids) => tx.sql`r.classroom_id in ${classesOf(tx, ids)}`,
  "schools/*/terms": (tx, [school]) =>
    tx.sql`r.id in (
      select unnest(c.term_ids) from classrooms c where c.district_id = ${tx.districtId} and c.school_id = ${school ?? null})`,
  "schools/*/classes/*/students": inClassOfSchool(peopleOfClass(true)),
  "schools/*/classes/*/teachers": inClassOfSchool(peopleOfClass(false)),
  "schools/*/classes/*/enrollments": inClassOfSchool((tx, ids) => tx.sql`r.classroom_id = ${ids.at(-1) ?? null}`),
  "terms/*/classes": (tx, [term]) => tx.sql`${term ?? null}::uuid = any(r.term_ids)`,
  "courses/*/classes": (tx, [course]) => tx.sql`r.course_id = ${course ?? null}`,
  "users/*/classes": classesOfPerson,
  "students/*/classes": classesOfPerson,
  "teachers/*/classes": classesOfPerson,
  "classes/*/students": peopleOfClass(true),
  "classes/*/teachers": peopleOfClass(false),
};

export interface FoundEndpoint extends Endpoint {
  /** The ids on the way. */
  readonly ids: readonly string[];
  /** The record itself, where the address ends with its id. */
  readonly single: string | null;
}

/** Every list, as an address below the root with * for an id; each flat one has single records below it. */
export const listAddresses: readonly string[] = [...flat, ...Object.keys(nested)];

/** What there is at an address below the root of a rostering service; null: nothing. */
export function findEndpoint(parts: readonly string[]): FoundEndpoint | null {
  const names = parts.filter((_, at) => at % 2 === 0);
  const ids = parts.filter((_, at) => at % 2 === 1);
  const steps = names.map(stepOf);
  if (steps.some((step) => step === null)) return null;
  const known = steps as { kind: Kind; subset: Subset | null }[];
  const last = known.at(-1);
  if (last === undefined) return null;
  const below = known.slice(0, -1);
  // What a class has in students is people, whatever their account is called.
  if (parts.length <= 2) return { ...last, below: [], belongs: null, ids: [], single: ids[0] ?? null };
  const belongs = parts.length % 2 === 1 ? nested[parts.map((part, at) => (at % 2 === 0 ? part : "*")).join("/")] : undefined;
  if (belongs === undefined) return null;
  const subset = names[names.length - 2] === "classes" ? null : last.subset;
  return { kind: last.kind, subset, below, belongs, ids, single: null };
}

function stepOf(name: string): { kind: Kind; subset: Subset | null } | null {
  const found = flat.find((one) => one === name);
  if (found === undefined) return null;
  return found in subsets ? { kind: subsets[found as Subset].kind, subset: found as Subset } : { kind: found as Kind, subset: null };
}
