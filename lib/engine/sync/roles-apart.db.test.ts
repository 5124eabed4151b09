/** What people are and where, of roles that a set of OneRoster 1.2 tells apart from them: from its files to the roster, and as days pass. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import { type LaterRole, type LaterUser, laterManifestFor, role, rolesFile, usersFile } from "#lib/engine/testing/sis/later-sets.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { csvOf } from "#lib/engine/testing/sis/sets.ts";
import { newIntegration, openIssues, syncOnce } from "#lib/engine/testing/sync.ts";
import { districts, integrations } from "#lib/platform/db/schema/index.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";

let database: TestDatabase;
let bench: Bench;
let district: string;
let integration: string;
let today: string;
beforeAll(async () => {
  database = await testDatabase();
  bench = await startBench();
});
afterAll(async () => {
  await bench.stop();
  await database.close();
});
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
  await moveTo(0);
  today = new Date().toISOString().slice(0, 10);
});

/** So many days from today, by the zone in which the district is: the database's clock is nobody's to set. */
async function moveTo(days: number): Promise<void> {
  await database.db.orm
    .update(districts)
    .set({ timezone: days === 0 ? "UTC" : `DAY${days > 0 ? "-" : "+"}${Math.abs(days) * 24}` })
    .where(eq(districts.id, district));
}
const day = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);

interface Told {
  readonly users?: readonly LaterUser[];
  readonly roles?: readonly LaterRole[];
  readonly enrollments?: readonly (readonly [id: string, classId: string, user: string, role: string, begin?: string, end?: string])[];
  readonly orgs?: readonly (readonly [id: string, name: string, type: string])[];
}
const named = (sourcedId: string, more: LaterUser = {}): LaterUser => ({
  sourcedId,
  enabledUser: "true",
  username: sourcedId,
  givenName: "Given",
  familyName: `Family ${sourcedId}`,
  email: `${sourcedId}@lakeside.example`,
  grades: "09",
  ...more,
});
const schools = [
  ["s1", "North", "school"],
  ["s2", "South", "school"],
  ["d1", "District", "district"],
] as const;

const dated = { status: "active", dateLastModified: "2026-09-01T00:00:00.000Z" };
const asChanges = <Row extends LaterUser | LaterRole>(rows: readonly Row[]) => rows.map((row) => ({ ...dated, ...row }));

function filesOf({ users = [], roles, enrollments = [], orgs = schools }: Told): Record<string, string> {
  const inBulk = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments", ...(roles ? ["roles"] : [])];
  return {
    "manifest.csv": laterManifestFor(Object.fromEntries(inBulk.map((file) => [file, "bulk"]))),
    "orgs.csv": csvOf([["sourcedId", "name", "type"], ...orgs]),
    "academicSessions.csv": csvOf([
      ["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"],
      ["t1", "Year", "schoolYear", "2020-08-01", "2040-06-01", "2040"],
    ]),
    "courses.csv": csvOf([
      ["sourcedId", "title", "orgSourcedId"],
      ["k1", "Algebra", "s1"],
    ]),
    "classes.csv": csvOf([
      ["sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"],
      ["c1", "Algebra, 1", "k1", "scheduled", "s1", "t1"],
      ["c2", "Algebra, 2", "k1", "scheduled", "s2", "t1"],
    ]),
    "users.csv": usersFile(users),
    ...(roles ? { "roles.csv": rolesFile(roles) } : {}),
    "enrollments.csv": csvOf([
      ["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"],
      ...(enrollments.length > 0 ? enrollments : [["e0", "c1", "s1", "anchor", "student"] as const]).map(
        ([id, classId, user, word, begin = "", end = ""]) => [id, classId, classId === "c1" ? "s1" : "s2", user, word, begin, end],
      ),
    ]),
  };
}

const anchor = named("anchor");
const anchored = role("r-anchor", "anchor", "student", "s1");

