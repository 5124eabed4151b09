import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { readSchoolPlaces } from "#lib/services/schools/places.ts";
import { readPeopleChanged, readWhoChanged } from "./people-changed.ts";
import type { PeopleChanged } from "./people-changed-schema.ts";

const { db, close } = await testDatabase();
afterAll(close);
const services = { db };

const school = (id: string, name: string): RawRow => ({ sourcedId: id, name, type: "school" });
const academicSessions: RawRow[] = [
  { sourcedId: "fall", title: "Fall", type: "semester", startDate: "2026-08-15", endDate: "2026-12-20", schoolYear: "2027" },
];
const courses: RawRow[] = [{ sourcedId: "alg", title: "Algebra", orgSourcedId: "north" }];
const aClass = (id: string, title: string): RawRow => ({
  sourcedId: id,
  title,
  classType: "scheduled",
  courseSourcedId: "alg",
  schoolSourcedId: "north",
  termSourcedIds: "fall",
});
const learner = (id: string, givenName: string, org: string, more: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName,
  familyName: "Lee",
  grades: "05",
  orgSourcedIds: org,
  enabledUser: "true",
  ...more,
});
const enrolled = (user: string, ...classIds: string[]): RawRow[] =>
  classIds.map((id) => ({
    sourcedId: `${user}-${id}`,
    classSourcedId: id,
    userSourcedId: user,
    schoolSourcedId: "north",
    role: "student",
  }));

const rows = (users: RawRow[], enrollments: RawRow[]) => ({
  rows: {
    orgs: [school("north", "North High"), school("annex", "Annex")],
    academicSessions,
    courses,
    classes: [aClass("art", "Art"), aClass("band", "Band"), aClass("s1", "Science, Room 1"), aClass("s2", "Science, Room 2")],
    users,
    enrollments,
  },
});

const lines = ({ groups }: PeopleChanged) =>
  groups.map(({ school: name, people }) => [name, ...people.map((person) => `${person.name}: ${person.what}`)]);
const page = { limit: 30, offset: 0 };

test("a sync's changes are one line a person, by school", async () => {
  const districtId = await newDistrict(db);
  const scope = operatorScope(districtId);
  const integrationId = await newIntegration(db, districtId);
  const [ada, ben, cleo, dan] = [
    learner("ada", "Ada", "north"),
    learner("ben", "Ben", "annex"),
    learner("cleo", "Cleo", "north"),
    learner("dan", "Dan", "north"),
  ];
  const first = await syncOnce(
    db,
    districtId,
    integrationId,
    rows([ada, ben, cleo, dan], [...enrolled("ada", "art", "band"), ...enrolled("cleo", "s1"), ...enrolled("dan", "band")]),
  );
  const imported = await readPeopleChanged(services, scope, first.id, page);
  expect(lines(imported)).toEqual([
    ["Annex", "Ben Lee: new"],
    ["North High", "Ada Lee: new, in 2 classes", "Cleo Lee: new, in 1 class", "Dan Lee: new, in 1 class"],
  ]);
  expect(imported.groups.map(({ schoolId, place }) => [schoolId, place])).toEqual(
    [...(await readSchoolPlaces(services, scope))].sort((a, b) => a[1] - b[1]),
  );

  const second = await syncOnce(
    db,
    districtId,
    integrationId,
    rows(
      [
        learner("ada", "Ada", "north", { familyName: "Byron" }),
        learner("ben", "Ben", "annex", { grades: "06" }),
        cleo,
        learner("eve", "Eve", ""),
      ],
      [...enrolled("ada", "art"), ...enrolled("cleo", "s2")],
    ),
  );
  const changed = await readPeopleChanged(services, scope, second.id, page);
  expect(lines(changed)).toEqual([
    ["Annex", "Ben Lee: now Grade 6, was Grade 5"],
    ["North High", "Dan Lee: left", "Ada Byron: was Ada Lee; left Band", "Cleo Lee: moved to Room 2"],
    [null, "Eve Lee: new"],
  ]);
  const people = changed.groups.flatMap((group) => group.people);
  expect(people.find(({ name }) => name === "Ada Byron")).toMatchObject({
    role: "learner",
    left: [{ name: "Band" }],
    joined: [],
    values: [{ field: "Last name", before: "Lee", after: "Byron" }],
  });

  const rest = await readPeopleChanged(services, scope, second.id, { limit: 2, offset: 3 });
  expect([rest.total, lines(rest)]).toEqual([
    5,
    [
      ["North High", "Cleo Lee: moved to Room 2"],
      [null, "Eve Lee: new"],
    ],
  ]);

  const third = await syncOnce(
    db,
    districtId,
    integrationId,
    rows([ada, ben, cleo, dan], [...enrolled("dan", "band"), ...enrolled("cleo", "s2")]),
  );
  expect(lines(await readPeopleChanged(services, scope, third.id, page)).at(1)).toEqual([
    "North High",
    "Dan Lee: back, in 1 class",
    "Ada Lee: was Ada Byron; left Art",
  ]);
  const fourth = await syncOnce(
    db,
    districtId,
    integrationId,
    rows([ada, ben, cleo, dan], [...enrolled("dan", "band"), ...enrolled("cleo", "s2")]),
  );
  expect(await readPeopleChanged(services, scope, fourth.id, page)).toEqual({ crowds: [], groups: [], total: 0 });
  const stranger = operatorScope(await newDistrict(db));
  expect(await readPeopleChanged(services, stranger, third.id, page)).toEqual({ crowds: [], groups: [], total: 0 });
});

