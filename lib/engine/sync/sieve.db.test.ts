import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import { newIntegration, openIssues, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { leaseStaging, releaseStaging } from "#lib/platform/db/staging-pool.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import { describeModel, loadModel } from "./model/load.ts";
import { Sieve, type SieveOptions } from "./sieve.ts";
import { stage } from "./stage.ts";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "aivo-sieve-"));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A district whose syncs hold back what the mirror has, or let the database compare everything. */
async function districtOf({ mostKnown }: { readonly mostKnown?: number }) {
  const { db } = database;
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  return {
    district,
    integration,
    async sync(state: SisState): Promise<unknown> {
      const run = await syncOnce(db, district, integration, state, {
        source: inPieces(state),
        ...(mostKnown === undefined ? {} : { mostKnown }),
      });
      const issues = await openIssues(db, run.id);
      const mirror = await db.sql`
        select collection, external_id, hash, fate, reason, rostered, missing_since is not null as is_missing, stale, source_part,
          source_position, name, number, code, role, given_name, family_name, email, student_number, school_external_id, school_external_ids,
          class_external_id, person_external_id, unreadable, (select number from sync_runs r where r.district_id = ${district} and r.id = run_id) as run
        from source_records where district_id = ${district} order by 1, 2`;
      return {
        run: [run.state, run.failure?.code, run.changeCount, run.issueCount],
        totals: run.totals,
        rows: run.input?.rows,
        became: run.input?.became,
        carried: run.input?.carried,
        notRostered: run.input?.notRostered,
        roster: describeModel(await loadModel(db, district)),
        mirror: [...mirror],
        issues: issues.map(
          ({ code, severity, collection, key, externalId, sourcePart, sourcePosition, field, value, kept, isRead, openedNumber }) => [
            ...[code, severity, collection, key, externalId, sourcePart, sourcePosition, field, value, kept, isRead, openedNumber],
          ],
        ),
      };
    },
  };
}

/** A source that sends two rows at a time, and comes back to people once it has sent everything else. */
function inPieces(state: SisState): Source {
  const source = sourceOf(state);
  return {
    ...source,
    extract: async (context, options) => {
      const extraction = await source.extract(context, options);
      return {
        ...extraction,
        batches: async function* () {
          const last: RawBatch[] = [];
          for await (const batch of extraction.batches()) {
            const pieces = Array.from({ length: Math.ceil(batch.records.length / 2) }, (_, n) => ({
              ...batch,
              records: batch.records.slice(2 * n, 2 * n + 2),
            }));
            if (batch.collection === "users") last.push(...pieces.splice(2));
            yield* pieces;
          }
          yield* last;
        },
      };
    },
  };
}

const some = <T>(...values: T[]) => fc.constantFrom(...values);
type Rows = Partial<Record<Collection, RawRow[]>>;

