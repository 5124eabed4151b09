/** Clever through the whole engine: changes and full reads side by side over school days, a summer, and an authorization that is lost and found. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import type { Source } from "#lib/engine/sis/source.ts";
import { loadModel } from "#lib/engine/sync/model/load.ts";
import { impatience } from "#lib/engine/testing/sis/rest.ts";
import { type SyncOptions, syncOnce } from "#lib/engine/testing/sync.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { beginAuthorization, completeAuthorization } from "#lib/services/integrations/authorize.ts";
import { unsealSecrets } from "#lib/services/integrations/credentials.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { keepRenewedSecrets } from "#lib/services/integrations/renewed.ts";
import { addIntegration, updateCredentials } from "#lib/services/integrations/write.ts";
import { type Services, testServices } from "#lib/services/testing/services.ts";
import { type CleverServer, startCleverServer } from "#sandbox/clever/server.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";

const redirectUri = "http://localhost:3999/api/integrations/authorize/callback";
const { services: opened, close } = await testServices();
let clever: LiveDistrict;
let server: CleverServer;
let services: Services;
let trustedOrigins: ReadonlySet<string>;

beforeAll(async () => {
  clever = openDistrict({ users: 600, seed: 5, daysPerYear: 24 });
  clever.advance(3);
  const rateLimit = { requests: 1_000_000, windowSeconds: 60, headerPrefix: "X-RateLimit" } as const;
  server = await startCleverServer({ district: clever, rateLimit, redirectUris: [redirectUri] });
  trustedOrigins = new Set([server.apiUrl, server.authUrl]);
  services = { ...opened, env: { ...opened.env, cleverApiUrl: server.apiUrl, cleverAuthUrl: server.authUrl, trustedOrigins } };
}, 60_000);
afterAll(async () => {
  await server.close();
  await close();
});

interface Connected {
  readonly districtId: string;
  readonly id: string;
}

async function connected(more: Record<string, unknown> = {}): Promise<Connected> {
  const districtId = await newDistrict(services.db);
  const { id } = await addIntegration(services, adminOf(districtId), {
    name: "Clever",
    provider: "clever",
    credentials: { ...server.credentials, ...more },
    safety: safetyOff,
  });
  return { districtId, id };
}

const accountId = crypto.randomUUID();
const adminOf = (districtId: string) => requireAdmin({ kind: "account", accountId, districtId, role: "admin", isConfirmed: true });

/** A run as the worker does it; `meanwhile` happens once everything is read. */
async function sync({ districtId, id }: Connected, meanwhile: () => Promise<void> = async () => {}) {
  const [integration] = await services.db.orm.select().from(integrations).where(eq(integrations.id, id));
  if (!integration) throw new Error("no integration");
  const credentials = { ...integration.config, ...unsealSecrets(services.keyring, id, integration.secrets) };
  const source = createSource("clever", credentials, impatience(), services.env);
  const extract: Source["extract"] = async (context, options) => {
    const extraction = await source.extract({ ...context, trustedOrigins }, options);
    await meanwhile();
    return extraction;
  };
  const keepRenewed: SyncOptions["keepRenewed"] = (tx, integrationId, renewed) => keepRenewedSecrets(services, tx, integrationId, renewed);
  return syncOnce(services.db, districtId, id, { rows: {} }, { source: { ...source, extract }, keepRenewed });
}

/** The roster with Clever's ids in the place of Aivo's, so that two districts can be compared. */
async function rosterOf({ districtId }: Connected): Promise<string[]> {
  const { records, links } = await loadModel(services.db, districtId);
  const names = new Map(links.map(({ recordId, externalId }) => [recordId, externalId]));
  const named = (_key: string, value: unknown) => (typeof value === "string" ? (names.get(value) ?? value) : value);
  const told = [
    ...records.map(({ id, entity, status, deactivatedBy, values }) => [entity, id, status, deactivatedBy, values]),
    ...links.map(({ entity, externalId, rostered }) => ["link", entity, externalId, rostered]),
  ];
  return told.map((one) => JSON.stringify(one, named)).sort();
}