/** In full, with somebody who is always there: no list may be empty. */
const sync = (told: Told, options: Parameters<typeof syncOnce>[4] = {}) =>
  syncFiles(
    filesOf({ ...told, users: [anchor, ...(told.users ?? [])], ...(told.roles ? { roles: [anchored, ...told.roles] } : {}) }),
    options,
  );

/** Changes alone: of these files, and of no other. */
const syncChanges = (files: { readonly users?: readonly LaterUser[]; readonly roles?: readonly LaterRole[] }) =>
  syncFiles({
    "manifest.csv": laterManifestFor(Object.fromEntries(Object.keys(files).map((file) => [file, "delta"]))),
    ...(files.users ? { "users.csv": usersFile(asChanges(files.users)) } : {}),
    ...(files.roles ? { "roles.csv": rolesFile(asChanges(files.roles)) } : {}),
  });

async function syncFiles(files: Readonly<Record<string, string>>, options: Parameters<typeof syncOnce>[4] = {}) {
  await bench.put(files);
  return syncOnce(
    database.db,
    district,
    integration,
    { rows: {} },
    {
      source: createSource("oneroster-csv", bench.credentials, { wait: async () => {} }),
      trustedOrigins: [`sftp://127.0.0.1:${bench.sshd.port}`],
      ...options,
    },
  );
}

/** What became of somebody: kind, schools by the SIS's ids, status; null: no account. */
async function account(externalId: string) {
  const [row] = await database.db.sql<{ kind: string; schools: string[]; status: string }[]>`
    select a.role as kind, a.status, array(
      select s.external_id from unnest(a.school_ids) with ordinality x (id, n)
      join source_records s on s.record_id = x.id and s.collection = 'orgs' order by x.n) as schools
    from source_records m join accounts a on a.id = m.record_id
    where m.district_id = ${district} and m.collection = 'users' and m.external_id = ${externalId}`;
  return row ?? null;
}
const teacher = (...schools: string[]) => ({ kind: "teacher", status: "active", schools });
const learner = (...schools: string[]) => ({ kind: "learner", status: "active", schools });
async function fateOf(collection: string, externalId: string) {
  const [row] = await database.db.sql<{ fate: string; reason: string | null }[]>`
    select fate, reason from source_records
    where district_id = ${district} and collection = ${collection} and external_id = ${externalId}`;
  return row;
}
const issuesOf = async (run: { readonly id: string }, externalId: string) =>
  (await openIssues(database.db, run.id)).filter((issue) => issue.externalId === externalId).map(({ code }) => code);
const setRules = (readingRules: Partial<ReadingRules>) =>
  database.db.orm.update(integrations).set({ readingRules }).where(eq(integrations.id, integration));

test("a list of roles that was cut off takes no school from anybody: the plan waits, and people who go take theirs along", async () => {
  integration = await newIntegration(database.db, district, defaultSafety);
  const ids = Array.from({ length: 60 }, (_, n) => `p${n}`);
  const users = ids.map((id) => named(id));
  const roles = ids.flatMap((id) => [role(`${id}-1`, id, "teacher", "s1"), role(`${id}-2`, id, "teacher", "s2")]);
  expect(await sync({ users, roles })).toMatchObject({ state: "succeeded" });
  const cut = await sync({ users, roles: roles.slice(0, 80) });
  expect(cut).toMatchObject({ state: "held" });
  expect(cut.findings?.map(({ detector, sentence }) => [detector, sentence])).toEqual([
    ["cut-off", expect.stringMatching(/^roles has 81 rows, 40 fewer .* cut off after 81 rows\.$/)],
  ]);
  expect(await account("p59")).toEqual(teacher("s1", "s2"));
  const left = users.slice(0, 58);
  const run = await sync({ users: left, roles: roles.filter((_, n) => n < 116) });
  expect(run).toMatchObject({ state: "succeeded", findings: [] });
  expect([await account("p57"), await account("p58")]).toMatchObject([{ status: "active" }, { status: "deactivated" }]);
});

