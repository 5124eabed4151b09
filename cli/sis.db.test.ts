import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import { leftInStaging } from "#lib/platform/testing/database.ts";
import { loadSession } from "#lib/services/accounts/sessions.ts";
import { signIn } from "#lib/services/accounts/sign-in.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { sis as run, sisProcess, startWorkerProcess, type WorkerUnderTest } from "./sis/testing.ts";

/**
 * Through the real door: the command line, a worker, OpenSSH, PostgreSQL. The tests of this file build on one another. One command with each
 * exit code is a process of its own; the others are typed here.
 */
const folder = await mkdtemp(join(tmpdir(), "aivo-cli-"));
const { services, database, variables, close } = await testServices({ variables: { AIVO_DATA_DIR: join(folder, "data") } });
let sshd: TestSshd;
let worker: WorkerUnderTest;
let trusting: Record<string, string>;
const sis = (...args: string[]) => run(trusting, ...args, "--json");
const asProcess = (...args: string[]) => sisProcess(trusting, ...args, "--json");
const known = { district: "", integration: "", other: "", run: "" };

beforeAll(async () => {
  sshd = await startSshd();
  trusting = { ...variables, AIVO_TRUSTED_SIS_ORIGINS: sshd.origin };
});
afterAll(async () => {
  worker?.process.kill("SIGTERM");
  expect(await worker?.ended).toBe(0);
  await sshd.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});

const people = [
  ["s1", "student", "Ada", "Lovelace", "ada@example.org", "1001", "07"],
  ["s2", "student", "Álvaro", "Núñez, Jr.", "", "1002", "08"],
  ["s3", "student", "=2+5", "Formula", "formula@example.org", "1003", "KG"],
  ["t1", "teacher", "Grace", "Hopper", "grace@example.org", "", ""],
  ["t2", "teacher", "Alan", "Turing", "alan@example.org", "", ""],
] as const;

/** A small set with the things that are easily lost: commas, quotes, accents, formulas, leading zeros, lists. */
async function putSet(directory: string, rows: readonly (readonly string[])[] = people): Promise<void> {
  const files: Record<string, string[]> = {
    "manifest.csv": [
      "propertyName,value",
      "manifest.version,1.0",
      "oneroster.version,1.1",
      ...["academicSessions", "orgs", "courses", "classes", "users", "enrollments"].map((file) => `file.${file},bulk`),
    ],
    "academicSessions.csv": [
      "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
      "y1,,,2026-2027,schoolYear,2026-08-01,2027-06-30,,2027",
      "q1,,,First quarter,gradingPeriod,2026-08-01,2026-10-31,y1,2027",
    ],
    "orgs.csv": [
      "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
      "d,,,The District,district,,",
      'o1,,,"North ""Star"" School",school,007,d',
    ],
    "courses.csv": [
      "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
      'c1,,,y1,"Reading, Writing",RW1,"07,08",o1,"ELA,Language",',
    ],
    "classes.csv": [
      "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
      'k1,,,RW 1,07,c1,RW1-1,scheduled,,o1,"y1,q1",ELA,,"1,2"',
      "k2,,,Homeroom,,c1,,homeroom,,o1,y1,,,",
    ],
    "users.csv": [
      "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
      ...rows.map(
        ([id, role, given, family, email, identifier, grade]) =>
          `${id},,,true,o1,${role},user-${id},,${given},"${family}",,${identifier},${email},,,,${grade},s3cret-in-the-file`,
      ),
    ],
    "enrollments.csv": [
      "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
      ...rows.map(
        ([id, role], index) => `e${index},,,k1,o1,${id},${role},${id === "t1" ? "true" : id === "t2" ? "false" : ""},2026-08-10,`,
      ),
    ],
  };
  for (const [name, lines] of Object.entries(files)) await writeFile(join(directory, name), `${lines.join("\r\n")}\r\n`);
}

const fileOf = async (name: string, content: unknown) => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
};
const credentials = () => ({
  host: sshd.host,
  port: sshd.port,
  username: sshd.username,
  privateKey: sshd.privateKey,
  directory: sshd.remoteDirectory,
});

