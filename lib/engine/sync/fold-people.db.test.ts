/** What SQL makes of roles is what the rule by itself says (lib/roster/fold-roles.ts): of random people, over syncs and days. */
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { districts, integrations } from "#lib/platform/db/schema/index.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { PersonRole } from "#lib/roster/canonical.ts";
import { foldRoles, type ToFold } from "#lib/roster/fold-roles.ts";
import { asReadingRules } from "#lib/roster/reading-rules.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const rules = asReadingRules({ graceDays: 3, roleWords: { "ext:coach": "teaching" } });
const words = ["student", "student", "teacher", "teacher", "aide", "principal", "parent", "ext:coach", "ext:other"];
const offset = fc.option(fc.integer({ min: -6, max: 8 }), { nil: null, freq: 2 });
const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const oneRole = fc.record({
  word: some(...words),
  type: some("primary", "secondary", ""),
  org: some("s1", "s2", "d1"),
  begins: offset,
  ends: offset,
});
const oneEnrollment = fc.record({ classId: some<"c1" | "c2">("c1", "c2"), role: some("student", "teacher"), begins: offset, ends: offset });
const onePerson = fc.record({
  roles: fc.array(oneRole, { maxLength: 3 }),
  enrollments: fc.array(oneEnrollment, { maxLength: 2 }),
  home: some("", "s1", "s2", "d1"),
});
type OnePerson = typeof onePerson extends fc.Arbitrary<infer P> ? P : never;
const people = 25;
const step = fc.record({
  days: fc.integer({ min: 0, max: 3 }),
  changed: fc.dictionary(fc.nat({ max: people - 1 }).map(String), onePerson, { maxKeys: 6 }),
});

const today = new Date().toISOString().slice(0, 10);
const dayOf = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
const inOrder = (begins: number | null, ends: number | null) =>
  begins !== null && ends !== null && ends < begins ? ([ends, begins] as const) : ([begins, ends] as const);
const dates = (begins: number | null, ends: number | null) => {
  const [first, last] = inOrder(begins, ends);
  return { beginDate: first === null ? "" : dayOf(first), endDate: last === null ? "" : dayOf(last) };
};
const schoolOf: Readonly<Record<"c1" | "c2", string>> = { c1: "s1", c2: "s2" };

const anchor = { sourcedId: "anchor", givenName: "An", familyName: "Anchor", email: "anchor@x.example" };
function rowsOf(all: readonly OnePerson[]) {
  return {
    orgs: [
      { sourcedId: "s1", name: "North", type: "school" },
      { sourcedId: "s2", name: "South", type: "school" },
      { sourcedId: "d1", name: "District", type: "district" },
    ],
    academicSessions: [{ sourcedId: "t1", title: "Year", type: "schoolYear", startDate: "2020-01-01", endDate: "2040-01-01" }],
    courses: [{ sourcedId: "k1", title: "Algebra" }],
    classes: (["c1", "c2"] as const).map((id) => ({ sourcedId: id, title: id, schoolSourcedId: schoolOf[id], termSourcedIds: "t1" })),
    users: [
      anchor,
      ...all.map(({ home }, n) => ({
        sourcedId: `p${n}`,
        givenName: `Given ${n}`,
        familyName: `Family ${n}`,
        email: `p${n}@x.example`,
        primaryOrgSourcedId: home,
      })),
    ],
    roles: [
      { sourcedId: "r", userSourcedId: "anchor", role: "student", roleType: "primary", orgSourcedId: "s1" },
      ...all.flatMap(({ roles }, n) =>
        roles.map(({ word, type, org, begins, ends }, i) => ({
          sourcedId: `r${n}-${i}`,
          userSourcedId: `p${n}`,
          role: word,
          roleType: type,
          orgSourcedId: org,
          ...dates(begins, ends),
        })),
      ),
    ],
    enrollments: [
      { sourcedId: "e", classSourcedId: "c1", userSourcedId: "anchor", role: "student" },
      ...all.flatMap(({ enrollments }, n) =>
        enrollments.map(({ classId, role, begins, ends }, i) => ({
          sourcedId: `e${n}-${i}`,
          classSourcedId: classId,
          userSourcedId: `p${n}`,
          role,
          ...dates(begins, ends),
        })),
      ),
    ],
  } satisfies Record<string, readonly RawRow[]>;
}

interface Became {
  readonly fate: string;
  readonly reason: string | null;
  readonly kind: PersonRole | null;
  readonly isRostered: boolean;
  readonly schools: readonly string[];
}

