import fc from "fast-check";
import type { RawRow } from "#lib/engine/testing/sync.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";

/** Test-only: a small SIS and what may happen in it between two syncs. */
export type World = Readonly<Record<Collection, Readonly<Record<string, RawRow>>>>;
export interface Edit {
  readonly collection: Collection;
  readonly id: string;
  /** Null: the record goes. */
  readonly row: RawRow | null;
}

const some = <T>(...values: T[]) => fc.constantFrom(...values);
/** What a record may come without. */
const optional = ["identifier", "email", "grades", "courseSourcedId", "termSourcedIds", "orgSourcedIds", "beginDate", "endDate", "primary"];
const edit = (collection: Collection, ids: readonly string[], fields: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<Edit> =>
  fc.record({
    collection: fc.constant(collection),
    id: some(...ids),
    row: fc.option(fc.record(fields, { requiredKeys: Object.keys(fields).filter((name) => !optional.includes(name)) }), {
      nil: null,
      freq: 4,
    }),
  });
export const edits = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: edit("orgs", ["s1", "s2"], {
        name: some("North", "South"),
        type: some("school", "school", "department"),
        identifier: some("", "1"),
      }),
    },
    {
      weight: 1,
      arbitrary: edit("academicSessions", ["t1", "t2"], {
        title: some("Fall", "Spring"),
        type: some("term"),
        startDate: some("2026-08-01"),
        endDate: some("2026-12-20"),
      }),
    },
    { weight: 1, arbitrary: edit("courses", ["k1"], { title: some("Algebra", "English") }) },
    {
      weight: 3,
      arbitrary: edit("classes", ["c1", "c2", "c3"], {
        title: some("A", "B"),
        courseSourcedId: some("k1", ""),
        schoolSourcedId: some("s1", "s1", "s2", ""),
        termSourcedIds: some("t1", "t1,t2"),
      }),
    },
    {
      weight: 5,
      arbitrary: edit("users", ["p1", "p2", "p3", "p4"], {
        role: some("student", "student", "student", "teacher", "teacher", "parent", "wizard"),
        givenName: some("Ann", "Bo"),
        familyName: some("Li", "Li", "Quist"),
        email: some("", "a@x.example", "b@x.example", "broken"),
        identifier: some("", "1", "2"),
        orgSourcedIds: some("s1", "s1,s2", "s2", ""),
        grades: some("03", "none"),
      }),
    },
    {
      weight: 6,
      arbitrary: edit("enrollments", ["e1", "e2", "e3", "e4", "e5"], {
        classSourcedId: some("c1", "c2", "c3"),
        userSourcedId: some("p1", "p2", "p3", "p4"),
        role: some("student", "student", "student", "teacher", "aide", "wizard"),
        primary: some("", "false"),
        beginDate: some("", "2026-08-01", "2026-09-01"),
        endDate: some("", "2026-12-20", "2026-11-30"),
      }),
    },
  ),
  { maxLength: 8 },
);

export const start: World = {
  orgs: { s1: { name: "North", type: "school", identifier: "1" } },
  academicSessions: { t1: { title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20" } },
  courses: {},
  classes: { c1: { title: "A", schoolSourcedId: "s1", termSourcedIds: "t1" } },
  users: { p1: { role: "student", givenName: "Ann", familyName: "Li", orgSourcedIds: "s1" } },
  roles: {},
  enrollments: {},
};

export function apply(world: World, changes: readonly Edit[]): World {
  const next = structuredClone(world) as Record<Collection, Record<string, RawRow>>;
  for (const { collection, id, row } of changes) {
    if (row) next[collection][id] = row;
    else if (Object.keys(next[collection]).length > 1) delete next[collection][id];
  }
  return next;
}

export const rowsOf = (world: World) =>
  Object.fromEntries(collections.map((c) => [c, Object.entries(world[c]).map(([sourcedId, row]) => ({ sourcedId, ...row }))]));

/**
 * What has changed between two states of the SIS, with a tombstone for what is gone. Of those in `resent` also what has not
 * changed: what a SIS calls modified often is not, and reads of changes overlap.
 */
export function changesBetween(before: World, after: World, resent: readonly string[] = []): Partial<Record<Collection, RawRow[]>> {
  return Object.fromEntries(
    collections.map((c) => [
      c,
      [
        ...Object.entries(after[c])
          .filter(([id, row]) => resent.includes(id) || JSON.stringify(before[c][id]) !== JSON.stringify(row))
          .map(([sourcedId, row]) => ({ sourcedId, ...row })),
        ...Object.keys(before[c])
          .filter((id) => !(id in after[c]))
          .map((sourcedId) => ({ sourcedId, status: "tobedeleted" })),
      ],
    ]),
  );
}
