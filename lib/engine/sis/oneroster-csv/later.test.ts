import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
import { csvOf, manifestOf, validSet, zipOf } from "#lib/engine/testing/sis/sets.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const readWith = async (overrides: Parameters<typeof validLaterSet>[0]) => {
  await bench.put(validLaterSet(overrides));
  return bench.read();
};
const dated = { status: "active", dateLastModified: "2026-09-01T00:00:00.000Z" };

describe("a valid set of 1.2", () => {
  it("is read whole: its version, people without a role, roles as records of their own, and not a password", async () => {
    const result = await readWith({});
    expect(result.version).toBe("1.2");
    expect(result.notes).toEqual(["OneRoster 1.2, told by oneroster.version 1.2 (manifest.csv)."]);
    expect(result.modes).toMatchObject({ users: "bulk", roles: "bulk", enrollments: "bulk" });
    expect(result.records.users).toHaveLength(5);
    expect(result.records.roles?.map(({ fields }) => fields.sourcedId)).toEqual(["r1", "r2", "r3", "r4", "r5", "r6"]);
    expect(result.records.roles?.[2]).toEqual({
      place: { part: "roles.csv", position: 4 },
      fields: {
        sourcedId: "r3",
        status: "",
        userSourcedId: "u2",
        roleType: "primary",
        role: "teacher",
        beginDate: "",
        endDate: "",
        orgSourcedId: "s2",
      },
    });
    expect(Object.keys(result.records.users?.[0]?.fields ?? {})).not.toEqual(expect.arrayContaining(["role"]));
    expect(JSON.stringify(result.records)).not.toContain("planted");
  });

  it.each(["1.2.1", "1.20", " 1.2 "])("calls itself %s", async (version) => {
    const result = await readWith({ "manifest.csv": laterManifestOf({ "oneroster.version": version }) });
    expect(result.version).toBe("1.2");
    expect(result.records.roles).toHaveLength(6);
  });

  it("is read alike with resourceSourcedIds, extension columns, and dateModified for dateLastModified", async () => {
    const plain = await readWith({});
    const header = usersFile([])
      .trim()
      .replace("userMasterIdentifier", "userMasterIdentifier,resourceSourcedIds")
      .replace("dateLastModified", "DateModified");
    const at = header.split(",").indexOf("resourceSourcedIds");
    const rows = laterUsers.map((user) => {
      const cells = usersFile([user]).trim().split("\r\n")[1]?.split(",") ?? [];
      return [...cells.slice(0, at), "planted-resource", ...cells.slice(at), "Hello"].join(",");
    });
    const result = await readWith({ "users.csv": [`${header},metadata.x.greeting`, ...rows, ""].join("\r\n") });
    expect(result.records.users).toEqual(plain.records.users);
    expect(JSON.stringify(result)).not.toContain("planted");
  });

  it("tells the id that the person had in 1.1, the master identifier and preferred names", async () => {
    const header =
      "sourcedId,username,givenName,familyName,userMasterIdentifier,preferredFirstName,preferredFamilyName,metadata.ic.legacysourceId";
    const result = await readWith({ "users.csv": `${header}\nu3,,Cleo,East,m-3,Clé,Ost,1003\n` });
    expect(result.records.users?.[0]?.fields).toMatchObject({
      userMasterIdentifier: "m-3",
      preferredGivenName: "Clé",
      preferredFamilyName: "Ost",
      legacySourcedId: "1003",
    });
  });

  it("is read from an archive with one top folder; what is no part of a roster is named and not opened", async () => {
    const files = validLaterSet({
      "manifest.csv": laterManifestOf({ "file.userProfiles": "bulk", "file.results": "bulk" }),
      "userProfiles.csv": Buffer.from("\u0000 planted-profile"),
      "results.csv": "planted-result\n",
    });
    await bench.put({
      "set.zip": await zipOf(Object.fromEntries(Object.entries(files).map(([name, content]) => [`export/${name}`, content]))),
    });
    const zipped = await bench.read();
    expect(zipped.records.users).toHaveLength(5);
    expect(zipped.notes.join("\n")).toMatch(/not used in set\.zip: .*userProfiles\.csv/);
    await bench.put(files);
    const loose = await bench.read();
    expect(loose.notes.join("\n")).toMatch(/not used: .*userProfiles\.csv/);
    expect(loose.fingerprint).toBe(zipped.fingerprint);
    for (const { parts, records, notes } of [zipped, loose]) {
      expect(parts.map(({ name }) => name)).not.toContain("userProfiles.csv");
      expect(JSON.stringify([records, notes])).not.toContain("planted");
    }
  });
});

