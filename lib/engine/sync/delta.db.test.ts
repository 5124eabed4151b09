import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import { newIntegration, openIssues, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { apply, changesBetween, type Edit, edits, rowsOf, start, type World } from "./model/delta-histories.ts";
import { describeModel, loadModel } from "./model/load.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Reads changes when it is given a cursor, everything when it is not. */
function deltaSource(before: World, after: World): Source {
  const full = sourceOf({ rows: rowsOf(after) });
  const delta = sourceOf({ rows: changesBetween(before, after), mode: "delta" });
  return {
    ...full,
    extract: async (context, options) => {
      const extraction = await (options.cursor === null ? full : delta).extract(context, options);
      return { ...extraction, cursor: () => ({ at: "here" }) };
    },
  };
}

/** What happens between two syncs: an admin or another integration first, then the SIS. */
interface Step {
  readonly changes: readonly Edit[];
  readonly byAdmin?: "reactivates all" | "deactivates p1" | "pauses the other integration" | null;
  readonly elsewhere?: SisState | null;
}

/** Runs a history in two districts, one that reads and plans everything and one that reads changes and plans those; returns how the latter read. */
async function compare(history: readonly Step[]): Promise<(ReadMode | undefined)[]> {
  const { db } = database;
  const districts = [await newDistrict(db), await newDistrict(db)] as const;
  const integrations = [await newIntegration(db, districts[0]), await newIntegration(db, districts[1])] as const;
  const others = [await newIntegration(db, districts[0]), await newIntegration(db, districts[1])] as const;
  const modes: (ReadMode | undefined)[] = [];
  let before = start;
  for (const { changes, byAdmin, elsewhere } of history) {
    for (const [index, district] of districts.entries()) {
      if (byAdmin === "reactivates all")
        await db.sql`update accounts set status = 'active', deactivated_by = null, deactivated_at = null where district_id = ${district}`;
      if (byAdmin === "deactivates p1")
        await db.sql`update accounts set status = 'deactivated', deactivated_by = 'admin', deactivated_at = now()
          where district_id = ${district} and id in (select record_id from source_records where district_id = ${district} and collection = 'users' and external_id = 'p1')`;
      if (byAdmin === "pauses the other integration")
        await db.sql`
          with paused as (update integrations set state = 'paused', updated_at = statement_timestamp() where id = ${others[index] ?? ""})
          update integrations set planned_with = null where district_id = ${district} and id <> ${others[index] ?? ""}`;
      if (elsewhere) expect((await syncOnce(db, district, others[index] ?? "", elsewhere)).state).toBe("succeeded");
    }
    const world = apply(before, changes);
    await db.sql`update integrations set planned_with = null where id = ${integrations[0]}`;
    const byFull = await syncOnce(db, districts[0], integrations[0], { rows: rowsOf(world) });
    const byDelta = await syncOnce(db, districts[1], integrations[1], { rows: {} }, { source: deltaSource(before, world) });
    expect([byFull.state, byDelta.state], JSON.stringify([byFull.failure, byDelta.failure])).toEqual(["succeeded", "succeeded"]);
    expect(describeModel(await loadModel(db, districts[1]))).toEqual(describeModel(await loadModel(db, districts[0])));
    expect(await leftOutOf(byDelta.id)).toEqual(await leftOutOf(byFull.id));
    modes.push(byDelta.input?.modes.users);
    before = world;
  }
  return modes;
}

/** What a run left out, or took without what it refers to, although it could be read; and why. */
async function leftOutOf(runId: string): Promise<string[]> {
  const issues = (await openIssues(database.db, runId)).filter(({ externalId, isRead }) => externalId !== null && !isRead);
  return issues.map(({ code, collection, key }) => `${code} ${collection} ${key}`).sort();
}

const some = fc.constantFrom;
const steps = fc.array(fc.record({ changes: edits, byAdmin: some(null, null, "reactivates all" as const, "deactivates p1" as const) }), {
  minLength: 1,
  maxLength: 5,
});

test("reading changes leads to the roster that reading everything leads to", async () => {
  const modes = new Set<ReadMode | undefined>();
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      for (const mode of await compare([{ changes: [] }, ...history])) modes.add(mode);
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 1), endOnFailure: true },
  );
  expect(modes).toEqual(new Set(["bulk", "delta"]));
}, 3_600_000);