test("a district and its admin", async () => {
  const created = await asProcess("district", "create", "--name", "North", "--timezone", "America/Chicago");
  expect(created.exitCode).toBe(0);
  known.district = created.json.id;
  const admin = await sis("admin", "create", "--district", known.district, "--email", "Admin@North.example");
  expect(admin.json).toMatchObject({ email: "admin@north.example", password: expect.stringMatching(/^[a-z2-9-]{19}$/) });
  const again = await asProcess("admin", "create", "--district", known.district, "--email", "admin@north.example");
  expect(again).toMatchObject({ exitCode: 1, json: { error: { code: "conflict" } } });
  const nowhere = await sis("district", "create", "--name", "South", "--timezone", "Mars/Olympus");
  expect(nowhere).toMatchObject({
    exitCode: 1,
    json: { error: { code: "invalid", fields: { timezone: expect.stringContaining("America/Chicago") } } },
  });
});

test("a password is brought along in a file, sessions are listed and ended, and no link leaves without email", async () => {
  const email = "second@north.example";
  const { json: admin } = await sis("admin", "create", "--district", known.district, "--email", email);
  const file = join(folder, "password");
  await writeFile(file, "passwordpassword\n");
  const guessed = await sis("account", "set-password", admin.id, "--password-from", file);
  expect(guessed).toMatchObject({
    exitCode: 1,
    json: { error: { code: "invalid", fields: { next: expect.stringContaining("easy to guess") } } },
  });
  await writeFile(file, "seven harbors in the rain\n");
  expect((await sis("account", "set-password", admin.id, "--password-from", file)).json).toEqual({ id: admin.id });
  const missing = await sis("account", "set-password", admin.id, "--password-from", join(folder, "no-password"));
  expect(missing.json.error.code).toBe("file");

  const client = { address: "198.51.100.7", userAgent: "" };
  const signedIn = async () => {
    const result = await signIn(services, { email, password: "seven harbors in the rain", ...client });
    if (!result.ok) throw new Error(result.reason);
    return result.session;
  };
  const sessions = [await signedIn(), await signedIn(), await signedIn()];
  const listed = (await sis("account", "sessions", admin.id)).json;
  expect(listed).toHaveLength(3);
  expect(listed[0]).toMatchObject({ device: null, place: "198.51.100.0/24" });
  expect((await sis("account", "end-sessions", admin.id, "--session", listed[0].id)).json).toEqual({ id: admin.id, ended: 1 });
  expect((await sis("account", "end-sessions", admin.id)).json).toEqual({ id: admin.id, ended: 2 });
  for (const session of sessions) expect(await loadSession(services, session)).toBeNull();
  expect((await sis("account", "send-link", admin.id)).json.error.code).toBe("precondition");
  expect((await sis("account", "deactivate", admin.id)).exitCode).toBe(0);
});

test("an integration, whose host key is pinned as it is met", async () => {
  await putSet(sshd.root);
  const from = await fileOf("sis.json", {
    name: "North SIS",
    provider: "oneroster-csv",
    credentials: credentials(),
    schedule: "0 2 * * *",
  });
  const added = await sis("integration", "add", "--district", known.district, "--from", from, "--trust-host-key");
  expect(added.json).toEqual({ id: expect.any(String), hostKeyFingerprint: sshd.hostKeyFingerprint });
  known.integration = added.json.id;
  const show = await sis("integration", "show", known.integration);
  expect(show.json).toMatchObject({
    name: "North SIS",
    health: "never-synced",
    secretsSet: ["privateKey"],
    config: { hostKeyFingerprint: sshd.hostKeyFingerprint },
    scheduleInWords: "At 2:00 AM, every day (America/Chicago)",
  });
  expect(show.json.nextRuns).toHaveLength(3);
  expect(show.stdout).not.toContain("PRIVATE KEY");
});