/** A world in which much stays as it is from sync to sync, and what moves is often the same id again, or an old content again. */
const start: Rows = {
  orgs: [
    { sourcedId: "s1", name: "North", type: "school", identifier: "1" },
    { sourcedId: "s2", name: "South", type: "school", identifier: "2" },
    { sourcedId: "d1", name: "Office", type: "department" },
  ],
  academicSessions: [{ sourcedId: "t1", title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20" }],
  courses: [{ sourcedId: "k1", title: "Algebra" }],
  classes: ["c1", "c2"].map((sourcedId) => ({
    sourcedId,
    title: sourcedId,
    courseSourcedId: "k1",
    schoolSourcedId: "s1",
    termSourcedIds: "t1",
  })),
  users: [
    ...["p1", "p2", "p3"].map((sourcedId, n) => ({
      sourcedId,
      role: "student",
      givenName: "Ann",
      familyName: `Li ${n}`,
      identifier: `${n}`,
      orgSourcedIds: "s1",
    })),
    { sourcedId: "p4", role: "teacher", givenName: "Bo", familyName: "Ray", email: "bo@x.example", orgSourcedIds: "s1" },
    { sourcedId: "p5", role: "parent", givenName: "Cy", familyName: "Ray", orgSourcedIds: "s1" },
    { sourcedId: "p6", role: "wizard", givenName: "Di", familyName: "Ray", orgSourcedIds: "s1" },
    { sourcedId: "p7", status: "nobody knows", role: "teacher", givenName: "Ed", familyName: "Ray", orgSourcedIds: "s1" },
  ],
  enrollments: ["p1", "p2", "p3", "p9"].map((person, n) => ({
    sourcedId: `e${n}`,
    classSourcedId: "c1",
    userSourcedId: person,
    role: "student",
  })),
};
const collection = some<Collection>(
  "orgs",
  "academicSessions",
  "courses",
  "classes",
  "users",
  "users",
  "users",
  "enrollments",
  "enrollments",
);
const edit = fc.record({
  what: some(
    "repeat",
    "repeat",
    "change and keep",
    "change",
    "remove",
    "move",
    "lose its id",
    "withdraw",
    "withdraw and keep",
    "as a teacher",
  ),
  collection,
  row: fc.nat({ max: 9 }),
  to: fc.nat({ max: 9 }),
  value: some("North", "Ann", "Zed"),
});
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;
const changed: Readonly<Record<Collection, string>> = {
  orgs: "name",
  academicSessions: "title",
  courses: "title",
  classes: "title",
  users: "givenName",
  roles: "orgSourcedId",
  enrollments: "userSourcedId",
};

function edited(rows: Rows, { what, collection, row, to, value }: Edit): Rows {
  const all = [...(rows[collection] ?? [])];
  const at = row % Math.max(1, all.length);
  const one = all[at];
  if (one === undefined) return rows;
  const other = { ...one, [changed[collection]]: collection === "enrollments" ? `p${to}` : value };
  const insert = (inserted: RawRow) => all.splice(to % (all.length + 1), 0, inserted);
  if (what === "repeat") insert(one);
  else if (what === "change and keep") insert(other);
  else if (what === "withdraw and keep") insert({ ...one, status: "tobedeleted" });
  else if (what === "change") all[at] = other;
  else if (what === "withdraw") all[at] = { ...one, status: "tobedeleted" };
  else if (what === "lose its id") all[at] = { ...one, sourcedId: "" };
  else if (what === "as a teacher") all[at] = { ...one, role: one.role === "teacher" ? "student" : "teacher" };
  else {
    all.splice(at, 1);
    if (what === "move") insert(one);
  }
  return { ...rows, [collection]: all };
}

/** Each sync starts from the first world or from the one before, so that contents come back. */
const histories = fc
  .array(
    fc.record({
      fromStart: some(false, false, true),
      edits: fc.array(edit, { maxLength: 8 }),
      mode: some<"bulk" | "delta">("bulk", "bulk", "bulk", "delta"),
    }),
    {
      minLength: 2,
      maxLength: 6,
    },
  )
  .map((steps) => {
    let rows = start;
    return [
      { rows: start },
      ...steps.map(({ fromStart, edits, mode }): SisState => {
        rows = edits.reduce(edited, fromStart ? start : rows);
        return { rows, mode };
      }),
    ];
  });

test("what is held back changes nothing of what comes of a sync", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const sifted = await districtOf({});
      const inParts = await districtOf({ mostKnown: 3 });
      const compared = await districtOf({ mostKnown: 0 });
      for (const state of history) {
        const expected = await compared.sync(state);
        expect(await sifted.sync(state)).toEqual(expected);
        expect(await inParts.sync(state)).toEqual(expected);
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 1), endOnFailure: true },
  );
}, 3_600_000);