describe("the version of a set", () => {
  it.each<[string, Record<string, string | null>, string, RegExp]>([
    [
      "1.2 in the manifest and the columns of 1.1",
      { ...(validSet() as Record<string, string>), "manifest.csv": laterManifestOf({}), "roles.csv": null },
      "version-disagrees",
      /oneroster\.version 1\.2 \(manifest\.csv\), and orgSourcedIds \(users\.csv\), role \(users\.csv\), as in OneRoster 1\.1.*no roles\.csv/,
    ],
    [
      "1.2 in the manifest and the columns of 1.1 beside a roles.csv",
      { "users.csv": validSet()["users.csv"]?.toString() ?? "" },
      "version-disagrees",
      /role \(users\.csv\), as in OneRoster 1\.1, beside roles\.csv/,
    ],
    [
      "1.1 in the manifest and the columns of 1.2",
      { "manifest.csv": manifestOf({}) },
      "version-disagrees",
      /oneroster\.version 1\.1 \(manifest\.csv\), and primaryOrgSourcedId \(users\.csv\).*only OneRoster 1\.2/,
    ],
    [
      "1.1 in the manifest and roles alone",
      { "manifest.csv": manifestOf({ "file.users": "absent" }), "users.csv": null },
      "version-disagrees",
      /oneroster\.version 1\.1.*roles\.csv, which only OneRoster 1\.2 has/,
    ],
    ["the columns of 1.2 and no manifest", { "manifest.csv": null }, "manifest-missing", /manifest\.csv is missing.*userMasterIdentifier/],
    [
      "roles and no manifest",
      { "manifest.csv": null, "users.csv": "sourcedId,username,givenName,familyName\nu1,ada,Ada,North\n" },
      "manifest-missing",
      /looks like OneRoster 1\.2 \(roles\.csv\)/,
    ],
    [
      "a later number",
      { "manifest.csv": laterManifestOf({ "oneroster.version": "1.3" }) },
      "version-unsupported",
      /OneRoster 1\.3.*1\.1 and 1\.2/,
    ],
    [
      "1.2 in the manifest and the columns of 1.0",
      { "users.csv": "sourcedId,username,userId,givenName,familyName\nu1,ada,1,Ada,North\n" },
      "version-disagrees",
      /userId \(users\.csv\), as in OneRoster 1\.0/,
    ],
  ])("%s: refused, both sides named", async (_, overrides, code, message) => {
    await expect(readWith(overrides)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("is told by the columns where the manifest does not say it", async () => {
    const result = await readWith({ "manifest.csv": laterManifestOf({ "oneroster.version": null }) });
    expect(result.version).toBe("1.2");
    expect(result.notes[0]).toContain("told by primaryOrgSourcedId (users.csv)");
  });

  it("stays 1.1 where the columns are, and a roles.csv beside is not used", async () => {
    await bench.put(validSet({ "roles.csv": rolesFile(laterRoles), "userProfiles.csv": "planted\n" }));
    const result = await bench.read();
    expect(result).toMatchObject({ version: "1.1", modes: { users: "bulk", roles: "absent" } });
    expect(result.notes.join("\n")).toContain("roles.csv is of OneRoster 1.2 and was not used");
    expect(result.parts.map(({ name }) => name)).not.toContain("roles.csv");
  });

  it.each([
    ["1.2", "1.1", validSet()],
    ["1.1", "1.2", validLaterSet()],
  ] as const)("that was %s before and is %s now ends the read", async (kept, found, files) => {
    await bench.put(files);
    await expect(bench.read({ version: kept })).rejects.toMatchObject({
      code: "version-changed",
      message: expect.stringContaining(`OneRoster ${found} now`),
      remedy: expect.stringContaining("Change version"),
    });
    expect((await bench.read({ version: found })).version).toBe(found);
  });
});

describe("modes", () => {
  it.each([
    ["loose", async (files: Record<string, string>) => files],
    ["zipped", async (files: Record<string, string>) => ({ "set.zip": await zipOf(files) })],
  ])("a manifest alone, %s, says that nothing has happened", async (_, packed) => {
    await bench.put(await packed({ "manifest.csv": laterManifestFor({}) }));
    const result = await bench.read();
    expect(Object.values(result.modes)).toEqual(Array(7).fill("absent"));
    expect(result.records).toEqual({});
    expect(result.notes.join("\n")).toContain("nothing has changed");
  });

  it("a manifest alone that promises a list is an upload that has not ended", async () => {
    await bench.put({ "set.zip": await zipOf({ "manifest.csv": laterManifestOf({}) }) });
    await expect(bench.read()).rejects.toMatchObject({ code: "file-missing" });
  });

  it("are each file's own", async () => {
    await bench.put({
      "manifest.csv": laterManifestFor({ roles: "delta", orgs: "bulk" }),
      "orgs.csv": validSet()["orgs.csv"] ?? "",
      "roles.csv": rolesFile([role("r3", "u2", "teacher", "s2", { ...dated, status: "tobedeleted" })]),
    });
    const result = await bench.read();
    expect(result.modes).toMatchObject({ orgs: "bulk", roles: "delta", users: "absent", enrollments: "absent" });
    expect(result.records.roles).toHaveLength(1);
  });

  it("a list in which every row is a change is read as changes, and said", async () => {
    const result = await readWith({ "users.csv": usersFile(laterUsers.map((user) => ({ ...user, ...dated }))) });
    expect(result.modes).toMatchObject({ users: "delta", roles: "bulk" });
    expect(result.notes.join("\n")).toContain("users.csv should be a complete list (bulk), and every row has a status and a date");
    const some = await readWith({ "users.csv": usersFile(laterUsers.map((user, index) => (index < 4 ? { ...user, ...dated } : user))) });
    expect(some.modes.users).toBe("bulk");
  });

  it("a file that the manifest does not mention is read as its rows are", async () => {
    const manifest = laterManifestOf({ "file.users": null, "file.results": null });
    expect((await readWith({ "manifest.csv": manifest })).modes.users).toBe("bulk");
    const changes = usersFile(laterUsers.map((user) => ({ ...user, ...dated })));
    const result = await readWith({ "manifest.csv": manifest, "users.csv": changes });
    expect(result.modes.users).toBe("delta");
    expect(result.notes.join("\n")).toContain("manifest.csv does not mention users.csv");
  });

  it("a row of changes without a status is left out", async () => {
    const result = await readWith({
      "manifest.csv": laterManifestOf({ "file.users": "delta" }),
      "users.csv": usersFile(laterUsers.map((user, index) => (index === 1 ? user : { ...user, ...dated }))),
    });
    expect(result.records.users).toHaveLength(4);
    expect(result.rejected).toMatchObject([{ externalId: "u2", issue: { code: "required-missing", field: "status" } }]);
  });

  it.each<[string, Record<string, string | null>, RegExp]>([
    ["without roles", { "manifest.csv": laterManifestOf({ "file.roles": "absent" }), "roles.csv": null }, /there is no roles\.csv/],
    ["with a roles.csv of a header", { "roles.csv": rolesFile([]) }, /roles\.csv has a header and not a single row/],
    [
      "with changes of roles of a header",
      { "manifest.csv": laterManifestOf({ "file.roles": "delta" }), "roles.csv": rolesFile([]) },
      /roles\.csv has a header and not a single row/,
    ],
  ])("people in bulk %s end the read", async (_, overrides, message) => {
    await expect(readWith(overrides)).rejects.toMatchObject({ code: "roles-missing", message: expect.stringMatching(message) });
  });

  it.each([
    ["a file without a byte", { "enrollments.csv": "" }, "file-empty"],
    [
      "roles in bulk of a header, beside changes of people",
      {
        "manifest.csv": laterManifestOf({ "file.users": "delta" }),
        "users.csv": usersFile([{ ...laterUsers[0], ...dated }]),
        "roles.csv": rolesFile([]),
      },
      "file-no-rows",
    ],
    [
      "a roles.csv without the person",
      {
        "roles.csv": csvOf([
          ["sourcedId", "role", "orgSourcedId"],
          ["r1", "student", "s1"],
        ]),
      },
      "header-missing-columns",
    ],
  ])("%s ends the read", async (_, overrides, code) => {
    await expect(readWith(overrides)).rejects.toMatchObject({ code });
  });
});

describe("Test Connection", () => {
  it("says the version, and shows people and roles as they come through", async () => {
    await bench.put(validLaterSet());
    const steps = new Map((await bench.check()).map((step) => [step.id, step]));
    expect(steps.get("manifest")).toMatchObject({
      state: "passed",
      evidence: expect.arrayContaining(["OneRoster 1.2, told by oneroster.version 1.2 (manifest.csv).", "roles: bulk"]),
    });
    expect(steps.get("sample-users")).toMatchObject({ state: "passed" });
    expect(steps.get("sample-roles")).toMatchObject({
      state: "passed",
      sample: { rows: expect.arrayContaining([expect.objectContaining({ skipped: null })]) },
    });
    expect(JSON.stringify([...steps])).not.toContain("planted");
  });

  it("fails where the set says two versions", async () => {
    await bench.put(validLaterSet({ "manifest.csv": manifestOf({}) }));
    expect((await bench.check()).findLast(({ id }) => id === "manifest")).toMatchObject({
      state: "failed",
      cause: expect.stringContaining("two versions"),
    });
  });
});
