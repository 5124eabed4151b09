import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Actor, operatorScope, type ReachScope, requireApiScope, requireReach, requireSelf } from "#lib/platform/access.ts";
import { accounts, schools } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Role } from "#lib/platform/roles.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { listAudit } from "#lib/services/audit-log/read.ts";
import { AuditFilter } from "#lib/services/audit-log/schema.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";
import { listPeople } from "#lib/services/people/list.ts";
import { PeopleFilter } from "#lib/services/people/schema.ts";
import { erasePerson } from "#lib/services/retention/erase.ts";
import { exportPerson } from "#lib/services/retention/export-person.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { exportViews, findViewedPerson, listViews, readPersonViews } from "./read.ts";
import { sameForMinutes, show, showEach, showEverybody } from "./record.ts";
import { type SeenRow, ViewFilter } from "./schema.ts";

let clock = Date.now();
const { services, close } = await testServices({ now: () => new Date(clock) });
afterAll(close);

const districtId = await newDistrict(services.db);
const operator = operatorScope(districtId);
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const [north, south, sam, nora, tess, dana, ari] = [id(1), id(2), id(11), id(12), id(13), id(14), id(15)] as const;

const actor = (accountId: string, role: Role, ofSchools?: readonly string[]): Actor => ({
  kind: "account",
  accountId,
  districtId,
  role,
  ...(ofSchools && { schools: ofSchools }),
});
const admin = requireReach(actor(dana, "admin"), "read-roster");
const auditor = requireReach(actor(ari, "auditor"), "read-roster");
const ofNorth = requireReach(actor(tess, "school-admin", [north]), "read-roster");

beforeAll(async () => {
  const { orm } = services.db;
  await orm.insert(schools).values([
    { districtId, id: north, name: "North" },
    { districtId, id: south, name: "South" },
  ]);
  const one = { districtId, familyName: "Pupil" } as const;
  await orm.insert(accounts).values([
    { ...one, id: sam, role: "learner", givenName: "Sam", schoolIds: [north], email: "sam@north.example" },
    { ...one, id: nora, role: "learner", givenName: "Nora", schoolIds: [south] },
    { ...one, id: tess, role: "teacher", givenName: "Tess" },
    { ...one, id: dana, role: "admin", givenName: "Dana" },
    { ...one, id: ari, role: "admin", givenName: "Ari", adminRole: "auditor" },
  ]);
});

const seenOf = async (person: string) => (await listViews(services, operator, ViewFilter.parse({ person }))).rows;
const learners = async (scope: ReachScope<"read-roster">, q = "") => {
  const filter = PeopleFilter.parse({ q });
  return show(services, scope, { door: "/roster/learners", filter }, await listPeople(services, scope, "learner", filter));
};

test("a district that does not ask for it has nothing recorded", async () => {
  await learners(admin);
  await showEverybody(services, operator, { door: "sis roster export" });
  expect(await services.db.sql`select from views where district_id = ${districtId}`).toHaveLength(0);
  expect(await readPersonViews(services, operator, sam)).toEqual({ isOn: false, latest: [], hasMore: false });
});

