/** The round trip to Clever, against the sandbox's strict one: what comes back and counts, and everything that does not. */
import { and, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import { authorizationRequests } from "#lib/platform/db/schema/authorizations.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { newDistrict, type Services, testServices } from "#lib/services/testing/services.ts";
import { type CleverServer, startCleverServer } from "#sandbox/clever/server.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import { type AuthorizationCallback, beginAuthorization, completeAuthorization } from "./authorize.ts";

const redirectUri = "http://localhost:3999/api/integrations/authorize/callback";
let clock = new Date("2026-11-02T10:00:00Z");
const { services: opened, close } = await testServices({ now: () => clock });
let server: CleverServer;
let services: Services;

beforeAll(async () => {
  server = await startCleverServer({ district: openDistrict({ users: 200 }), isAuthorized: false, redirectUris: [redirectUri] });
  const trusted = new Set([server.apiUrl, server.authUrl].map((url) => new URL(url).origin));
  services = { ...opened, env: { ...opened.env, cleverApiUrl: server.apiUrl, cleverAuthUrl: server.authUrl, trustedOrigins: trusted } };
});
afterEach(() => {
  server.control.faults.mend();
  server.authorization.withdraw();
  clock = new Date("2026-11-02T10:00:00Z");
});
afterAll(async () => {
  await server.close();
  await close();
});

interface Setting {
  readonly id: string;
  readonly scope: DistrictScope;
}

const adminOf = (districtId: string, accountId: string = crypto.randomUUID()) =>
  requireAdmin({ kind: "account", accountId, districtId, role: "admin", isConfirmed: true });

async function added(more: Record<string, unknown> = {}): Promise<Setting> {
  const districtId = await newDistrict(services.db);
  const id = crypto.randomUUID();
  const { clientId, clientSecret, districtId: cleverDistrict } = { ...server.credentials, ...more };
  await services.db.orm.insert(integrations).values({
    districtId,
    id,
    name: "Clever",
    provider: "clever",
    safety: defaultSafety,
    config: { clientId, districtId: cleverDistrict },
    secrets: { clientSecret: seal(services.keyring, { integrationId: id, field: "clientSecret" }, String(clientSecret)) },
    cursor: { eventId: "kept" },
  });
  return { id, scope: adminOf(districtId) };
}

/** What the browser of an admin does: follows the link, presses a button at Clever, and is sent back. */
async function atClever(url: string, decision: "authorize" | "cancel" = "authorize"): Promise<URL> {
  const page = await fetch(url, { redirect: "manual" });
  expect(page.status).toBe(200);
  const form = new URLSearchParams([...new URL(url).searchParams, ["decision", decision]]);
  const answer = await fetch(new URL("/oauth/authorize", url), { method: "POST", body: form, redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "");
}

function callbackOf(back: URL, browserSecret: string | null): AuthorizationCallback {
  const { searchParams } = back;
  return { state: searchParams.get("state"), code: searchParams.get("code"), error: searchParams.get("error"), browserSecret };
}

const rowOf = async ({ id }: Setting) => {
  const [row] = await services.db.orm.select().from(integrations).where(eq(integrations.id, id));
  if (!row) throw new Error("no such row");
  return row;
};
const tokenOf = async (setting: Setting) => {
  const sealed = (await rowOf(setting)).secrets.accessToken;
  return sealed === undefined ? null : unseal(services.keyring, { integrationId: setting.id, field: "accessToken" }, sealed);
};
const auditOf = async ({ scope }: Setting) =>
  (await services.db.orm.select().from(auditEntries).where(eq(auditEntries.districtId, scope.districtId))).map(({ action, details }) => [
    action,
    details,
  ]);

async function roundTrip(setting: Setting, decision: "authorize" | "cancel" = "authorize") {
  const begun = await beginAuthorization(services, setting.scope, setting.id, redirectUri);
  const back = await atClever(begun.url, decision);
  return { begun, back, callback: callbackOf(back, begun.browserSecret) };
}

test("the district's token is sealed with the integration; links, cursor and the other secrets stay", async () => {
  const setting = await added();
  await services.db.orm.insert(sourceRecords).values({
    districtId: setting.scope.districtId,
    integrationId: setting.id,
    collection: "orgs",
    fate: "rostered",
    externalId: "s1",
    recordId: crypto.randomUUID(),
    matchedBy: "created",
    runId: crypto.randomUUID(),
  });
  const before = await rowOf(setting);
  const { begun, callback } = await roundTrip(setting);
  expect(begun.url).toContain(`redirect_uri=${encodeURIComponent(redirectUri)}`);
  expect(await completeAuthorization(services, setting.scope, callback)).toEqual({ integrationId: setting.id, outcome: "authorized" });
  expect(await tokenOf(setting)).toBe(server.authorization.districtToken);
  const after = await rowOf(setting);
  const { updatedAt } = after;
  expect({ ...after, secrets: {} }).toEqual({
    ...before,
    secrets: {},
    updatedAt,
    credentialsChangedAt: updatedAt,
    credentialsVersion: 2,
    sourceVersion: 2,
  });
  expect(after.secrets.clientSecret).toBe(before.secrets.clientSecret);
  expect(await services.db.orm.select().from(sourceRecords).where(eq(sourceRecords.integrationId, setting.id))).toHaveLength(1);
  expect((await auditOf(setting)).map(([action]) => action)).toEqual(["authorization-begun", "integration-authorized"]);
  const told = JSON.stringify([after, await auditOf(setting), await services.db.orm.select().from(authorizationRequests)]);
  for (const secret of [server.authorization.districtToken, callback.code, callback.state, begun.browserSecret, "clever-secret"])
    expect(told).not.toContain(secret);
});

test("Reconnect replaces a revoked token", async () => {
  const setting = await added();
  await completeAuthorization(services, setting.scope, (await roundTrip(setting)).callback);
  const first = await tokenOf(setting);
  server.authorization.withdraw();
  expect(await completeAuthorization(services, setting.scope, (await roundTrip(setting)).callback)).toMatchObject({
    outcome: "authorized",
  });
  expect(await tokenOf(setting)).not.toBe(first);
  expect((await auditOf(setting)).at(-1)).toEqual(["integration-authorized", { provider: "clever", before: "authorized" }]);
});

test("a state works once, for ten minutes, for who began, in the browser where it was begun", async () => {
  const setting = await added();
  const once = await roundTrip(setting);
  await completeAuthorization(services, setting.scope, once.callback);
  expect(await completeAuthorization(services, setting.scope, once.callback)).toEqual({ integrationId: setting.id, outcome: "used-state" });

  const late = await roundTrip(setting);
  clock = new Date(clock.getTime() + 10 * 60_000);
  expect(await completeAuthorization(services, setting.scope, late.callback)).toMatchObject({ outcome: "expired-state" });

  const elsewhere = await roundTrip(setting);
  expect(await completeAuthorization(services, setting.scope, { ...elsewhere.callback, browserSecret: "another" })).toMatchObject({
    outcome: "other-browser",
  });
  expect(await completeAuthorization(services, setting.scope, elsewhere.callback)).toMatchObject({ outcome: "used-state" });
  const bare = await roundTrip(setting);
  expect(await completeAuthorization(services, setting.scope, { ...bare.callback, browserSecret: null })).toMatchObject({
    outcome: "other-browser",
  });

  const { callback } = await roundTrip(setting);
  const colleague = adminOf(setting.scope.districtId);
  expect(await completeAuthorization(services, colleague, callback)).toEqual({ integrationId: null, outcome: "unknown-state" });
  const stranger = await added();
  expect(await completeAuthorization(services, stranger.scope, callback)).toEqual({ integrationId: null, outcome: "unknown-state" });
  expect(await tokenOf(stranger)).toBeNull();
});

test("of two that come at the same time with one state, one is let in", async () => {
  const setting = await added();
  const { callback } = await roundTrip(setting);
  const outcomes = await Promise.all([1, 2, 3].map(() => completeAuthorization(services, setting.scope, callback)));
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["authorized", "used-state", "used-state"]);
});

test("a code that arrives without our state is not even sent to Clever", async () => {
  const setting = await added();
  const { callback } = await roundTrip(setting);
  const asked = server.control.requests().length;
  expect(await completeAuthorization(services, setting.scope, { ...callback, state: null })).toEqual({
    integrationId: null,
    outcome: "no-state",
  });
  expect(await completeAuthorization(services, setting.scope, { ...callback, state: "made-up" })).toEqual({
    integrationId: null,
    outcome: "unknown-state",
  });
  expect(server.control.requests()).toHaveLength(asked);
  expect(await tokenOf(setting)).toBeNull();
});

test("what Clever refuses is said, and nothing is kept", async () => {
  const setting = await added();
  const cancelled = await roundTrip(setting, "cancel");
  expect(await completeAuthorization(services, setting.scope, cancelled.callback)).toMatchObject({ outcome: "denied" });

  const forged = await roundTrip(setting);
  expect(await completeAuthorization(services, setting.scope, { ...forged.callback, code: "forged" })).toMatchObject({
    outcome: "code-refused",
  });

  const wrongSecret = await added({ clientSecret: "wrong" });
  expect(await completeAuthorization(services, wrongSecret.scope, (await roundTrip(wrongSecret)).callback)).toMatchObject({
    outcome: "client-refused",
  });

  const withdrawn = await roundTrip(setting);
  server.authorization.withdraw();
  expect(await completeAuthorization(services, setting.scope, withdrawn.callback)).toMatchObject({ outcome: "no-token" });

  const down = await roundTrip(setting);
  server.control.faults.break({ kind: "status-500", endpoint: "token" });
  expect(await completeAuthorization(services, setting.scope, down.callback)).toMatchObject({ outcome: "unreachable" });

  expect(await tokenOf(setting)).toBeNull();
  const refusals = (await auditOf(setting)).filter(([action]) => action === "authorization-refused").map(([, details]) => details);
  expect(refusals).toEqual([
    { outcome: "denied" },
    { outcome: "code-refused" },
    { outcome: "no-token" },
    { outcome: "unreachable", code: "server-error" },
  ]);
});

test("somebody of another district does not authorize this one", async () => {
  const setting = await added();
  const { begun } = await roundTrip(setting);
  const back = await atClever(begun.url);
  await services.db.orm
    .update(integrations)
    .set({ config: { clientId: server.credentials.clientId, districtId: "55108ad78349a40100000022" } })
    .where(and(eq(integrations.id, setting.id)));
  expect(await completeAuthorization(services, setting.scope, callbackOf(back, begun.browserSecret))).toMatchObject({
    outcome: "other-district",
  });
  expect(await tokenOf(setting)).toBeNull();
});

test("only accounts begin, and only for a Clever integration of their own district", async () => {
  const setting = await added();
  await expect(beginAuthorization(services, operatorScope(setting.scope.districtId), setting.id, redirectUri)).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(beginAuthorization(services, (await added()).scope, setting.id, redirectUri)).rejects.toMatchObject({ code: "not-found" });
  await expect(beginAuthorization(services, setting.scope, "no-id", redirectUri)).rejects.toMatchObject({ code: "not-found" });
  await services.db.orm.update(integrations).set({ provider: "classlink" }).where(eq(integrations.id, setting.id));
  await expect(beginAuthorization(services, setting.scope, setting.id, redirectUri)).rejects.toMatchObject({ code: "invalid" });
});
