import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { nextRuns } from "#lib/engine/schedule/occurrences.ts";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { unseal } from "#lib/platform/crypto/keyring.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { getIntegration, getIntegrationAmongAll, listIntegrations } from "./read.ts";
import { type TestTarget, testConnection } from "./test-connection.ts";
import {
  addIntegration,
  pauseIntegration,
  pinHostKey,
  removeIntegration,
  renameIntegration,
  resumeIntegration,
  setFullReadDays,
  setSafety,
  setSchedule,
  updateCredentials,
} from "./write.ts";

const { services, close } = await testServices();
afterAll(close);

const fingerprint = `SHA256:${"a".repeat(43)}`;

async function added(input: Record<string, unknown> = {}) {
  const scope = operatorScope(await newDistrict(services.db));
  const { id } = await addIntegration(services, scope, {
    name: "SIS",
    provider: "oneroster-csv",
    credentials: { ...someCredentials, hostKeyFingerprint: fingerprint },
    ...input,
  });
  return { scope, id };
}

async function row(id: string) {
  const [found] = await services.db.orm.select().from(integrations).where(eq(integrations.id, id));
  if (!found) throw new Error("no such row");
  return found;
}

const password = async (id: string) =>
  unseal(services.keyring, { integrationId: id, field: "password" }, (await row(id)).secrets.password ?? "");
/** When it runs next, which for these schedules tells the schedule and the time zone. */
const nextRun = async (id: string) => (await row(id)).nextRunAt?.toISOString();
const nextOf = (cron: string, timezone: string) => nextRuns(cron, timezone, new Date(), 1)[0]?.toISOString();

test("what is secret is sealed and never read back", async () => {
  const { scope, id } = await added();
  const stored = await row(id);
  expect(JSON.stringify(stored)).not.toContain(someCredentials.password);
  expect(await password(id)).toBe(someCredentials.password);
  const detail = await getIntegration(services, scope, id);
  expect(detail.secretsSet).toEqual(["password"]);
  expect(detail.config).toEqual({
    host: "sftp.example.org",
    port: 22,
    username: "aivo",
    directory: "/drop",
    hostKeyFingerprint: fingerprint,
  });
  expect(JSON.stringify(detail)).not.toContain("test-1:");
  const entries = await services.db.orm.select().from(auditEntries).where(eq(auditEntries.districtId, scope.districtId));
  expect(JSON.stringify(entries)).not.toContain(someCredentials.password);
  expect(entries.map((entry) => entry.action)).toEqual(["integration-created"]);
});

test("mistakes are named by field, and nothing is stored", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const add = (input: unknown) =>
    addIntegration(services, scope, input).then(
      () => ({}),
      (error: ServiceError) => error.fields,
    );
  expect(await add({ name: "", provider: "oneroster-csv", credentials: someCredentials })).toHaveProperty("name");
  expect(await add({ name: "x", provider: "powerschool", credentials: {} })).toHaveProperty("provider");
  expect(await add({ name: "x", provider: "oneroster-csv", credentials: { host: "sftp://x/y", username: "u" } })).toHaveProperty("host");
  expect(await add({ name: "x", provider: "oneroster-csv", credentials: { ...someCredentials, password: undefined } })).toHaveProperty(
    "password",
  );
  expect(await add({ name: "x", provider: "oneroster-csv", credentials: someCredentials, schedule: "every day" })).toHaveProperty(
    "schedule",
  );
  expect(
    await add({
      name: "x",
      provider: "oneroster-csv",
      credentials: someCredentials,
      safety: { maxDeactivatedPercent: 101, minDeactivated: 1 },
    }),
  ).toHaveProperty(["safety.maxDeactivatedPercent"]);
  expect(await listIntegrations(services, scope)).toEqual([]);
});

