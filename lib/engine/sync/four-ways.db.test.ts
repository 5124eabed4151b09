/** One district by OneRoster 1.1 and 1.2, by files and over REST, through a sync: one roster, and nothing of what nobody is to have. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import type { Source } from "#lib/engine/sis/source.ts";
import {
  type LaterCollection,
  type LaterVendorOptions,
  laterDistrict,
  startLaterVendor,
  wireEnrollment,
  wireUser,
} from "#lib/engine/testing/sis/later-rest.ts";
import {
  laterManifestFor,
  laterManifestOf,
  laterRoles,
  laterUsers,
  role,
  rolesFile,
  usersFile,
  validLaterSet,
} from "#lib/engine/testing/sis/later-sets.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { impatience } from "#lib/engine/testing/sis/rest.ts";
import { csvOf, type SetFiles, validSet, zipOf } from "#lib/engine/testing/sis/sets.ts";
import { newIntegration, openIssues, syncOnce } from "#lib/engine/testing/sync.ts";
import { integrations } from "#lib/platform/db/schema/index.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";

let database: TestDatabase;
let bench: Bench;
let district: string;
let integration: string;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  database = await testDatabase();
  bench = await startBench();
});
afterAll(async () => {
  for (const server of open) await server.close();
  await bench.stop();
  await database.close();
});
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

const dated = { status: "active", dateLastModified: "2026-09-01T00:00:00.000Z" };

function trusting(source: Source, origin: string): Source {
  return { ...source, extract: (context, options) => source.extract({ ...context, trustedOrigins: new Set([origin]) }, options) };
}

async function syncFiles(files: SetFiles) {
  await bench.put(files);
  const source = createSource("oneroster-csv", bench.credentials, impatience());
  return syncBy(trusting(source, `sftp://127.0.0.1:${bench.sshd.port}`));
}

type Wire = Readonly<Record<string, unknown>>;
interface Vendor {
  district: Record<LaterCollection, readonly Wire[]>;
  readonly sync: () => ReturnType<typeof syncBy>;
}

async function vendor(options: LaterVendorOptions = {}): Promise<Vendor> {
  const told: { district: Vendor["district"] } = { district: laterDistrict() };
  const server = await startLaterVendor({ district: () => told.district, ...options });
  open.push(server);
  const credentials = { baseUrl: server.url, clientId: "id", clientSecret: "s3cret" };
  const source = createSource("oneroster-rest", credentials, impatience());
  return Object.assign(told, { sync: () => syncBy(trusting(source, server.url)) });
}

async function syncBy(source: Source) {
  return syncOnce(database.db, district, integration, { rows: {} }, { source });
}

/** Who is there, as what, and in which schools, by the SIS's ids. */
async function people(): Promise<Record<string, string>> {
  const rows = await database.db.sql<{ id: string; words: string }[]>`
    select l.external_id as id, concat_ws(' ', a.status, a.role, a.given_name, a.grade, a.email, (
      select string_agg(s.external_id, '+' order by s.external_id) from source_records s
      where s.district_id = a.district_id and s.integration_id = l.integration_id and s.collection = 'orgs' and s.record_id = any(a.school_ids))) as words
    from source_records l join accounts a on a.district_id = l.district_id and a.id = l.record_id
    where l.district_id = ${district} and l.collection = 'users' order by 1`;
  return Object.fromEntries(rows.map(({ id, words }) => [id, words]));
}

async function memberships(): Promise<readonly string[]> {
  const rows = await database.db.sql<{ words: string }[]>`
    select concat_ws(' ', l.external_id, m.status, m.role, m.begin_date, m.end_date) as words
    from source_records l join memberships m on m.district_id = l.district_id and m.id = l.record_id
    where l.district_id = ${district} and l.collection = 'enrollments' order by 1`;
  return rows.map(({ words }) => words);
}

async function expectSynced(run: Awaited<ReturnType<typeof syncBy>>) {
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
}

const versionKept = async () => {
  const [row] = await database.db.orm
    .select({ version: integrations.onerosterVersion })
    .from(integrations)
    .where(eq(integrations.id, integration));
  return row?.version;
};

