/** An integration over OneRoster stays with its district: through the engine, against the servers of two districts. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import type { Source } from "#lib/engine/sis/source.ts";
import { loadModel } from "#lib/engine/sync/model/load.ts";
import { impatience } from "#lib/engine/testing/sis/rest.ts";
import { syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { availableProvider, unsealSecrets } from "#lib/services/integrations/credentials.ts";
import type { NewIntegration } from "#lib/services/integrations/schema.ts";
import { testConnection } from "#lib/services/integrations/test-connection.ts";
import { addIntegration, updateCredentials } from "#lib/services/integrations/write.ts";
import { type Services, testServices } from "#lib/services/testing/services.ts";
import { type ClassLinkServers, startClassLinkServers } from "#sandbox/classlink/server.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, startOneRosterServer } from "#sandbox/oneroster/server.ts";

const { services: opened, close } = await testServices();
const rateLimit = { requests: 1_000_000, windowSeconds: 60 };
const ours = openDistrict({ users: 150, seed: 3 });
const theirs = openDistrict({ users: 150, seed: 4, name: "Maple Grove Unified", number: "2208" });
let classLink: { readonly ours: ClassLinkServers; readonly theirs: ClassLinkServers };
let rest: { readonly ours: OneRosterServer; readonly moved: OneRosterServer; readonly theirs: OneRosterServer };
let services: Services;
let trustedOrigins: ReadonlySet<string>;

beforeAll(async () => {
  const directCredentials = { clientId: "their-key", clientSecret: "their-s3cret" };
  classLink = {
    ours: await startClassLinkServers({ district: ours, rateLimit }),
    theirs: await startClassLinkServers({ district: theirs, rateLimit, directCredentials }),
  };
  rest = {
    ours: await startOneRosterServer({ district: ours, rateLimit }),
    moved: await startOneRosterServer({ district: ours, rateLimit }),
    theirs: await startOneRosterServer({ district: theirs, rateLimit }),
  };
  const { proxy } = classLink.ours;
  trustedOrigins = new Set(
    [proxy.url, classLink.ours.direct.url, classLink.theirs.direct.url, rest.ours.url, rest.moved.url, rest.theirs.url].map(
      (url) => new URL(url).origin,
    ),
  );
  services = { ...opened, env: { ...opened.env, classlinkProxyUrl: proxy.url, trustedOrigins } };
}, 60_000);
afterAll(async () => {
  for (const server of [...Object.values(classLink), ...Object.values(rest)]) await server.close();
  await close();
});

interface Connected {
  readonly districtId: string;
  readonly id: string;
}

async function connected(provider: NewIntegration["provider"], credentials: Record<string, unknown>): Promise<Connected> {
  const districtId = await newDistrict(services.db);
  const { id } = await addIntegration(services, operatorScope(districtId), { name: "SIS", provider, credentials, safety: safetyOff });
  return { districtId, id };
}

const change = ({ districtId, id }: Connected, edits: Record<string, unknown>) =>
  updateCredentials(services, operatorScope(districtId), id, edits);

/** A run as the worker does it. */
async function sync({ districtId, id }: Connected) {
  const [row] = await services.db.orm.select().from(integrations).where(eq(integrations.id, id));
  if (!row) throw new Error("no integration");
  const credentials = { ...row.config, ...unsealSecrets(services.keyring, id, row.secrets) };
  const source = createSource(availableProvider(row.provider), credentials, impatience(), services.env);
  const trusting: Source = { ...source, extract: (context, options) => source.extract({ ...context, trustedOrigins }, options) };
  return syncOnce(services.db, districtId, id, { rows: {} }, { source: trusting });
}

async function expectSynced(district: Connected): Promise<void> {
  const run = await sync(district);
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
}

const otherDistrict = {
  state: "failed",
  failure: {
    code: "configuration",
    message: expect.stringMatching(
      /another district now, “Maple Grove Unified” \(2208\); this integration rosters “Cedar Falls Unified” \(1044\)/,
    ),
    remedy: expect.stringContaining("Add Integration"),
  },
};
const rosterOf = async ({ districtId }: Connected) => {
  const { records, links } = await loadModel(services.db, districtId);
  return { records, links };
};