test("a host key that was confirmed is not replaced by the one that is met", async () => {
  const confirmed = `SHA256:${"A".repeat(43)}`;
  const from = await fileOf("confirmed.json", {
    name: "Elsewhere",
    provider: "oneroster-csv",
    credentials: { ...credentials(), hostKeyFingerprint: confirmed },
  });
  const refused = await sis("integration", "add", "--district", known.district, "--from", from, "--trust-host-key");
  expect(refused).toMatchObject({ exitCode: 1, json: { error: { code: "host-key-changed" } } });
  expect(refused.json.error.message).toContain(`${sshd.hostKeyFingerprint}, but ${confirmed} was confirmed`);
  const added = await sis("integration", "add", "--district", known.district, "--from", from);
  const { json } = await sis("integration", "test", added.json.id, "--trust-host-key");
  expect(json.error).toMatchObject({ code: "host-key-changed" });
  expect((await sis("integration", "show", added.json.id)).json.config.hostKeyFingerprint).toBe(confirmed);
  await sis("integration", "remove", added.json.id, "--people", "leave", "--reason", "Not needed");
  const agreeing = await fileOf("agreeing.json", {
    name: "Elsewhere",
    provider: "oneroster-csv",
    credentials: { ...credentials(), hostKeyFingerprint: sshd.hostKeyFingerprint },
  });
  const again = await sis("integration", "add", "--district", known.district, "--from", agreeing, "--trust-host-key");
  expect(again.json).toMatchObject({ hostKeyFingerprint: sshd.hostKeyFingerprint });
  await sis("integration", "remove", again.json.id, "--people", "leave", "--reason", "Not needed");
});

test("the fields of the form are the keys of the file, also those under Advanced", async () => {
  const fileFor = (name: string, more: object) =>
    fileOf(name, {
      name: "By REST",
      provider: "oneroster-rest",
      credentials: { baseUrl: "https://sis.example.org/ims/oneroster/v1p1", clientId: "a", clientSecret: "b", ...more },
    });
  const added = await sis(
    "integration",
    "add",
    "--district",
    known.district,
    "--from",
    await fileFor("rest.json", { secretIn: "body", signature: "HMAC-SHA1" }),
  );
  expect((await sis("integration", "show", added.json.id)).json.config.learned).toEqual({ secretIn: "body", signature: "HMAC-SHA1" });
  await sis("integration", "remove", added.json.id, "--people", "leave", "--reason", "Not needed");
  const wrong = await sis(
    "integration",
    "add",
    "--district",
    known.district,
    "--from",
    await fileFor("wrong.json", { secretIn: "cookie" }),
  );
  expect(wrong.json.error).toMatchObject({ code: "invalid", fields: { secretIn: expect.any(String) } });
});

test("mistakes are one JSON document and exit code 1", async () => {
  expect(await sis("integration", "show", "0190d5f0-0000-7000-8000-000000000000")).toMatchObject({
    exitCode: 1,
    stderr: "",
    json: { error: { code: "not-found" } },
  });
  expect(await sis("integration", "add", "--district", known.district)).toMatchObject({
    exitCode: 1,
    stderr: "",
    json: { error: { code: "usage", message: expect.stringContaining("--from") } },
  });
  expect(await sis("integration", "add", "--district", known.district, "--from", "/nowhere.json")).toMatchObject({
    exitCode: 1,
    json: { error: { code: "file" } },
  });
  const broken = join(folder, "broken.json");
  await writeFile(broken, '{ "password": "hunter2" ');
  const answer = await sis("integration", "add", "--district", known.district, "--from", broken);
  expect(answer.json.error.code).toBe("file");
  expect(answer.stdout).not.toContain("hunter2");
  const table = await run(trusting, "integration", "list", "--district", known.district);
  expect(table.stdout).toContain("North SIS");
});