test("safety settings of an older version have the defaults of those it lacked; an unknown one is refused with the names of all", async () => {
  const { scope, id } = await added();
  await services.db.orm
    .update(integrations)
    .set({ safety: { maxDeactivatedPercent: 7, minDeactivated: 1 } })
    .where(eq(integrations.id, id));
  expect((await getIntegration(services, scope, id)).safety).toEqual({ ...defaultSafety, maxDeactivatedPercent: 7, minDeactivated: 1 });
  const misspelt = { name: "B", provider: "oneroster-csv", credentials: someCredentials, safety: { maxDeactivated: 5 } };
  await expect(addIntegration(services, scope, misspelt)).rejects.toThrow(
    /There is no setting “maxDeactivated”; the settings are withholdDoubtful, .*maxDeactivatedPercent, .*askAtRollover/,
  );
});

test("a secret that is left out stays", async () => {
  const { scope, id } = await added();
  await updateCredentials(services, scope, id, { directory: "/other", password: "" });
  expect(await password(id)).toBe(someCredentials.password);
  expect((await row(id)).config).toMatchObject({ directory: "/other", hostKeyFingerprint: fingerprint });
  await updateCredentials(services, scope, id, { password: "new one" });
  expect(await password(id)).toBe("new one");
});

test("a sync that the SIS refused is answered by other credentials", async () => {
  const { scope, id } = await added();
  const refusal = async () => (await getIntegration(services, scope, id)).refusal;
  // A run knows which credentials it was claimed with.
  const fail = async (code: "sign-in" | "timeout", minutes: number) =>
    services.db.orm.insert(syncRuns).values({
      sourceVersion: (await row(id)).sourceVersion,
      districtId: scope.districtId,
      integrationId: id,
      trigger: "manual",
      state: "failed",
      queuedAt: new Date(Date.now() + minutes * 60_000),
      failure: { code, step: "sign in", message: "No.", remedy: "Yes." },
    });
  expect(await refusal()).toBeNull();
  await fail("sign-in", -1);
  expect(await refusal()).toBe("standing");
  await updateCredentials(services, scope, id, { password: "" });
  expect(await refusal()).toBe("standing");
  await updateCredentials(services, scope, id, { password: "new one" });
  expect(await refusal()).toBe("answered");
  await fail("sign-in", 1);
  expect(await refusal()).toBe("standing");
  await fail("timeout", 2);
  expect(await refusal()).toBeNull();
});

test("a stored secret never goes to another host, port or user", async () => {
  const { scope, id } = await added();
  for (const patch of [{ host: "evil.example.org" }, { port: 2222 }, { username: "root" }, { host: "evil.example.org", password: "" }]) {
    const refused = await updateCredentials(services, scope, id, patch).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceError);
    expect((refused as ServiceError).fields).toHaveProperty("password");
  }
  expect((await row(id)).config.host).toBe("sftp.example.org");
  await updateCredentials(services, scope, id, { host: "sftp2.example.org", password: "for sftp2" });
  const moved = await row(id);
  expect(moved.config).not.toHaveProperty("hostKeyFingerprint");
  expect(await password(id)).toBe("for sftp2");
});

test("a password gives way to a key, and what is not entered again does not stay behind", async () => {
  const { scope, id } = await added();
  await updateCredentials(services, scope, id, { password: null, privateKey: "-----BEGIN KEY-----" });
  expect((await getIntegration(services, scope, id)).secretsSet).toEqual(["privateKey"]);
  await updateCredentials(services, scope, id, { host: "new.example.org", password: "p" });
  expect((await getIntegration(services, scope, id)).secretsSet).toEqual(["password"]);
});