describe("a person's kind and schools", () => {
  test("are those of all roles in force, whichever is primary", async () => {
    const run = await sync({
      users: ["both", "one", "aide", "parents", "parent", "principal", "principal2"].map((id) => named(id)),
      roles: [
        role("r1", "both", "teacher", "s1"),
        role("r2", "both", "teacher", "s2"),
        role("r3", "one", "teacher", "s1"),
        role("r4", "one", "teacher", "s2", { roleType: "secondary" }),
        role("r5", "aide", "student", "s1"),
        role("r6", "aide", "aide", "s1", { roleType: "secondary" }),
        role("r7", "parents", "teacher", "s2"),
        role("r8", "parents", "parent", "s1"),
        role("r9", "parent", "guardian", "s1"),
        role("r10", "principal", "principal", "s1"),
        role("r11", "principal2", "principal", "s2"),
      ],
      enrollments: [["e1", "c2", "principal2", "teacher"]],
    });
    expect(run).toMatchObject({ state: "succeeded", input: { version: "1.2" } });
    expect(await account("both")).toEqual(teacher("s1", "s2"));
    expect(await account("one")).toEqual(teacher("s1", "s2"));
    expect(await account("aide")).toEqual(learner("s1"));
    expect(await issuesOf(run, "aide")).toEqual(["role-student-staff"]);
    expect(await account("parents")).toEqual(teacher("s2"));
    expect(await account("parent")).toBeNull();
    expect(await fateOf("users", "parent")).toEqual({ fate: "not-rostered", reason: "guardian" });
    expect(await fateOf("roles", "r9")).toEqual({ fate: "not-rostered", reason: "guardian" });
    expect(await account("principal")).toBeNull();
    expect(await account("principal2")).toEqual(teacher("s2"));
    const again = await sync({ users: [], roles: [] });
    expect(again.state).toBe("succeeded");
    expect(await account("both")).toMatchObject({ status: "deactivated" });
  });

  test("of somebody who is student and teacher are what their primaries agree on, or wait; an account stays what it is", async () => {
    const both = (id: string, first: string, second: string) => [
      role(`${id}-s`, id, "student", "s1", { roleType: first }),
      role(`${id}-t`, id, "teacher", "s2", { roleType: second }),
    ];
    const users = ["agree", "differ", "linked"].map((id) => named(id));
    await sync({ users: [named("linked")], roles: [role("linked-s", "linked", "student", "s1")] });
    const run = await sync({
      users,
      roles: [...both("agree", "secondary", "primary"), ...both("differ", "primary", "primary"), ...both("linked", "secondary", "primary")],
    });
    expect(await account("agree")).toEqual(teacher("s2"));
    expect(await account("differ")).toBeNull();
    expect(await fateOf("users", "differ")).toEqual({ fate: "waiting", reason: "role-both" });
    expect(await issuesOf(run, "differ")).toContain("role-both");
    const sides = (await openIssues(database.db, run.id)).filter(({ code }) => code.startsWith("role-both"));
    expect(Object.fromEntries(sides.map(({ externalId, value }) => [externalId, value]))).toEqual({
      agree: "student at s1, teacher at s2 (primary)",
      differ: "student at s1 (primary), teacher at s2 (primary)",
      linked: "student at s1, teacher at s2 (primary)",
    });
    expect(await account("linked")).toEqual(learner("s1"));
    // Once only the other kind is left, an admin is asked.
    const last = await sync({ users, roles: [role("linked-t", "linked", "teacher", "s2")] });
    expect(await account("linked")).toEqual(learner("s1"));
    expect(await issuesOf(last, "linked")).toContain("match-role");
  });

  test("of somebody without a role stay, or are what enrollments say", async () => {
    const users = ["linked", "pupil", "mixed", "nobody"].map((id) => named(id));
    await sync({ users: [named("linked")], roles: [role("r1", "linked", "teacher", "s2")] });
    const run = await sync({
      users,
      roles: [],
      enrollments: [
        ["e1", "c1", "pupil", "student"],
        ["e2", "c1", "mixed", "student"],
        ["e3", "c2", "mixed", "teacher"],
      ],
    });
    expect(await account("linked")).toEqual(teacher("s2"));
    expect(await issuesOf(run, "linked")).toEqual(["role-none"]);
    expect(await account("pupil")).toEqual(learner("s1"));
    expect(await account("mixed")).toBeNull();
    expect(await issuesOf(run, "mixed")).toContain("role-none-waits");
    expect(await fateOf("users", "nobody")).toEqual({ fate: "waiting", reason: "role-none-waits" });
  });
});

