/** What a sync of one person leaves alone: the place of the next read, plans that wait, failures in a row, and what later reads compare themselves with. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import { newIntegration, type RawRow, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety, safetyOff } from "#lib/roster/guard/settings.ts";

let database: TestDatabase;
let district: string;
let integration: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

const person = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: "Given",
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  orgSourcedIds: "s1",
  ...fields,
});
const everybody = Array.from({ length: 30 }, (_, n) => person(n));
const rowsOf = (users: readonly RawRow[]) => ({
  orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
  academicSessions: [],
  courses: [],
  classes: [{ sourcedId: "c1", title: "A", schoolSourcedId: "s1" }],
  users,
  enrollments: [],
});

/** A SIS that gives these people when it is asked for one. */
function alone(...users: readonly RawRow[]): Source {
  const source = sourceOf({ rows: { users }, mode: "delta" });
  return {
    ...source,
    extractPerson: async (context, { cursor, ...options }) => ({
      ...(await source.extract(context, { ...options, cursor })),
      cursor: () => cursor,
    }),
  };
}
const syncAll = (users: readonly RawRow[], options: Parameters<typeof syncOnce>[4] = {}) =>
  syncOnce(database.db, district, integration, { rows: rowsOf(users) }, options);
const syncOne = (forPerson: string, ...users: readonly RawRow[]) =>
  syncOnce(database.db, district, integration, { rows: {} }, { forPerson, source: alone(...users) });

async function placed() {
  const [row] = await database.db.sql`
    select cursor, planned_with, failures_in_row, source_identity from integrations where district_id = ${district} and id = ${integration}`;
  return row;
}

const statusOf = async (id: string) => {
  const [row] = await database.db.sql`
    select a.status from accounts a
    join source_records l on l.district_id = a.district_id and l.record_id = a.id and l.external_id = ${id}
    where a.district_id = ${district}`;
  return row?.status;
};

test("it is refused where nobody was synced before, and where only everybody's records can settle a doubt", async () => {
  const early = await syncOne("p1", person(1));
  expect([early.state, early.failure?.code]).toEqual(["failed", "configuration"]);
  await syncAll([...everybody, person(40, { middleName: "Middle" })]);
  const { middleName: _, ...blank } = person(40, { middleName: "" });
  const doubtful = await syncOne("p40", blank);
  expect([doubtful.state, doubtful.failure?.code]).toEqual(["failed", "read-incomplete"]);
  expect(doubtful.failure?.remedy).toContain("Run Sync Now");
  expect((await syncOne("p40", person(40, { middleName: "" }))).totals?.learner.updated).toBe(1);
});

test("the place, failures in a row and the schedule stay, whether it succeeds or fails", async () => {
  await syncAll(everybody);
  await database.db.sql`
    update integrations set cursor = '{"at": 1}', failures_in_row = 4, planned_with = planned_with where id = ${integration}`;
  const before = await placed();
  expect((await syncOne("p1", person(1, { givenName: "Other" }))).state).toBe("succeeded");
  expect(await placed()).toEqual(before);
  const failing: Source = { ...alone(), extractPerson: () => Promise.reject(new Error("unforeseen")) };
  const failed = await syncOnce(
    database.db,
    district,
    integration,
    { rows: {} },
    { forPerson: "p1", source: failing, trigger: "schedule", mayBreak: true },
  );
  expect(failed.state).toBe("failed");
  expect(await placed()).toEqual(before);
  const [incidents] = await database.db.sql`select count(*)::int as count from incidents where district_id = ${district}`;
  expect(incidents?.count).toBe(0);
});

test("a plan that waits for everybody goes on waiting; a person's own plan is approved as any, and moves no place", async () => {
  await syncAll(everybody);
  const preview = await syncAll(everybody.slice(1), { kind: "preview" });
  expect(preview.state).toBe("previewed");
  expect((await syncOne("p2", person(2))).changeCount).toBe(0);
  const stateOf = async (id: string) => (await database.db.sql`select state from sync_runs where id = ${id}`)[0]?.state;
  expect(await stateOf(preview.id)).toBe("previewed");

  const strict = {
    ...defaultSafety,
    withholdDoubtful: false,
    minDeactivated: 0,
    maxDeactivatedPercent: 0,
    minSchoolDeactivated: 0,
    maxSchoolPercent: 0,
  };
  await database.db.sql`
    update integrations set safety = ${JSON.stringify(strict)}::text::jsonb, cursor = '{"at": 1}' where id = ${integration}`;
  const held = await syncOne("p3", { sourcedId: "p3", status: "tobedeleted" });
  expect(held.state).toBe("held");
  expect(await stateOf(preview.id)).toBe("previewed");
  await database.db.sql`update integrations set cursor = '{"at": 2}' where id = ${integration}`;
  const approved = await syncOnce(
    database.db,
    district,
    integration,
    { rows: {} },
    { kind: "approval", planRunId: held.id, forPerson: "p3" },
  );
  expect(approved.state).toBe("succeeded");
  expect((await placed())?.cursor).toEqual({ at: 2 });
  expect(await statusOf("p3")).toBe("deactivated");
});

test("whom an admin had looked up alone is not counted among those who left in the week", async () => {
  const weekly = { ...safetyOff, minDeactivated: 0, maxWeekPercent: 15 };
  await syncAll(everybody);
  for (const n of [1, 2, 3, 4, 5]) expect((await syncOne(`p${n}`, { sourcedId: `p${n}`, status: "tobedeleted" })).state).toBe("succeeded");
  await database.db.sql`
    update integrations set safety = ${JSON.stringify(weekly)}::text::jsonb where id = ${integration}`;
  const gone = new Set(["p1", "p2", "p3", "p4", "p5", "p6"]);
  const next = await syncAll(everybody.filter(({ sourcedId }) => !gone.has(sourcedId ?? "")));
  expect([next.state, next.totals?.learner.deactivated]).toEqual(["succeeded", 1]);
});

test("it is taken back like any sync: that person is as before and the place stays, and the next sync of everybody brings what the SIS says", async () => {
  await syncAll(everybody);
  await database.db.sql`update integrations set cursor = '{"at": 1}' where id = ${integration}`;
  const before = await placed();
  const nameOf = async (id: string) => {
    const [row] = await database.db.sql`
      select a.given_name as name from accounts a
      join source_records l on l.district_id = a.district_id and l.record_id = a.id and l.external_id = ${id}
      where a.district_id = ${district}`;
    return row?.name;
  };
  const alone = await syncOne("p1", person(1, { givenName: "Other" }));
  expect([await nameOf("p1"), await nameOf("p2")]).toEqual(["Other", "Given"]);
  const undone = await syncOnce(database.db, district, integration, { rows: {} }, { undoOf: alone });
  expect([undone.state, undone.changeCount]).toEqual(["succeeded", 1]);
  expect(await nameOf("p1")).toBe("Given");
  expect(await placed()).toEqual(before);
  await database.db.sql`update integrations set state = 'active' where id = ${integration}`;
  const all = await syncAll(everybody.map((row) => (["p1", "p2"].includes(row.sourcedId ?? "") ? { ...row, givenName: "Other" } : row)));
  expect(all.totals?.learner.updated).toBe(2);
  expect([await nameOf("p1"), await nameOf("p2")]).toEqual(["Other", "Other"]);
});