test("the next run follows schedule, pause, resume, time zone and removal", async () => {
  const { scope, id } = await added({ schedule: "0 2 * * *" });
  expect(await nextRun(id)).toBe(nextOf("0 2 * * *", "America/Chicago"));
  await setSchedule(services, scope, id, "0  6 * * mon-fri");
  expect(await nextRun(id)).toBe(nextOf("0 6 * * MON-FRI", "America/Chicago"));
  await updateDistrict(services, scope, { timezone: "Asia/Kathmandu" });
  expect(await nextRun(id)).toBe(nextOf("0 6 * * MON-FRI", "Asia/Kathmandu"));
  await pauseIntegration(services, scope, id);
  expect(await nextRun(id)).toBeUndefined();
  await setSchedule(services, scope, id, "0 3 * * *");
  expect(await nextRun(id)).toBeUndefined();
  expect(await getIntegration(services, scope, id)).toMatchObject({
    health: "paused",
    nextRunAt: null,
    scheduleInWords: "At 3:00 AM, every day (Asia/Kathmandu)",
  });
  await resumeIntegration(services, scope, id);
  expect(await nextRun(id)).toBe(nextOf("0 3 * * *", "Asia/Kathmandu"));
  await services.db.sql`
    insert into source_records (district_id, integration_id, collection, external_id, fate, run_id, given_name)
    values (${scope.districtId}, ${id}, 'users', 'p1', 'waiting', ${id}, 'Ann')`;
  await removeIntegration(services, scope, id);
  expect(await services.db.sql`select from source_records where integration_id = ${id}`).toHaveLength(0);
  expect(await nextRun(id)).toBeUndefined();
  expect(await listIntegrations(services, scope)).toEqual([]);
  expect((await row(id)).secrets).toEqual({});
});

test("pausing, resuming and removing decide whose records count, so plans made before do not fit any more", async () => {
  const { scope, id } = await added();
  const revision = async () => {
    const [found] = await services.db.sql`select roster_revision::int as revision from districts where id = ${scope.districtId}`;
    return found?.revision;
  };
  const before = await revision();
  await renameIntegration(services, scope, id, "Other name");
  expect(await revision()).toBe(before);
  await services.db.sql`update integrations set cursor = '{"at": 1}' where id = ${id}`;
  for (const [index, change] of [pauseIntegration, resumeIntegration, removeIntegration].entries()) {
    await change(services, scope, id);
    expect(await revision()).toBe(before + index + 1);
    expect((await row(id)).cursor).toEqual(index < 2 ? { at: 1 } : null);
  }
});

test("names are told apart, limits and host keys are kept", async () => {
  const { scope, id } = await added();
  const other = await addIntegration(services, scope, { name: "Other", provider: "oneroster-csv", credentials: someCredentials });
  await expect(renameIntegration(services, scope, other.id, " sis ")).rejects.toMatchObject({
    code: "invalid",
    fields: { name: "Another integration has this name" },
  });
  await renameIntegration(services, scope, id, "SIS of the north");
  await setSafety(services, scope, id, { maxDeactivatedPercent: 5, minDeactivated: 3 });
  await expect(setSafety(services, scope, id, { maxDeactivatedPercent: "" })).rejects.toMatchObject({
    fields: { maxDeactivatedPercent: "Enter a number" },
  });
  await setSafety(services, scope, id, { maxChangedPercent: "30", askAtRollover: "false" });
  await expect(pinHostKey(services, scope, id, "MD5:nonsense")).rejects.toMatchObject({ code: "invalid" });
  await pinHostKey(services, scope, other.id, fingerprint);
  expect(await getIntegration(services, scope, id)).toMatchObject({
    name: "SIS of the north",
    safety: { ...defaultSafety, maxDeactivatedPercent: 5, minDeactivated: 3, maxChangedPercent: 30, askAtRollover: false },
  });
  expect((await row(other.id)).config.hostKeyFingerprint).toBe(fingerprint);
  const pinned = await services.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, scope.districtId), eq(auditEntries.action, "host-key-pinned")));
  expect(pinned).toHaveLength(1);
});