test("a mistake is told with what is right", async () => {
  expect((await sis("sync", "show", known.integration)).json.error).toEqual({
    code: "not-found",
    message: `${known.integration} is the id of an integration, not of a sync.`,
  });
  const misspelt = await fileOf("misspelt.json", {
    name: "North",
    provider: "oneroster-csv",
    credentials: { ...credentials(), prot: 2222 },
  });
  expect((await sis("integration", "add", "--district", known.district, "--from", misspelt)).json.error).toMatchObject({
    code: "file",
    message: expect.stringMatching(/“prot”.*credentials of oneroster-csv can have: host, port, username, .*hostKeyFingerprint\./),
  });
  const outside = await fileOf("outside.json", { name: "North", kind: "clever", provider: "clever", credentials: {} });
  expect((await sis("integration", "add", "--district", known.district, "--from", outside)).json.error.message).toBe(
    "Aivo does not know “kind” in the file. The file can have: name, provider, credentials, schedule, safety.",
  );
  const limits = await fileOf("limits.json", {
    name: "North",
    provider: "oneroster-csv",
    credentials: credentials(),
    safety: { maxPercent: 3 },
  });
  const { error } = (await sis("integration", "add", "--district", known.district, "--from", limits)).json;
  expect(JSON.stringify(error)).toMatch(/maxPercent.*maxDeactivatedPercent/);
  const clever = await fileOf("clever.json", {
    name: "North",
    provider: "clever",
    credentials: { clientId: "id", clientSecret: "secret", districtId: "5".repeat(24) },
  });
  expect((await sis("integration", "add", "--district", known.district, "--from", clever, "--trust-host-key")).json.error).toMatchObject({
    code: "usage",
    message: expect.stringContaining("OneRoster CSV"),
  });
  expect((await sis()).json.error).toEqual({ code: "usage", message: "Name a command; --help lists them." });
  expect(await sisProcess(trusting, "sync", "show")).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: "Error: missing required argument 'run'\nHow it is used: npm run sis -- sync show --help\n",
  });
  const [listed, ...others] = (await sis("integration", "list")).json;
  expect(listed).toMatchObject({ id: known.integration, districtId: known.district, districtName: "North" });
  expect(others).toEqual([]);
});

test("a place without a database, and a database without our tables, are told from a fault", async () => {
  const nowhere = join(folder, "nowhere");
  expect(await run({ AIVO_DATA_DIR: nowhere }, "district", "list", "--json")).toMatchObject({
    exitCode: 1,
    json: { error: { code: "no-database", message: expect.stringContaining("AIVO_DATA_DIR") } },
  });
  expect(existsSync(nowhere)).toBe(false);
  const empty = `${new URL(database.url).pathname.slice(1)}_empty`;
  await services.db.sql`create database ${services.db.sql(empty)}`;
  const unmigrated = await run({ ...variables, DATABASE_URL: `${database.url}_empty` }, "district", "list", "--json");
  await services.db.sql`drop database ${services.db.sql(empty)} with (force)`;
  expect(unmigrated.json.error).toEqual({ code: "precondition", message: expect.stringContaining("npm run db:migrate") });
  expect((await sis("roster", "export", "--district", known.district, "--to", join(folder, "sis.json"))).json.error.code).toBe("file");
});

test("the connection is tested step by step, and refused without the operator's trust", async () => {
  const tested = await sis("integration", "test", known.integration);
  expect(tested).toMatchObject({ exitCode: 0, json: { passed: true } });
  expect(tested.json.steps.length).toBeGreaterThan(4);
  const refused = await run(variables, "integration", "test", known.integration, "--json");
  expect(refused).toMatchObject({ exitCode: 1, json: { passed: false } });
});

test("without a worker, waiting says so; the worker then takes the sync that waits", async () => {
  const alone = await sis("sync", "run", known.integration, "--wait");
  expect(alone).toMatchObject({ exitCode: 1, json: { error: { code: "no-worker", message: expect.stringContaining("npm run worker") } } });
  const again = await sis("sync", "run", known.integration);
  expect(again.json.error).toMatchObject({ code: "already-running", runId: alone.json.error.runId });
  known.run = again.json.error.runId;
  worker = await startWorkerProcess(trusting);
  await worker.logged("run-ended");
  const shown = await sis("sync", "show", known.run);
  expect(shown.json).toMatchObject({
    state: "succeeded",
    totals: { learner: { created: 3 }, teacher: { created: 2 }, classroom: { created: 2 }, membership: { created: 5 } },
  });
  expect((await sis("integration", "show", known.integration)).json.health).toBe("healthy");
});

