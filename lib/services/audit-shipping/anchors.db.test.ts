import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { sis } from "#cli/sis/testing.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { anchorKeyOf, publicKeyOf } from "#lib/platform/crypto/anchors.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { deleteDistrict } from "#lib/services/districts/delete.ts";
import { suspendDistrict } from "#lib/services/districts/suspend.ts";
import { auditFindings } from "#lib/services/monitoring/audit.ts";
import { openHttpReceiver, openSyslog } from "#lib/services/testing/log-receivers.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { carry } from "./carry.ts";
import { type DestinationLabel, destinationsOf } from "./destinations.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-anchors-"));
const http = await openHttpReceiver();
const syslog = await openSyslog(null);
const seed = randomBytes(32).toString("base64");
const { services, variables, close } = await testServices({
  variables: {
    AIVO_AUDIT_ANCHOR_KEY: seed,
    AIVO_AUDIT_ANCHOR_DIR: join(folder, "anchors"),
    AIVO_AUDIT_ANCHOR_URL: `${http.origin}/store`,
    AIVO_AUDIT_ANCHOR_TOKEN: "a token of the store",
    AIVO_AUDIT_ANCHOR_SYSLOG: `syslog+tcp://127.0.0.1:${syslog.port}`,
  },
});
afterAll(async () => {
  await Promise.all([http.close(), syslog.close()]);
  await close();
  await rm(folder, { recursive: true, force: true });
});

const running = new AbortController().signal;
async function anchorTo(label: DestinationLabel) {
  const destination = destinationsOf(services.env).find((one) => one.label === label);
  if (!destination) throw new Error("not set");
  // As if the minutes between two had gone by.
  await services.db.sql`update audit_destinations set next_attempt_at = now()`;
  return carry(services, destination, running);
}

async function district(entries: number): Promise<string> {
  const id = await newDistrict(services.db);
  await write(id, entries);
  return id;
}

async function write(districtId: string, entries: number): Promise<void> {
  const scope = operatorScope(districtId);
  await withDistrict(services.db, scope, async (tx) => {
    for (let index = 0; index < entries; index++)
      await appendAudit(tx, {
        actor: scope.actor,
        action: "audit-viewed",
        target: { kind: "district", id: districtId },
        details: { index },
      });
  });
}

/** As somebody would who has the database's superuser and switches the trigger off. */
const tamper = (statement: (sql: typeof services.db.sql) => Promise<unknown>) =>
  services.db.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await statement(sql as unknown as typeof services.db.sql);
  });

let files = 0;
/** Anchors of what there is, in a directory of the test's own. */
async function anchored(): Promise<string> {
  const directory = join(folder, `kept-${++files}`);
  const env = parseEnv({ ...variables, AIVO_AUDIT_ANCHOR_DIR: directory });
  const [destination] = destinationsOf(env);
  if (!destination) throw new Error("not set");
  expect(await carry({ ...services, env }, destination, running)).toMatchObject({ failedWith: null });
  return directory;
}

const verify = (path: string, ...more: string[]) => sis(variables, "audit", "verify", "--anchor", path, "--json", ...more);
const of = ({ json }: Awaited<ReturnType<typeof verify>>, id: string) =>
  json.anchors.districts.find((one: { districtId: string }) => one.districtId === id);

test("heads go to a directory, a store and syslog, once for each time they move, with ids and hashes alone", async () => {
  const id = await district(3);
  await write(id, 1);
  for (const label of ["anchors-directory", "anchors-https", "anchors-syslog"] as const) {
    expect(await anchorTo(label)).toMatchObject({ failedWith: null });
    expect(await anchorTo(label)).toEqual({ items: 0, failedWith: null });
  }
  const [name = ""] = await readdir(join(folder, "anchors"));
  expect(name).toMatch(/^audit-anchors-\d{4}-\d\d-\d\d\.jsonl$/);
  expect((await stat(join(folder, "anchors", name))).mode & 0o777).toBe(0o600);
  const stored = http.requests.at(-1);
  expect(stored).toMatchObject({ method: "PUT", headers: { authorization: "Bearer a token of the store" } });
  expect(stored?.path).toMatch(/^\/store\/\d{4}-\d\d-\d\d\/[\d.-]+-[0-9a-f-]{36}\.jsonl$/);
  expect(syslog.faults).toEqual([]);
  const fromSyslog = syslog.messages.filter(({ msgId }) => msgId === "audit-anchor").map(({ text }) => text);
  for (const text of [await readFile(join(folder, "anchors", name), "utf8"), stored?.body ?? "", fromSyslog.join("\n")]) {
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const mine = lines.filter((line) => line.district === id);
    expect(mine).toEqual([
      {
        anchor: 1,
        district: id,
        seq: 4,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        at: expect.any(String),
        key: expect.any(String),
        sig: expect.any(String),
      },
    ]);
  }
  expect((await verify(join(folder, "anchors"))).exitCode).toBe(0);
});