describe("what a full read stages", () => {
  /** Rows of the tables that a read of this fills, after the first world was synced. */
  async function stagedOf(
    rows: Rows,
    { most, directory = join(folder, randomUUID()) }: Partial<SieveOptions> = {},
  ): Promise<Record<string, number>> {
    const { db } = database;
    const synced = await districtOf({});
    await synced.sync({ rows: start });
    const runId = randomUUID();
    const { district: districtId, integration: integrationId } = synced;
    const staging = await leaseStaging(db.sql, { districtId, runId });
    try {
      const target = { sql: db.sql, staging, integrationId, signal: new AbortController().signal };
      const modes = Object.fromEntries(collections.map((collection) => [collection, "bulk"])) as Record<Collection, ReadMode>;
      const records = (collection: Collection) =>
        (rows[collection] ?? []).map((fields, index) => ({ place: { part: `${collection}.csv`, position: index + 2 }, fields }));
      const batches = async function* () {
        for (const collection of collections) yield { collection, records: records(collection), rejected: [] };
      };
      const sieve = await Sieve.over(target, modes, { directory, most });
      await stage(target, batches(), sieve, () => {});
      const tables = { ...staging.read, aside: staging.readAside, unmet: staging.unmet };
      const counts = await db.sql.unsafe<{ name: string; count: number }[]>(
        Object.entries(tables)
          .map(([name, table]) => `select '${name}' as name, count(*)::int as count from ${table} t`)
          .join(" union all "),
      );
      return Object.fromEntries(counts.flatMap(({ name, count }) => (count === 0 ? [] : [[name, count]])));
    } finally {
      await releaseStaging(db.sql, runId);
    }
  }

  const withUsers = (change: (users: RawRow[]) => RawRow[]): Rows => ({ ...start, users: change([...(start.users ?? [])]) });
  const again = (users: RawRow[], id: string, fields: RawRow = {}): RawRow =>
    ({ ...users.find((user) => user.sourcedId === id), ...fields }) as RawRow;

  test("everything, where the mirror has more than sixteen times what is held in memory, or has nowhere to lie", async () => {
    const everything = { orgs: 2, academicSessions: 1, courses: 1, classes: 2, users: 4, enrollments: 4, aside: 4 };
    expect(await stagedOf(start, { most: 1 })).toEqual(everything);
    expect(await stagedOf(start, { most: 5, directory: null })).toEqual(everything);
  });

  describe.each([
    ["all of the mirror in memory", {}],
    ["a part of it at a time", { most: 3 }],
  ])("with %s", (_, how) => {
    const staged = (rows: Rows) => stagedOf(rows, how);

    test("nothing, where every row says what it said, in whatever order", async () => {
      expect(await staged(start)).toEqual({});
      expect(await staged(withUsers((users) => users.reverse()))).toEqual({});
    });

    test("what is new and what is said otherwise, and nothing for who is missing", async () => {
      expect(await staged(withUsers((users) => [...users, again(users, "p1", { sourcedId: "p8" })]))).toEqual({ users: 1 });
      const renamed = (user: RawRow) => (user.sourcedId === "p1" ? { ...user, givenName: "Zed" } : user);
      expect(await staged(withUsers((users) => users.map(renamed)))).toEqual({ users: 1 });
      expect(await staged(withUsers((users) => users.slice(1)))).toEqual({});
    });

    test("a repeated row with the one before it, and one id with two contents with both", async () => {
      expect(await staged(withUsers((users) => [...users, again(users, "p1"), again(users, "p1")]))).toEqual({ users: 3 });
      expect(await staged(withUsers((users) => [...users, again(users, "p1", { givenName: "Zed" })]))).toEqual({ users: 2 });
      expect(await staged(withUsers((users) => [again(users, "p5", { role: "student" }), ...users]))).toEqual({ users: 1, aside: 1 });
      expect(await staged(withUsers((users) => [again(users, "p1", { status: "tobedeleted" }), ...users]))).toEqual({ users: 1, aside: 1 });
      expect(await staged(withUsers((users) => [...users, again(users, "p6"), again(users, "p7")]))).toEqual({ aside: 4 });
    });

    test("a row without an id each time, and what COPY and lines have to write otherwise", async () => {
      expect(await staged(withUsers((users) => [...users, again(users, "p1", { sourcedId: "" })]))).toEqual({ aside: 1 });
      const odd = { sourcedId: "p\\8 \ud83c\udf4e", givenName: "Ann \\N", familyName: 'Ł "x" {}' };
      expect(await staged(withUsers((users) => [...users, again(users, "p1", odd)]))).toEqual({ users: 1 });
    });
  });
});
