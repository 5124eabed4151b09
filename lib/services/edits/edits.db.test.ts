import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, openIssues, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import type { EditedEntity } from "#lib/platform/db/schema/edits.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { pauseIntegration } from "#lib/services/integrations/write.ts";
import { purgeExpired } from "#lib/services/retention/purge.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { exportEdits, getRecordEdits, listEdits } from "./read.ts";
import { type EditRow, EditsFilter } from "./schema.ts";
import { editClassroom, editPerson, releaseEdits } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const school: RawRow = { sourcedId: "north", name: "North High", type: "school", identifier: "17" };
const south: RawRow = { sourcedId: "south", name: "South High", type: "school", identifier: "18" };
const kai: RawRow = {
  sourcedId: "kai",
  role: "student",
  givenName: "Kai",
  familyName: "Okafor",
  email: "kai@example.org",
  identifier: "4711",
  grades: "05",
  orgSourcedIds: "north",
};
const ada: RawRow = { ...kai, sourcedId: "ada", givenName: "Ada", familyName: "Lovelace", email: "ada@example.org", identifier: "4712" };
const algebra: RawRow = { sourcedId: "c", title: "Algebra", classType: "scheduled", schoolSourcedId: "north" };
const sis = (users: readonly RawRow[] = [kai, ada], classes: readonly RawRow[] = [algebra]): SisState => ({
  rows: {
    orgs: [school, south],
    academicSessions: [],
    courses: [],
    classes,
    users,
    enrollments: users.map(({ sourcedId = "" }) => ({
      sourcedId: `e-${sourcedId}`,
      classSourcedId: "c",
      userSourcedId: sourcedId,
      role: "student",
    })),
  },
});

let districtId: string;
let first: string;
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  districtId = await newDistrict(db);
  first = await newIntegration(db, districtId);
  await syncOnce(db, districtId, first, sis());
  const { id } = await createAdmin(services, operatorScope(districtId), {
    email: `${districtId}@example.org`,
    givenName: "Grace",
    familyName: "Hopper",
  });
  scope = requireAdmin({ kind: "account", accountId: id, districtId, role: "admin" });
});

const idOf = async (name: string) => {
  const [row] = await db.sql<{ id: string }[]>`
    select record_id as id from source_records where district_id = ${districtId} and external_id = ${name} and record_id is not null`;
  return row?.id ?? "";
};
const accountOf = async (id: string) => (await db.sql`select * from accounts where district_id = ${districtId} and id = ${id}`)[0];
const editsOf = (id: string, entity: EditedEntity = "account") => getRecordEdits(services, scope, entity, id);
const changesOf = async (run: { id: string }) =>
  db.sql`select entity, action, record_id, before, after from run_changes where run_id = ${run.id}`;

test("an edit is kept against the SIS, whatever it says, and ends where the SIS is", async () => {
  const id = await idOf("kai");
  expect(await editPerson(services, scope, id, { givenName: "  Kaï ", grade: "Grade 6" })).toEqual(["given_name", "grade"]);
  expect(await accountOf(id)).toMatchObject({ given_name: "Kaï", grade: "06", family_name: "Okafor" });

  const same = await syncOnce(db, districtId, first, sis());
  expect(same).toMatchObject({ state: "succeeded", changeCount: 0 });
  const other = await syncOnce(db, districtId, first, sis([{ ...kai, givenName: "Kay", familyName: "Okafor-Li" }, ada]));
  expect(await changesOf(other)).toMatchObject([
    { action: "updated", before: { family_name: "Okafor" }, after: { family_name: "Okafor-Li" } },
  ]);
  expect(await accountOf(id)).toMatchObject({ given_name: "Kaï", grade: "06", family_name: "Okafor-Li" });

  const { edits, history } = await editsOf(id);
  expect(edits).toEqual([
    expect.objectContaining({
      field: "given_name",
      label: "First name",
      value: "Kaï",
      sisValue: "Kay",
      isSame: false,
      editedBy: "Grace Hopper",
    }),
    expect.objectContaining({ field: "grade", value: "Grade 6", sisValue: "Grade 5", isSame: false }),
  ]);
  expect(history).toMatchObject([
    { action: "said", actor: "A sync", runId: other.id, fields: [{ field: "First name", before: "Kai", after: "Kay" }] },
    { action: "edited", actor: "Grace Hopper", fields: [{ field: "First name", before: "Kai", after: "Kaï" }, { field: "Grade" }] },
  ]);

  expect(await releaseEdits(services, scope, "account", id, ["given_name"])).toEqual(["given_name"]);
  expect(await accountOf(id)).toMatchObject({ given_name: "Kay", grade: "06" });
  const after = await syncOnce(db, districtId, first, sis([{ ...kai, givenName: "Kay", familyName: "Okafor-Li" }, ada]));
  expect(after).toMatchObject({ state: "succeeded", changeCount: 0 });
  await expect(releaseEdits(services, scope, "account", id, ["given_name"])).rejects.toMatchObject({ code: "not-found" });
});

