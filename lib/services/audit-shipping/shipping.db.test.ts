import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { forElsewhere, forLocalhost } from "#lib/engine/testing/sis/certificates.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { auditFindings } from "#lib/services/monitoring/audit.ts";
import { type HttpAnswer, openHttpReceiver, openSyslog } from "#lib/services/testing/log-receivers.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { carry } from "./carry.ts";
import { destinationsOf } from "./destinations.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-shipping-"));
const caFile = join(folder, "ca.pem");
await writeFile(caFile, forLocalhost.cert);
const syslog = await openSyslog(forLocalhost);
const http = await openHttpReceiver();
const { services, variables, close } = await testServices({
  variables: {
    AIVO_AUDIT_SYSLOG: `syslog+tls://localhost:${syslog.port}`,
    AIVO_AUDIT_SYSLOG_CA: caFile,
    AIVO_AUDIT_OTLP_URL: `${http.origin}/v1/logs`,
    AIVO_AUDIT_OTLP_TOKEN: "a token of the collector",
  },
});
afterAll(async () => {
  await Promise.all([syslog.close(), http.close()]);
  await close();
  await rm(folder, { recursive: true, force: true });
});

const running = new AbortController().signal;
const shipTo = (kind: "syslog" | "otlp", of = services, patienceMs?: number) => {
  const destination = destinationsOf(of.env).find((one) => one.kind === kind);
  if (!destination) throw new Error("not set");
  return carry(of, destination, running, patienceMs);
};
/** As if the pause before the next try were over. */
const later = () => services.db.sql`update audit_destinations set next_attempt_at = now()`;

beforeEach(async () => {
  syslog.manner = "in-order";
  for (const kind of ["syslog", "otlp"] as const) {
    await later();
    expect(await shipTo(kind)).toMatchObject({ failedWith: null });
  }
  for (const list of [syslog.messages, http.bodies, http.requests]) list.length = 0;
});

async function write(districtId: string, count: number, details: Record<string, unknown> = {}): Promise<void> {
  const scope = operatorScope(districtId);
  await withDistrict(services.db, scope, async (tx) => {
    for (let index = 0; index < count; index++)
      await appendAudit(tx, {
        actor: scope.actor,
        action: "connection-tested",
        target: { kind: "integration", id: null },
        details: { index, ...details },
      });
  });
}

/** Recomputes hash and chain from the lines alone, as somebody would who has nothing else. */
function seqsOf(lines: readonly string[]): Map<string, number[]> {
  const canonical = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(canonical)
      : value === null || typeof value !== "object"
        ? value
        : Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, canonical(inner)]);
  const seqs = new Map<string, number[]>();
  const hashes = new Map<string, string>();
  for (const line of lines) {
    const e = JSON.parse(line);
    const made = [
      e.districtId,
      e.seq,
      e.at,
      e.actorKind,
      e.actorId,
      e.action,
      e.targetKind,
      e.targetId,
      canonical(e.details),
      e.previousHash,
    ];
    expect(createHash("sha256").update(JSON.stringify(made)).digest("hex")).toBe(e.hash);
    if (hashes.has(e.districtId)) expect(e.previousHash).toBe(hashes.get(e.districtId));
    hashes.set(e.districtId, e.hash);
    seqs.set(e.districtId, [...(seqs.get(e.districtId) ?? []), e.seq]);
  }
  return seqs;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test("every entry arrives once and in order over TLS, whatever its details hold", async () => {
  const [one, other] = [await newDistrict(services.db), await newDistrict(services.db)];
  await write(one, 620, { note: "Zoë “said”\n— and more 🎒" });
  await write(other, 3);
  expect(await shipTo("syslog")).toEqual({ items: 623, failedWith: null });
  expect(syslog.faults).toEqual([]);
  const seqs = seqsOf(syslog.messages.map(({ text }) => text));
  expect(seqs.get(one)).toEqual(upTo(620));
  expect(seqs.get(other)).toEqual([1, 2, 3]);
  expect(JSON.parse(syslog.messages[0]?.text ?? "").details).toBeDefined();
  expect(new Set(syslog.messages.map(({ msgId }) => msgId))).toEqual(new Set(["connection-tested"]));
  // Nothing is sent twice, and what is new afterwards is.
  expect(await shipTo("syslog")).toEqual({ items: 0, failedWith: null });
  await write(one, 1);
  expect(await shipTo("syslog")).toEqual({ items: 1, failedWith: null });
  expect(JSON.parse(syslog.messages.at(-1)?.text ?? "")).toMatchObject({ districtId: one, seq: 621 });
});

test("a collector of OTLP gets the same, with its token", async () => {
  const district = await newDistrict(services.db);
  await write(district, 5);
  expect(await shipTo("otlp")).toEqual({ items: 5, failedWith: null });
  expect(http.faults).toEqual([]);
  expect(seqsOf(http.bodies).get(district)).toEqual([1, 2, 3, 4, 5]);
  expect(http.requests[0]).toMatchObject({ path: "/v1/logs", headers: { authorization: "Bearer a token of the collector" } });
});

