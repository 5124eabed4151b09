import fc from "fast-check";
import type { RawRow, SisState } from "#lib/engine/testing/sync.ts";

/*
 * Test-only: random histories of SISs that give their ids anew, and of districts that move from one to the other.
 */

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const collections = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"] as const;

const term = (sourcedId: string, title: string, startDate: string, endDate: string) => ({
  sourcedId,
  title,
  type: "term",
  startDate,
  endDate,
});

/** A world in which everything has its place: two schools, two or three classes, each with a teacher and some of five learners. */
const placed: fc.Arbitrary<SisState> = fc
  .record({
    classes: fc.array(
      fc.record({
        title: some("A", "B"),
        classCode: some("", "X", "Y"),
        courseSourcedId: some("", "k1"),
        schoolSourcedId: some("s1", "s1", "s2"),
        termSourcedIds: some("", "t1", "t1", "t2"),
        learners: fc.subarray(["p1", "p2", "p3", "p4", "p5"]),
        teacher: some("w1", "w1", "w2"),
      }),
      { minLength: 2, maxLength: 3 },
    ),
    hasEmail: some(true, false, false),
    hasNamesakes: some(true, false, false),
  })
  .map(({ classes, hasEmail, hasNamesakes }) => {
    const person = (sourcedId: string, n: number, role: string): RawRow => ({
      sourcedId,
      role,
      givenName: hasNamesakes && n === 2 ? "Name1" : `Name${n}`,
      familyName: "Li",
      email: hasEmail || role === "teacher" ? `${sourcedId}@x.example` : "",
      grades: role === "student" ? "03" : "",
      orgSourcedIds: n === 4 ? "s1,s2" : "s1",
    });
    const enrollments = classes.flatMap(({ learners, teacher }, n) =>
      [...learners, teacher].map((user) => ({
        sourcedId: `e${n}${user}`,
        classSourcedId: `c${n}`,
        userSourcedId: user,
        role: user === teacher ? "teacher" : "student",
      })),
    );
    return {
      rows: {
        orgs: ["s1", "s2"].map((sourcedId) => ({ sourcedId, name: sourcedId, type: "school" })),
        academicSessions: [term("t1", "Fall", "2026-08-01", "2026-12-20"), term("t2", "Spring", "2027-01-05", "2027-06-10")],
        courses: [{ sourcedId: "k1", title: "Algebra", courseCode: "M1" }],
        classes: classes.map(({ learners: _, teacher: __, ...fields }, n) => ({ sourcedId: `c${n}`, ...fields })),
        users: [...[1, 2, 3, 4, 5].map((n) => person(`p${n}`, n, "student")), ...[1, 2].map((n) => person(`w${n}`, n, "teacher"))],
        enrollments,
      },
    };
  });

/** Which ids of a state are given anew, and what of it is said otherwise or no more. */
const rekeys = fc.record({
  of: some("own" as const, "other" as const),
  collections: fc.subarray([...collections], { minLength: 1 }),
  as: some("x-", "y-"),
  isRetitled: some(true, false),
  hasNoCodes: some(true, false),
  leavesOut: some(0, 0, 1, 2),
});
type Rekeys = typeof rekeys extends fc.Arbitrary<infer T> ? T : never;

const references: Readonly<Record<string, (typeof collections)[number]>> = {
  orgSourcedIds: "orgs",
  schoolSourcedId: "orgs",
  termSourcedIds: "academicSessions",
  courseSourcedId: "courses",
  classSourcedId: "classes",
  userSourcedId: "users",
};

/** The same people and classes, by other ids. */
export function rekeyed({ rows }: SisState, given: Rekeys): SisState {
  const idsAnew = (ids: string) => (ids === "" ? "" : ids.replaceAll(/[^,]+/g, (id) => given.as + id));
  const valueAnew = (collection: string, field: string, value: string) => {
    if (field === "title" && collection === "classes" && given.isRetitled) return `${value} again`;
    if (field === "classCode" && given.hasNoCodes) return "";
    const named = field === "sourcedId" ? collection : references[field];
    return (given.collections as readonly (string | undefined)[]).includes(named) ? idsAnew(value) : value;
  };
  const of = (collection: string, row: RawRow): RawRow =>
    Object.fromEntries(Object.entries(row).map(([field, value]) => [field, valueAnew(collection, field, value)]));
  return {
    rows: Object.fromEntries(
      Object.entries(rows).map(([collection, all]) => [
        collection,
        all.slice(collection === "enrollments" ? given.leavesOut : 0).map((row) => of(collection, row)),
      ]),
    ),
  };
}

/** What one of two integrations says; most steps say again what this SIS or the other one said, by ids given anew. */
export const rekeyedHistories = fc.array(
  fc.record({
    integration: some(0, 1),
    state: placed,
    rekeys: fc.oneof({ weight: 4, arbitrary: rekeys }, { weight: 1, arbitrary: fc.constant(null) }),
  }),
  { minLength: 2, maxLength: 4 },
);