/** What stands in any table. */
async function holds(text: string): Promise<readonly string[]> {
  const tables = await database.db.sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'waiting', 'staging')`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await database.db.sql.unsafe(`select count(*) > 0 as has from ${name} t where t::text like '%' || $1 || '%'`, [text]);
    if (row?.has) found.push(name);
  }
  return found;
}

const formerScopes = ["roster-core.readonly", "roster.readonly"].map((name) => `https://purl.imsglobal.org/spec/or/v1p1/scope/${name}`);

test("one district four ways is one roster; a second sync changes nothing, and no secret of any record is anywhere", async () => {
  const rosters: unknown[] = [];
  const later = await vendor();
  const former = await vendor({ versions: ["1.1"], scopes: formerScopes });
  // The names and numbers of the files, so that nothing but the way differs.
  for (const one of [later, former]) {
    const cells = (id: string) => laterUsers.find(({ sourcedId }) => sourcedId === id);
    one.district = {
      ...one.district,
      users: one.district.users.map((user) => ({
        ...user,
        familyName: cells(String(user.sourcedId))?.familyName,
        identifier: cells(String(user.sourcedId))?.identifier,
      })),
    };
  }
  const ways = [
    ["1.1", () => syncFiles(validSet())],
    ["1.2", () => syncFiles(validLaterSet({ "userProfiles.csv": "sourcedId,password\np,planted-password\n" }))],
    ["1.2", later.sync],
    ["1.1", former.sync],
  ] as const;
  for (const [version, sync] of ways) {
    district = await newDistrict(database.db);
    integration = await newIntegration(database.db, district);
    await expectSynced(await sync());
    expect(await versionKept()).toBe(version);
    rosters.push([await people(), await memberships()]);
    await database.db.sql`update integrations set cursor = null where id = ${integration}`;
    const again = await expectSynced(await sync());
    expect(again.changeCount).toBe(0);
  }
  expect(rosters[0]).toEqual([
    {
      u1: "active teacher Ada ada@lakeside.example s1",
      u2: "active teacher Ben ben@lakeside.example s1+s2",
      u3: "active learner Cleo 09 cleo@lakeside.example s1",
      u4: "active learner Dara 09 dara@lakeside.example s1",
      u5: "active learner Eli 09 eli@lakeside.example s2",
    },
    expect.arrayContaining(["e1 active teacher"]),
  ]);
  for (const roster of rosters.slice(1)) expect(roster).toEqual(rosters[0]);
  expect(await holds("planted")).toEqual([]);
});