test("what the SIS has come to say as well stays an edit until it is released; what an admin sets back is none", async () => {
  const id = await idOf("kai");
  await editPerson(services, scope, id, { givenName: "Kaleb" });
  await syncOnce(db, districtId, first, sis([{ ...kai, givenName: "Kaleb" }, ada]));
  expect((await editsOf(id)).edits).toMatchObject([{ value: "Kaleb", sisValue: "Kaleb", isSame: true }]);
  await syncOnce(db, districtId, first, sis());
  expect((await accountOf(id))?.given_name).toBe("Kaleb");
  await editPerson(services, scope, id, { givenName: "Kai" });
  expect((await editsOf(id)).edits).toEqual([]);
});

test("values are read by the rules for a SIS's, and refused at the field", async () => {
  const id = await idOf("kai");
  const refused = (input: object) => editPerson(services, scope, id, input).catch((error) => error.fields);
  expect(await refused({ email: "nowhere" })).toEqual({ email: "This is no email address" });
  expect(await refused({ grade: "99" })).toEqual({ grade: "This is no grade that Aivo knows" });
  expect(await refused({ givenName: "x".repeat(300) })).toEqual({ givenName: "At most 255 characters" });
  expect(await refused({ givenName: " ", familyName: "" })).toEqual({ familyName: "Enter a first name or a last name" });
  expect(await refused({ schoolIds: [districtId] })).toEqual({ schoolIds: "There is no such school, or it is not in use any more" });
  expect(await refused({ email: " ADA@example.org" })).toEqual({ email: "Another active account has this address" });
  expect(await refused({ studentNumber: "4712" })).toEqual({ studentNumber: "Another active account has this number" });
  expect(await accountOf(id)).toMatchObject({ given_name: "Kai", email: "kai@example.org" });
  await editPerson(services, scope, id, { email: "", schoolIds: [await idOf("south")] });
  expect(await accountOf(id)).toMatchObject({ email: null, school_ids: [await idOf("south")] });
  expect((await editsOf(id)).edits).toMatchObject([
    { label: "Email", value: null, sisValue: "kai@example.org" },
    { label: "Schools", value: "South High", sisValue: "North High" },
  ]);
});

test("an address that would come back by a release is nobody else's, and matching goes by what accounts have", async () => {
  const [one, two] = [await idOf("kai"), await idOf("ada")];
  await editPerson(services, scope, one, { email: "new@example.org" });
  await expect(editPerson(services, scope, two, { email: "kai@example.org" })).rejects.toMatchObject({ code: "invalid" });
  const second = await newIntegration(db, districtId);
  await syncOnce(db, districtId, second, sis([{ ...kai, sourcedId: "k2", email: "new@example.org", identifier: "" }]));
  const [link] = await db.sql`select record_id, matched_by from source_records where integration_id = ${second} and external_id = 'k2'`;
  expect(link).toEqual({ record_id: one, matched_by: "email" });
});

test("somebody who comes with an edited address shares it, and both are told", async () => {
  const id = await idOf("kai");
  await editPerson(services, scope, id, { email: "shared@example.org" });
  const newcomer = { ...kai, sourcedId: "new", givenName: "Noor", familyName: "Haddad", email: "shared@example.org", identifier: "9" };
  const run = await syncOnce(db, districtId, first, sis([kai, ada, newcomer]));
  expect(await idOf("new")).not.toBe(id);
  const shared = (await openIssues(db, run.id)).filter(({ code }) => code === "email-shared");
  expect(shared.map(({ externalId }) => externalId).sort()).toEqual(["kai", "new"]);
});

test("an edited name does not make an id somebody else's", async () => {
  const id = await idOf("kai");
  await editPerson(services, scope, id, { givenName: "Zed", familyName: "Quist", email: "", studentNumber: "" });
  const run = await syncOnce(db, districtId, first, sis([{ ...kai, grades: "06" }, ada]));
  expect((await openIssues(db, run.id)).filter(({ code }) => code.startsWith("match"))).toEqual([]);
  expect(await accountOf(id)).toMatchObject({ given_name: "Zed", family_name: "Quist", grade: "06" });
  await releaseEdits(services, scope, "account", id);
  expect(await accountOf(id)).toMatchObject({ given_name: "Kai", family_name: "Okafor", email: "kai@example.org", student_number: "4711" });
});

test("of two integrations the first one's word is what the SIS says; when it is paused, the other's", async () => {
  const second = await newIntegration(db, districtId);
  const theirs = sis([{ ...kai, sourcedId: "k2", givenName: "Kay" }]);
  await syncOnce(db, districtId, second, theirs);
  const id = await idOf("kai");
  await editPerson(services, scope, id, { givenName: "Kaleb" });
  await syncOnce(db, districtId, second, theirs);
  expect((await editsOf(id)).edits).toMatchObject([{ sisValue: "Kai" }]);
  await pauseIntegration(services, scope, first);
  await syncOnce(db, districtId, second, theirs);
  expect((await editsOf(id)).edits).toMatchObject([{ sisValue: "Kay" }]);
  await releaseEdits(services, scope, "account", id);
  expect((await accountOf(id))?.given_name).toBe("Kay");
});