test("over school days and a change of school year, changes end in the roster of full reads", async () => {
  const byChanges = await connected();
  const inFull = await connected({ fullReadDays: 0 });
  let deltas = 0;
  let syncs = 0;
  for (const days of process.env.AIVO_SCHOOL_DAYS ? [0, 1, 1, 2, 1, 3, 1, 1, 4, 1, 7, 1, 1, 1] : [0, 1, 4, 7, 7, 2, 1]) {
    clever.advance(days);
    const [run, full] = [await sync(byChanges), await sync(inFull)];
    expect([run.state, full.state], JSON.stringify([run, full].map(({ failure, heldBecause }) => failure ?? heldBecause))).toEqual([
      "succeeded",
      "succeeded",
    ]);
    expect(full.input?.modes.users).toBe("bulk");
    syncs++;
    if (run.input?.modes.users === "delta") deltas++;
    expect(await rosterOf(byChanges)).toEqual(await rosterOf(inFull));
  }
  expect(deltas).toBeGreaterThan(syncs / 2);
}, 240_000);

test("a lost authorization fails the run, Reconnect repairs it, and nothing of the roster is touched", async () => {
  const district = await connected();
  expect((await sync(district)).state).toBe("succeeded");
  const before = await rosterOf(district);
  server.authorization.withdraw();
  const lost = await sync(district);
  expect(lost).toMatchObject({ state: "failed", failure: { code: "authorization-expired", remedy: expect.stringContaining("Reconnect") } });
  expect(await rosterOf(district)).toEqual(before);

  const scope = adminOf(district.districtId);
  const begun = await beginAuthorization(services, scope, district.id, redirectUri);
  const form = new URLSearchParams([...new URL(begun.url).searchParams, ["decision", "authorize"]]);
  const answer = await fetch(new URL("/oauth/authorize", begun.url), { method: "POST", body: form, redirect: "manual" });
  const back = new URL(answer.headers.get("location") ?? "").searchParams;
  const callback = { state: back.get("state"), code: back.get("code"), error: null, browserSecret: begun.browserSecret };
  expect(await completeAuthorization(services, scope, callback)).toMatchObject({ outcome: "authorized" });

  clever.advance(1);
  const again = await sync(district);
  expect(again.state, JSON.stringify(again.failure)).toBe("succeeded");
  expect(again.input?.modes.users).toBe("delta");
  expect(again.totals?.learner.created).toBeLessThan(20);
}, 60_000);

test("while Clever has paused the district, nobody is withdrawn", async () => {
  const district = await connected();
  await sync(district);
  const activeBefore = (await loadModel(services.db, district.districtId)).records.filter(({ status }) => status === "active").length;
  server.control.setDistrictState({ state: "paused" });
  server.control.faults.break({ kind: "half-roster" });
  try {
    const run = await sync(district);
    expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
    expect(run.input?.notes.join(" ")).toContain("Nobody and nothing was withdrawn");
    const after = (await loadModel(services.db, district.districtId)).records;
    expect(after.filter(({ status }) => status === "active")).toHaveLength(activeBefore);
  } finally {
    server.control.faults.mend();
    server.control.setDistrictState({ state: "running" });
  }
}, 60_000);

const tokenOfNow = () => server.authorization.districtToken ?? "";

async function storedToken({ id }: Connected): Promise<string | undefined> {
  const [row] = await services.db.orm.select().from(integrations).where(eq(integrations.id, id));
  return unsealSecrets(services.keyring, id, row?.secrets ?? {}).accessToken;
}

const auditOf = ({ districtId }: Connected) => services.db.orm.select().from(auditEntries).where(eq(auditEntries.districtId, districtId));

/** How often Clever refused a token since it had answered so many requests. */
const refusedSince = (before: number) =>
  server.control
    .requests()
    .slice(before)
    .filter(({ status }) => status === 401).length;

