import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope, requireSelf } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { accounts, classrooms, courses, memberships, schools } from "#lib/platform/db/schema/roster.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { getClassroom, listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { getSchool, listSchools } from "#lib/services/schools/read.ts";
import { SchoolsFilter } from "#lib/services/schools/schema.ts";
import { listPeople } from "./list.ts";
import { listOwnClassrooms } from "./own.ts";
import { getPerson } from "./read.ts";
import { PeopleFilter } from "./schema.ts";

const { db, close } = await testDatabase();
afterAll(close);

const services = { db };
const districtId = await newDistrict(db);
const scope = operatorScope(districtId);
const elsewhere = operatorScope(await newDistrict(db));

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const [north, south, algebra, choir, integrationId] = [id(1), id(2), id(3), id(4), id(5)] as [string, string, string, string, string];
const [ada, bo, cy, gone, teacher] = [id(11), id(12), id(13), id(14), id(15)] as [string, string, string, string, string];

beforeAll(async () => {
  await db.orm.insert(schools).values([
    { districtId, id: north, name: "North", number: "0042" },
    { districtId, id: south, name: "South", grades: ["06", "KG"] },
  ]);
  await db.orm.insert(courses).values({ districtId, id: id(6), name: "Algebra I", subjects: ["Math"], grades: ["09"] });
  await db.orm.insert(classrooms).values([
    { districtId, id: algebra, name: "Algebra, period 2", code: "ALG-2", courseId: id(6), schoolId: north },
    {
      districtId,
      id: choir,
      name: "Choir",
      subjects: ["Music"],
      grades: ["10", "09"],
      courseId: id(6),
      schoolId: south,
      status: "deactivated",
    },
  ]);
  const person = { districtId, role: "learner" as const, schoolIds: [north] };
  await db.orm.insert(accounts).values([
    { ...person, id: ada, givenName: "Ada", familyName: "Müller", email: "ada_1@example.org", grade: "10", studentNumber: "700" },
    {
      ...person,
      id: bo,
      givenName: "Bo",
      middleName: "Ingrid",
      familyName: "Abdi",
      email: "bo@example.org",
      grade: "KG",
      studentNumber: "701",
      schoolIds: [north, south],
    },
    { ...person, id: cy, givenName: "Cy", familyName: "Abdi", grade: null, schoolIds: [] },
    {
      ...person,
      id: gone,
      givenName: "Gail",
      familyName: "Abdi",
      grade: "09",
      status: "deactivated",
      deactivatedBy: "sync",
      deactivatedAt: new Date("2026-10-01T00:00:00Z"),
    },
    { ...person, id: teacher, role: "teacher", givenName: "Theo", familyName: "Quist" },
  ]);
  await db.orm.insert(memberships).values([
    { districtId, classroomId: algebra, accountId: teacher, role: "teacher" },
    { districtId, classroomId: algebra, accountId: ada, role: "learner", beginDate: "2026-08-17" },
    { districtId, classroomId: algebra, accountId: bo, role: "learner", status: "deactivated" },
    { districtId, classroomId: choir, accountId: ada, role: "learner" },
  ]);
  await db.orm
    .insert(integrations)
    .values({ districtId, id: integrationId, name: "Export", provider: "oneroster-csv", safety: defaultSafety });
  await db.orm.insert(sourceRecords).values({
    districtId,
    integrationId,
    collection: "users",
    fate: "rostered",
    rostered: true,
    linkedAt: new Date("2026-08-01T00:00:00Z"),
    externalId: "SIS-77",
    recordId: ada,
    matchedBy: "email",
    runId: id(9),
    sourcePart: "users.csv",
    sourcePosition: 12,
  });
});

const list = async (query: Record<string, string>) => {
  const { rows, ...rest } = await listPeople(services, scope, "learner", PeopleFilter.parse(query));
  return { ...rest, people: rows.flatMap((row) => (row.kind === "account" ? [row.account] : [])) };
};
const find = async (query: Record<string, string>) => (await list(query)).people.map((person) => person.givenName);

test.each([
  [{}, ["Bo", "Cy", "Ada"]],
  [{ direction: "desc" }, ["Ada", "Cy", "Bo"]],
  [{ sort: "grade" }, ["Bo", "Ada", "Cy"]],
  [{ sort: "number", direction: "desc" }, ["Bo", "Ada", "Cy"]],
  [{ status: "deactivated" }, ["Gail"]],
  [{ status: "all", grade: "09" }, ["Gail"]],
  [{ school: south }, ["Bo"]],
  [{ q: "MÜLLER ada" }, ["Ada"]],
  [{ q: "ingrid abdi" }, ["Bo"]],
  [{ q: "Müller, Ada" }, ["Ada"]],
  [{ q: "ada,müller" }, ["Ada"]],
  [{ q: "muller" }, ["Ada"]],
  [{ q: "MÜL a" }, ["Ada"]],
  [{ q: "ingrid" }, ["Bo"]],
  // A middle of a word counts only where no word begins so.
  [{ q: "üller" }, ["Ada"]],
  [{ q: "b" }, ["Bo"]],
  [{ q: "70" }, ["Bo", "Ada"]],
  [{ q: "SIS-77" }, ["Ada"]],
  [{ q: bo }, ["Bo"]],
  [{ q: "a_1" }, ["Ada"]],
  [{ q: "a%1" }, []],
  [{ page: "2" }, []],
  // An address that nobody could have clicked together still opens the list.
  [{ sort: "shoe-size", page: "-3", school: "everywhere", status: "lost" }, ["Bo", "Cy", "Ada"]],
])("learners for %j", async (query, names) => {
  expect(await find(query)).toEqual(names);
});

