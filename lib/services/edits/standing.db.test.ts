import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { loadSession } from "#lib/services/accounts/sessions.ts";
import { signIn } from "#lib/services/accounts/sign-in.ts";
import { deactivateAccount, reactivateAccount, setPassword } from "#lib/services/accounts/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { getRecordEdits } from "./read.ts";
import { archiveClassroom, barPerson, releaseStatus, restoreClassroom, unbarPerson } from "./standing.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const user = (id: string): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Given",
  familyName: id,
  identifier: id,
  orgSourcedIds: "north",
});
const room = (id: string): RawRow => ({ sourcedId: id, title: id, classType: "scheduled", schoolSourcedId: "north" });
const enrollment = (person: string, classId: string): RawRow => ({
  sourcedId: `${person} in ${classId}`,
  classSourcedId: classId,
  userSourcedId: person,
  role: "student",
});
const [kai, ada] = [user("kai"), user("ada")];
const [algebra, biology] = [room("algebra"), room("biology")];
const everything = {
  orgs: [{ sourcedId: "north", name: "North High", type: "school", identifier: "17" }],
  academicSessions: [],
  courses: [],
  classes: [algebra, biology],
  users: [kai, ada],
  enrollments: [enrollment("kai", "algebra"), enrollment("ada", "algebra"), enrollment("ada", "biology")],
};
const sis = (changed: Partial<typeof everything> = {}): SisState => ({ rows: { ...everything, ...changed } });

let districtId: string;
let integration: string;
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  districtId = await newDistrict(db);
  scope = operatorScope(districtId);
  integration = await newIntegration(db, districtId);
  await sync();
});

const sync = (changed: Partial<typeof everything> = {}) => syncOnce(db, districtId, integration, sis(changed));
const idOf = async (name: string) => {
  const [row] = await db.sql<{ id: string }[]>`
    select record_id as id from source_records where district_id = ${districtId} and external_id = ${name} and record_id is not null`;
  return row?.id ?? "";
};
const stateOf = async (table: "accounts" | "classrooms", id: string) =>
  (await db.sql`select status, deactivated_by from ${db.sql(table)} where id = ${id}`)[0];
/** Active memberships of a class or a person. */
const members = async (column: "classroom_id" | "account_id", id: string) =>
  (await db.sql`select from memberships where district_id = ${districtId} and ${db.sql(column)} = ${id} and status = 'active'`).length;
const editsOf = async (entity: "account" | "classroom", id: string) =>
  (await getRecordEdits(services, scope, entity, id)).edits.map(({ field, value, sisValue }) => [field, value, sisValue]);
const active = { status: "active", deactivated_by: null };
const byAdmin = { status: "deactivated", deactivated_by: "admin" };
const bySync = { status: "deactivated", deactivated_by: "sync" };

test("whom an admin deactivates stays so until it is released or taken back", async () => {
  const id = await idOf("kai");
  await deactivateAccount(services, scope, id, "Left on Friday");
  await sync({ users: [ada, { ...kai, givenName: "Kay" }] });
  expect(await stateOf("accounts", id)).toEqual(byAdmin);
  expect(await editsOf("account", id)).toEqual([["status", "Deactivated", "Active"]]);
  const { history } = await getRecordEdits(services, scope, "account", id);
  expect(history).toMatchObject([
    { action: "deactivated", reason: "Left on Friday", fields: [{ before: "Active", after: "Deactivated" }] },
  ]);
  await releaseStatus(services, scope, "account", id);
  expect(await stateOf("accounts", id)).toEqual(active);
  expect(await editsOf("account", id)).toEqual([]);
  expect(await sync({ users: [ada, { ...kai, givenName: "Kay" }] })).toMatchObject({ changeCount: 0 });
});

test("whom the SIS withdrew meanwhile is withdrawn when it is released, with the classes", async () => {
  const id = await idOf("kai");
  await deactivateAccount(services, scope, id);
  await sync({ users: [ada] });
  expect(await stateOf("accounts", id)).toEqual(byAdmin);
  expect(await members("account_id", id)).toBe(1);
  await releaseStatus(services, scope, "account", id);
  expect(await stateOf("accounts", id)).toEqual(bySync);
  expect(await members("account_id", id)).toBe(0);
  await sync();
  expect(await stateOf("accounts", id)).toEqual(active);
  expect(await members("account_id", id)).toBe(1);
});