test("issues and changes", async () => {
  const issues = await sis("sync", "issues", known.run);
  expect(issues.json.groups.map((group: { code: string }) => group.code)).toContain("email-missing");
  expect(issues.json.issues.find((issue: { code: string }) => issue.code === "email-missing")).toMatchObject({
    sourcePart: "users.csv",
    sourcePosition: 3,
    externalId: "s2",
  });
  const changes = await sis("sync", "changes", known.run, "--entity", "teacher");
  expect(changes.json.changes).toHaveLength(2);
  expect((await sis("sync", "issues", known.run, "--code", "nonsense")).json.error.code).toBe("usage");
  const ofOneCause = await sis("sync", "issues", known.run, "--code", "email-missing");
  expect(ofOneCause.json.groups).toMatchObject([{ code: "email-missing", count: ofOneCause.json.issues.length }]);
  expect((await run(trusting, "sync", "changes", known.run, "--entity", "term")).stdout).toMatch(/^entity +action +id/);
});

test("an integration's syncs, and one of them with its timeline and what to do next", async () => {
  expect((await sis("sync", "list", known.integration)).json).toMatchObject({
    integrationId: known.integration,
    syncs: [{ id: known.run, state: "succeeded", trigger: "command-line" }],
  });
  expect((await run(trusting, "sync", "list", known.integration, "--outcome", "failed")).stdout).toBe("No syncs.\n");
  expect((await sis("sync", "list", known.integration, "--outcome", "nonsense")).json.error.code).toBe("usage");
  const shown = (await run(trusting, "sync", "show", known.run)).stdout;
  expect(shown).toContain(`North SIS (${known.integration})`);
  expect(shown).toMatch(/^phase +seconds +note\nconnect /m);
  const preview = await run(trusting, "sync", "run", known.integration, "--preview", "--wait");
  expect(preview.stdout).toMatch(/^changes +0$/m);
  expect(preview.stdout).not.toContain("sync approve");
});

async function exported(name: string, ...args: string[]): Promise<Record<string, string>> {
  const to = join(folder, name);
  const answer = await sis("roster", "export", "--district", known.district, "--to", to, ...args);
  expect(answer.exitCode).toBe(0);
  const files: Record<string, string> = {};
  for (const file of (await readdir(to)).sort()) files[file] = await readFile(join(to, file), "utf8");
  return files;
}

test("what came in goes out again, byte for byte the same twice, readable by its owner alone", async () => {
  const first = await exported("export-1", "--integration", known.integration);
  expect(await exported("export-2", "--integration", known.integration)).toEqual(first);
  expect(Object.keys(first)).toEqual([
    "academicSessions.csv",
    "classes.csv",
    "courses.csv",
    "enrollments.csv",
    "manifest.csv",
    "orgs.csv",
    "users.csv",
  ]);
  expect((await stat(join(folder, "export-1", "users.csv"))).mode & 0o777).toBe(0o600);
  expect(first["orgs.csv"]).toBe(
    'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\no1,active,,"North ""Star"" School",school,007,\r\n',
  );
  expect(first["users.csv"]).toContain('s2,active,,true,o1,student,user-s2,,Álvaro,"Núñez, Jr.",,1002,,,,,08,\r\n');
  // Exact, not neutralised: this is read by programs, and comes back as it went out.
  expect(first["users.csv"]).toContain("s3,active,,true,o1,student,user-s3,,=2+5,Formula,,1003,formula@example.org,,,,KG,\r\n");
  expect(first["users.csv"]).not.toContain("s3cret");
  expect(first["classes.csv"]).toContain('k1,active,,RW 1,07,c1,RW1-1,scheduled,,o1,"y1,q1",ELA,,"1,2"\r\n');
  expect(first["enrollments.csv"]).toContain("e4,active,,k1,o1,t2,teacher,false,2026-08-10,\r\n");
});

