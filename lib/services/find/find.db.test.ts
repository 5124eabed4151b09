import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { barPerson } from "#lib/services/edits/standing.ts";
import type { Fragment } from "#lib/services/people/search.ts";
import { begins, isCompound } from "#lib/services/people/words.ts";
import { listSchools } from "#lib/services/schools/read.ts";
import { SchoolsFilter } from "#lib/services/schools/schema.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { classChain } from "./class-chain.ts";
import { find, findPeople } from "./find.ts";

/** One search for everything of a district, by how its words begin. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;

let district = "";
let integration = "";
let scope: ReturnType<typeof operatorScope>;

const user = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Claire",
  familyName: "Baker",
  email: `${id}@s.example`,
  identifier: `n-${id}`,
  grades: "07",
  orgSourcedIds: "north",
  ...fields,
});
const roster = {
  orgs: [{ sourcedId: "north", name: "North Middle", type: "school", identifier: "201" }],
  academicSessions: [
    { sourcedId: "year", title: "All year", type: "schoolYear", startDate: "2020-08-01", endDate: "2999-06-30", schoolYear: "2999" },
  ],
  courses: [{ sourcedId: "math", title: "Mathematics", orgSourcedId: "north" }],
  classes: [
    {
      sourcedId: "band",
      title: "Concert Band 7",
      classCode: "cb-7",
      courseSourcedId: "math",
      schoolSourcedId: "north",
      termSourcedIds: "year",
    },
  ],
  users: [
    user("claire"),
    user("odd", { givenName: "Priya", familyName: "Banerjee", role: "wizard" }),
    user("o'b", { givenName: "Ann Marie", middleName: "Joy", familyName: "O'Brien-de la Cruz" }),
    user("zoe", { givenName: "Zoë", familyName: "Ångström" }),
  ],
  enrollments: [{ sourcedId: "e1", classSourcedId: "band", userSourcedId: "claire", schoolSourcedId: "north", role: "student" }],
};

beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district);
  scope = operatorScope(district);
  await sync();
});
const sync = async (changed: Partial<typeof roster> = {}) => {
  const run = await syncOnce(db, district, integration, { rows: { ...roster, ...changed } });
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
};

const names = async (text: string) => (await find(services, scope, text)).people.map(({ name }) => name);

describe("people", () => {
  test("by name in any order, by beginnings, number, address, id of the SIS and of Aivo", async () => {
    const [claire] = (await find(services, scope, "claire")).people;
    for (const text of ["Baker, Claire", "claire baker", "bak cla", "BAKER", "n-claire", "claire@s.example", "claire", claire?.ref ?? ""])
      expect(await names(text), text).toEqual(["Claire Baker"]);
    expect(claire).toMatchObject({
      role: "learner",
      grade: "07",
      schoolName: "North Middle",
      schoolPlace: 0,
      classCount: 1,
      where: "active",
    });
    for (const text of ["aker", "claire zed", "%", "_", "\\", "bak cla zzz"]) expect(await names(text), text).toEqual([]);
  });

  test("inside names of several words, and with letters that are not English", async () => {
    for (const text of ["cruz", "brien", "o'brien", "marie", "cruz ann", "joy ann"])
      expect(await names(text), text).toEqual([expect.stringContaining("Brien")]);
    for (const text of ["zoë", "ångs", "ÅNGSTRÖM ZOË"]) expect(await names(text), text).toEqual(["Zoë Ångström"]);
  });

  test("who never arrived is found as such, before others, with the cause", async () => {
    await db.orm.insert(accounts).values({ districtId: district, role: "learner", givenName: "Ines", familyName: "Bandeira" });
    const { people } = await find(services, scope, "ban");
    expect(people).toMatchObject([
      { name: "Priya Banerjee", accountId: null, where: "left-out", cause: "Value outside the vocabulary" },
      { name: "Ines Bandeira", where: "active" },
    ]);
    expect(await names("banerjee priya")).toEqual(["Priya Banerjee"]);
    expect(await names("odd")).toEqual(["Priya Banerjee"]);
  });

  test("who is barred or left is said to be, and nobody of another district is found", async () => {
    const [claire] = (await findPeople(services, scope, "claire baker")).people;
    await barPerson(services, scope, claire?.accountId ?? "", { reason: "because of it" });
    await sync({ users: roster.users.slice(0, 3) });
    expect((await find(services, scope, "baker")).people).toMatchObject([{ where: "barred" }]);
    expect((await find(services, scope, "zoë")).people).toMatchObject([{ where: "deactivated" }]);
    const other = operatorScope(await newDistrict(db));
    for (const text of ["baker", "claire@s.example", claire?.ref ?? "", "odd"])
      expect((await find(services, other, text)).people, text).toEqual([]);
  });

  test("any beginnings of a person's words, in any order, find them", async () => {
    const word = fc.stringMatching(/^[A-Za-zé]{2,7}$/);
    const person = fc.record({
      givenName: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join(" ")),
      middleName: fc.option(word),
      familyName: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join("-")),
    });
    await fc.assert(
      fc.asyncProperty(
        person.chain((one) => {
          const words = [...one.givenName.split(" "), ...(one.middleName ? [one.middleName] : []), ...one.familyName.split("-")];
          return fc.record({ one: fc.constant(one), words: fc.shuffledSubarray(words, { minLength: words.length }) });
        }),
        async ({ one, words }) => {
          const [row] = await db.orm
            .insert(accounts)
            .values({ districtId: district, role: "learner", ...one })
            .returning({ id: accounts.id });
          const found = await findPeople(services, scope, words.join(", "));
          await db.sql`delete from accounts where district_id = ${district} and id = ${row?.id ?? ""}`;
          expect(found.people.map(({ accountId }) => accountId)).toContain(row?.id);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("who is nearly called so", () => {
  const alike = async (text: string) => (await find(services, scope, text)).alike.map(({ name }) => name);

  test("is offered where a name is mistyped: letters swapped, doubled, missing, without accents, signs or blanks", async () => {
    const brien = "Ann Marie Joy O'Brien-de la Cruz";
    for (const [text, name] of [
      ["Bakre, Claire", "Claire Baker"],
      ["Bakker Clare", "Claire Baker"],
      ["clarie", "Claire Baker"],
      ["aker", "Claire Baker"],
      ["bakr", "Claire Baker"],
      ["angstrm", "Zoë Ångström"],
      ["zoe angstorm", "Zoë Ångström"],
      ["obrien", brien],
      ["obrein", brien],
      ["briien", brien],
      ["curz", brien],
      ["annmarie", brien],
      ["ba ker", "Claire Baker"],
    ] as const)
      expect(await alike(text), text).toEqual([name]);
  });

  test("also who never arrived; and nobody beside who is called so, of another district, or too far", async () => {
    expect((await find(services, scope, "banerjje")).alike).toMatchObject([{ name: "Priya Banerjee", accountId: null, where: "left-out" }]);
    expect((await findPeople(services, scope, "bakre")).alike).toMatchObject([{ name: "Claire Baker" }]);
    for (const text of ["baker", "band", "xyzzy", "bekre", "bk", "", "smith clairre", "claire@s.exmaple"])
      expect(await alike(text), text).toEqual([]);
    const other = operatorScope(await newDistrict(db));
    expect((await find(services, other, "bakre")).alike).toEqual([]);
  });

  test("the nearest come first, and an id or number leads to those one slip away", async () => {
    await sync({
      users: [
        ...roster.users,
        user("s-1042", { familyName: "Barker", identifier: "900412" }),
        user("s-1043", { familyName: "Bakerly", identifier: "777" }),
      ],
    });
    expect(await alike("bakre")).toEqual(["Claire Baker", "Claire Bakerly", "Claire Barker"]);
    expect(await alike("s-1024")).toEqual(["Claire Barker"]);
    expect(await alike("900142")).toEqual(["Claire Barker"]);
    expect(await alike("123456")).toEqual([]);
  });
});

test("classes, schools, integrations, and syncs by their number", async () => {
  const found = await find(services, scope, "band 7");
  expect(found.classes).toMatchObject([{ name: "Concert Band 7", schoolName: "North Middle", learnerCount: 1, where: "active" }]);
  expect((await find(services, scope, "201")).schools).toMatchObject([{ name: "North Middle", place: 0, isActive: true }]);
  expect((await find(services, scope, "test sis")).integrations).toMatchObject([{ id: integration }]);
  for (const text of ["sync 1", "Sync #1", "1", "sync"])
    expect((await find(services, scope, text)).syncs, text).toMatchObject([{ integrationId: integration, number: 1, state: "succeeded" }]);
  expect((await find(services, scope, "sync 2")).syncs).toEqual([]);
  const nothing = await find(services, scope, " ");
  expect([nothing.people, nothing.classes, nothing.syncs, nothing.allIntegrations.length]).toEqual([[], [], [], 1]);
  const [room] = found.classes;
  const chain = await classChain(services, scope, { recordId: room?.id ?? "" });
  expect(chain.rows.map(({ words }) => words.map(({ word, state }) => `${word}: ${state}`))).toEqual([
    ["The SIS says: ok", "Aivo read: ok", "Matched: ok", "In Aivo: ok"],
  ]);
});

test("syncs by whom they changed, with what they did", async () => {
  const syncsOf = async (text: string) => (await find(services, scope, text)).syncs.map(({ number, of }) => [number, of?.name, of?.what]);
  expect(await syncsOf("claire baker")).toEqual([[1, "Claire Baker", "new, in 1 class"]]);
  await sync({ users: [user("claire", { email: "other@s.example" }), ...roster.users.slice(1)] });
  const enrollments = [{ sourcedId: "e2", classSourcedId: "band", userSourcedId: "zoe", schoolSourcedId: "north", role: "student" }];
  await sync({ users: [user("claire", { email: "other@s.example", familyName: "Becker" }), ...roster.users.slice(1)], enrollments });
  expect(await syncsOf("claire")).toEqual([
    [3, "Claire Becker", "was Baker; left Concert Band 7"],
    [2, "Claire Becker", "another email"],
  ]);
  await sync({ users: roster.users.slice(1), enrollments });
  expect((await syncsOf("becker"))[0]).toEqual([4, "Claire Becker", "left"]);
  expect(await syncsOf("sync 2")).toEqual([[2, undefined, undefined]]);
  expect(await syncsOf("banerjee")).toEqual([]);
});

test("in a large district names are told by the indexes over how they begin", async () => {
  await db.sql`
    insert into accounts (district_id, role, given_name, family_name)
    select ${district}, 'learner', chr(97 + i % 26) || chr(97 + i / 26 % 26) || 'xyz', chr(97 + i / 7 % 26) || chr(97 + i % 26) || 'xyz'
    from generate_series(1, 20000) i`;
  await db.sql`analyze accounts`;
  // As the application's role, which row-level security keeps from every index that a condition could leak by.
  const planOf = (conditionOf: (tx: Tx) => Fragment) =>
    withDistrict(db, scope, async (tx) =>
      JSON.stringify(await tx.sql`explain select a.id from accounts a where a.district_id = ${district} and ${conditionOf(tx)}`),
    );
  const both = (tx: Tx) => tx.sql`${begins(tx, "a.family_name", "ba")} and ${begins(tx, "a.given_name", "cl")}`;
  expect(await planOf(both)).toMatch(/accounts_(family|given)_name/);
  expect(await planOf((tx) => begins(tx, "a.given_name", "cl"))).toContain("accounts_given_name");
  expect(await planOf((tx) => tx.sql`${tx.sql.unsafe(isCompound)} and lower(a.family_name) like '% cl%'`)).toContain("accounts_compound");
});

test("the lists of classes and schools say by what something of them is found", async () => {
  expect((await listClassrooms(services, scope, ClassroomsFilter.parse({ q: "bnad Concert" }))).alike).toEqual(["Band Concert"]);
  expect((await listSchools(services, scope, SchoolsFilter.parse({ q: "nroth" }))).alike).toEqual(["North"]);
  for (const q of ["north", "zzzz", ""]) expect((await listSchools(services, scope, SchoolsFilter.parse({ q }))).alike, q).toEqual([]);
});