const told = ({ crowds, groups }: PeopleChanged) => [
  ...crowds.map(({ count, role, turn, schools }) => `${count} ${role} ${turn} in ${schools}`),
  ...groups.flatMap(({ school: name, crowds: ofSchool, people }) => [
    ...ofSchool.map(({ count, role, turn }) => `${name}: ${count} ${role} ${turn}`),
    ...people.map((person) => `${name}: ${person.name}, ${person.what}`),
  ]),
];
const many = (count: number, org: string, more: RawRow = {}) =>
  Array.from({ length: count }, (_, at) => learner(`${org}-${at}`, `Kid${String(at).padStart(3, "0")}`, org, more));

test("many who changed alike at a school are one line, the others are named, and the line's list names them", async () => {
  const districtId = await newDistrict(db);
  const scope = operatorScope(districtId);
  const integrationId = await newIntegration(db, districtId);
  const gone = learner("gone", "Gus", "annex");
  await syncOnce(db, districtId, integrationId, rows([gone, ...many(3, "annex")], []));
  await syncOnce(db, districtId, integrationId, rows(many(3, "annex"), []));
  const second = await syncOnce(
    db,
    districtId,
    integrationId,
    rows([...many(30, "north"), ...many(3, "annex"), gone], enrolled("north-1", "art")),
  );
  const all = await readWhoChanged(services, scope, [second.id], 30);
  expect(all.total).toBe(31);
  expect(told(all)).toEqual(["Annex: Gus Lee, back", "North High: 30 learner new"]);
  const crowd = all.groups.at(-1);
  const listed = await readPeopleChanged(services, scope, second.id, page, {
    role: "learner",
    turn: "new",
    school: crowd?.schoolId ?? "none",
  });
  expect([listed.total, listed.groups.flatMap(({ people }) => people).length]).toEqual([30, 30]);
  expect((await readPeopleChanged(services, scope, second.id, page, { turn: "back" })).total).toBe(1);
  expect((await readPeopleChanged(services, scope, second.id, page, { role: "teacher" })).total).toBe(0);

  // A new school year: everybody goes up a grade, some to another school, and of one alone the classes change.
  const third = await syncOnce(
    db,
    districtId,
    integrationId,
    rows(
      [
        ...many(28, "north", { grades: "06" }),
        ...many(3, "annex").map((one) => ({ ...one, orgSourcedIds: "north" })),
        learner("north-28", "Kid028", "north"),
        learner("north-29", "Kid029", "north"),
        gone,
      ],
      enrolled("north-28", "band"),
    ),
  );
  expect(told(await readWhoChanged(services, scope, [third.id], 30))).toEqual([
    "North High: 28 learner grade",
    "North High: Kid000 Lee, now North High, was Annex",
    "North High: Kid001 Lee, now North High, was Annex",
    "North High: Kid002 Lee, now North High, was Annex",
    "North High: Kid028 Lee, joined Band",
  ]);
});

test("a kind of change that many schools have is one line of all of them", async () => {
  const districtId = await newDistrict(db);
  const integrationId = await newIntegration(db, districtId);
  const schools = Array.from({ length: 6 }, (_, at) => `school-${at}`);
  const { id } = await syncOnce(db, districtId, integrationId, {
    rows: {
      orgs: schools.map((name) => school(name, name)),
      academicSessions,
      users: [...schools.flatMap((name) => many(20, name)), { ...learner("t", "Tia", "school-3"), role: "teacher" }],
    },
  });
  const all = await readWhoChanged(services, operatorScope(districtId), [id], 30);
  expect(told(all)).toEqual(["120 learner new in 6", "school-3: Tia Lee, new"]);
});