test("a page beyond the last still tells how many there are, searched or not", async () => {
  expect(await listPeople(services, scope, "learner", PeopleFilter.parse({ page: "9" }))).toMatchObject({ rows: [], total: 3 });
  expect(await listPeople(services, scope, "learner", PeopleFilter.parse({ page: "9", q: "abdi" }))).toMatchObject({ rows: [], total: 2 });
});

test("a row counts the active classrooms of a person", async () => {
  const { people } = await list({});
  expect(people.map((row) => [row.givenName, row.classroomCount, row.schools.map((school) => school.name)])).toEqual([
    ["Bo", 0, ["North", "South"]],
    ["Cy", 0, []],
    ["Ada", 1, ["North"]],
  ]);
});

test("a person's page knows where the values came from", async () => {
  const person = await getPerson(services, scope, "learner", ada);
  expect(person.origins).toMatchObject([
    {
      integrationName: "Export",
      externalId: "SIS-77",
      matchedBy: "email",
      isRostered: true,
      sourcePart: "users.csv",
      sourcePosition: 12,
      runAt: null,
    },
  ]);
  expect(person.classrooms.map((room) => [room.name, room.classroomStatus])).toEqual([
    ["Algebra, period 2", "active"],
    ["Choir", "deactivated"],
  ]);
  expect(new Date(person.createdAt).toISOString()).toBe(person.createdAt);
});

test("nobody is found in another role, in another district, or by what is no id", async () => {
  for (const ask of [
    () => getPerson(services, scope, "teacher", ada),
    () => getPerson(services, elsewhere, "learner", ada),
    () => getPerson(services, scope, "learner", "1 or 1=1"),
  ]) {
    await expect(ask()).rejects.toMatchObject({ code: "not-found" });
  }
  expect((await listPeople(services, elsewhere, "learner", PeopleFilter.parse({ q: "SIS-77" }))).total).toBe(0);
});

test("a classroom without subjects and grades has those of its course", async () => {
  expect(await getClassroom(services, scope, algebra)).toMatchObject({
    subjects: ["Math"],
    subjectsAreOfCourse: true,
    grades: ["09"],
    gradesAreOfCourse: true,
    origins: [],
  });
  expect(await getClassroom(services, scope, choir)).toMatchObject({
    subjects: ["Music"],
    subjectsAreOfCourse: false,
    grades: ["09", "10"],
    gradesAreOfCourse: false,
  });
  const list = async (query: object) =>
    (await listClassrooms(services, scope, ClassroomsFilter.parse(query))).rows.map((room) => room.name);
  expect(await list({ grade: "09" })).toEqual(["Algebra, period 2"]);
  expect(await list({ grade: "09", status: "all", sort: "school", direction: "desc" })).toEqual(["Choir", "Algebra, period 2"]);
  expect(await list({ q: "alg-2" })).toEqual(["Algebra, period 2"]);
});

test("a classroom shows its people, teachers first, with those who left", async () => {
  const { people } = await getClassroom(services, scope, algebra);
  expect(people.map((person) => [person.givenName, person.role, person.status])).toEqual([
    ["Theo", "teacher", "active"],
    ["Bo", "learner", "deactivated"],
    ["Ada", "learner", "active"],
  ]);
});

test("a school without grades has those of its learners", async () => {
  const { rows } = await listSchools(services, scope, SchoolsFilter.parse({ sort: "learners", direction: "desc" }));
  expect(rows).toMatchObject([
    { name: "North", grades: ["KG", "10"], learnerCount: 2, teacherCount: 1, classroomCount: 1 },
    { name: "South", grades: ["KG", "06"], learnerCount: 1, teacherCount: 0, classroomCount: 0 },
  ]);
  expect(await getSchool(services, scope, north)).toMatchObject({
    gradesAreOfLearners: true,
    learnersByGrade: [
      { grade: "KG", count: 1 },
      { grade: "10", count: 1 },
    ],
  });
});

test("one's classes of now stand in the order of their periods", async () => {
  const districtId = await newDistrict(db);
  await db.orm.insert(schools).values({ districtId, id: north, name: "North" });
  await db.orm.insert(classrooms).values([
    { districtId, id: id(71), schoolId: north, name: "Algebra", periods: ["4"] },
    { districtId, id: id(72), schoolId: north, name: "Biology", periods: ["1"] },
    { districtId, id: id(73), schoolId: north, name: "Choir", periods: ["1"] },
  ]);
  await db.orm.insert(accounts).values({ districtId, id: id(74), role: "learner", givenName: "Di", familyName: "Okoro" });
  await db.orm
    .insert(memberships)
    .values([71, 72, 73].map((n) => ({ districtId, accountId: id(74), classroomId: id(n), role: "learner" as const })));
  const scope = requireSelf({ kind: "account", accountId: id(74), districtId, role: "learner" });
  expect((await listOwnClassrooms(services, scope)).map(({ name }) => name)).toEqual(["Biology", "Choir", "Algebra"]);
});

test("a teacher sees the learners of the own classrooms, a learner only who teaches", async () => {
  const own = (accountId: string, role: "teacher" | "learner") => requireSelf({ kind: "account", accountId, districtId, role });
  expect(await listOwnClassrooms(services, own(teacher, "teacher"))).toMatchObject([
    { name: "Algebra, period 2", teachers: ["Theo Quist"], learners: ["Ada Müller"], subjects: ["Math"] },
  ]);
  expect(await listOwnClassrooms(services, own(ada, "learner"))).toMatchObject([
    { name: "Algebra, period 2", teachers: ["Theo Quist"], learners: null },
  ]);
  expect(await listOwnClassrooms(services, own(bo, "learner"))).toEqual([]);
});