test("a server under another name that shows the same key keeps it pinned where it was confirmed with the change", async () => {
  const { scope, id } = await added();
  const moved = { host: "files.example.org", password: "again" };
  await updateCredentials(services, scope, id, { ...moved, hostKeyFingerprint: fingerprint });
  expect((await row(id)).config).toMatchObject({ host: moved.host, hostKeyFingerprint: fingerprint });
  await updateCredentials(services, scope, id, { ...moved, host: "sftp.example.org" });
  expect((await row(id)).config).not.toHaveProperty("hostKeyFingerprint");
});

test("limits that are saved as they are change nothing, and leave no entry", async () => {
  const { scope, id } = await added();
  await setSafety(services, scope, id, {});
  await setSafety(services, scope, id, { maxDeactivatedPercent: String(defaultSafety.maxDeactivatedPercent) });
  const entries = await services.db.orm.select().from(auditEntries).where(eq(auditEntries.districtId, scope.districtId));
  expect(entries.map(({ action }) => action)).toEqual(["integration-created"]);
});

test("another district finds nothing", async () => {
  const { id } = await added();
  const stranger = operatorScope(await newDistrict(services.db));
  await expect(getIntegration(services, stranger, id)).rejects.toMatchObject({ code: "not-found" });
  await expect(updateCredentials(services, stranger, id, { directory: "/" })).rejects.toMatchObject({ code: "not-found" });
  await expect(removeIntegration(services, stranger, id)).rejects.toMatchObject({ code: "not-found" });
});

async function tested(scope: DistrictScope, target: TestTarget): Promise<CheckStep[]> {
  const steps = new Map<string, CheckStep>();
  for await (const step of testConnection(services, scope, target, AbortSignal.timeout(30_000))) steps.set(step.id, step);
  return [...steps.values()];
}

test("a test of edited fields sends no stored secret anywhere new", async () => {
  const { scope, id } = await added();
  await expect(tested(scope, { integrationId: id, edits: { host: "evil.example.org" } })).rejects.toMatchObject({
    code: "invalid",
    fields: { password: expect.stringContaining("Host changed") },
  });
});

test("a test stores its outcome in the audit log and nothing else", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const steps = await tested(scope, { provider: "oneroster-csv", credentials: { ...someCredentials, host: "127.0.0.1", port: 9 } });
  expect(steps.find((step) => step.state === "failed")).toMatchObject({ cause: expect.any(String), remedy: expect.any(String) });
  const entries = await services.db.orm.select().from(auditEntries).where(eq(auditEntries.districtId, scope.districtId));
  expect(entries).toMatchObject([
    { action: "connection-tested", targetId: null, details: { provider: "oneroster-csv", outcome: "failed" } },
  ]);
  expect(await listIntegrations(services, scope)).toEqual([]);
});

const rest = { baseUrl: "https://sis.example.org/api", clientId: "aivo", clientSecret: "s3cret-of-rest" };
const learned = { authentication: "oauth2", tokenUrl: "https://sis.example.org/api/token", secretIn: "body", signature: "HMAC-SHA1" };

test("what a test found out is kept with the connection, and goes with its server", async () => {
  const { scope, id } = await added({ name: "REST", provider: "oneroster-rest", credentials: { ...rest, learned, fullReadDays: "3" } });
  const config = async () => (await row(id)).config;
  expect(await config()).toEqual({ baseUrl: rest.baseUrl, clientId: "aivo", fullReadDays: 3, learned });
  await updateCredentials(services, scope, id, { scopes: "roster", learned: { signature: "HMAC-SHA256" } });
  expect((await config()).learned).toEqual({ ...learned, signature: "HMAC-SHA256" });
  await updateCredentials(services, scope, id, { baseUrl: "https://other.example.org", clientSecret: "another-secret" });
  expect((await config()).learned).toBeUndefined();
});

