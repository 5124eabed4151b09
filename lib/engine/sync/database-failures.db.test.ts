import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";

const { db, close } = await testDatabase();
/** Citus lets no test put a trigger on a table that is cut. */
const isOnCitus = inject("citusWorkerUrls").length > 0;
let district: string;
let integration: string;

beforeAll(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district);
  if (isOnCitus) return;
  await db.sql.unsafe(`
    create table refusal (code text);
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'Ada Lovelace, 12 Example Road' using errcode = (select code from refusal); end $$;
    grant select on refusal to aivo_app, aivo_district;
    create trigger refuse before insert on schools for each statement execute function refuse();`);
});
afterAll(close);

const rows = {
  orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
  academicSessions: [{ sourcedId: "t1", title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20", schoolYear: "2027" }],
  courses: [{ sourcedId: "k1", title: "Algebra" }],
  classes: [
    { sourcedId: "c1", title: "Algebra 1", classType: "scheduled", courseSourcedId: "k1", schoolSourcedId: "s1", termSourcedIds: "t1" },
  ],
  users: [{ sourcedId: "u1", role: "student", givenName: "Ada", familyName: "Lovelace", orgSourcedIds: "s1", username: "u1" }],
  enrollments: [{ sourcedId: "e1", classSourcedId: "c1", schoolSourcedId: "s1", userSourcedId: "u1", role: "student" }],
};

test.skipIf(isOnCitus).each([
  ["53100", "disk-full", /no disk space/],
  ["53200", "database", /out of memory/],
  ["53300", "database", /no connection left/],
  ["40001", "database", /same time/],
  ["40P01", "database", /waited for each other/],
  ["55P03", "database", /held what the sync needed/],
  ["57014", "database", /canceled/],
  ["25P04", "database", /longer than the database allows/],
  ["57P03", "database", /starting or stopping/],
])("the database's %s has a name, is passing, and quotes nobody", async (state, code, message) => {
  await db.sql`delete from refusal`;
  await db.sql`insert into refusal values (${state})`;
  const run = await syncOnce(db, district, integration, { rows });
  expect(run).toMatchObject({ state: "failed", failure: { code, transient: true, message: expect.stringMatching(message) } });
  expect(run.failure?.message).toMatch(/Nothing was changed/);
  expect(JSON.stringify(run.failure)).not.toMatch(/Lovelace/);
  expect(await db.sql`select from schools where district_id = ${district}`).toHaveLength(0);
});