test("a classroom is edited like a person", async () => {
  const id = await idOf("c");
  const input = {
    name: "Algebra I",
    subjects: ["Mathematics", " Mathematics"],
    grades: ["5", "K"],
    periods: ["2"],
    schoolId: await idOf("south"),
  };
  expect((await editClassroom(services, scope, id, input)).sort()).toEqual(["grades", "name", "periods", "school_id", "subjects"]);
  await syncOnce(db, districtId, first, sis([kai, ada], [{ ...algebra, title: "Algebra 2" }]));
  const [room] = await db.sql`select name, subjects, grades, periods from classrooms where id = ${id}`;
  expect(room).toEqual({ name: "Algebra I", subjects: ["Mathematics"], grades: ["KG", "05"], periods: ["2"] });
  await expect(editClassroom(services, scope, id, { name: "" })).rejects.toMatchObject({ fields: { name: "Enter a name" } });
  await releaseEdits(services, scope, "classroom", id);
  expect((await db.sql`select name, subjects from classrooms where id = ${id}`)[0]).toEqual({ name: "Algebra 2", subjects: [] });
});

test("the list is filtered by integration, kind and whether the SIS says the same; the file has all of it", async () => {
  const [one, room] = [await idOf("kai"), await idOf("c")];
  await editPerson(services, scope, one, { givenName: "Kaleb", username: "kal" });
  await editClassroom(services, scope, room, { name: "Algebra I" });
  await syncOnce(db, districtId, first, sis([{ ...kai, givenName: "Kaleb" }, ada]));
  const list = async (filter: object) => (await listEdits(services, scope, EditsFilter.parse(filter))).rows;
  const namesOf = (rows: readonly EditRow[]) => rows.map(({ name, label }) => `${name}: ${label}`).sort();
  expect(namesOf(await list({}))).toEqual(["Algebra I: Name", "Kaleb Okafor: First name", "Kaleb Okafor: User name"]);
  expect(namesOf(await list({ kind: "same" }))).toEqual(["Kaleb Okafor: First name"]);
  expect(namesOf(await list({ of: "classrooms", kind: "differs" }))).toEqual(["Algebra I: Name"]);
  expect(namesOf(await list({ integration: first, of: "people" }))).toHaveLength(2);
  expect(await list({ integration: districtId })).toEqual([]);
  const file: EditRow[] = [];
  await exportEdits(services, scope, EditsFilter.parse({}), async (rows) => void file.push(...rows));
  expect(namesOf(file)).toHaveLength(3);
});

test("what is audited has no values of people; a person's edits and history go with the person", async () => {
  const id = await idOf("kai");
  await editPerson(services, scope, id, { givenName: "Planted", email: "planted@example.org" });
  await releaseEdits(services, scope, "account", id, ["email"]);
  await syncOnce(db, districtId, first, sis([{ ...kai, givenName: "Planted-by-the-SIS" }, ada]));
  const entries = await db.sql`select action, details from audit_entries where district_id = ${districtId} and target_id = ${id}`;
  expect(entries.map(({ action }) => action)).toEqual(["record-edited", "edit-released"]);
  expect(JSON.stringify(entries).toLowerCase()).not.toContain("planted");

  await syncOnce(db, districtId, first, sis([ada]));
  const later = { ...services, now: () => new Date(Date.now() + 400 * 86_400_000) };
  expect((await purgeExpired(later, await getDistrict(services, scope))).accounts).toBe(1);
  for (const table of ["kept_values", "record_edits"])
    expect(await db.sql`select from ${db.sql(table)} where district_id = ${districtId} and record_id = ${id}`).toHaveLength(0);
});

test("a plan that waits says nothing of what was edited meanwhile, and is refused", async () => {
  const changed = sis([{ ...kai, familyName: "Okafor-Li", givenName: "Kay" }, ada]);
  const id = await idOf("kai");
  await editPerson(services, scope, id, { givenName: "Kaleb" });
  const preview = await syncOnce(db, districtId, first, changed, { kind: "preview" });
  expect(preview.state).toBe("previewed");
  const approved = await syncOnce(db, districtId, first, changed, { kind: "approval", planRunId: preview.id });
  expect(approved.state).toBe("succeeded");
  expect((await editsOf(id)).edits).toMatchObject([{ value: "Kaleb", sisValue: "Kay" }]);
  const again = await syncOnce(db, districtId, first, sis(), { kind: "preview" });
  await editPerson(services, scope, id, { givenName: "Kal" });
  const refused = await syncOnce(db, districtId, first, sis(), { kind: "approval", planRunId: again.id });
  expect(refused.state).toBe("failed");
});