describe("roles over REST come to what they come to by files", () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  test("of everybody in one read", async () => {
    const of = (id: string, roles: Parameters<typeof wireUser>[2], more: Wire = {}) => wireUser(id, `N${id}`, roles, more);
    const sis = await vendor();
    sis.district = {
      ...sis.district,
      users: [
        ...sis.district.users,
        of("p01", [
          { role: "teacher", org: "s1" },
          { role: "teacher", org: "s2" },
        ]),
        of("p02", [
          { role: "teacher", org: "s1" },
          { role: "teacher", org: "s2", roleType: "secondary" },
        ]),
        of("p03", [
          { role: "student", org: "s1" },
          { role: "aide", org: "s1", roleType: "secondary" },
        ]),
        of("p04", [
          { role: "teacher", org: "s1" },
          { role: "parent", org: "s1" },
        ]),
        of("p05", [{ role: "parent", org: "s1" }]),
        of("p06", [
          { role: "student", org: "s1" },
          { role: "teacher", org: "s1", roleType: "secondary" },
        ]),
        of("p07", [
          { role: "student", org: "s1" },
          { role: "teacher", org: "s1" },
        ]),
        of("p08", [{ role: "student", org: "s1", beginDate: day(2) }]),
        of("p09", [{ role: "student", org: "s1", beginDate: day(-2), endDate: day(300) }]),
        of("p10", [{ role: "student", org: "s1", endDate: day(-2) }]),
        of("p11", [{ role: "student", org: "s1", beginDate: day(-2), endDate: day(-2) }]),
        of("p12", undefined),
        of("p13", [{ role: null, org: "s1" }]),
        of("p14", [{ role: "student", org: "s1" }], { enabledUser: false, username: "" }),
        of("p15", [{ role: "ext:coach", org: "s1" }]),
        of("p16", [{ role: "districtAdministrator", org: "d1" }]),
      ],
      enrollments: [
        ...sis.district.enrollments,
        wireEnrollment("e12", "c1", "s1", "p12", "student"),
        wireEnrollment("e13a", "c1", "s1", "p13", "student"),
        wireEnrollment("e13b", "c2", "s2", "p13", "teacher"),
      ],
    };
    const run = await expectSynced(await sis.sync());
    const all = await people();
    const kinds = Object.fromEntries(
      Object.entries(all)
        .filter(([id]) => id.startsWith("p"))
        .map(([id, words]) => [id, `${words.split(" ")[1]} ${words.split(" ").at(-1)}`]),
    );
    expect(kinds).toEqual({
      p01: "teacher s1+s2",
      p02: "teacher s1+s2",
      p03: "learner s1",
      p04: "teacher s1",
      p06: "learner s1",
      p09: "learner s1",
      p12: "learner s1",
      p14: "learner s1",
    });
    const issues = await openIssues(database.db, run.id);
    const codesOf = (id: string) =>
      issues.filter(({ externalId }) => externalId === id || externalId?.startsWith(`${id}|`)).map(({ code }) => code);
    expect(codesOf("p03")).toEqual(["role-student-staff"]);
    expect(codesOf("p07")).toEqual(["role-both"]);
    expect(codesOf("p08")).toEqual(["role-ahead"]);
    expect(codesOf("p13")).toContain("role-none-waits");
    expect(codesOf("p15")).toContain("word-own");
    expect(issues.filter(({ externalId }) => externalId === "p05")).toEqual([]);
  });

  test("of who changed: a role that is gone takes its school, and a person without news of roles keeps theirs", async () => {
    const sis = await vendor();
    const stamped = (at: string, user: Wire | undefined, more: Wire) => ({ ...user, ...more, dateLastModified: at });
    const now = () => new Date(Date.now() + 60_000).toISOString();
    // Without a deleted record the changes of a collection would not be believed.
    const gone = wireUser("gone", "Gone", [], { status: "tobedeleted", dateLastModified: new Date().toISOString() });
    sis.district = { ...sis.district, users: [gone, ...sis.district.users] };
    await expectSynced(await sis.sync());
    const ben = sis.district.users.find(({ sourcedId }) => sourcedId === "u2");
    const roles = (ben?.roles ?? []) as readonly unknown[];
    sis.district = {
      ...sis.district,
      users: sis.district.users.map((user) => (user === ben ? stamped(now(), ben, { roles: roles.slice(0, 1) }) : user)),
    };
    const changes = await expectSynced(await sis.sync());
    expect(changes.input?.modes).toMatchObject({ users: "delta", roles: "delta" });
    // The enrollment in South School alone places him there now.
    sis.district = { ...sis.district, enrollments: sis.district.enrollments.filter(({ sourcedId }) => sourcedId !== "e2") };
    await expectSynced(await sis.sync());
    expect((await people()).u2).toMatch(/^active teacher Ben .* s1$/);
    const renamed = sis.district.users.map((user) => (user.sourcedId === "u1" ? stamped(now(), user, { givenName: "Adah" }) : user));
    sis.district = { ...sis.district, users: renamed };
    await expectSynced(await sis.sync());
    expect((await people()).u1).toBe("active teacher Adah ada@lakeside.example s1");
  });
});