test("nothing that a form brings as found out names a new place for the secret", async () => {
  const credentials = { ...rest, learned: { ...learned, tokenUrl: "https://evil.example/token", apiKey: "x" } };
  const { id } = await added({ name: "REST", provider: "oneroster-rest", credentials });
  const { tokenUrl: _, ...kept } = learned;
  expect((await row(id)).config.learned).toEqual(kept);
});

test("how often everything is read can change without reading everything for it", async () => {
  const { scope, id } = await added({ name: "REST", provider: "oneroster-rest", credentials: rest });
  await services.db.orm
    .update(integrations)
    .set({ cursor: { at: 1 } })
    .where(eq(integrations.id, id));
  await setFullReadDays(services, scope, id, "14");
  await updateCredentials(services, scope, id, { fullReadDays: "10" });
  expect((await row(id)).cursor).toEqual({ at: 1 });
  expect((await getIntegration(services, scope, id)).reading).toMatchObject({ fullReadDays: 10, lastFullAt: null, fullFrom: null });
  await updateCredentials(services, scope, id, { scopes: "roster" });
  expect((await row(id)).cursor).toBeNull();
  await expect(setFullReadDays(services, scope, id, "32")).rejects.toMatchObject({ fields: { fullReadDays: "Between 0 and 31" } });
  const csv = await added();
  expect((await getIntegration(services, csv.scope, csv.id)).reading).toBeNull();
  await expect(setFullReadDays(services, csv.scope, csv.id, "3")).rejects.toMatchObject({ code: "invalid" });
});

test("the last full read, and the next one by days and schedule", async () => {
  const { scope, id } = await added({ name: "REST", provider: "oneroster-rest", credentials: rest, schedule: "0 2 * * *" });
  const reading = async () => (await getIntegration(services, scope, id)).reading;
  expect(await reading()).toMatchObject({ lastFullAt: null, lastRead: null, fullFrom: null, nextFullAt: expect.any(String) });
  const ran = async (startedAt: Date, mode: "bulk" | "delta") => {
    const modes = { orgs: mode, academicSessions: mode, courses: mode, classes: mode, users: mode, enrollments: mode } as const;
    const input = { parts: [], modes, rows: {}, notRostered: {}, notes: [] };
    const at = { queuedAt: startedAt, startedAt, finishedAt: startedAt };
    const { districtId } = scope;
    await services.db.orm.insert(syncRuns).values({ districtId, integrationId: id, trigger: "manual", state: "succeeded", input, ...at });
  };
  const day = 86_400_000;
  const now = services.now().getTime();
  await services.db.orm.update(integrations).set({ cursor: {} }).where(eq(integrations.id, id));
  await ran(new Date(now - 3 * day), "bulk");
  await ran(new Date(now - day), "delta");
  const full = new Date(now - 3 * day).toISOString();
  expect(await reading()).toMatchObject({ lastFullAt: full, lastRead: "changes", fullFrom: new Date(now + 4 * day).toISOString() });
  expect(Date.parse((await reading())?.nextFullAt ?? "")).toBeGreaterThanOrEqual(now + 4 * day);
  await setFullReadDays(services, scope, id, 2);
  expect(await reading()).toMatchObject({ lastFullAt: full, fullFrom: null });
});

test("one is read among all of the district's as it is by itself, by its id in any letters, and no other district's", async () => {
  const { scope, id } = await added();
  const { id: other } = await addIntegration(services, scope, { name: "Other", provider: "oneroster-csv", credentials: someCredentials });
  for (const asked of [id, id.toUpperCase()]) {
    const { integration, all } = await getIntegrationAmongAll(services, scope, asked);
    expect({ ...integration, nextRuns: [] }).toEqual({ ...(await getIntegration(services, scope, asked)), nextRuns: [] });
    expect(all.map((one) => one.id).sort()).toEqual([id, other].sort());
  }
  for (const asked of ["none", (await added()).id])
    await expect(getIntegrationAmongAll(services, scope, asked)).rejects.toMatchObject({ code: "not-found" });
});
