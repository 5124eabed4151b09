import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { accounts, schools } from "#lib/platform/db/schema/roster.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { missingAmong } from "./beset.ts";
import { exportPeople } from "./export.ts";
import { listPeople, readAccounts } from "./list.ts";
import { type ListedPerson, PeopleFilter } from "./schema.ts";
import { candidates } from "./words.ts";

const { db, close } = await testDatabase();
afterAll(close);

const services = { db, now: () => new Date("2026-11-26T12:00:00Z") };
const districtId = await newDistrict(db);
const scope = operatorScope(districtId);
const elsewhere = operatorScope(await newDistrict(db));

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const [north, integrationId, removed, run] = [id(1), id(2), id(3), id(4)] as [string, string, string, string];
const [amir, claire, mateo, elsewhereToo] = [id(11), id(12), id(13), id(14)] as [string, string, string, string];

beforeAll(async () => {
  await db.orm.insert(schools).values({ districtId, id: north, name: "North" });
  await db.orm.insert(accounts).values([
    { districtId, role: "learner", id: amir, givenName: "Amir", familyName: "Bailey", schoolIds: [north] },
    { districtId, role: "learner", id: claire, givenName: "Claire", familyName: "Baker", grade: "05" },
    { districtId, role: "learner", id: mateo, givenName: "Mateo", familyName: "Barnes" },
    { districtId: elsewhere.districtId, role: "learner", id: elsewhereToo, givenName: "Basil", familyName: "Bauer" },
  ]);
  const integration = { districtId, provider: "oneroster-csv" as const, safety: defaultSafety };
  await db.orm.insert(integrations).values([
    { ...integration, id: integrationId, name: "SIS" },
    { ...integration, id: removed, name: "Gone", state: "removed" },
  ]);
  const row = { districtId, integrationId, collection: "users" as const, runId: run, sourcePart: "users.csv" };
  const rostered = { ...row, fate: "rostered" as const, rostered: true, role: "learner" };
  const absent = { ...row, fate: "left-out" as const, familyName: "Banerjee", givenName: "Priya", sourcePosition: 1190 };
  const enrollment = { ...row, collection: "enrollments" as const, fate: "waiting" as const, reason: "reference-class" };
  await db.orm.insert(sourceRecords).values([
    { ...row, collection: "orgs", externalId: "o-1", fate: "rostered", rostered: true, recordId: north },
    { ...rostered, externalId: "s-amir", recordId: amir },
    { ...rostered, externalId: "s-claire", recordId: claire, missingSince: new Date("2026-11-25T00:00:00Z") },
    { ...rostered, externalId: "s-mateo", recordId: mateo },
    { ...absent, externalId: "s-priya", reason: "id-missing", grade: "04", schoolExternalIds: ["o-1"] },
    { ...absent, externalId: "t-1", reason: "value-unknown", role: "teacher", familyName: "Bates", givenName: "Tess" },
    { ...absent, externalId: "s-of-removed", integrationId: removed, familyName: "Bass", reason: "id-missing" },
    { ...absent, externalId: "parent", familyName: "Bach", fate: "not-rostered", reason: "parent" },
    { ...enrollment, externalId: "e-1", personExternalId: "s-mateo" },
    { ...enrollment, externalId: "e-2", personExternalId: "nobody" },
  ]);
});

const nameOf = (row: ListedPerson) => (row.kind === "account" ? row.account.familyName : `(${row.absent.familyName})`);
const list = (query: object, role: "teacher" | "learner" = "learner") => listPeople(services, scope, role, PeopleFilter.parse(query));

test("who never arrived is a row at their place in the order, and the sentence counts each", async () => {
  const { rows, total, told } = await list({ q: "ba" });
  expect(rows.map(nameOf)).toEqual(["Bailey", "Baker", "(Banerjee)", "Barnes"]);
  expect([total, told]).toEqual([4, { left: 1, absent: 1, misses: 1 }]);
  const account = (name: string) =>
    rows.flatMap((row) => (row.kind === "account" && row.account.familyName === name ? [row.account] : []))[0];
  expect(account("Baker")).toMatchObject({ hasLeft: true, missedCount: 0 });
  expect(account("Barnes")).toMatchObject({ hasLeft: false, missedCount: 1 });
  expect(rows[2]).toMatchObject({
    kind: "absent",
    absent: {
      ref: `${integrationId}:s-priya`,
      place: "users.csv, line 1190",
      cause: "no id",
      grade: "04",
      schools: [{ id: north, name: "North" }],
    },
  });
});

test.each([
  [{ direction: "desc" }, ["Barnes", "(Banerjee)", "Baker", "Bailey"]],
  [{ sort: "grade" }, ["(Banerjee)", "Baker", "Bailey", "Barnes"]],
  [{ status: "left" }, ["Baker"]],
  [{ status: "misses" }, ["Barnes"]],
  [{ status: "absent" }, ["(Banerjee)"]],
  [{ status: "deactivated" }, []],
  [{ school: north }, ["Bailey", "(Banerjee)"]],
  [{ grade: "04" }, ["(Banerjee)"]],
  [{ q: "priya banerjee" }, ["(Banerjee)"]],
  [{ q: "s-priya" }, ["(Banerjee)"]],
  [{ q: "s-claire" }, ["Baker"]],
])("learners for %j", async (query, names) => {
  expect((await list(query)).rows.map(nameOf)).toEqual(names);
});

