import { type Collection, collections } from "#lib/roster/canonical.ts";
import { isClassOut, isPersonOut, leavesOut, type Scope, type Scoped } from "#lib/roster/scope.ts";
import { isBlankValue, type ModelRead } from "./read.ts";

export type Out = Readonly<Record<Collection, ReadonlySet<string>>>;

/** What a sync of the model knows that decides what is out of scope. */
interface Known {
  readonly reads: Readonly<Record<Collection, ModelRead>>;
  readonly wasOut: (collection: Collection, externalId: string) => boolean;
  readonly unsaid: (collection: Collection) => readonly string[];
}

/** Test-only: the SIS's ids that are out of scope, by collection. */
export function outOfScope(scope: Scope, known: Known): Out {
  const out = Object.fromEntries(collections.map((collection) => [collection, new Set<string>()])) as Record<Collection, Set<string>>;
  if (!leavesOut(scope)) return out;
  const { reads } = known;
  const isOffice = (id: string) => reads.orgs.setAside.get(id) === "not-rostered";
  for (const id of reads.orgs.incoming.keys()) if (scope.schools.includes(id)) out.orgs.add(id);
  for (const id of reads.academicSessions.incoming.keys()) if (scope.terms.includes(id)) out.academicSessions.add(id);
  for (const id of reads.courses.incoming.keys()) if (scope.kinds.includes("courses") || scope.courses.includes(id)) out.courses.add(id);
  for (const [id, row] of reads.classes.incoming) {
    const untold = [...(scope.courses.length > 0 ? ["course"] : []), ...(scope.terms.length > 0 ? ["terms"] : [])].some(
      (name) =>
        known.unsaid("classes").includes(name) &&
        isBlankValue("classes", name, row[name === "course" ? "courseExternalId" : "termExternalIds"]),
    );
    if (isClassOut(scope, row as Scoped) || (untold && known.wasOut("classes", id))) out.classes.add(id);
  }
  for (const [id, row] of reads.users.incoming) {
    const { role, grade, schoolExternalIds = [], unreadable } = row as unknown as Scoped & { readonly unreadable: readonly string[] };
    const isGradeUntold = unreadable.includes("grade") || (role === "learner" && grade === null && known.unsaid("users").includes("grade"));
    const isUntold =
      (scope.grades.length > 0 && isGradeUntold) ||
      (scope.schools.length > 0 && schoolExternalIds.length === 0 && known.unsaid("users").includes("schools"));
    if (isPersonOut(scope, row as Scoped, isOffice) || (isUntold && known.wasOut("users", id))) out.users.add(id);
  }
  // Those that are named and cannot be read are where they were.
  const isOut = (collection: "classes" | "users", named: unknown) => {
    const id = String(named);
    return out[collection].has(id) || (reads[collection].setAside.get(id) === "left-out" && known.wasOut(collection, id));
  };
  for (const [id, row] of reads.enrollments.incoming)
    if (scope.kinds.includes("classes") || isOut("classes", row.classExternalId) || isOut("users", row.personExternalId))
      out.enrollments.add(id);
  return out;
}