test.each<[string, HttpAnswer, string]>([
  ["an error", { status: 500 }, "HTTP 500"],
  ["a redirect", { status: 307, headers: { location: "http://169.254.169.254/" } }, "HTTP 307"],
  ["too many requests", { status: 429, headers: { "retry-after": "120" } }, "HTTP 429"],
  [
    "a part that it rejects",
    { status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no"}}' },
    "rejected-records",
  ],
])("%s of a collector loses nothing, and is tried again after a pause", async (_, answer, failedWith) => {
  const district = await newDistrict(services.db);
  await write(district, 3);
  http.answerWith(answer);
  expect(await shipTo("otlp")).toEqual({ items: 0, failedWith });
  // Not at once, nor by another worker; and syslog waits for none of it.
  expect(await shipTo("otlp")).toBeNull();
  expect(await shipTo("syslog")).toEqual({ items: 3, failedWith: null });
  const [pause] = await services.db.sql<{ seconds: number }[]>`
    select extract(epoch from next_attempt_at - now())::float8 as seconds from audit_destinations where destination like 'entries-otlp%'`;
  expect(pause?.seconds).toBeGreaterThan(answer.status === 429 ? 100 : 0);
  await later();
  expect(await shipTo("otlp")).toEqual({ items: 3, failedWith: null });
  expect(seqsOf(http.bodies).get(district)).toEqual([1, 2, 3]);
});

test.each<[string, typeof syslog.manner]>([
  ["closes before it has read", "closing"],
  ["dies in the middle", { diesAfter: 5_000 }],
])("a receiver of syslog that %s gets everything when it is back", async (_, manner) => {
  const district = await newDistrict(services.db);
  await write(district, 40);
  syslog.manner = manner;
  expect(await shipTo("syslog")).toMatchObject({ items: 0, failedWith: expect.any(String) });
  syslog.manner = "in-order";
  await later();
  expect(await shipTo("syslog")).toEqual({ items: 40, failedWith: null });
  // What it had read before it died comes again.
  expect(seqsOf(syslog.messages.slice(-40).map(({ text }) => text)).get(district)).toEqual(upTo(40));
});

test("a receiver that is away, or shows another's certificate, gets nothing and is told by the doctor", async () => {
  const impostor = await openSyslog(forElsewhere);
  const env = parseEnv({ ...variables, AIVO_AUDIT_SYSLOG: `syslog+tls://localhost:${impostor.port}` });
  const elsewhere = { ...services, env };
  await write(await newDistrict(services.db), 2);
  expect(await shipTo("syslog", elsewhere)).toMatchObject({ items: 0, failedWith: expect.stringMatching(/CERT|VERIFY|SELF_SIGNED/) });
  await impostor.close();
  await later();
  expect(await shipTo("syslog", elsewhere)).toMatchObject({ failedWith: "ECONNREFUSED" });
  const finding = async () => (await auditFindings(elsewhere)).find(({ check }) => check === "audit entries-syslog");
  expect(await finding()).toMatchObject({ state: "warning", found: expect.stringContaining("2 tries in a row failed: ECONNREFUSED") });
  expect(impostor.messages).toEqual([]);
});

test("destinations that never answer are given up after a while, and others do not wait for them", async () => {
  const district = await newDistrict(services.db);
  await write(district, 2);
  syslog.manner = "silent";
  http.answerWith({ status: 0 });
  const [slow, silent] = await Promise.all((["syslog", "otlp"] as const).map((kind) => shipTo(kind, services, 300)));
  expect([slow, silent]).toEqual([
    { items: 0, failedWith: "timeout" },
    { items: 0, failedWith: "timeout" },
  ]);
  syslog.manner = "in-order";
  await later();
  expect([await shipTo("syslog"), await shipTo("otlp")]).toEqual([
    { items: 2, failedWith: null },
    { items: 2, failedWith: null },
  ]);
});

test("two workers at once carry everything once; one that died is followed by another, which may send twice", async () => {
  const district = await newDistrict(services.db);
  await write(district, 30);
  const both = await Promise.all([shipTo("syslog"), shipTo("syslog")]);
  expect(both.filter((one) => one === null)).toHaveLength(1);
  expect(seqsOf(syslog.messages.map(({ text }) => text)).get(district)).toEqual(upTo(30));
  // As a worker leaves it that was killed after it sent and before it noted so.
  await services.db.sql`update audit_cursors set seq = 20 where district_id = ${district} and destination like 'entries-syslog%'`;
  await services.db.sql`update audit_destinations set lease = gen_random_uuid(), leased_until = now() + interval '1 minute'`;
  expect(await shipTo("syslog")).toBeNull();
  await services.db.sql`update audit_destinations set leased_until = now()`;
  expect(await shipTo("syslog")).toEqual({ items: 10, failedWith: null });
  expect(JSON.parse(syslog.messages.at(-1)?.text ?? "").seq).toBe(30);
});

test("another address is another destination, which begins with the first entry", async () => {
  const second = await openSyslog(null);
  const env = parseEnv({ ...variables, AIVO_AUDIT_SYSLOG: `syslog+tcp://127.0.0.1:${second.port}` });
  const [all] = await services.db.sql<{ count: number }[]>`select count(*)::int as count from audit_entries`;
  expect(await shipTo("syslog", { ...services, env })).toEqual({ items: all?.count, failedWith: null });
  expect(second.faults).toEqual([]);
  await second.close();
});

test("settings that do not go together are refused as a process starts", () => {
  for (const [name, value] of Object.entries({
    AIVO_AUDIT_SYSLOG: "udp://localhost:514",
    AIVO_AUDIT_OTLP_URL: "http://collector.example.org/v1/logs",
    AIVO_AUDIT_ANCHOR_DIR: "/var/anchors",
    AIVO_AUDIT_ANCHOR_KEY: randomBytes(16).toString("base64"),
  }))
    expect(() => parseEnv({ ...variables, [name]: value })).toThrow(/AIVO_AUDIT_/);
});