async function became(district: string): Promise<ReadonlyMap<string, Became>> {
  const rows = await database.db.sql<(Became & { id: string })[]>`
    select m.external_id as id, m.fate, m.reason, a.role as kind, m.rostered as "isRostered", array(
      select s.external_id from unnest(a.school_ids) with ordinality x (id, n)
      join source_records s on s.district_id = ${district} and s.record_id = x.id and s.collection = 'orgs' order by x.n) as schools
    from source_records m left join accounts a on a.district_id = m.district_id and a.id = m.record_id
    where m.district_id = ${district} and m.collection = 'users'`;
  return new Map(rows.map((row) => [row.id, row]));
}

function toFold({ roles, enrollments, home }: OnePerson, before: Became | undefined, day: string): ToFold {
  return {
    roles: roles.map(({ word, type, org, begins, ends }) => {
      const { beginDate, endDate } = dates(begins, ends);
      return {
        word,
        type: type === "primary" || type === "secondary" ? type : null,
        org,
        isSchool: org !== "d1",
        beginDate: beginDate || null,
        endDate: endDate || null,
      };
    }),
    // The last day of an enrollment counts.
    enrollments: enrollments.flatMap(({ classId, role, begins, ends }) => {
      const { beginDate, endDate } = dates(begins, ends);
      const isNow = (beginDate === "" || beginDate <= day) && (endDate === "" || day <= endDate);
      return isNow ? [{ teaches: role === "teacher", school: schoolOf[classId] }] : [];
    }),
    linked: before?.kind ?? null,
    isRostered: before?.isRostered ?? false,
    home: home || null,
  };
}

/** What the rule says becomes of somebody, in the words of the mirror. */
function expected(person: OnePerson, before: Became | undefined, day: string): Became {
  const folded = foldRoles(toFold(person, before, day), day, rules);
  const linked = { kind: before?.kind ?? null, isRostered: before?.isRostered ?? false, schools: before?.schools ?? [] };
  if (folded.is === "waiting") return { ...linked, fate: "waiting", reason: folded.notice };
  if (folded.is === "not-rostered")
    return { ...linked, fate: "not-rostered", reason: folded.reason, isRostered: linked.isRostered && folded.reason !== "role-over" };
  if (linked.kind !== null && folded.kind !== linked.kind) return { ...linked, fate: "waiting", reason: "match-role" };
  return { fate: "rostered", reason: null, kind: folded.kind, isRostered: true, schools: folded.schools ?? linked.schools };
}

test("over random people, syncs and days", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(onePerson, { minLength: people, maxLength: people }),
      fc.array(step, { minLength: 2, maxLength: 3 }),
      some("bulk", "delta"),
      async (first, steps, mode) => {
        const district = await newDistrict(database.db);
        const integration = await newIntegration(database.db, district);
        await database.db.orm.update(integrations).set({ readingRules: rules }).where(eq(integrations.id, integration));
        let days = 0;
        let all = first;
        for (const { days: more, changed } of [{ days: 0, changed: {} }, ...steps]) {
          days = Math.min(6, days + more);
          await database.db.orm
            .update(districts)
            .set({ timezone: days === 0 ? "UTC" : `DAY-${days * 24}` })
            .where(eq(districts.id, district));
          const before = await became(district);
          const old = rowsOf(all);
          all = all.map((person, n) => changed[String(n)] ?? person);
          const rows = rowsOf(all);
          const run =
            before.size === 0 || mode === "bulk"
              ? await syncOnce(database.db, district, integration, { rows, version: "1.2" })
              : await syncOnce(database.db, district, integration, { rows: changesOf(old, rows), mode: "delta", version: "1.2" });
          expect(run.failure).toBeNull();
          const after = await became(district);
          for (const [n, person] of all.entries()) {
            const id = `p${n}`;
            expect({ id, person, ...after.get(id) }).toMatchObject({ id, person, ...expected(person, before.get(id), dayOf(days)) });
          }
        }
      },
    ),
    { numRuns: 4 },
  );
});

/** What is new or another in each list, and that the rest of it is gone. */
function changesOf(before: ReturnType<typeof rowsOf>, after: ReturnType<typeof rowsOf>) {
  const lists = Object.keys(after) as (keyof typeof after)[];
  return Object.fromEntries(
    lists.map((list) => {
      const known = new Map<string, string>(before[list].map((row) => [row.sourcedId, JSON.stringify(row)]));
      const now = new Set<string>(after[list].map(({ sourcedId }) => sourcedId));
      return [
        list,
        [
          ...after[list].filter((row) => known.get(row.sourcedId) !== JSON.stringify(row)),
          ...[...known.keys()].filter((id) => !now.has(id)).map((sourcedId) => ({ sourcedId, status: "tobedeleted" })),
        ] as readonly RawRow[],
      ];
    }),
  );
}