test("whom an admin reactivates although the SIS has them no longer stays until the SIS brings them back, or they are released", async () => {
  const id = await idOf("kai");
  const gone = { users: [ada], enrollments: everything.enrollments.slice(1) };
  await sync(gone);
  expect(await stateOf("accounts", id)).toEqual(bySync);
  await reactivateAccount(services, scope, id);
  expect(await sync(gone)).toMatchObject({ changeCount: 0 });
  expect(await stateOf("accounts", id)).toEqual(active);
  expect(await editsOf("account", id)).toEqual([["status", "Active", "Deactivated"]]);
  await releaseStatus(services, scope, "account", id);
  expect(await stateOf("accounts", id)).toEqual(bySync);

  await reactivateAccount(services, scope, id);
  await sync();
  expect(await editsOf("account", id)).toEqual([]);
  await sync(gone);
  expect(await stateOf("accounts", id)).toEqual(bySync);
});

test("a barred person stays in their classes, cannot sign in, and is signed out; no sync changes that", async () => {
  const id = await idOf("kai");
  await db.sql`update accounts set email = ${`${districtId}@example.org`} where id = ${id}`;
  const { password } = await setPassword(services, scope, id, "seven harbors in the rain");
  const attempt = { email: `${districtId}@example.org`, password, address: districtId };
  const signedIn = await signIn(services, attempt);
  if (!signedIn.ok) throw new Error(signedIn.reason);
  expect(await loadSession(services, signedIn.session)).not.toBeNull();

  await expect(barPerson(services, scope, id, { reason: " " })).rejects.toMatchObject({ code: "invalid" });
  await barPerson(services, scope, id, { reason: "Until the phone is found" });
  expect(await loadSession(services, signedIn.session)).toBeNull();
  expect(await signIn(services, attempt)).toEqual({ ok: false, reason: "barred" });
  expect(await signIn(services, { ...attempt, password: "not the password" })).toEqual({ ok: false, reason: "wrong" });
  await db.sql`update accounts set email = null where id = ${id}`;
  await sync({ users: [{ ...kai, givenName: "Kay" }, ada] });
  expect(await stateOf("accounts", id)).toEqual(active);
  expect(await members("account_id", id)).toBe(1);
  const [row] = await db.sql`select barred_at is not null as barred from accounts where id = ${id}`;
  expect(row?.barred).toBe(true);
  await unbarPerson(services, scope, id);
  await db.sql`update accounts set email = ${`${districtId}@example.org`} where id = ${id}`;
  expect((await signIn(services, attempt)).ok).toBe(true);
  const { history } = await getRecordEdits(services, scope, "account", id);
  expect(history.map(({ action }) => action)).toEqual(["unbarred", "barred"]);
});

test("an archived class stays so; its memberships go on following the SIS", async () => {
  const id = await idOf("algebra");
  await archiveClassroom(services, scope, id, { reason: "Merged with another" });
  expect(await members("classroom_id", id)).toBe(2);
  expect(await sync()).toMatchObject({ changeCount: 0 });
  await sync({ classes: [{ ...algebra, title: "Algebra I" }, biology], enrollments: everything.enrollments.slice(1) });
  expect(await stateOf("classrooms", id)).toEqual(byAdmin);
  expect(await members("classroom_id", id)).toBe(1);
  expect(await editsOf("classroom", id)).toEqual([["status", "Deactivated", "Active"]]);
  await restoreClassroom(services, scope, id);
  expect(await stateOf("classrooms", id)).toEqual(active);
  expect(
    await sync({ classes: [{ ...algebra, title: "Algebra I" }, biology], enrollments: everything.enrollments.slice(1) }),
  ).toMatchObject({
    changeCount: 0,
  });
});

test("a class that the SIS withdrew while it was archived is withdrawn with its memberships when it is released", async () => {
  const id = await idOf("algebra");
  await archiveClassroom(services, scope, id, { reason: "Over" });
  await sync({ classes: [biology] });
  expect(await stateOf("classrooms", id)).toEqual(byAdmin);
  await releaseStatus(services, scope, "classroom", id);
  expect(await stateOf("classrooms", id)).toEqual(bySync);
  expect(await members("classroom_id", id)).toBe(0);
  await restoreClassroom(services, scope, id);
  expect(await sync({ classes: [biology] })).toMatchObject({ changeCount: 0 });
  expect(await stateOf("classrooms", id)).toEqual(active);
  expect(await editsOf("classroom", id)).toEqual([["status", "Active", "Deactivated"]]);
  await sync();
  expect(await editsOf("classroom", id)).toEqual([]);
  expect(await members("classroom_id", id)).toBe(2);
});

test("what the audit log says of a status is before and after, with the reason", async () => {
  const id = await idOf("biology");
  await archiveClassroom(services, scope, id, { reason: "Not taught" });
  const entries =
    await db.sql`select action, target_kind, details from audit_entries where district_id = ${districtId} and target_id = ${id}`;
  const details = { reason: "Not taught", fields: ["status"], before: { status: "active" }, after: { status: "deactivated" } };
  expect(entries).toEqual([{ action: "classroom-archived", target_kind: "classroom", details }]);
});
