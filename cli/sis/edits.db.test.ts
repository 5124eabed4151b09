import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newIntegration, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis as run } from "./testing.ts";

// Every command is a process of its own; on a busy machine each takes seconds to start.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const { services, variables, close } = await testServices();
afterAll(close);
const { db } = services;
const sis = (...args: string[]) => run(variables, ...args, "--json");

const roster: SisState = {
  rows: {
    orgs: [{ sourcedId: "north", name: "North High", type: "school", identifier: "17" }],
    academicSessions: [],
    courses: [],
    classes: [{ sourcedId: "c", title: "Algebra", classType: "scheduled", schoolSourcedId: "north" }],
    users: [
      { sourcedId: "kai", role: "student", givenName: "Kai", familyName: "Okafor", identifier: "1", grades: "05", orgSourcedIds: "north" },
    ],
    enrollments: [{ sourcedId: "e", classSourcedId: "c", userSourcedId: "kai", role: "student" }],
  },
};
const known = { district: "", integration: "", person: "", room: "" };
beforeAll(async () => {
  known.district = await newDistrict(db);
  known.integration = await newIntegration(db, known.district);
  await syncOnce(db, known.district, known.integration, roster);
  const rows = await db.sql<{ name: string; id: string }[]>`
    select external_id as name, record_id as id from source_records where district_id = ${known.district} and external_id in ('kai', 'c')`;
  known.person = rows.find(({ name }) => name === "kai")?.id ?? "";
  known.room = rows.find(({ name }) => name === "c")?.id ?? "";
});

test("a person is edited, and listed", async () => {
  const edited = await sis("person", "edit", known.person, "--given-name", "Kaleb", "--grade", "Grade 6", "--email", "KALEB@example.org");
  expect(edited.json).toEqual({ id: known.person, changed: ["given_name", "email", "grade"] });
  await syncOnce(db, known.district, known.integration, roster);
  const { json } = await sis("edits", "list", "--district", known.district, "--of", "people");
  expect(json.edits).toMatchObject([
    { name: "Kaleb Okafor", field: "email", value: "kaleb@example.org", sisValue: null },
    { field: "given_name", value: "Kaleb", sisValue: "Kai", integrationName: "Test SIS" },
    { field: "grade", value: "Grade 6", sisValue: "Grade 5" },
  ]);
  const refused = await sis("person", "edit", known.person, "--email", "nowhere");
  expect(refused).toMatchObject({ exitCode: 1, json: { error: { code: "invalid", fields: { email: "This is no email address" } } } });
});

test("and given back, field by field or altogether", async () => {
  expect((await sis("person", "release", known.person, "--field", "givenName")).json.released).toEqual(["given_name"]);
  expect((await sis("person", "release", known.person)).json.released).toEqual(["email", "grade"]);
  expect(await sis("person", "release", known.person)).toMatchObject({ exitCode: 1, json: { error: { code: "not-found" } } });
  const shown = (await sis("person", "edits", known.person)).json;
  expect(shown.edits).toEqual([]);
  expect(shown.history.map(({ action }: { action: string }) => action)).toEqual(["released", "released", "edited"]);
});

test("a person is deactivated, reactivated, barred and not", async () => {
  const status = async () =>
    (await db.sql`select status, deactivated_by, barred_at is not null as barred from accounts where id = ${known.person}`)[0];
  expect((await sis("person", "bar", known.person)).exitCode).toBe(1);
  await sis("person", "bar", known.person, "--reason", "Lost phone");
  await sis("person", "deactivate", known.person, "--reason", "Moved");
  expect(await status()).toEqual({ status: "deactivated", deactivated_by: "admin", barred: true });
  await sis("person", "unbar", known.person);
  expect((await sis("person", "release", known.person, "--field", "status")).json.released).toEqual(["status"]);
  expect(await status()).toEqual({ status: "active", deactivated_by: null, barred: false });
  await sis("person", "deactivate", known.person, "--reason", "Moved");
  await sis("person", "reactivate", known.person);
  expect(await status()).toEqual({ status: "active", deactivated_by: null, barred: false });
});

test("a classroom is edited, archived, brought back and given back", async () => {
  const edited = await sis("classroom", "edit", known.room, "--name", "Numbers", "--grades", "5,6", "--periods", "1,2");
  expect(edited.json.changed).toEqual(["name", "grades", "periods"]);
  await sis("classroom", "archive", known.room, "--reason", "Merged");
  const { json } = await sis("edits", "list", "--district", known.district, "--of", "classrooms");
  expect(json.edits.map(({ field }: { field: string }) => field).sort()).toEqual(["grades", "name", "periods", "status"]);
  await sis("classroom", "restore", known.room);
  expect((await sis("classroom", "release", known.room)).json.released).toEqual(["name", "grades", "periods"]);
  expect((await db.sql`select name, status from classrooms where id = ${known.room}`)[0]).toEqual({ name: "Algebra", status: "active" });
  const mistaken = await sis("classroom", "edit", known.person, "--name", "X");
  expect(mistaken.json.error).toMatchObject({ code: "not-found", message: `${known.person} is the id of an account, not of a classroom.` });
});
