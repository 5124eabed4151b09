import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, openIssues, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { readOverview } from "#lib/services/overview/read.ts";
import { testServices } from "#lib/services/testing/services.ts";

const { services, database, close } = await testServices();
let district: string;
let integration: string;
afterAll(close);
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

const person = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: "Given",
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  orgSourcedIds: n % 2 ? "s1" : "s2",
  ...fields,
});
const school = (n: number): RawRow => ({ sourcedId: `s${n}`, name: `School ${n}`, type: "school", identifier: `${n}` });
const classroom = (n: number): RawRow => ({ sourcedId: `c${n}`, title: `Class ${n}`, classCode: `C${n}`, schoolSourcedId: "s1" });
const enrollment = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `e${n}`,
  classSourcedId: "c0",
  userSourcedId: `p${n}`,
  role: "student",
  ...fields,
});
const ten = <T>(row: (n: number) => T) => Array.from({ length: 10 }, (_, n) => row(n));
const whole = {
  orgs: [school(1), school(2)],
  classes: ten(classroom),
  users: ten((n) => person(n)),
  enrollments: ten((n) => enrollment(n)),
};
const sync = async (rows: SisState["rows"], options: Partial<SisState> = {}) => {
  const run = await syncOnce(database.db, district, integration, { rows: { ...whole, ...rows }, ...options });
  expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
  return run;
};
const active = async (table: "accounts" | "classrooms" | "memberships") => {
  const rows = await database.db.sql.unsafe(
    `select l.external_id as id from source_records l join ${table} r on r.district_id = l.district_id and r.id = l.record_id where l.district_id = $1 and r.status = 'active' order by 1`,
    [district],
  );
  return rows.map((row) => row.id);
};
const overview = async () => {
  const { integrations } = await readOverview(services, operatorScope(district));
  return integrations[0];
};
const missing = async () => {
  const rows = await database.db.sql`
    select external_id, missing_since is not null as is_missing from source_records where district_id = ${district} and missing_since is not null order by 1`;
  return rows.map((row) => row.external_id);
};
const suspensions = async (runId: string) =>
  (await openIssues(database.db, runId))
    .filter(({ code }) => code === "withdrawals-suspended")
    .map((issue) => `${issue.externalId} line ${issue.sourcePosition}, ${issue.recordIds?.length} record`)
    .sort();

const left = ten((n) => person(n)).slice(0, 2);
test.each([
  ["by number", { identifier: "5", role: "student" }, ["p5"]],
  ["by email, whatever its case", { email: "P6@X.example" }, ["p6"]],
  ["by name and school", { givenName: "GIVEN", familyName: "Family 7", orgSourcedIds: "s1" }, ["p7"]],
  ["by name, naming no school", { givenName: "Given", familyName: "Family 7" }, ["p7"]],
  ["by one name alone", { familyName: "family 7" }, ["p7"]],
  ["not by name at another school", { givenName: "Given", familyName: "Family 7", orgSourcedIds: "s2" }, []],
  ["not one who never was here", { givenName: "New", familyName: "Comer", email: "new@x.example" }, []],
  ["nobody by a blank row", { role: "", orgSourcedIds: " " }, []],
  ["nobody by one that the SIS withdraws", { status: "tobedeleted", identifier: "5" }, []],
  ["anybody of its school, when it names nobody", { role: "student", orgSourcedIds: "s1" }, ["p3", "p5", "p7", "p9"]],
  ["anybody, when it says next to nothing", { grades: "03" }, ["p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"]],
])("of eight who left, a row without an id keeps only whom it may be: %s", async (_, row, kept) => {
  await sync({});
  const run = await sync({ users: [...left, { sourcedId: "", ...row } as RawRow] });
  expect(await active("accounts")).toEqual(["p0", "p1", ...kept]);
  expect(await missing()).toEqual(kept);
  expect(await suspensions(run.id)).toEqual(kept.map((id) => `${id} line 4, 1 record`));
  expect(run.totals?.learner.deactivated).toBe(8 - kept.length);
});

test("an id that cannot be used is none", async () => {
  await sync({});
  await sync({ users: [...left, person(5, { sourcedId: "x".repeat(300) })] });
  expect(await active("accounts")).toEqual(["p0", "p1", "p5"]);
});

test("classes are kept by code, or name and school, enrollments by class and person", async () => {
  await sync({});
  await sync({
    classes: [
      classroom(0),
      { sourcedId: "", title: "class 4", schoolSourcedId: "s1" },
      { sourcedId: "", classCode: "c5", schoolSourcedId: "s1" },
    ],
    enrollments: [enrollment(0), enrollment(3, { sourcedId: "" })],
  });
  expect(await active("classrooms")).toEqual(["c0", "c4", "c5"]);
  expect(await active("memberships")).toEqual(["e0", "e3"]);
  expect(await missing()).toEqual(["c4", "c5", "e3"]);
});

test("it stays known over nights, of changes and of equal bytes too, until the row has an id or the person is back", async () => {
  await sync({});
  const without = [...left, person(5, { sourcedId: "" }), person(6, { sourcedId: "" })];
  const run = await sync({ users: without }, { fingerprint: "one" });
  expect(await missing()).toEqual(["p5", "p6"]);
  expect(await overview()).toMatchObject({
    health: "attention",
    suspended: { people: 2, named: [{ name: "Given Family 5" }, {}], runId: run.id },
  });
  const since = () =>
    database.db.sql`select xmin::text, missing_since from source_records where district_id = ${district} order by external_id`;
  const before = await since();
  const same = await sync({ users: without }, { fingerprint: "one" });
  expect(same.sameAsRunId).not.toBeNull();
  expect(await overview()).toMatchObject({ health: "attention", suspended: { people: 2, runId: run.id } });
  await sync({ users: without }, { fingerprint: "two" });
  expect(await since()).toEqual(before);
  await syncOnce(database.db, district, integration, { rows: { users: [person(6)] }, mode: "delta" });
  expect(await missing()).toEqual(["p5"]);
  expect(await overview()).toMatchObject({ health: "attention", suspended: { people: 1, named: [{ name: "Given Family 5" }] } });
  await sync({ users: [...left, person(6)], enrollments: [enrollment(0)] });
  expect(await overview()).toMatchObject({ health: "healthy", suspended: null });
  expect(await missing()).toEqual([]);
  expect(await active("accounts")).toEqual(["p0", "p1", "p6"]);
});

test("what a held plan keeps is known once it is applied", async () => {
  await sync({});
  const run = await syncOnce(
    database.db,
    district,
    integration,
    { rows: { ...whole, users: [...left, person(5, { sourcedId: "" })] } },
    { kind: "preview" },
  );
  expect(await missing()).toEqual([]);
  await syncOnce(database.db, district, integration, { rows: {} }, { kind: "approval", planRunId: run.id });
  expect(await missing()).toEqual(["p5"]);
});