test("a token that Clever replaced is kept sealed once the run has succeeded, so that the next one is not refused", async () => {
  const district = await connected({ accessToken: tokenOfNow(), fullReadDays: 0 });
  await sync(district);
  const { updatedAt } = await getIntegration(services, adminOf(district.districtId), district.id);

  server.authorization.rotate();
  const refused = server.control.requests().length;
  const unchanged = await sync(district);
  expect([unchanged.state, unchanged.sameAsRunId === null], JSON.stringify(unchanged.failure)).toEqual(["succeeded", false]);
  expect(refusedSince(refused)).toBeGreaterThan(0);
  expect(await storedToken(district)).toBe(tokenOfNow());
  const accepted = server.control.requests().length;
  expect((await sync(district)).state).toBe("succeeded");
  expect(refusedSince(accepted)).toBe(0);

  server.authorization.rotate();
  clever.advance(1);
  const changed = await sync(district);
  expect([changed.state, changed.sameAsRunId]).toEqual(["succeeded", null]);
  expect(await storedToken(district)).toBe(tokenOfNow());

  expect((await getIntegration(services, adminOf(district.districtId), district.id)).updatedAt).toBe(updatedAt);
  const renewals = (await auditOf(district)).filter(({ action }) => action === "integration-changed");
  expect(renewals).toMatchObject(
    [1, 2].map(() => ({
      actorKind: "worker",
      targetId: district.id,
      details: { fields: [], secrets: ["accessToken"], because: "renewed-by-the-sis" },
    })),
  );
  const runs = await services.db.orm.select().from(syncRuns).where(eq(syncRuns.districtId, district.districtId));
  const rows = await services.db.orm.select().from(integrations).where(eq(integrations.id, district.id));
  expect(JSON.stringify([runs, rows, await auditOf(district)])).not.toContain(tokenOfNow());
}, 60_000);

test("a renewed token is not kept by a run that fails, nor over what an admin has entered meanwhile, nor where none was stored", async () => {
  const first = tokenOfNow();
  const district = await connected({ accessToken: first });
  server.authorization.rotate();
  server.control.faults.break({ kind: "not-shared", endpoint: "users" });
  expect((await sync(district)).state).toBe("failed");
  server.control.faults.mend();
  expect(await storedToken(district)).toBe(first);

  const entered = "entered-by-the-admin";
  const run = await sync(district, () => updateCredentials(services, adminOf(district.districtId), district.id, { accessToken: entered }));
  expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
  expect(await storedToken(district)).toBe(entered);

  const lookedUp = await connected();
  server.control.faults.break({ kind: "token-expired", endpoint: "users", atRequest: 1, times: 1 });
  expect((await sync(lookedUp)).state).toBe("succeeded");
  server.control.faults.mend();
  expect(await storedToken(lookedUp)).toBeUndefined();
}, 60_000);

test("an integration that has synced stays with its district, whoever's token is entered", async () => {
  const district = await connected();
  const other = "55108ad78349a40100000022";
  const point = (districtId: string) =>
    updateCredentials(services, adminOf(district.districtId), district.id, { districtId, clientSecret: server.credentials.clientSecret });
  await point(other);
  await point(server.credentials.districtId);
  expect((await sync(district)).state).toBe("succeeded");
  await expect(point(other)).rejects.toMatchObject({
    code: "invalid",
    fields: { districtId: expect.stringContaining(`District ID is ${server.credentials.districtId}`) },
  });
  const row = eq(integrations.id, district.id);
  const [stored] = await services.db.orm.select().from(integrations).where(row);
  expect(stored?.config.districtId).toBe(server.credentials.districtId);

  await services.db.orm
    .update(integrations)
    .set({ config: { ...stored?.config, districtId: other } })
    .where(row);
  const asked = server.control.requests().length;
  expect(await sync(district)).toMatchObject({
    state: "failed",
    failure: { code: "configuration", message: expect.stringContaining(other), remedy: expect.stringContaining("Add Integration") },
  });
  expect(server.control.requests()).toHaveLength(asked);
}, 60_000);

test("where Clever gives no events, the next full read is the next sync", async () => {
  const district = await connected();
  const reading = async () => (await getIntegration(services, adminOf(district.districtId), district.id)).reading;
  server.control.faults.break({ kind: "not-shared", endpoint: "events" });
  expect((await sync(district)).state).toBe("succeeded");
  expect(await reading()).toMatchObject({ fullReadDays: 7, onlyFull: "no-events", lastRead: "everything", fullFrom: null });
  server.control.faults.mend();
  expect((await sync(district)).state).toBe("succeeded");
  expect(await reading()).toMatchObject({ onlyFull: null, fullFrom: expect.any(String) });
}, 60_000);