test("entries that are cut off at the end are named, and the chain alone does not see it", async () => {
  const [cut, other] = [await district(5), await district(2)];
  const kept = await anchored();
  await write(cut, 2);
  await tamper((sql) => sql`delete from audit_entries where district_id = ${cut} and seq > 3`);
  expect((await sis(variables, "audit", "verify", "--district", cut, "--json")).json.ok).toBe(true);
  const seen = await verify(kept);
  expect(seen).toMatchObject({ exitCode: 1, json: { ok: false } });
  expect(of(seen, cut)).toMatchObject({ state: "cut-off", anchoredSeq: 5, gone: { from: 4, to: 5 } });
  expect(of(seen, other)).toMatchObject({ state: "whole", gone: null });
  expect((await sis(variables, "audit", "verify", "--anchor", kept)).stdout).toContain("entries 4 to 5, its last, are gone");
  // The other district's is whole, asked about alone.
  expect((await verify(kept, "--district", other)).exitCode).toBe(0);
});

test("a chain that was rewritten as a whole is seen where it was anchored", async () => {
  const id = await district(2);
  const kept = await anchored();
  await tamper((sql) => sql`delete from audit_entries where district_id = ${id}`);
  await write(id, 4);
  expect((await sis(variables, "audit", "verify", "--district", id, "--json")).json.ok).toBe(true);
  expect(of(await verify(kept), id)).toMatchObject({ state: "exchanged", exchangedAt: 2 });
});

test("a district that is gone is told from one that the operator deleted", async () => {
  const [vanished, deleted] = [await district(2), await district(2)];
  const kept = await anchored();
  await tamper(async (sql) => {
    await sql`delete from audit_entries where district_id = ${vanished}`;
    await sql`delete from districts where id = ${vanished}`;
  });
  const [row] = await services.db.sql<{ name: string }[]>`select name from districts where id = ${deleted}`;
  await suspendDistrict(services, operatorScope(deleted), { reason: "left" });
  await deleteDistrict(services, operatorScope(deleted), { name: row?.name, reason: "left" });
  const seen = await verify(kept);
  expect(of(seen, vanished)).toMatchObject({ state: "vanished", name: null });
  expect(of(seen, deleted)).toMatchObject({ state: "deleted" });
  expect(seen.exitCode).toBe(1);
});

test("an anchor that was changed, or signed by another key, is no anchor; a line that was torn is only told", async () => {
  const id = await district(3);
  const [name = ""] = await readdir(await anchored()).then((names) => names.map((one) => join(folder, `kept-${files}`, one)));
  const [line = ""] = (await readFile(name, "utf8")).split("\n").filter((one) => one.includes(id));
  const altered = join(folder, "altered.jsonl");
  await writeFile(altered, `${line.replace('"seq":3', '"seq":2')}\n`);
  expect(await verify(altered)).toMatchObject({ exitCode: 1, json: { anchors: { forged: 1, anchors: 0 } } });
  await writeFile(altered, `Nov 27 aivo audit-anchor ${line}\n{"anchor":1,"district":"`);
  expect(await verify(altered)).toMatchObject({ exitCode: 0, json: { anchors: { anchors: 1, unreadable: 1 } } });
  await writeFile(altered, "nothing\n");
  expect((await verify(altered)).exitCode).toBe(1);
  // Another installation's key: unknown until its public key is named, as after a key was changed.
  const later = { ...variables, AIVO_AUDIT_ANCHOR_KEY: randomBytes(32).toString("base64") };
  const asked = ["audit", "verify", "--district", id, "--anchor", name, "--json"];
  expect(await sis(later, ...asked)).toMatchObject({ exitCode: 1, json: { anchors: { ofUnknownKeys: 1 } } });
  const publicKey = publicKeyOf(anchorKeyOf(seed));
  expect((await sis(variables, "audit", "anchor-key")).stdout.trim()).toBe(publicKey);
  expect((await sis(later, ...asked, "--anchor-key", publicKey)).exitCode).toBe(0);
});

test("what a worker that died has left of a line does not spoil the next one", async () => {
  await district(1);
  const directory = join(folder, "anchors");
  await anchorTo("anchors-directory");
  const [name = ""] = await readdir(directory);
  await appendFile(join(directory, name), '{"anchor":1,"district":"');
  const id = await district(2);
  await anchorTo("anchors-directory");
  const seen = await verify(directory, "--district", id);
  expect(of(seen, id)).toMatchObject({ state: "whole", anchoredSeq: 2 });
});

test("the doctor says that anchors are not set, late, or ahead of the log", async () => {
  const found = async (env = services.env) =>
    (await auditFindings({ ...services, env })).find(({ check }) => check.startsWith("audit anchors"));
  const without = {
    ...services.env,
    audit: { ...services.env.audit, anchors: { ...services.env.audit.anchors, directory: null, http: null, syslog: null } },
  };
  expect(await found(without)).toMatchObject({ check: "audit anchors", state: "warning" });
  const id = await district(3);
  await tamper((sql) => sql`delete from districts where not exists (select from audit_entries e where e.district_id = id)`);
  await anchorTo("anchors-directory");
  expect(await found()).toMatchObject({ check: "audit anchors-directory", state: "ok", found: "has everything" });
  await write(id, 1);
  await tamper((sql) => sql`update audit_entries set at = now() - interval '16 minutes' where district_id = ${id} and seq = 4`);
  expect(await found()).toMatchObject({ state: "failed", found: expect.stringContaining("1 logs are behind, the first by 16 min") });
  await tamper((sql) => sql`delete from audit_entries where district_id = ${id} and seq > 2`);
  expect(await found()).toMatchObject({ state: "failed", found: "1 logs end before what was carried" });
});