describe("ClassLink", () => {
  const partner = () => {
    const { partnerKey, tenantId } = classLink.ours.proxy.credentials;
    return { clientId: "aivo", clientSecret: partnerKey, tenantId };
  };

  test("another Tenant ID is refused before it is saved or tested, once there was a sync", async () => {
    const district = await connected("classlink", partner());
    await change(district, { tenantId: "1000", clientSecret: partner().clientSecret });
    await change(district, partner());
    await expectSynced(district);
    const elsewhere = { tenantId: "1000", clientSecret: partner().clientSecret };
    const refusal = { code: "invalid", fields: { tenantId: expect.stringContaining("its Tenant ID is 77") } };
    await expect(change(district, elsewhere)).rejects.toMatchObject(refusal);
    await expect(change(district, { tenantId: "1000" })).rejects.toMatchObject(refusal);
    const steps = testConnection(
      services,
      operatorScope(district.districtId),
      { integrationId: district.id, edits: elsewhere },
      AbortSignal.timeout(30_000),
    );
    await expect(steps[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
    const [row] = await services.db.orm.select().from(integrations).where(eq(integrations.id, district.id));
    expect(row?.config.tenantId).toBe("77");
  });

  test("one that was put there all the same ends the run before anything is sent", async () => {
    const district = await connected("classlink", partner());
    await expectSynced(district);
    await services.db.orm
      .update(integrations)
      .set({ config: { clientId: "aivo", tenantId: "1000" } })
      .where(eq(integrations.id, district.id));
    const asked = classLink.ours.control.requests().length;
    expect(await sync(district)).toMatchObject({
      state: "failed",
      failure: { code: "configuration", message: expect.stringContaining("The Tenant ID 1000 is another district of ClassLink than 77") },
    });
    expect(classLink.ours.control.requests()).toHaveLength(asked);
  });

  test("the same district may be reached the other way: its application ID, its server, and back", async () => {
    const district = await connected("classlink", partner());
    await expectSynced(district);
    const { applicationId, bearer } = classLink.ours.proxy.credentials;
    await change(district, { tenantId: applicationId, clientSecret: bearer });
    await expectSynced(district);
    const { url, credentials } = classLink.ours.direct;
    await change(district, { ...credentials, tenantId: "77", serverUrl: url });
    await expectSynced(district);
    await change(district, { ...partner(), serverUrl: null });
    const run = await sync(district);
    expect([run.state, run.changeCount]).toEqual(["succeeded", 0]);
  });

  test("an application ID that turns out to be another tenant's is refused", async () => {
    const { applicationId, bearer } = classLink.ours.proxy.credentials;
    const district = await connected("classlink", { clientId: "aivo", clientSecret: bearer, tenantId: applicationId });
    await expectSynced(district);
    await change(district, { tenantId: "1000", clientSecret: partner().clientSecret });
    expect(await sync(district)).toMatchObject({
      state: "failed",
      failure: { code: "configuration", message: expect.stringContaining(`another district of ClassLink than ${applicationId}`) },
    });
    await change(district, partner());
    await expectSynced(district);
  });

  test("a server of another district is refused by what it says of itself, whatever the Tenant ID says, and nothing is changed", async () => {
    const district = await connected("classlink", partner());
    await expectSynced(district);
    const before = await rosterOf(district);
    const { url, credentials } = classLink.theirs.direct;
    await change(district, { ...credentials, tenantId: "77", serverUrl: url });
    expect(await sync(district)).toMatchObject(otherDistrict);
    expect(await rosterOf(district)).toEqual(before);
  });
});

describe("OneRoster REST", () => {
  test("a vendor may move to another host; another district behind the address is refused, and nothing is changed", async () => {
    const district = await connected("oneroster-rest", { baseUrl: rest.ours.url, ...rest.ours.credentials });
    await expectSynced(district);
    await change(district, { baseUrl: rest.moved.url, ...rest.moved.credentials });
    await expectSynced(district);
    const before = await rosterOf(district);
    await change(district, { baseUrl: rest.theirs.url, ...rest.theirs.credentials });
    expect(await sync(district)).toMatchObject(otherDistrict);
    expect(await rosterOf(district)).toEqual(before);
    await change(district, { baseUrl: rest.ours.url, ...rest.ours.credentials });
    await expectSynced(district);
  });

  test("an integration that never synced may be pointed anywhere", async () => {
    const district = await connected("oneroster-rest", { baseUrl: rest.ours.url, ...rest.ours.credentials });
    await change(district, { baseUrl: rest.theirs.url, ...rest.theirs.credentials });
    await expectSynced(district);
  });
});