describe("the calendar alone", () => {
  test("brings in whoever begins today, and out of a school whose role ends, with the same files byte for byte", async () => {
    const told: Told = {
      users: [named("later"), named("moving"), named("never")],
      roles: [
        role("r1", "later", "student", "s1", { beginDate: day(1) }),
        role("r2", "moving", "student", "s1", { endDate: day(1) }),
        role("r3", "moving", "student", "s2", { beginDate: day(1) }),
        role("r4", "never", "student", "s1", { beginDate: day(0), endDate: day(0) }),
      ],
    };
    const run = await sync(told);
    expect(await account("later")).toBeNull();
    expect(await issuesOf(run, "later")).toEqual(["role-ahead"]);
    expect(await account("moving")).toEqual(learner("s1"));
    expect(await account("never")).toBeNull();
    const same = await sync(told);
    expect(same.sameAsRunId).not.toBeNull();
    await moveTo(1);
    const next = await sync(told);
    expect(next).toMatchObject({ state: "succeeded", sameAsRunId: null });
    expect(await account("later")).toEqual(learner("s1"));
    expect(await account("moving")).toEqual(learner("s2"));
    expect(await account("never")).toBeNull();
    const settled = await sync(told);
    expect(settled).toMatchObject({ changeCount: 0 });
  });

  test("brings in whoever begins today where a set brings nothing", async () => {
    await sync({ users: [named("later")], roles: [role("r1", "later", "student", "s1", { beginDate: day(2) })] });
    await moveTo(2);
    const run = await syncFiles({ "manifest.csv": laterManifestFor({}) });
    expect(run).toMatchObject({ state: "succeeded", changeCount: 1 });
    expect(await account("later")).toEqual(learner("s1"));
  });

  test("withdraws nobody between two roles, and softly once the grace after the last is over", async () => {
    await setRules({ graceDays: 4 });
    const told: Told = {
      users: [named("summer"), named("gone")],
      roles: [
        role("r1", "summer", "teacher", "s1", { endDate: day(1) }),
        role("r2", "summer", "teacher", "s2", { beginDate: day(6) }),
        role("r3", "gone", "teacher", "s1", { endDate: day(1) }),
      ],
    };
    await sync(told);
    await moveTo(2);
    const grace = await sync(told);
    expect(await account("summer")).toEqual(teacher("s1"));
    expect(await account("gone")).toEqual(teacher("s1"));
    expect(await issuesOf(grace, "gone")).toEqual(["role-grace"]);
    await moveTo(5);
    const over = await sync(told);
    expect(await account("summer")).toEqual(teacher("s1"));
    expect(await account("gone")).toMatchObject({ kind: "teacher", status: "deactivated" });
    expect(over.totals?.teacher).toMatchObject({ deactivated: 1 });
    expect(await issuesOf(over, "gone")).toEqual(["role-over"]);
    expect(await fateOf("users", "gone")).toEqual({ fate: "not-rostered", reason: "role-over" });
    await moveTo(6);
    await sync(told);
    expect(await account("summer")).toEqual(teacher("s2"));
    expect(await account("gone")).toMatchObject({ status: "deactivated" });
  });
});

