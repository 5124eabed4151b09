import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Habits, infiniteCampus } from "./habits.ts";
import { shapeOf } from "./shape.ts";
import { type SetOptions, writeSet } from "./write-set.ts";

const home = mkdtempSync(join(tmpdir(), "aivo-sandbox-12-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

let sets = 0;
function written(habits: Habits = {}, options: Partial<SetOptions> & { users?: number } = {}) {
  const directory = join(home, String(++sets));
  const shape = shapeOf({ users: options.users ?? 300, seed: 8, name: "Cedar Falls Unified" });
  writeSet({ shape, day: 0, mode: "bulk", directory, blemishes: false, version: "1.2", habits, ...options });
  const text = (file: string) => readFileSync(join(directory, `${file}.csv`), "utf8");
  return {
    files: readdirSync(directory).sort(),
    text,
    header: (file: string) => text(file).split("\r\n")[0],
    rows: (file: string) => parse(text(file)),
  };
}

/** Column name → cell. */
function parse(text: string): Record<string, string>[] {
  const lines = text.trimEnd().split("\r\n");
  const cells = lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? ""),
  );
  const [header = [], ...rows] = cells;
  return rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ""])));
}

test("a manifest names all 21 files, and those that are there", () => {
  const set = written();
  const manifest = new Map(set.rows("manifest").map(({ propertyName = "", value = "" }) => [propertyName, value]));
  expect(manifest.get("oneroster.version")).toBe("1.2");
  const files = [...manifest].filter(([name]) => name.startsWith("file."));
  expect(files).toHaveLength(21);
  const bulk = files.filter(([, mode]) => mode === "bulk").map(([name]) => `${name.slice("file.".length)}.csv`);
  expect([...bulk, "manifest.csv"].sort()).toEqual(set.files);
  expect(files.filter(([, mode]) => mode !== "bulk").every(([, mode]) => mode === "absent")).toBe(true);
});

test("users have the columns of the final text, or those of the first one, and no role", () => {
  const state =
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier";
  const preferred = "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns";
  expect(written().header("users")).toBe(`${state},${preferred}`);
  expect(written({ resourceSourcedIds: true }).header("users")).toBe(`${state},resourceSourcedIds,${preferred}`);
  expect(written().header("roles")).toBe(
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
  );
});

test("everybody has a role, every reference resolves, one role of each org is primary", () => {
  const { rows } = written({ mergesPeople: true, recordPerSchool: true }, { users: 2400 });
  const ids = (file: string) => new Set(rows(file).map((row) => row.sourcedId));
  const [users, orgs] = [ids("users"), ids("orgs")];
  expect(users.size).toBe(rows("users").length);
  expect(ids("roles").size).toBe(rows("roles").length);
  expect(new Set(rows("roles").map(({ userSourcedId }) => userSourcedId))).toEqual(users);
  for (const { orgSourcedId } of rows("roles")) expect(orgs).toContain(orgSourcedId);
  const primaries = rows("roles")
    .filter(({ roleType }) => roleType === "primary")
    .map((row) => `${row.userSourcedId} ${row.orgSourcedId}`);
  expect(new Set(primaries)).toEqual(new Set(rows("roles").map((row) => `${row.userSourcedId} ${row.orgSourcedId}`)));
  expect(new Set(primaries).size).toBe(primaries.length);
  for (const row of rows("enrollments")) expect(users).toContain(row.userSourcedId);
});

test("yesterday's export with today's delta is today's export, roles too", () => {
  const habits = { datedRoles: true, mergesPeople: true };
  const shape = shapeOf({ users: 600, seed: 8, name: "Cedar Falls Unified", daysPerYear: 8 });
  for (const day of [3, 8]) {
    const [yesterday, today, delta] = [
      written(habits, { shape, day: day - 1 }),
      written(habits, { shape, day }),
      written(habits, { shape, day, mode: "delta" }),
    ];
    for (const file of ["users", "roles", "enrollments", "academicSessions"]) {
      if (!delta.files.includes(`${file}.csv`)) continue;
      const state = new Map(yesterday.rows(file).map((row) => [row.sourcedId, row]));
      for (const row of delta.rows(file)) {
        expect(row.status).toMatch(/^(active|tobedeleted)$/);
        if (row.status === "tobedeleted") state.delete(row.sourcedId);
        else state.set(row.sourcedId, { ...row, status: "", dateLastModified: "" });
      }
      const sorted = (all: Iterable<Record<string, string>>) => [...all].map((row) => JSON.stringify(row)).sort();
      expect(sorted(state.values())).toEqual(sorted(today.rows(file)));
    }
  }
});

test("a vendor's habits: lettered ids, a password, a version that is not, own words, mistakes", () => {
  const [old, young] = [written(infiniteCampus, { version: "1.1" }), written(infiniteCampus)];
  expect(old.rows("users").every(({ sourcedId }) => /^[aspt]\+\d+$/.test(sourcedId ?? ""))).toBe(true);
  const legacy = new Set(young.rows("users").map((row) => row["metadata.ic.legacysourceId"]));
  for (const { sourcedId = "" } of old.rows("users")) expect(legacy).toContain(sourcedId.slice(2));
  expect(young.rows("users").length).toBeLessThan(old.rows("users").length);
  const secret = written({ password: "planted-secret" });
  expect(secret.text("userProfiles")).toContain("planted-secret");
  expect(secret.text("users")).toContain("planted-secret");
  expect(written({ manifestVersion: "1.1" }).text("manifest")).toContain("oneroster.version,1.1\r\n");
  const own = written({ ownWords: true });
  expect(own.rows("orgs").map(({ type }) => type)).toContain("ext:academy");
  expect(own.rows("roles").map(({ role }) => role)).toContain("ext:headteacher");
  expect(own.rows("enrollments").map(({ role }) => role)).toContain("ext:coteacher");
  const blemished = written({}, { blemishes: true, users: 600 });
  expect(blemished.rows("users").filter((row) => row.email === "the.parents@families.example")).toHaveLength(2);
  expect(blemished.rows("roles").find(({ userSourcedId }) => userSourcedId === "X-SUB-1")?.role).toBe("substitute");
});