describe("a history in which changes alone tell less", () => {
  const person = (id: string, fields: RawRow = {}): Edit => ({
    collection: "users",
    id,
    row: { role: "student", givenName: "Ann", familyName: "Li", orgSourcedIds: "s1", ...fields },
  });
  const enrollment: Edit = { collection: "enrollments", id: "e1", row: { classSourcedId: "c1", userSourcedId: "p1", role: "student" } };
  const classOf = (id: string, title: string): Edit => ({
    collection: "classes",
    id,
    row: { title, courseSourcedId: "k1", schoolSourcedId: "s1", termSourcedIds: "t1" },
  });
  const elsewhere: SisState = {
    rows: {
      ...rowsOf(start),
      users: [{ sourcedId: "q1", role: "student", givenName: "Annie", familyName: "Li", email: "a@x.example", orgSourcedIds: "s1" }],
    },
  };

  test("somebody returns whom an admin had reactivated, and is in the class again", async () => {
    const modes = await compare([
      { changes: [person("p2"), enrollment] },
      { changes: [{ ...person("p1"), row: null }] },
      { changes: [person("p1")], byAdmin: "reactivates all" },
    ]);
    expect(modes.at(-1)).toBe("delta");
  });

  test("a new class equals one of another integration and one of its own", async () => {
    const course: Edit = { collection: "courses", id: "k1", row: { title: "Algebra" } };
    const classes = [{ sourcedId: "x", ...classOf("x", "B").row }];
    const alike = { rows: { ...elsewhere.rows, courses: [{ sourcedId: "k1", title: "Algebra" }], classes } };
    const modes = await compare([
      { changes: [course] },
      { changes: [classOf("c2", "C")], elsewhere: alike },
      { changes: [classOf("c2", "B")] },
      { changes: [classOf("c3", "B")] },
    ]);
    expect(modes.at(-1)).toBe("delta");
  });

  const stays = { sourcedId: "q2", role: "student", givenName: "Di", familyName: "Ray", orgSourcedIds: "s1" };
  test.each([
    ["has them no longer", { elsewhere: { rows: { ...elsewhere.rows, users: [stays] } } }],
    ["is paused", { byAdmin: "pauses the other integration" as const }],
  ])("another integration supplied somebody's values and %s", async (_, step) => {
    const users = [...(elsewhere.rows.users ?? []), stays];
    const modes = await compare([
      { changes: [] },
      { changes: [person("p2", { email: "a@x.example" })], elsewhere: { rows: { ...elsewhere.rows, users } } },
      { changes: [], ...step },
      { changes: [] },
    ]);
    expect(modes).toEqual(["bulk", "delta", "delta", "delta"]);
  });

  test("parents and offices that were read before are no unknown ones", async () => {
    const office: Edit = { collection: "orgs", id: "d1", row: { name: "Office", type: "department", identifier: "" } };
    const enrollmentOf = (userSourcedId: string, id: string): Edit => ({
      ...enrollment,
      id,
      row: { classSourcedId: "c1", userSourcedId, role: "student", beginDate: "" },
    });
    const modes = await compare([
      { changes: [office, person("p2", { role: "parent" }), person("p3", { role: "parent" }), enrollmentOf("p2", "e1")] },
      { changes: [person("p4", { orgSourcedIds: "s1,d1" })] },
      { changes: [enrollmentOf("p3", "e2")] },
      { changes: [{ ...person("p3"), row: null }] },
      { changes: [person("p2")] },
    ]);
    expect(modes).toEqual(["bulk", "delta", "delta", "delta", "delta"]);
  });

  test("one of two enrollments of a person in a class became unreadable", async () => {
    const enrolled = (id: string, beginDate: string, role = "student"): Edit => ({
      ...enrollment,
      id,
      row: { classSourcedId: "c1", userSourcedId: "p1", role, beginDate },
    });
    const modes = await compare([
      { changes: [enrolled("e1", "2026-08-01")] },
      { changes: [enrolled("e1", "2026-08-01", "wizard")] },
      { changes: [person("p2")] },
      { changes: [enrolled("e2", "2026-09-01")] },
    ]);
    expect(modes.at(-1)).toBe("delta");
  });

  test("somebody goes by another id, while an enrollment still names the old one", async () => {
    const in1 = (id: string, userSourcedId: string, endDate: string): Edit => ({
      ...enrollment,
      id,
      row: { classSourcedId: "c1", userSourcedId, role: "student", endDate },
    });
    const modes = await compare([
      { changes: [person("p1", { email: "a@x.example" }), person("p2"), in1("e1", "p1", "")] },
      { changes: [{ ...person("p1"), row: null }, person("p3", { email: "a@x.example" }), in1("e2", "p3", "2026-11-30")] },
      { changes: [person("p2", { givenName: "Bo" })] },
    ]);
    expect(modes).toEqual(["bulk", "delta", "delta"]);
  });

  test("an old id returns while its account goes by another, whose student number somebody new has", async () => {
    const users = [{ sourcedId: "q1", ...person("q1", { identifier: "1" }).row }];
    const modes = await compare([
      { changes: [person("p1", { email: "a@x.example" })], elsewhere: { rows: { ...elsewhere.rows, users } } },
      { changes: [person("p3", { email: "a@x.example", identifier: "1" }), { ...person("p1"), row: null }] },
      { changes: [person("p1"), person("p4", { identifier: "1" })] },
    ]);
    expect(modes).toEqual(["bulk", "delta", "delta"]);
  });

  test("somebody new has the address that another kept, since theirs became unreadable", async () => {
    const modes = await compare([
      { changes: [person("p1", { email: "a@x.example" })] },
      {
        changes: [person("p1", { email: "broken" })],
        elsewhere: { rows: { ...elsewhere.rows, users: [{ sourcedId: "q1", ...person("q1", { email: "b@x.example" }).row }] } },
      },
      {
        changes: [person("p2", { email: "a@x.example" })],
        elsewhere: {
          ...elsewhere,
          rows: { ...elsewhere.rows, users: [{ sourcedId: "q1", ...person("q1", { email: "a@x.example" }).row }] },
        },
      },
    ]);
    expect(modes.at(-1)).toBe("delta");
  });
});