test("a teacher who never arrived stands among the teachers alone, and nobody in another district", async () => {
  expect((await list({}, "teacher")).rows.map(nameOf)).toEqual(["(Bates)"]);
  expect((await listPeople(services, elsewhere, "learner", PeopleFilter.parse({ q: "ba" }))).rows.map(nameOf)).toEqual(["Bauer"]);
});

test("the file has the same people, and the log that they were taken out without what was searched for", async () => {
  const written: string[] = [];
  await exportPeople(services, scope, "learner", PeopleFilter.parse({ q: "ba" }), async (rows) => void written.push(...rows.map(nameOf)));
  expect(written).toEqual(["Bailey", "Baker", "Barnes", "(Banerjee)"]);
  const [entry] = await db.sql`select details from audit_entries where district_id = ${districtId} and action = 'roster-exported'`;
  expect(entry?.details).toEqual({ list: "learners", status: "active", searched: true });
});

test("a search among 20,000 goes by the indexes, with nothing looked at beside them", async () => {
  const crowd = operatorScope(await newDistrict(db));
  await db.sql`
    insert into accounts (district_id, role, given_name, family_name, email, student_number)
    select ${crowd.districtId}, 'learner', 'Given' || n % 700, chr(65 + n % 26) || chr(97 + n / 26 % 26) || 'son' || n % 1000,
      'given' || n || '@example.org', (100000 + n)::text
    from generate_series(1, 20000) n`;
  await db.sql`analyze accounts`;
  const planOf = (text: string) =>
    withDistrict(db, crowd, async (tx) => {
      const found = candidates(tx, text, tx.sql`a.district_id = ${tx.districtId}`, tx.sql`a.id`);
      return (await tx.sql`explain ${found}`).map((row) => row["QUERY PLAN"]).join("\n");
    });
  for (const text of ["bason", "bason12 given5", "given5@example.org", "100123"]) {
    const plan = await planOf(text);
    expect(plan).not.toMatch(/Seq Scan on accounts/);
    expect(plan).toMatch(/accounts_family_name/);
    expect(plan).toMatch(/accounts_given_name/);
  }
  // What two letters begin is told by names: addresses repeat them, and are read for longer.
  expect(await planOf("ba")).not.toMatch(/accounts_email/);
  expect((await listPeople(services, crowd, "learner", PeopleFilter.parse({ q: "100123" }))).total).toBe(1);
});

test("where a search finds nobody, it says by what somebody of the list is found who is nearly called so", async () => {
  const alike = async (query: object, role?: "teacher") => (await list(query, role)).alike.map(({ q }) => q);
  expect(await alike({ q: "Bakre, Claire" })).toEqual(["Baker, Claire"]);
  expect((await list({ q: "bakre" })).alike).toEqual([{ q: "Baker", refs: [claire] }]);
  expect(await alike({ q: "banerjje  priya" })).toEqual(["Banerjee  priya"]);
  expect((await list({ q: "Baker, Claire" })).rows).toHaveLength(1);
  expect(await alike({ q: "baker" })).toEqual([]);
  // Of the same list: another role, grade or status is not.
  for (const [query, role] of [
    [{ q: "bakre" }, "teacher"],
    [{ q: "bakre", grade: "04" }],
    [{ q: "bakre", status: "deactivated" }],
  ] as const)
    expect(await alike(query, role)).toEqual([]);
  expect(await alike({ q: "baets" }, "teacher")).toEqual(["Bates"]);
});

test("what did not come through is gone through once for a page, however many are on it and however much it is", async () => {
  const crowd = operatorScope(await newDistrict(db));
  const integrationId = await newIntegration(db, crowd.districtId);
  const users = Array.from({ length: 60 }, (_, n) => ({
    sourcedId: `u${n}`,
    role: "student",
    givenName: `Given${n}`,
    familyName: `Family${n}`,
  }));
  // Of nobody else's class: each waits for it.
  const enrollments = users.flatMap(({ sourcedId }) =>
    Array.from({ length: 20 }, (_, n) => ({
      sourcedId: `${sourcedId} in ${n}`,
      classSourcedId: `unheard of ${n}`,
      userSourcedId: sourcedId,
      role: "student",
    })),
  );
  const none = { orgs: [], academicSessions: [], courses: [], classes: [] };
  await syncOnce(db, crowd.districtId, integrationId, { rows: { ...none, users, enrollments } });
  await db.sql`analyze source_records, issues, accounts`;
  await withDistrict(db, crowd, async (tx) => {
    const people = await tx.sql<{ integrationId: string; externalId: string; id: string }[]>`
      select integration_id as "integrationId", external_id as "externalId", record_id as id from source_records
      where district_id = ${tx.districtId} and collection = 'users' limit 50`;
    const told = await readAccounts(
      tx,
      people.map((one) => one.id),
    );
    expect([...told.values()].map(({ missedCount }) => missedCount)).toEqual(people.map(() => 20));
    const plan = (await tx.sql`explain (analyze) ${missingAmong(tx, people)}`).map((row) => String(row["QUERY PLAN"]));
    // By itself, before anybody is looked for in it.
    expect(plan).toContainEqual(expect.stringMatching(/CTE e$/));
    const gone = plan.filter((line) => /Scan .*\b(issues|source_records_unsettled)/.test(line));
    expect(gone.map((line) => /\bissues|\bsource_records_unsettled/.exec(line)?.[0])).toContain("issues");
    // By each process that looks once.
    for (const line of gone) expect(Number(/loops=(\d+)/.exec(line)?.[1] ?? 0)).toBeLessThan(5);
  });
});
