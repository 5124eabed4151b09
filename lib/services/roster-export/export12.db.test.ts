/** A OneRoster 1.2 set as strict readers want it. That the importer takes it back is shown in cli/sis.db.test.ts. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { exportRoster } from "./export.ts";

const { services, close } = await testServices();
const { sql } = services.db;
const folder = await mkdtemp(join(tmpdir(), "aivo-export-12-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const district = await newDistrict(services.db, { name: "Cedar Falls Unified" });
const scope = operatorScope(district);
const school = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const person = (n: number) => `00000000-0000-4000-8000-0000000001${n}0`;

beforeAll(async () => {
  for (const n of [1, 2])
    await sql`insert into schools (district_id, id, name, number) values (${district}, ${school(n)}, ${`School ${n}`}, ${String(n)})`;
  const people = [
    { role: "teacher", status: "active", school_ids: [school(2), school(1)] },
    { role: "teacher", status: "active", school_ids: [] },
    { role: "learner", status: "active", school_ids: [school(1)], grade: "03", student_number: "77", username: "lee" },
    { role: "learner", status: "deactivated", school_ids: [school(1)] },
    { role: "district-admin", status: "active", school_ids: [] },
  ];
  for (const [n, more] of people.entries())
    await sql`insert into accounts ${sql({ district_id: district, id: person(n), given_name: "A", family_name: "B", ...more } as Record<string, unknown>)}`;
});

async function set(name: string, version: "1.1" | "1.2") {
  const directory = join(folder, name);
  const exported = await exportRoster(services, scope, directory, null, version);
  const files: Record<string, string[][]> = {};
  for (const file of await readdir(directory)) {
    const lines = (await readFile(join(directory, file), "utf8")).trimEnd().split("\r\n");
    files[file] = lines.map((line) => line.split(","));
  }
  return { exported, files };
}

test("the manifest names all 21 files, and as bulk those that are there and have rows", async () => {
  const { files, exported } = await set("manifest", "1.2");
  const manifest = new Map(files["manifest.csv"]?.map(([name = "", value = ""]) => [name, value]));
  expect([manifest.get("manifest.version"), manifest.get("oneroster.version")]).toEqual(["1.0", "1.2"]);
  const named = [...manifest.keys()].filter((name) => name.startsWith("file."));
  expect(named).toHaveLength(21);
  const bulk = named.filter((name) => manifest.get(name) === "bulk").map((name) => `${name.slice(5)}.csv`);
  expect([...bulk, "manifest.csv"].sort()).toEqual(Object.keys(files).sort());
  expect(bulk.sort()).toEqual(["orgs.csv", "roles.csv", "users.csv"]);
  expect(exported.rows).toMatchObject({ "users.csv": 4, "roles.csv": 5, "orgs.csv": 3, "classes.csv": 0 });
});

test("users have 1.2's columns in their order, and their kind and schools as roles, each of them primary", async () => {
  const { files } = await set("roles", "1.2");
  const [header = [], ...users] = files["users.csv"] ?? [];
  expect(header.join(",")).toBe(
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
  );
  for (const row of users) expect(row).toHaveLength(header.length);
  expect(users[2]).toEqual([
    person(2),
    "active",
    "",
    "true",
    "lee",
    "",
    "A",
    "B",
    "",
    "77",
    "",
    "",
    "",
    "",
    "03",
    "",
    "",
    "",
    "",
    "",
    school(1),
    "",
  ]);
  const role = (n: number, word: string, org: string, status = "active") => [
    `${person(n)}@${org}`,
    status,
    "",
    person(n),
    "primary",
    word,
    "",
    "",
    org,
    "",
  ];
  expect(files["roles.csv"]).toEqual([
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId".split(","),
    role(0, "teacher", school(2)),
    role(0, "teacher", school(1)),
    role(1, "teacher", district),
    role(2, "student", school(1)),
    role(3, "student", school(1), "tobedeleted"),
  ]);
  const orgs = new Set(files["orgs.csv"]?.map(([id]) => id));
  for (const [, , , user = "", , , , , org] of files["roles.csv"]?.slice(1) ?? []) {
    expect(orgs).toContain(org);
    expect(users.map(([id]) => id)).toContain(user);
  }
  expect(files["orgs.csv"]?.[1]).toEqual([district, "active", "", "Cedar Falls Unified", "district", "", ""]);
});

test("equal rosters are equal bytes, and a set of either version replaces one of the other", async () => {
  const first = await set("same", "1.2");
  expect((await set("same", "1.2")).files).toEqual(first.files);
  const older = await set("same", "1.1");
  expect(Object.keys(older.files)).not.toContain("roles.csv");
  expect(older.files["users.csv"]?.[0]).toContain("orgSourcedIds");
  expect(older.files["orgs.csv"]).toHaveLength(3);
  expect(Object.keys(older.files)).toContain("classes.csv");
  expect((await set("same", "1.2")).files).toEqual(first.files);
});
