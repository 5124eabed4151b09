import fc from "fast-check";
import { stepsByHand } from "#lib/engine/testing/by-hand.ts";
import type { RawRow, SisState } from "#lib/engine/testing/sync.ts";
import { asScope, type Scope, scopeKinds } from "#lib/roster/scope.ts";
import { orderSteps } from "./orders.ts";

/** A small world, so that ids, addresses and numbers meet often. */
const some = <T>(...values: T[]) => fc.constantFrom(...values);
const rowsOf = (ids: readonly string[], fields: Record<string, fc.Arbitrary<string>>, maxLength: number): fc.Arbitrary<RawRow[]> =>
  fc.array(
    fc.record({
      sourcedId: fc.oneof({ weight: 60, arbitrary: some(...ids) }, { weight: 1, arbitrary: fc.constant("") }),
      status: some("", "", "", "", "active", "tobedeleted"),
      ...fields,
    }),
    { maxLength },
  );
/** Columns that a file may lack. */
const optionalFields = [
  "orgs.identifier",
  "courses.subjects",
  "classes.courseSourcedId",
  "classes.termSourcedIds",
  "users.email",
  "users.identifier",
  "users.grades",
  "users.orgSourcedIds",
  "users.givenName",
  "enrollments.primary",
  "enrollments.beginDate",
  "enrollments.endDate",
];
const state: fc.Arbitrary<SisState> = fc
  .record({
    mode: some("bulk" as const, "bulk" as const, "delta" as const),
    absent: fc.subarray(["orgs", "courses", "enrollments"] as const, { maxLength: 1 }),
    unsaid: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(optionalFields, { maxLength: 3 }) }),
    orgs: rowsOf(
      ["s1", "s2", "s3"],
      { name: some("North", "South"), type: some("school", "school", "school", "district"), identifier: some("", "1", "2") },
      4,
    ),
    academicSessions: rowsOf(
      ["t1", "t2"],
      {
        title: some("Fall", "Spring"),
        type: some("term"),
        startDate: some("2026-08-01", "2026-09-01", "never"),
        endDate: some("2026-12-20"),
      },
      3,
    ),
    courses: rowsOf(["k1", "k2"], { title: some("Algebra", "English"), subjects: some("Math", "") }, 3),
    classes: rowsOf(
      ["c1", "c2", "c3"],
      {
        title: some("A", "B"),
        courseSourcedId: some("k1", "k2", ""),
        schoolSourcedId: some("s1", "s2", "s3", ""),
        termSourcedIds: some("t1", "t1,t2", "t9"),
      },
      5,
    ),
    users: rowsOf(
      ["p1", "p2", "p3", "p4", "p5"],
      {
        role: some("student", "student", "student", "teacher", "teacher", "parent", "wizard"),
        givenName: some("Ann", "Bo"),
        familyName: some("Li", "Ray"),
        email: some("", "a@x.example", "b@x.example", "c@x.example", "not an address"),
        identifier: some("", "1", "2", "3"),
        grades: some("", "03", "K", "none"),
        orgSourcedIds: some("s1", "s2", "s1,s2", "s3", ""),
      },
      6,
    ),
    enrollments: rowsOf(
      ["e1", "e2", "e3", "e4", "e5", "e6"],
      {
        classSourcedId: some("c1", "c2", "c3", "c9"),
        userSourcedId: some("p1", "p2", "p3", "p4", "p5", "p9"),
        role: some("student", "student", "teacher", "aide"),
        primary: some("", "true", "false"),
        beginDate: some("", "2026-08-01", "2026-09-01"),
        endDate: some("", "2026-12-20", "2026-11-30"),
      },
      8,
    ),
  })
  .map(({ mode, absent, unsaid, ...rows }) => ({
    mode,
    rows: Object.fromEntries(
      Object.entries(rows).flatMap(([name, all]) =>
        (absent as string[]).includes(name) ? [] : [[name, all.map((row) => withoutFields(row, name, unsaid))]],
      ),
    ),
  }));

/** The row without the columns of its file that are not sent. */
function withoutFields(row: RawRow, collection: string, unsaid: readonly string[]): RawRow {
  return Object.fromEntries(Object.entries(row).filter(([field]) => !unsaid.includes(`${collection}.${field}`)));
}

export interface ManualAccount {
  readonly role: "teacher" | "learner" | "admin";
  readonly email: string | null;
  readonly studentNumber: string | null;
  readonly status: "active" | "deactivated";
}

/** Accounts that stand in Aivo before any sync. */
export const manualAccounts: fc.Arbitrary<ManualAccount[]> = fc.array(
  fc.record({
    role: some("teacher" as const, "learner" as const, "admin" as const),
    email: some(null, "a@x.example", "b@x.example"),
    studentNumber: some(null, "1", "2"),
    status: some("active" as const, "deactivated" as const),
  }),
  { maxLength: 3 },
);
const step = { integration: some(0, 0, 0, 1), state, deactivates: some(false, false, false, true) };
/** What an admin leaves out of one of the integrations before a sync; null: nothing else than before. */
export const scopes: fc.Arbitrary<Scope> = fc
  .record({
    schools: fc.subarray(["s1", "s2", "s3"], { maxLength: 2 }),
    terms: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(["t1", "t2"]) }),
    courses: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(["k1", "k2"]) }),
    grades: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(["03", "KG"]) }),
    kinds: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...scopeKinds], { maxLength: 2 }) }),
    outside: some("leave" as const, "withdraw" as const),
  })
  .map(asScope);
const between = { minLength: 1, maxLength: 5 };
/** What the SIS of one of two integrations has, sync by sync, and whether an admin deactivates somebody after it. */
export const histories = fc.array(fc.record(step), between);
/** Of the conflicts that are open, and of people who are linked, the how manieth, and what is said of it. */
const decision = fc.record({
  nth: fc.nat({ max: 4 }),
  verdict: some("same-person" as const, "same-person" as const, "somebody-else" as const, "ignored" as const, "asked-again" as const),
  whom: fc.nat({ max: 5 }),
});
export type RandomDecision = typeof decision extends fc.Arbitrary<infer T> ? T : never;
const byAdmin = {
  byHand: stepsByHand(),
  decides: fc.array(decision, { maxLength: 2 }),
  /** Which integration comes first from then on; null: as before. */
  first: some(null, null, null, 0, 1),
};
/** The same, and what else an admin does after each sync, and decides of conflicts. */
export const editedHistories = fc.array(fc.record({ ...step, ...byAdmin }), between);
/** The same, orders of kinds and fields that an admin sets after a sync, and the scope that the integration has from a sync on, which may be applied before by itself. */
export const scopedHistories = fc.array(
  fc.record({ ...step, ...byAdmin, orders: orderSteps, scope: fc.option(scopes, { freq: 2 }), fromMemory: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 6,
  },
);
