import fc from "fast-check";
import type { RawRow } from "#lib/engine/testing/sync.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";

/** Test-only: a small SIS that tells roles apart from people, and what may happen in it, and by the calendar, between two syncs. */
export type Rows = Readonly<Record<Collection, readonly RawRow[]>>;
type World = Readonly<Record<Collection, Readonly<Record<string, RawRow>>>>;

export interface RoleStep {
  readonly rows: Rows;
  /** How many days after the first. */
  readonly days: number;
}

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const today = new Date().toISOString().slice(0, 10);
const dates = [
  "",
  "",
  ...[-3, -1, 0, 1, 2, 3, 5].map((days) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)),
];

interface Edit {
  readonly collection: Collection;
  readonly id: string;
  readonly row: RawRow | null;
}
const edit = (collection: Collection, ids: readonly string[], fields: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<Edit> =>
  fc.record({ collection: fc.constant(collection), id: some(...ids), row: fc.option(fc.record(fields), { nil: null, freq: 4 }) });

/** Somebody is something at an org, from one of the days around today to another, or is it no longer. */
export const roleEdit = edit("roles", ["r1", "r2", "r3", "r4", "r5", "r6"], {
  userSourcedId: some("p1", "p2", "p3", "p4"),
  role: some("student", "student", "student", "teacher", "teacher", "aide", "parent", "ext:coach", "ext:other", "wizard"),
  roleType: some("primary", "secondary", ""),
  orgSourcedId: some("s1", "s2", "s3"),
  beginDate: some(...dates),
  endDate: some(...dates),
});

const edits = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: edit("orgs", ["s1", "s2", "s3"], {
        name: some("North", "South"),
        type: some("school", "school", "district"),
        identifier: some("", "1"),
      }),
    },
    {
      weight: 1,
      arbitrary: edit("classes", ["c1", "c2"], {
        title: some("A", "B"),
        schoolSourcedId: some("s1", "s2", "s3", ""),
        termSourcedIds: some("t1"),
      }),
    },
    {
      weight: 4,
      arbitrary: edit("users", ["p1", "p2", "p3", "p4"], {
        givenName: some("Ann", "Bo"),
        familyName: some("Li", "Quist"),
        email: some("", "a@x.example", "b@x.example"),
        identifier: some("", "1", "2"),
        grades: some("03", ""),
        userMasterIdentifier: some("", "", "m1", "m2"),
        userIds: some("", "", "{staffUniqueId:7}"),
        primaryOrgSourcedId: some("", "s1", "s2"),
      }),
    },
    { weight: 8, arbitrary: roleEdit },
    {
      weight: 4,
      arbitrary: edit("enrollments", ["e1", "e2", "e3", "e4"], {
        classSourcedId: some("c1", "c2"),
        userSourcedId: some("p1", "p2", "p3", "p4"),
        role: some("student", "student", "teacher"),
        primary: some(""),
        beginDate: some(...dates),
        endDate: some(...dates),
      }),
    },
  ),
  { maxLength: 6 },
);

const person = (givenName: string) => ({
  givenName,
  familyName: "Li",
  email: "",
  identifier: "",
  grades: "03",
  userMasterIdentifier: "",
  userIds: "",
  primaryOrgSourcedId: "",
});
const enrolled = { classSourcedId: "c1", userSourcedId: "p1", role: "student", primary: "", beginDate: "", endDate: "" };
const start: World = {
  orgs: { s1: { name: "North", type: "school", identifier: "1" }, s2: { name: "South", type: "school", identifier: "" } },
  academicSessions: { t1: { title: "Year", type: "term", startDate: "2020-08-01", endDate: "2040-12-20" } },
  courses: { k1: { title: "Algebra" } },
  classes: {
    c1: { title: "A", schoolSourcedId: "s1", termSourcedIds: "t1" },
    c2: { title: "B", schoolSourcedId: "s2", termSourcedIds: "t1" },
  },
  users: { p1: person("Ann"), p2: person("Bo") },
  roles: {
    r1: { userSourcedId: "p1", role: "student", roleType: "primary", orgSourcedId: "s1", beginDate: "", endDate: "" },
    r2: { userSourcedId: "p2", role: "teacher", roleType: "primary", orgSourcedId: "s1", beginDate: "", endDate: "" },
  },
  enrollments: { e1: enrolled, e2: { ...enrolled, userSourcedId: "p2", role: "teacher" } },
};

function apply(world: World, changes: readonly Edit[]): World {
  const next = structuredClone(world) as Record<Collection, Record<string, RawRow>>;
  for (const { collection, id, row } of changes) {
    if (row) next[collection][id] = row;
    else if (Object.keys(next[collection]).length > 1) delete next[collection][id];
  }
  return next;
}

const rowsOf = (world: World): Rows =>
  Object.fromEntries(
    collections.map((name) => [name, Object.entries(world[name]).map(([sourcedId, row]) => ({ sourcedId, ...row }))]),
  ) as unknown as Rows;

export const historiesWithRoles: fc.Arbitrary<readonly RoleStep[]> = fc
  .array(fc.record({ edits, days: fc.integer({ min: 0, max: 2 }) }), { minLength: 3, maxLength: 6 })
  .map((steps) => {
    let world = start;
    let days = 0;
    return steps.map((step) => {
      world = apply(world, step.edits);
      days = Math.min(6, days + step.days);
      return { rows: rowsOf(world), days };
    });
  });

/** What is new or another in each list, with a tombstone for what is gone; a list without changes is not sent. */
export function changesOf(before: Rows, after: Rows): Partial<Rows> {
  return Object.fromEntries(
    collections.flatMap((name) => {
      const known = new Map(before[name].map((row) => [row.sourcedId, JSON.stringify(row)]));
      const now = new Set(after[name].map(({ sourcedId }) => sourcedId));
      const changed = after[name].filter((row) => known.get(row.sourcedId) !== JSON.stringify(row));
      const gone = [...known.keys()].filter((id) => !now.has(id)).map((sourcedId) => ({ sourcedId, status: "tobedeleted" }));
      return changed.length + gone.length === 0 ? [] : [[name, [...changed, ...gone]]];
    }),
  ) as Partial<Rows>;
}