test.each(["1.1", "1.2"])("the set that went out as OneRoster %s is imported into another district as the same roster", async (version) => {
  const name = `copy-${version}`;
  const set = join(sshd.root, name);
  await mkdir(set);
  const written = await exported(`export-${version}`, "--integration", known.integration, "--oneroster", version);
  expect(written["manifest.csv"]).toContain(`oneroster.version,${version}\r\n`);
  expect(Object.keys(written).includes("roles.csv")).toBe(version === "1.2");
  // Written anew: the server's own user must be able to read them.
  for (const [file, content] of Object.entries(written)) await writeFile(join(set, file), content);
  const copy = (await sis("district", "create", "--name", `Copy ${version}`, "--timezone", "America/Chicago")).json.id;
  const from = await fileOf(`${name}.json`, {
    name: "Copy",
    provider: "oneroster-csv",
    credentials: { ...credentials(), directory: join(sshd.remoteDirectory, name), hostKeyFingerprint: sshd.hostKeyFingerprint },
  });
  const { id } = (await sis("integration", "add", "--district", copy, "--from", from)).json;
  const synced = await sis("sync", "run", id, "--wait");
  expect(synced.json).toMatchObject({ state: "succeeded", failure: null });
  expect((await sis("sync", "run", id, "--wait")).json).toMatchObject({ state: "succeeded", changeCount: 0 });
  // The same by either version, in which of the two it came.
  for (const as of ["1.1", "1.2"]) {
    const original = await exported(`original-${as}`, "--integration", known.integration, "--oneroster", as);
    const to = join(folder, `export-${name}-${as}`);
    await sis("roster", "export", "--district", copy, "--to", to, "--integration", id, "--oneroster", as);
    for (const [file, content] of Object.entries(original)) {
      // Each copy has its own district among its orgs.
      const own = content.replaceAll(known.district, copy).replace("North,district", `Copy ${version},district`);
      expect(await readFile(join(to, file), "utf8")).toBe(own);
    }
  }
});

test("Aivo's own ids name everything, manual records too", async () => {
  const files = await exported("export-own");
  expect(files["users.csv"]?.trim().split("\r\n")).toHaveLength(1 + people.length);
  expect(files["users.csv"]).toMatch(/^[0-9a-f-]{36},active,,true,[0-9a-f-]{36},/m);
});

test("unchanged input changes nothing; a withdrawal is told; the export says tobedeleted", async () => {
  const unchanged = await sis("sync", "run", known.integration, "--wait");
  expect(unchanged.json).toMatchObject({ state: "succeeded", changeCount: 0 });
  await putSet(sshd.root, people.slice(1));
  const preview = await sis("sync", "run", known.integration, "--preview", "--wait");
  expect(preview.json).toMatchObject({ state: "previewed", totals: { learner: { deactivated: 1 } } });
  const shown = (await run(trusting, "sync", "show", preview.json.runId)).stdout;
  expect(shown).toContain(`To apply this plan: sync approve ${preview.json.runId}\n`);
  const approved = await sis("sync", "approve", preview.json.runId, "--wait");
  expect(approved.json).toMatchObject({ state: "succeeded", kind: "approval", totals: { learner: { deactivated: 1 } } });
  expect((await sis("sync", "approve", preview.json.runId)).json.error).toMatchObject({
    code: "already-approved",
    message: expect.stringContaining(approved.json.runId),
  });
  expect((await run(trusting, "sync", "show", preview.json.runId)).stdout).toContain(`sync show ${approved.json.runId}`);
  expect((await exported("export-3", "--integration", known.integration))["users.csv"]).toContain("s1,tobedeleted,,false,");
});