describe("a set of 1.2", () => {
  test("that is its manifest alone changes nothing, and the sync is well", async () => {
    await expectSynced(await syncFiles(validLaterSet()));
    const before = [await people(), await memberships()];
    const run = await expectSynced(await syncFiles({ "set.zip": await zipOf({ "manifest.csv": laterManifestFor({}) }) }));
    expect(run.changeCount).toBe(0);
    expect([await people(), await memberships()]).toEqual(before);
    expect(run.input?.notes.join()).toContain("nothing has changed");
    await expectSynced(await syncFiles(validLaterSet()));
    expect([await people(), await memberships()]).toEqual(before);
  });

  test.each([
    ["without roles", { "manifest.csv": laterManifestOf({ "file.roles": "absent" }), "roles.csv": null }, "roles-missing"],
    ["with no row of roles", { "roles.csv": rolesFile([]) }, "roles-missing"],
    ["of 1.1 in its columns", { "users.csv": validSet()["users.csv"] ?? "" }, "version-disagrees"],
  ])("%s ends the sync, and everybody stays", async (_, overrides, code) => {
    await expectSynced(await syncFiles(validLaterSet()));
    const before = await people();
    const run = await syncFiles(validLaterSet(overrides));
    expect(run).toMatchObject({ state: "failed", failure: { code } });
    expect(await people()).toEqual(before);
  });

  test("after one of 1.1, or the other way round, ends the sync with the advice to change the version", async () => {
    for (const [first, second] of [
      [validSet(), validLaterSet()],
      [validLaterSet(), validSet()],
    ] as const) {
      district = await newDistrict(database.db);
      integration = await newIntegration(database.db, district);
      await expectSynced(await syncFiles(first));
      const before = await people();
      expect(await syncFiles(second)).toMatchObject({
        state: "failed",
        failure: { code: "version-changed", remedy: expect.stringContaining("Change version") },
      });
      expect(await people()).toEqual(before);
    }
  });

  test("in bulk whose every row is a change withdraws nobody for missing from it", async () => {
    await expectSynced(await syncFiles(validLaterSet()));
    const run = await expectSynced(
      await syncFiles(validLaterSet({ "users.csv": usersFile(laterUsers.slice(0, 2).map((user) => ({ ...user, ...dated }))) })),
    );
    expect(Object.values(await people()).every((words) => words.startsWith("active"))).toBe(true);
    expect(run.input?.notes.join()).toContain("was read as changes");
  });

  test("with users by another spelling of yes and no, or without a user name, is the same people", async () => {
    await expectSynced(await syncFiles(validLaterSet()));
    const before = [await people(), await memberships()];
    const users = usersFile(
      laterUsers.map((user, index) => ({ ...user, enabledUser: ["FALSE", "false", "0", "", "True"][index] ?? "", username: "" })),
    );
    const enrollments = String(validSet()["enrollments.csv"]).replaceAll(",true,", ",TRUE,");
    await expectSynced(await syncFiles(validLaterSet({ "users.csv": users, "enrollments.csv": enrollments })));
    expect([await people(), await memberships()]).toEqual(before);
  });

  test("has own words that mean nothing until the district says what", async () => {
    const files = validLaterSet({
      "orgs.csv": `${validSet()["orgs.csv"]}${csvOf([["s3", "", "", "West Campus", "ext:campus", "1003", "d1"]])}`,
      "users.csv": usersFile([
        ...laterUsers,
        { sourcedId: "u6", username: "fay", givenName: "Fay", familyName: "Coach", email: "fay@lakeside.example" },
      ]),
      "roles.csv": rolesFile([...laterRoles, role("r7", "u6", "ext:coach", "s3")]),
      "enrollments.csv": `${validSet()["enrollments.csv"]}${csvOf([["e6", "", "", "c1", "s1", "u6", "ext:helper", "", "", ""]])}`,
    });
    const first = await expectSynced(await syncFiles(files));
    expect(Object.keys(await people())).not.toContain("u6");
    expect(new Set((await openIssues(database.db, first.id)).map(({ code }) => code))).toContain("word-own");
    const rules: Partial<ReadingRules> = {
      roleWords: { "ext:coach": "teaching" },
      orgTypes: ["ext:campus"],
      enrollmentRoles: { "ext:helper": "teacher" },
    };
    await database.db.orm.update(integrations).set({ readingRules: rules }).where(eq(integrations.id, integration));
    await expectSynced(await syncFiles(files));
    expect((await people()).u6).toBe("active teacher Fay fay@lakeside.example s1+s3");
    expect(await memberships()).toContainEqual(expect.stringMatching(/^e6 active (co-)?teacher/));
  });

  test("has preferred names that are used where the district says so, and everybody is read again by that", async () => {
    const files = validLaterSet({
      "users.csv": usersFile(laterUsers.map((user) => ({ ...user, preferredGivenName: user.sourcedId === "u3" ? "Clé" : "" }))),
    });
    await expectSynced(await syncFiles(files));
    expect((await people()).u3).toContain("Cleo");
    await database.db.orm
      .update(integrations)
      .set({ readingRules: { preferredNames: true } })
      .where(eq(integrations.id, integration));
    await expectSynced(await syncFiles(files));
    expect((await people()).u3).toContain("Clé");
    expect((await people()).u4).toContain("Dara");
  });
});