describe("where the district asks for it", () => {
  beforeAll(() => updateDistrict(services, operator, { recordsViews: true }));

  test("a list is one view with everybody in it, also of an auditor, who writes nothing else", async () => {
    const list = await learners(auditor);
    expect(list.rows).toHaveLength(2);
    for (const person of [sam, nora])
      expect(await seenOf(person)).toEqual([
        expect.objectContaining({
          door: "/roster/learners",
          actorId: ari,
          actorName: "Ari Pupil",
          filter: { status: "active" },
          count: 2,
        }),
      ]);
    const [view] = await seenOf(nora);
    expect(view?.people.map(({ name }) => name)).toEqual(["Nora Pupil", "Sam Pupil"]);
  });

  test("what was searched for is not kept, and neither is any name or address", async () => {
    await learners(admin, "sam");
    const [view] = await seenOf(sam);
    expect(view).toMatchObject({ actorId: dana, filter: { q: "…", status: "active" }, count: 1 });
    const rows = await services.db.sql`select to_jsonb(v)::text as row from views v where district_id = ${districtId}`;
    expect(JSON.stringify(rows)).not.toMatch(/sam|pupil|north/i);
  });

  test("somebody of some schools records whom they saw, and nobody of other schools", async () => {
    const before = (await seenOf(nora)).length;
    await learners(ofNorth);
    expect((await seenOf(sam))[0]).toMatchObject({ actorId: tess, count: 1 });
    expect(await seenOf(nora)).toHaveLength(before);
  });

  test("the same again is one view, until some minutes later; of somebody else it is another", async () => {
    const views = () => seenOf(sam).then((rows) => rows.filter(({ door }) => door === "/roster/learners/[id]").length);
    const look = (scope: ReachScope<never>, name = "Sam") =>
      show(services, scope, { door: "/roster/learners/[id]", subject: sam }, { name, href: `/roster/learners/${sam}` });
    await look(admin);
    await look(admin, "as it was before an edit");
    expect(await views()).toBe(1);
    await look(auditor);
    expect(await views()).toBe(2);
    clock += (sameForMinutes + 1) * 60_000;
    await look(admin);
    expect(await views()).toBe(3);
  });

  test("what shows nobody but the reader is not recorded, and what is an id of something else is nobody", async () => {
    const before = await listViews(services, operator, ViewFilter.parse({}));
    await show(services, requireSelf(actor(tess, "teacher")), { door: "/home" }, { id: tess, school: north });
    expect((await listViews(services, operator, ViewFilter.parse({}))).total).toBe(before.total);
    await show(services, requireSelf(actor(tess, "teacher")), { door: "/home" }, { id: tess, classmates: [{ id: sam }] });
    expect((await seenOf(sam))[0]).toMatchObject({ door: "/home", actorId: tess, count: 1 });
  });

  test("what is downloaded in parts is one view, recorded part by part before it leaves", async () => {
    const left: string[] = [];
    const deliver = showEach<{ id: string }>(services, admin, { door: "GET /api/roster/people" }, async (rows) => {
      for (const row of rows) {
        expect((await seenOf(row.id))[0]).toMatchObject({ door: "GET /api/roster/people" });
        left.push(row.id);
      }
    });
    await deliver([{ id: sam }]);
    await deliver([{ id: nora }, { id: sam }]);
    expect(left).toEqual([sam, nora, sam]);
    expect((await seenOf(nora))[0]).toMatchObject({ count: 2 });
  });

  test("a program and the operator are known by what they are, and what takes everybody out is found for each who was there", async () => {
    const program = requireApiScope({ kind: "program", clientId: id(31), districtId, scopes: ["read:roster"] }, "read:roster");
    await show(services, program, { door: "GET /api/v1/learners" }, [{ id: sam }]);
    expect((await seenOf(sam))[0]).toMatchObject({ actorKind: "program", actorId: id(31) });
    await showEverybody(services, operator, { door: "sis roster export" });
    expect((await seenOf(sam))[0]).toMatchObject({ actorKind: "operator", everyone: true, door: "sis roster export" });
    const later = id(16);
    await services.db.orm.insert(accounts).values({
      districtId,
      id: later,
      role: "learner",
      givenName: "Late",
      familyName: "Pupil",
      createdAt: new Date(Date.now() + 60_000),
    });
    expect(await seenOf(later)).toEqual([]);
  });

  test("what cannot be recorded is not shown", async () => {
    await services.db
      .sql`alter table viewed_people add constraint broken check (person_id <> ${services.db.sql.unsafe(`'${nora}'`)}) not valid`;
    await expect(show(services, admin, { door: "/roster/learners" }, [{ id: nora }])).rejects.toMatchObject({ code: "23514" });
    const left: unknown[] = [];
    const deliver = showEach<{ id: string }>(services, admin, { door: "GET /api/roster/people" }, async (rows) => void left.push(...rows));
    await expect(deliver([{ id: nora }])).rejects.toMatchObject({ code: "23514" });
    expect(left).toEqual([]);
    await services.db.sql`alter table viewed_people drop constraint broken`;
  });

  test("views are found by who looked and when, and leave as rows of one person each; that is in the audit log", async () => {
    const of = async (query: object) => (await listViews(services, operator, ViewFilter.parse(query))).rows.map(({ actorId }) => actorId);
    expect(new Set(await of({ actor: ari }))).toEqual(new Set([ari]));
    expect(new Set(await of({ actor: "operator" }))).toEqual(new Set([null]));
    expect(await of({ from: "2020-01-01", to: "2020-12-31" })).toEqual([]);
    expect((await of({ from: "2020-01-01" })).length).toBeGreaterThan(5);
    const rows: SeenRow[] = [];
    await exportViews(services, operator, ViewFilter.parse({ person: nora }), async (batch) => void rows.push(...batch));
    expect(rows.filter(({ everyone }) => !everyone).every(({ personId }) => personId === nora)).toBe(true);
    expect(rows.filter(({ everyone }) => everyone)).toHaveLength(1);
    const all: SeenRow[] = [];
    await exportViews(services, operator, ViewFilter.parse({}), async (batch) => void all.push(...batch));
    expect(all.length).toBeGreaterThan(rows.length);
    // What is handed over is recorded in its turn, and not handed over.
    let batches = 0;
    const deliver = showEach<SeenRow>(services, admin, { door: "GET /api/audit-log/views" }, async () => {
      batches += 1;
      expect(batches).toBe(1);
    });
    await exportViews(services, operator, ViewFilter.parse({}), deliver);
    const audit = await listAudit(services, operator, AuditFilter.parse({ action: "views-exported" }));
    expect(audit.rows[2]?.details).toEqual({ person: nora });
  });

  test("a person's page says who looked lately, and that there were more", async () => {
    const views = await readPersonViews(services, operator, sam);
    expect(views).toMatchObject({ isOn: true, hasMore: true });
    expect(views.latest).toHaveLength(5);
    expect(await findViewedPerson(services, operator, sam)).toMatchObject({ name: "Sam Pupil" });
  });

  test("another district sees none of it, and nobody changes or removes any, but whoever erases", async () => {
    const other = operatorScope(await newDistrict(services.db));
    expect((await listViews(services, other, ViewFilter.parse({}))).total).toBe(0);
    expect(await readPersonViews(services, other, sam)).toMatchObject({ latest: [] });
    for (const statement of ["update views set door = 'x'", "delete from views", "delete from viewed_people"])
      await expect(withDistrict(services.db, operator, (tx) => tx.sql.unsafe(statement))).rejects.toMatchObject({ code: "42501" });
  });

  test("one person's export has who looked, and erasing takes the person out of all views", async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of await exportPerson(services, operator, nora)) chunks.push(Buffer.from(chunk as Uint8Array));
    expect(Buffer.concat(chunks).includes("who-looked.json")).toBe(true);
    await erasePerson(services, requireAdmin(operator.actor), nora, { name: "Nora Pupil", reason: "asked", bar: false });
    expect(await services.db.sql`select from viewed_people where person_id = ${nora}`).toHaveLength(0);
    expect((await seenOf(sam)).length).toBeGreaterThan(0);
  });

  test("turning it on and off stands in the audit log, and what was recorded stays", async () => {
    await updateDistrict(services, operator, { recordsViews: false });
    const before = (await seenOf(sam)).length;
    await learners(admin, "pupil");
    expect(await seenOf(sam)).toHaveLength(before);
    const { rows } = await listAudit(services, operator, AuditFilter.parse({ action: "settings-changed" }));
    expect(rows.map(({ details }) => details)).toEqual([
      { before: { recordsViews: true }, after: { recordsViews: false } },
      { before: { recordsViews: false }, after: { recordsViews: true } },
    ]);
  });
});