test("what is held says which detector, whom, what to check and what to do, in words and as JSON", async () => {
  const names = ["Ana", "Ben", "Cleo", "Dev", "Eli", "Fay", "Gil", "Hana", "Ivo", "Jun", "Kim", "Lou"];
  const crowd = names.map((name, n) => [`n${n}`, "student", name, "Newcomer", `n${n}@example.org`, `20${n}`, "07"]);
  await putSet(sshd.root, [...people.slice(1), ...crowd]);
  expect((await sis("sync", "run", known.integration, "--wait")).json.totals.learner).toMatchObject({ created: 12 });
  await putSet(sshd.root, people.slice(1));
  await services.db.sql`update integrations set safety = safety || '{"withholdDoubtful": false}' where id = ${known.integration}`;
  const held = await asProcess("sync", "run", known.integration, "--wait");
  expect([held.exitCode, held.json.state]).toEqual([2, "held"]);
  const found = held.json.findings.find(({ detector }: { detector: string }) => detector === "withdrawals");
  expect(found).toMatchObject({ level: "hold", check: expect.any(String) });
  expect(found.examples).toHaveLength(5);
  const text = (await run(trusting, "sync", "show", held.json.runId)).stdout;
  for (const said of ["Held for review:", "[withdrawals]", "12 of 14 learners", found.check, "Newcomer", `sync approve ${held.json.runId}`])
    expect(text).toContain(said);
  expect((await sis("sync", "discard", held.json.runId)).json.state).toBe("discarded");
  const [entry] = await services.db.sql<{ details: string }[]>`
    select details::text as details from audit_entries where target_id = ${held.json.runId} and action = 'run-held'`;
  expect(entry?.details).toContain("withdrawals");
  expect(entry?.details).not.toContain("Newcomer");
});

test("what is withheld is listed, and some of it approved and some refused, by what was shown", async () => {
  await services.db.sql`update integrations set safety = safety || '{"withholdDoubtful": true}' where id = ${known.integration}`;
  const synced = await sis("sync", "run", known.integration, "--wait");
  expect([synced.exitCode, synced.json.state, synced.json.withheldCount]).toEqual([0, "succeeded", 12]);
  const ana = (await sis("withheld", "list", known.integration, "--search", "n0")).json;
  expect(ana.rows).toMatchObject([{ label: "Ana Newcomer", kind: "learner", field: null }]);
  const reason = ["--reason", "The district says so"];
  const decide = (verb: string, hash: string, ...more: string[]) =>
    sis("withheld", verb, known.integration, "--hash", hash, ...reason, ...more);
  expect((await decide("approve", "0".repeat(64))).json.error.code).toBe("conflict");
  const approved = (await decide("approve", ana.hash, "--search", "n0")).json;
  expect(approved).toMatchObject({ count: 1, runId: expect.any(String) });
  await expect.poll(async () => (await sis("sync", "show", approved.runId)).json.state, { timeout: 30_000 }).toBe("succeeded");
  const others = (await sis("withheld", "list", known.integration)).json;
  expect(others.total).toBe(11);
  expect((await decide("refuse", others.hash)).json.count).toBe(11);
  const refused = (await sis("withheld", "list", known.integration, "--state", "refused")).json;
  expect((await decide("ask-again", refused.hash)).json.count).toBe(11);
  const text = (await run(trusting, "withheld", "list", known.integration)).stdout;
  expect(text).toContain("11 in all");
});

test("pause, refuse, resume, cancel, remove", async () => {
  expect((await sis("integration", "pause", known.integration)).json.state).toBe("paused");
  expect((await sis("sync", "run", known.integration)).json.error.code).toBe("paused");
  expect((await sis("integration", "resume", known.integration)).json.state).toBe("active");
  expect((await sis("sync", "cancel", known.run)).json.error.code).toBe("finished");
  expect((await sis("integration", "remove", known.integration, "--people", "leave", "--reason", "Not needed")).json.state).toBe("removed");
  expect((await sis("integration", "list", "--district", known.district)).json).toEqual([]);
});

test("the chain of every district is whole, and the worker logged no name and no secret", async () => {
  expect(await sis("audit", "verify")).toMatchObject({
    exitCode: 0,
    json: { ok: true, districts: [{ districtId: known.district, brokenAt: null }, {}, {}] },
  });
  expect(await sis("keys", "rotate")).toMatchObject({ exitCode: 0, json: { key: "test-1", secrets: 0, failed: [] } });
  const log = worker.lines.join("\n");
  for (const secret of ["Lovelace", "ada@example.org", "s3cret", "PRIVATE", sshd.username, database.url]) expect(log).not.toContain(secret);
  // The worker sweeps every ten seconds, so what was discarded just now may be there still. Asking again is the event, not the clock.
  while ((await leftInStaging(services.db.sql)).length > 0) await services.db.sql`select pg_sleep(0.05)`;
  expect(await readdir(join(folder, "data", "spool"))).toEqual([]);
});
