/**
 * The scope of an integration: what of its SIS is left out. It is a rule about what the SIS says, applied when that is
 * planned; what the SIS said is remembered whether it is in scope or not.
 */

/** Kinds of record that can be left out altogether. Classes go with their memberships, people with theirs. */
export const scopeKinds = ["courses", "classes", "teachers", "learners"] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** What becomes of a record in Aivo that is out of scope: it stays as it is, or is withdrawn as if the SIS had it no longer. */
export const outsides = ["leave", "withdraw"] as const;
export type Outside = (typeof outsides)[number];

export interface Scope {
  /** Left-out schools, terms and courses by the ids that the SIS has for them. */
  readonly schools: readonly string[];
  readonly terms: readonly string[];
  readonly courses: readonly string[];
  /** Grades of learners. */
  readonly grades: readonly string[];
  readonly kinds: readonly ScopeKind[];
  readonly outside: Outside;
}

export const scopeLists = ["schools", "grades", "terms", "courses", "kinds"] as const satisfies readonly (keyof Scope)[];

/** Nothing is left out. */
export const wholeScope: Scope = { schools: [], terms: [], courses: [], grades: [], kinds: [], outside: "leave" };

/** A scope as it is compared and stored: each list in order and without repetitions. Null is the whole. */
export function asScope(stored: Partial<Scope> | null): Scope {
  const list = <T extends string>(values: readonly T[] = []): readonly T[] => [...new Set(values)].sort();
  const { schools, terms, courses, grades, kinds, outside } = stored ?? {};
  return {
    schools: list(schools),
    terms: list(terms),
    courses: list(courses),
    grades: list(grades),
    kinds: list(kinds),
    outside: outside ?? "leave",
  };
}

/** Whether anything is left out. */
export function leavesOut(scope: Scope): boolean {
  return scopeLists.some((list) => scope[list].length > 0);
}

/** What of a record decides whether it is in scope; of an enrollment its class and its person do. */
export interface Scoped {
  readonly role?: string;
  readonly grade?: string | null;
  readonly schoolExternalIds?: readonly string[];
  readonly schoolExternalId?: string;
  readonly courseExternalId?: string | null;
  readonly termExternalIds?: readonly string[];
}

/** A class is out with its school, its course, or all of its terms. */
export function isClassOut(scope: Scope, { schoolExternalId = "", courseExternalId = null, termExternalIds = [] }: Scoped): boolean {
  return (
    scope.kinds.includes("classes") ||
    scope.schools.includes(schoolExternalId) ||
    (courseExternalId !== null && scope.courses.includes(courseExternalId)) ||
    (termExternalIds.length > 0 && termExternalIds.every((term) => scope.terms.includes(term)))
  );
}

/** A person is out with the role, a learner's grade, or all of the schools. `isOffice`: an org that is no school. */
export function isPersonOut(
  scope: Scope,
  { role, grade = null, schoolExternalIds = [] }: Scoped,
  isOffice: (externalId: string) => boolean,
): boolean {
  const schools = schoolExternalIds.filter((school) => scope.schools.includes(school) || !isOffice(school));
  return (
    scope.kinds.includes(role === "teacher" ? "teachers" : "learners") ||
    (role === "learner" && grade !== null && scope.grades.includes(grade)) ||
    (schools.length > 0 && schools.every((school) => scope.schools.includes(school)))
  );
}