describe("changes", () => {
  test("of roles alone end a role and leave the person; of people alone leave their roles", async () => {
    await sync({ users: [named("t1")], roles: [role("r1", "t1", "teacher", "s1"), role("r2", "t1", "teacher", "s2")] });
    await syncChanges({ roles: [{ sourcedId: "r2", status: "tobedeleted" }] });
    expect(await account("t1")).toEqual(teacher("s1"));
    expect(await fateOf("roles", "r2")).toMatchObject({ fate: "withdrawn" });
    await syncChanges({ users: [named("t1", { givenName: "Other" })] });
    expect(await account("t1")).toEqual(teacher("s1"));
    await syncChanges({ roles: [role("r3", "t1", "teacher", "s2")] });
    expect(await account("t1")).toEqual(teacher("s1", "s2"));
  });

  test("bring a role before its person, and a person before their role", async () => {
    await sync({ users: [], roles: [] });
    const run = await syncChanges({ roles: [role("r1", "new", "student", "s1")] });
    expect(await fateOf("roles", "r1")).toEqual({ fate: "waiting", reason: "reference-user" });
    expect(await issuesOf(run, "r1")).toEqual(["reference-user"]);
    const next = await syncChanges({ users: [named("new")] });
    expect(await account("new")).toEqual(learner("s1"));
    expect(await fateOf("roles", "r1")).toEqual({ fate: "rostered", reason: null });
    expect(await issuesOf(next, "r1")).toEqual([]);
  });
});

test("people in bulk without roles are no roster: the run fails and nothing is withdrawn", async () => {
  const told: Told = { users: [named("t1")], roles: [role("r1", "t1", "teacher", "s1")] };
  await sync(told);
  const run = await syncFiles(filesOf({ users: [anchor, named("t1")] }));
  expect(run).toMatchObject({ state: "failed", failure: { code: "roles-missing" } });
  expect(await account("t1")).toEqual(teacher("s1"));
});

test("words of the SIS's own come to nothing until a table says what they mean", async () => {
  const told: Told = {
    users: [named("coach"), named("camper")],
    roles: [role("r1", "coach", "ext:coach", "s1"), role("r2", "camper", "student", "x1")],
    orgs: [...schools, ["x1", "Camp", "ext:camp"]],
    enrollments: [["e1", "c1", "coach", "ext:leader"]],
  };
  const run = await sync(told);
  expect(await account("coach")).toBeNull();
  expect(await fateOf("roles", "r1")).toEqual({ fate: "not-rostered", reason: "ext:coach" });
  expect(await issuesOf(run, "r1")).toEqual(["word-own"]);
  expect(await account("camper")).toEqual(learner());
  await setRules({ roleWords: { "ext:coach": "teaching" }, orgTypes: ["ext:camp"], enrollmentRoles: { "ext:leader": "teacher" } });
  await sync(told);
  expect(await account("coach")).toEqual(teacher("s1"));
  expect(await account("camper")).toEqual(learner("x1"));
  expect(await fateOf("enrollments", "e1")).toEqual({ fate: "rostered", reason: null });
});

test("a role whose dates cannot be read goes on as the one that it was", async () => {
  await sync({ users: [named("t1")], roles: [role("r1", "t1", "teacher", "s1")] });
  const run = await sync({ users: [named("t1")], roles: [role("r1", "t1", "teacher", "s1", { endDate: "soon" })] });
  expect(await issuesOf(run, "r1")).toEqual(["role-date"]);
  expect(await account("t1")).toEqual(teacher("s1"));
});

test("names that people prefer are a switch, and a sign-in that the SIS closed withdraws nobody", async () => {
  const told: Told = {
    users: [named("p1", { preferredGivenName: "Sam", enabledUser: "FALSE", username: "" })],
    roles: [role("r1", "p1", "student", "s1")],
  };
  await sync(told);
  const name = async () =>
    (
      await database.db.sql`select given_name as name, status from accounts where district_id = ${district} and family_name = 'Family p1'`
    )[0];
  expect(await name()).toEqual({ name: "Given", status: "active" });
  await setRules({ preferredNames: true });
  await sync(told);
  expect(await name()).toEqual({ name: "Sam", status: "active" });
});

