import { afterAll, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { deactivateAccount, reactivateAccount } from "#lib/services/accounts/write.ts";
import { archiveClassroom, restoreClassroom } from "#lib/services/edits/standing.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import { listPeople } from "#lib/services/people/list.ts";
import { PeopleFilter } from "#lib/services/people/schema.ts";
import { requestUndo } from "#lib/services/runs/undo.ts";
import { listSchools } from "#lib/services/schools/read.ts";
import { SchoolsFilter } from "#lib/services/schools/schema.ts";
import { noonZone, room, term, user } from "#lib/services/testing/calendar.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { readIntegrationStanding, readOverview } from "./read.ts";
import { readRosterCounts } from "./roster-counts.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const told = (users: RawRow[]): SisState => ({
  rows: {
    orgs: [{ sourcedId: "north", name: "North", type: "school" }],
    academicSessions: [term("long", -30, 30), term("to today", -30, 0), term("to yesterday", -30, -1)],
    classes: [room("art", "long"), room("band", "to today"), room("chess", "to yesterday")],
    users,
  },
});

async function aDistrict(users: RawRow[]) {
  const districtId = await newDistrict(db, { timezone: noonZone() });
  const integrationId = await newIntegration(db, districtId);
  const scope = operatorScope(districtId);
  const sync = (state: RawRow[]) => syncOnce(db, districtId, integrationId, told(state));
  await sync(users);
  const counts = async () => {
    const { schools, classrooms, teachers, learners } = await readRosterCounts(services, scope);
    expect((await listPeople(services, scope, "learner", PeopleFilter.parse({}))).total).toBe(learners);
    const [north] = (await listSchools(services, scope, SchoolsFilter.parse({}))).rows;
    expect([north?.classroomCount, north?.teacherCount, north?.learnerCount]).toEqual([classrooms, teachers, learners]);
    return [schools, classrooms, teachers, learners];
  };
  const idOf = async (externalId: string) =>
    (
      await db.sql<{ id: string }[]>`
      select record_id as id from source_records where integration_id = ${integrationId} and external_id = ${externalId}`
    )[0]?.id ?? "";
  return { districtId, scope, sync, counts, idOf };
}

test("the counts follow syncs, edits by hand and what is taken back, each in turn", async () => {
  const people = [user("ada"), user("ben"), user("tess", "teacher")];
  const { districtId, scope, sync, counts, idOf } = await aDistrict(people);
  expect(await counts()).toEqual([1, 2, 1, 2]);

  const more = await sync([...people, user("cleo"), user("dan")]);
  expect(await counts()).toEqual([1, 2, 1, 4]);

  const ben = await idOf("ben");
  await deactivateAccount(services, scope, ben, "Moved away");
  expect(await counts()).toEqual([1, 2, 1, 3]);
  await reactivateAccount(services, scope, ben);
  expect(await counts()).toEqual([1, 2, 1, 4]);

  const art = await idOf("art");
  await archiveClassroom(services, scope, art, { reason: "Made twice" });
  expect(await counts()).toEqual([1, 1, 1, 4]);
  await restoreClassroom(services, scope, art);
  expect(await counts()).toEqual([1, 2, 1, 4]);

  const undo = await requestUndo(services, scope, more.id, { reason: "Too early", shown: null });
  if (!undo.ok) throw new Error(undo.reason);
  await executeNow(db, districtId, undo.runId, { rows: {} });
  expect(await counts()).toEqual([1, 2, 1, 2]);
});

test("they are counted once for a revision of the roster and a day, and each district has its own", async () => {
  const { districtId, scope, counts } = await aDistrict([user("ada"), user("ben")]);
  const other = await aDistrict([user("ada")]);
  expect([await counts(), await other.counts()]).toEqual([
    [1, 2, 0, 2],
    [1, 2, 0, 1],
  ]);
  await db.sql`update accounts set status = 'deactivated' where district_id = ${districtId} and given_name = 'ada'`;
  expect(await counts()).toEqual([1, 2, 0, 2]);
  await withDistrict(db, scope, (tx) => raiseRosterRevision(tx));
  expect(await counts()).toEqual([1, 2, 0, 1]);

  // Where it is tomorrow already a class more is over, and where it is still yesterday one less.
  const isLate = new Date().getUTCHours() >= 10;
  await db.sql`update districts set timezone = ${isLate ? "Etc/GMT-14" : "Etc/GMT+12"} where id = ${districtId}`;
  expect(await counts()).toEqual([1, isLate ? 1 : 3, 0, 1]);
});

test("the learners who match are all but those about whom something is open, by the total as by looking at each", async () => {
  const people = [user("ada"), user("ben"), user("cleo"), user("tess", "teacher")];
  const enrollments = [
    { sourcedId: "in art", classSourcedId: "art", userSourcedId: "ada", role: "student" },
    { sourcedId: "in nothing", classSourcedId: "unheard of", userSourcedId: "ben", role: "student" },
  ];
  const districtId = await newDistrict(db, { timezone: noonZone() });
  const integrationId = await newIntegration(db, districtId);
  const { rows } = told(people);
  await syncOnce(db, districtId, integrationId, { rows: { ...rows, enrollments } });
  const scope = operatorScope(districtId);
  const matching = async () => {
    const { standing } = await readOverview(services, scope);
    const all = await listIntegrations(services, scope);
    expect((await readIntegrationStanding(services, scope, integrationId, all)).standing).toEqual(standing);
    return standing.matching;
  };
  expect(await matching()).toBe(2);

  // Of an integration that was removed the accounts stay; whose SIS keeps them has to be looked at.
  const removed = await newIntegration(db, districtId);
  await db.sql`update integrations set state = 'removed' where id = ${removed}`;
  expect(await matching()).toBe(2);
  await db.sql`delete from integrations where id = ${removed}`;

  await syncOnce(db, districtId, integrationId, { rows: { ...rows, users: [...people, user("dan")], enrollments } });
  expect(await matching()).toBe(3);
});
