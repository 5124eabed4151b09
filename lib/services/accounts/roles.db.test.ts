import { afterAll, beforeAll, expect, test } from "vitest";
import { addressAdmins } from "#lib/engine/notices/incidents.ts";
import { operatorScope, type ReachScope, requireDistrict, requireReach, type SchoolScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { accounts, classrooms, memberships, schools } from "#lib/platform/db/schema/roster.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Role } from "#lib/platform/roles.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { readClassroomRecord } from "#lib/services/chain/classroom.ts";
import { readPersonRecord } from "#lib/services/chain/person.ts";
import { readSchoolRecord } from "#lib/services/chain/school.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { classChain } from "#lib/services/find/class-chain.ts";
import { find } from "#lib/services/find/find.ts";
import { colleagues } from "#lib/services/issues-acknowledged/read.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { exportPeople } from "#lib/services/people/export.ts";
import { listPeople } from "#lib/services/people/list.ts";
import { type ListedPerson, PeopleFilter } from "#lib/services/people/schema.ts";
import { exportPerson } from "#lib/services/retention/export-person.ts";
import { listSchools } from "#lib/services/schools/read.ts";
import { SchoolsFilter } from "#lib/services/schools/schema.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { whyPerson } from "#lib/services/why/person.ts";
import { searchWhy } from "#lib/services/why/search.ts";
import { whySees } from "#lib/services/why/sees.ts";
import { changeRole } from "./roles.ts";
import { findSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { createAdmin, deactivateAccount, reactivateAccount } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);

const districtId = await newDistrict(services.db);
const operator = operatorScope(districtId);
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const [north, south, sis, run] = [id(1), id(2), id(3), id(4)] as const;
const [nora, sam, both, tess] = [id(11), id(12), id(13), id(14)] as const;
const [northRoom, southRoom] = [id(21), id(22)] as const;

beforeAll(async () => {
  const { orm } = services.db;
  await orm.insert(schools).values([
    { districtId, id: north, name: "North" },
    { districtId, id: south, name: "South" },
  ]);
  const learner = { districtId, role: "learner" as const };
  await orm.insert(accounts).values([
    { ...learner, id: nora, givenName: "Nora", familyName: "Pupil", schoolIds: [north] },
    { ...learner, id: sam, givenName: "Sam", familyName: "Pupil", schoolIds: [south], email: "sam@south.example" },
    { ...learner, id: both, givenName: "Bo", familyName: "Pupil", schoolIds: [south, north] },
    { districtId, role: "teacher", id: tess, givenName: "Tess", familyName: "Pupil", schoolIds: [south] },
  ]);
  await orm.insert(classrooms).values([
    { districtId, id: northRoom, name: "North room", schoolId: north },
    { districtId, id: southRoom, name: "South room", schoolId: south },
  ]);
  await orm.insert(memberships).values([
    { districtId, classroomId: northRoom, accountId: nora, role: "learner" },
    { districtId, classroomId: northRoom, accountId: sam, role: "learner" },
    { districtId, classroomId: southRoom, accountId: sam, role: "learner" },
    { districtId, classroomId: southRoom, accountId: both, role: "learner" },
  ]);
  await orm.insert(integrations).values({ districtId, id: sis, name: "SIS", provider: "oneroster-csv", safety: defaultSafety });
  const row = { districtId, integrationId: sis, runId: run, sourcePart: "users.csv" };
  const absent = { ...row, collection: "users" as const, fate: "left-out" as const, reason: "id-missing", familyName: "Pupil" };
  await orm.insert(sourceRecords).values([
    { ...row, collection: "orgs", externalId: "o-north", fate: "rostered", rostered: true, recordId: north },
    { ...row, collection: "orgs", externalId: "o-south", fate: "rostered", rostered: true, recordId: south },
    { ...row, collection: "users", externalId: "s-sam", fate: "rostered", rostered: true, recordId: sam, schoolExternalIds: ["o-south"] },
    { ...absent, externalId: "never-north", givenName: "Never", schoolExternalIds: ["o-north"] },
    { ...absent, externalId: "never-south", givenName: "Neverever", schoolExternalIds: ["o-south"] },
  ]);
});

let made = 0;
async function adminWith(role: Role, ofSchools: readonly string[] = []) {
  const input = { email: `admin-${made++}@lakeside.example`, role, schools: [...ofSchools], password: "a sentence that is long enough" };
  return { ...(await createAdmin(services, operator, input as never)), email: input.email };
}

const ofNorth = (capability: "read-roster" | "export") =>
  requireReach(
    { kind: "account", accountId: id(99), districtId, role: "school-admin", schools: [north] },
    capability,
  ) as SchoolScope<never> as ReachScope<never>;
const reads = () => ofNorth("read-roster") as ReachScope<"read-roster">;

const nameOf = (one: ListedPerson) => (one.kind === "account" ? one.account.givenName : `(${one.absent.givenName})`);

test("a school admin's lists, counts and searches have the own schools' people, classes and schools alone", async () => {
  const people = await listPeople(services, reads(), "learner", PeopleFilter.parse({}));
  expect(people.rows.map(nameOf)).toEqual(["Bo", "(Never)", "Nora"]);
  expect([people.total, people.told.absent]).toEqual([3, 1]);
  for (const query of [
    { q: "sam" },
    { q: "sam@south.example" },
    { q: sam },
    { q: "s-sam" },
    { q: "neverever" },
    { school: south, q: "sam" },
  ])
    expect((await listPeople(services, reads(), "learner", PeopleFilter.parse(query))).rows).toEqual([]);
  expect((await listPeople(services, reads(), "teacher", PeopleFilter.parse({}))).total).toBe(0);
  expect((await listClassrooms(services, reads(), ClassroomsFilter.parse({}))).rows.map(({ name }) => name)).toEqual(["North room"]);
  expect((await listSchools(services, reads(), SchoolsFilter.parse({}))).rows.map(({ name }) => name)).toEqual(["North"]);
  expect((await getDistrict(services, reads())).id).toBe(districtId);
  expect(await readRosterCounts(services, reads())).toEqual({ schools: 1, classrooms: 1, teachers: 0, learners: 2 });
  const found = await find(services, reads(), "pupil");
  expect(found.people.map(({ name }) => name).toSorted()).toEqual(["Bo Pupil", "Never Pupil", "Nora Pupil"]);
  expect([found.integrations, found.allIntegrations, found.syncs]).toEqual([[], [], []]);
  expect((await find(services, reads(), "room")).classes.map(({ name }) => name)).toEqual(["North room"]);
  expect((await find(services, reads(), "south")).schools).toEqual([]);
  expect((await searchWhy(services, reads(), "pupil")).hits.map(({ name }) => name).toSorted()).toEqual([
    "Bo Pupil",
    "Never Pupil",
    "Nora Pupil",
  ]);
});

test("the district admin sees all of them", async () => {
  const admin = requireAdmin({ kind: "account", accountId: id(99), districtId, role: "admin" });
  expect((await listPeople(services, admin, "learner", PeopleFilter.parse({}))).rows.map(nameOf)).toEqual([
    "Bo",
    "(Never)",
    "(Neverever)",
    "Nora",
    "Sam",
  ]);
});

test("the record of somebody of another school is not there, and one of the own is told whole", async () => {
  const missing = { code: "not-found" };
  await expect(readPersonRecord(services, reads(), "learner", sam, 1)).rejects.toMatchObject(missing);
  await expect(readClassroomRecord(services, reads(), southRoom, 1)).rejects.toMatchObject(missing);
  await expect(readSchoolRecord(services, reads(), south, 1)).rejects.toMatchObject(missing);
  await expect(whyPerson(services, reads(), { recordId: sam })).rejects.toMatchObject(missing);
  await expect(whyPerson(services, reads(), { integrationId: sis, externalId: "never-south" })).rejects.toMatchObject(missing);
  await expect(whySees(services, reads(), { recordId: nora }, { recordId: southRoom })).rejects.toMatchObject(missing);
  await expect(classChain(services, reads(), { recordId: southRoom })).rejects.toMatchObject(missing);
  await expect(exportPerson(services, ofNorth("export") as ReachScope<"export">, sam)).rejects.toMatchObject(missing);

  expect((await readPersonRecord(services, reads(), "learner", both, 1)).person.classrooms).toEqual([]);
  // Somebody of another school who is in the class is not told, either.
  expect((await readClassroomRecord(services, reads(), northRoom, 1)).room.people.map(({ givenName }) => givenName)).toEqual(["Nora"]);
  expect((await readSchoolRecord(services, reads(), north, 1)).school.learnerCount).toBe(2);
  expect((await whyPerson(services, reads(), { integrationId: sis, externalId: "never-north" })).name).toBe("Never Pupil");
  expect((await whySees(services, reads(), { recordId: nora }, { recordId: northRoom })).personName).toBe("Nora Pupil");
});

test("the file has the own schools' people alone, and stands in the audit log", async () => {
  const rows: ListedPerson[] = [];
  const write = async (more: readonly ListedPerson[]) => void rows.push(...more);
  await exportPeople(services, ofNorth("export") as ReachScope<"export">, "learner", PeopleFilter.parse({}), write);
  expect(rows.map(nameOf)).toEqual(["Bo", "Nora", "(Never)"]);
  const [last] = await services.db.sql`
    select action, actor_id from audit_entries where district_id = ${districtId} order by seq desc limit 1`;
  expect(last).toEqual({ action: "roster-exported", actor_id: id(99) });
});

test("what an integration told of a school is known by a hash that a SIS cannot make alike; keys of the version before still count", async () => {
  const [told] = await services.db.sql`
    select is_told_of(${sis}, '{a,b}', array[encode(sha256(convert_to(${sis} || ':b', 'UTF8')), 'hex')]) as ours,
      is_told_of(${sis}, '{a,b}', array[md5(${sis} || ':b')]) as former,
      is_told_of(${sis}, '{a,b}', array[encode(sha256(convert_to(${sis} || ':c', 'UTF8')), 'hex'), md5(${sis} || ':b')]) as alike,
      is_told_of(${sis}, null, '{}') as nothing`;
  expect(told).toEqual({ ours: true, former: true, alike: false, nothing: false });
});

test("with leave for some schools nothing can be written, and no other table read", async () => {
  const ask = (statement: string) => withDistrict(services.db, reads() as SchoolScope<never>, (tx) => tx.sql.unsafe(statement));
  for (const statement of [
    "update accounts set given_name = 'Mallory'",
    "delete from memberships",
    "insert into schools (district_id, name) values (gen_random_uuid(), 'Mine')",
    "select from audit_entries",
    "select from sessions",
    "select from sync_runs",
    "select secrets from integrations",
    "select values from issues",
  ])
    await expect(ask(statement), statement).rejects.toMatchObject({ code: expect.stringMatching(/^42(501|703)$/) });
  expect(await ask("select id from accounts where role <> 'admin' order by id")).toEqual([{ id: nora }, { id: both }]);
  const nowhere = requireReach({ kind: "account", accountId: id(99), districtId, role: "school-admin", schools: [] }, "read-roster");
  expect((await listPeople(services, nowhere, "learner", PeopleFilter.parse({ status: "all" }))).total).toBe(0);
});

test("what is about the district is refused to a school admin, whatever they may of it for their schools", () => {
  const actor = { kind: "account", accountId: id(99), districtId, role: "school-admin", schools: [north] } as const;
  expect(() => requireDistrict(actor, "read-roster")).toThrow("Your role does not include this");
  expect(() => requireReach(actor, "read-syncs")).toThrow("Your role does not include this");
  expect(() => requireDistrict({ ...actor, role: "admin" })).toThrow("Your role does not include this");
  expect(() => requireReach(null, "read-roster")).toThrow("Sign in to continue.");
});

test("a role counts from the next request on, stands in the log, and the last district admin keeps theirs", async () => {
  const first = await adminWith("admin");
  const second = await adminWith("admin");
  const key = await signIn(services, { email: second.email, password: second.password, address: "192.0.2.1", userAgent: "" });
  if (!key.ok) throw new Error(key.reason);
  const roleNow = async () => (await findSession(services, key.session))?.actor;
  expect(await roleNow()).toMatchObject({ role: "admin" });

  await changeRole(services, operator, second.id, { role: "school-admin", schools: [north] });
  expect(await roleNow()).toMatchObject({ role: "school-admin", schools: [north] });
  const [last] = await services.db.sql`
    select action, target_id, details from audit_entries where district_id = ${districtId} and action = 'role-changed' order by seq desc limit 1`;
  expect(last).toMatchObject({ target_id: second.id, details: { after: { role: "school-admin", schools: [north] } } });

  const precondition = { code: "precondition" };
  await expect(changeRole(services, operator, first.id, { role: "auditor" })).rejects.toMatchObject(precondition);
  await expect(deactivateAccount(services, operator, first.id)).rejects.toMatchObject(precondition);
  const self = requireAdmin({ kind: "account", accountId: first.id, districtId, role: "admin" });
  await expect(changeRole(services, self, first.id, { role: "admin" })).rejects.toMatchObject(precondition);
  await expect(changeRole(services, operator, nora, { role: "admin" })).rejects.toMatchObject({ code: "not-found" });
  for (const schools of [[], [id(77)]])
    await expect(changeRole(services, operator, second.id, { role: "school-admin", schools })).rejects.toMatchObject({ code: "invalid" });
  await expect(changeRole(services, operator, second.id, { role: "auditor", schools: [north] })).rejects.toMatchObject({ code: "invalid" });

  await changeRole(services, operator, second.id, { role: "admin" });
  await changeRole(services, operator, first.id, { role: "auditor" });
  expect(await roleNow()).toMatchObject({ role: "admin" });
});

test("whoever edits people changes no admin by the same service, and the other way about", async () => {
  const admin = await adminWith("auditor");
  const as = (role: Role) => ({ kind: "account", accountId: id(99), districtId, role }) as const;
  expect(() => requireDistrict(as("integration-admin"), "edit-people")).toThrow("Your role does not include this");
  const auditor = { ...requireDistrict(as("auditor"), "read-roster") } as never;
  await expect(deactivateAccount(services, auditor, admin.id)).rejects.toMatchObject({ code: "forbidden" });
  await expect(reactivateAccount(services, auditor, nora)).rejects.toMatchObject({ code: "forbidden" });
});

test("whoever decides nothing is handed no issues, and told nothing by email", async () => {
  const auditor = await adminWith("auditor");
  const both = await adminWith("integration-admin");
  const named = await withDistrict(services.db, operator, (tx) => colleagues(tx));
  expect(named.map((one) => one.id)).toContain(both.id);
  expect(named.map((one) => one.id)).not.toContain(auditor.id);
  const noticeId = id(88);
  const told = await withDistrict(services.db, operator, async (tx) => {
    await addressAdmins(tx, noticeId, "failed");
    return tx.sql<
      { id: string }[]
    >`select recipient_id as id from deliveries where district_id = ${districtId} and notice_id = ${noticeId}`;
  });
  expect(told.map((one) => one.id)).toContain(both.id);
  expect(told.map((one) => one.id)).not.toContain(auditor.id);
});