describe("one person by several ids", () => {
  const accountsOf = async (...ids: readonly string[]) =>
    (
      await database.db.sql<{ id: string; record: string | null; status: string | null }[]>`
      select m.external_id as id, m.record_id as record, a.status from source_records m left join accounts a on a.id = m.record_id
      where m.district_id = ${district} and m.collection = 'users' and m.external_id = any(${[...ids]}::text[]) order by 1`
    ).map(({ record, status }) => ({ record, status }));
  const roles = [role("r1", "a1", "student", "s1"), role("r2", "a2", "student", "s2")];

  test("is one account at the schools of all, and leaves with the last of them", async () => {
    const same = { familyName: "One", email: "one@lakeside.example", userMasterIdentifier: "master" };
    const both: Told = {
      users: [named("a1", same), named("a2", same)],
      roles,
      enrollments: [
        ["e1", "c1", "a1", "student"],
        ["e2", "c2", "a2", "student"],
      ],
    };
    const run = await sync(both);
    const [first, second] = await accountsOf("a1", "a2");
    expect(first).toEqual({ record: expect.any(String), status: "active" });
    expect(second).toEqual(first);
    expect(await account("a2")).toEqual(learner("s1", "s2"));
    expect(await issuesOf(run, "a1")).toEqual([]);
    expect(await fateOf("users", "a2")).toEqual({ fate: "rostered", reason: "several-ids" });
    expect(await sync(both)).toMatchObject({ state: "succeeded", changeCount: 0 });

    await sync({ ...both, users: [named("a2", same)], roles: roles.slice(1), enrollments: [["e2", "c2", "a2", "student"]] });
    expect(await accountsOf("a2")).toEqual([first]);
    expect(await account("a2")).toEqual(learner("s2"));
    // A new id of the same person, after all that were known are gone.
    await sync({ users: [named("a3", same)], roles: [role("r3", "a3", "student", "s1")] });
    expect(await accountsOf("a3")).toEqual([first]);
    await sync({ users: [], roles: [] });
    expect(await accountsOf("a1", "a2", "a3")).toEqual(Array(3).fill({ ...first, status: "deactivated" }));
  });

  test("by a pair of userIds of a type that the connection names, and never by an address alone", async () => {
    const one = { familyName: "One", email: "one@lakeside.example", userIds: "{studentUniqueId:77}" };
    const told: Told = { users: [named("a1", one), named("a2", one)], roles };
    const run = await sync(told);
    const [first, second] = await accountsOf("a1", "a2");
    expect(first?.record).not.toBe(second?.record);
    expect(await issuesOf(run, "a1")).toContain("email-shared");

    district = await newDistrict(database.db);
    integration = await newIntegration(database.db, district);
    await setRules({ personKeys: ["studentUniqueId"] });
    await sync(told);
    const [now, other] = await accountsOf("a1", "a2");
    expect(other).toEqual(now);
    expect(now?.record).not.toBeNull();
  });
});

test("a plan that waits for an admin is applied as it was shown, and taken back as a whole", async () => {
  const before: Told = { users: [named("t1")], roles: [role("r1", "t1", "teacher", "s1")] };
  await sync(before);
  const preview = await sync(
    {
      users: [named("t1"), named("t2")],
      roles: [role("r1", "t1", "teacher", "s2"), role("r2", "t2", "student", "s1", { beginDate: day(3) })],
    },
    { kind: "preview" },
  );
  expect(preview.state).toBe("previewed");
  expect(await account("t1")).toEqual(teacher("s1"));
  const approval = await syncFiles({}, { kind: "approval", planRunId: preview.id });
  expect(approval).toMatchObject({ state: "succeeded" });
  expect(await account("t1")).toEqual(teacher("s2"));
  expect(await fateOf("users", "t2")).toEqual({ fate: "waiting", reason: "role-ahead" });
  expect(await fateOf("roles", "r2")).toEqual({ fate: "rostered", reason: null });

  const undone = await syncFiles({}, { undoOf: approval });
  expect(undone).toMatchObject({ state: "succeeded" });
  expect(await account("t1")).toEqual(teacher("s1"));
  expect(await fateOf("roles", "r2")).toBeUndefined();
  expect(await fateOf("users", "t2")).toBeUndefined();
  await database.db.orm.update(integrations).set({ state: "active" }).where(eq(integrations.id, integration));
  expect(await sync(before)).toMatchObject({ state: "succeeded", changeCount: 0 });
});
