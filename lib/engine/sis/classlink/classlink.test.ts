/** Against the sandbox's proxy and district server: both ways in, and what a district or a partner can do meanwhile. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHttpClient } from "#lib/engine/sis/http.ts";
import { checkConnection, failureOf, impatience, type RosterRecords, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { rosteredCollections } from "#lib/roster/canonical.ts";
import { type ClassLinkServers, startClassLinkServers } from "#sandbox/classlink/server.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { findApplication } from "./applications.ts";
import { connectToDistrict } from "./connect.ts";
import { classLinkCredentials } from "./credentials.ts";
import { createClassLinkSource } from "./source.ts";
import { wayOf } from "./way.ts";

let district: LiveDistrict;
let servers: ClassLinkServers;
let whole: RosterRecords;
const partner = () => ({
  clientId: "not-used",
  clientSecret: servers.proxy.credentials.partnerKey,
  tenantId: servers.proxy.credentials.tenantId,
});

beforeAll(async () => {
  district = openDistrict({ users: 1_500 });
  district.advance(3);
});
beforeEach(async () => {
  servers = await startClassLinkServers({ district, rateLimit: { requests: 100_000, windowSeconds: 60 } });
  whole = (await read(partner())).records;
});
afterEach(() => servers.close());
afterAll(() => expect(servers.hrefsFollowed()).toBe(0));

function sourceOf(form: Readonly<Record<string, unknown>>, learned?: unknown) {
  const credentials = classLinkCredentials.parse(form);
  return createClassLinkSource({ credentials, learned, patience: impatience(), proxyUrl: servers.proxy.url });
}
const origins = () => [servers.proxy.url, servers.direct.url];
const read = (form: Readonly<Record<string, unknown>>, learned?: unknown) => readRoster(sourceOf(form, learned), origins());
const check = (form: Readonly<Record<string, unknown>>) => checkConnection(sourceOf(form), origins());
const paths = () => servers.control.requests().map(({ path }) => path);
const fieldsIn = (records: RosterRecords) => rosteredCollections.map((name) => records[name].map(({ fields }) => fields));

describe("the ways in", () => {
  test("a number is looked up with the partner's key, and the application id goes into the path as it came", async () => {
    expect(whole.users.length).toBeGreaterThan(1_000);
    // The second says that there are no more.
    expect(paths().slice(0, 2)).toEqual(["/applications", "/applications"]);
    expect(
      paths()
        .slice(2)
        .every((path) => path.startsWith("/Ab%2FcdEfGhI%3D/ims/oneroster/v1p1/")),
    ).toBe(true);
    expect(servers.control.requests().every(({ status }) => status === 200)).toBe(true);
  });

  test.each([
    ["as it came", "Ab%2FcdEfGhI%3D", null],
    ["without its escapes", "Ab/cdEfGhI=", "The Tenant ID was copied without its escapes; Aivo put them back."],
  ])("an application id is used %s", async (_what, tenantId, note) => {
    const form = { clientId: "x", clientSecret: servers.proxy.credentials.bearer, tenantId };
    const result = await read(form);
    expect(fieldsIn(result.records)).toEqual(fieldsIn(whole));
    expect(result.notes.includes(note ?? "")).toBe(note !== null);
  });

  test("an address goes straight to the district's server, signed, also when it was typed as Tenant ID", async () => {
    const form = { ...servers.direct.credentials, tenantId: `${servers.direct.url}/ims/oneroster/v1p1/` };
    expect(classLinkCredentials.parse(form)).toMatchObject({ tenantId: new URL(servers.direct.url).host, serverUrl: form.tenantId });
    const before = servers.control.requests().length;
    const result = await read(form);
    expect(fieldsIn(result.records)).toEqual(fieldsIn(whole));
    expect(result.learned?.()).toEqual({ signature: "HMAC-SHA256" });
    expect(
      servers.control
        .requests()
        .slice(before)
        .every(({ path }) => path.startsWith("/ims/oneroster/v1p1/")),
    ).toBe(true);
  });

  test("a server that signs with SHA1 only is found out once", async () => {
    await servers.close();
    servers = await startClassLinkServers({
      district,
      signatureMethods: ["HMAC-SHA1"],
      rateLimit: { requests: 100_000, windowSeconds: 60 },
    });
    const form = { ...servers.direct.credentials, tenantId: "77", serverUrl: servers.direct.url };
    const learned = (await check(form)).get("sign-in")?.learned;
    expect(learned).toEqual({ signature: "HMAC-SHA1" });
    const before = servers.control.requests().length;
    await read(form, learned);
    expect(
      servers.control
        .requests()
        .slice(before)
        .filter(({ status }) => status === 401),
    ).toEqual([]);
  });

  test("changes are read by the proxy too", async () => {
    const { cursor } = await read(partner());
    const next = await readRoster(sourceOf(partner()), origins(), { cursor: cursor() });
    expect(next.modes).toMatchObject({ orgs: "delta", academicSessions: "delta" });
  });

  test.each([
    [{ tenantId: "77" }, "lookup"],
    [{ tenantId: "Ab%2F" }, "application"],
    [{ tenantId: "77", serverUrl: "https://xx-v2.rosterserver.example" }, "direct"],
  ])("%o is the way %s", (form, kind) => expect(wayOf(form).kind).toBe(kind));

  test.each([[{ tenantId: ".." }], [{ tenantId: "a?b" }], [{ tenantId: "" }], [{ serverUrl: "ftp://x" }]])(
    "the form refuses %o",
    (wrong) => {
      expect(classLinkCredentials.safeParse({ clientId: "a", clientSecret: "b", tenantId: "77", ...wrong }).success).toBe(false);
    },
  );
});

describe("what can happen", () => {
  test("a token that was renewed is looked up once, and the read goes on", async () => {
    servers.control.faults.break({ kind: "token-expired", endpoint: "users", times: 1 });
    const before = servers.control.requests().length;
    expect(fieldsIn((await read(partner())).records)).toEqual(fieldsIn(whole));
    expect(
      servers.control
        .requests()
        .slice(before)
        .filter(({ path }) => path === "/applications"),
    ).toHaveLength(4);
  });

  test("several requests that are refused at once are all worth another try with the renewed token, and none after that", async () => {
    let bearer = "first";
    const proxy = await serveJson((_, url) => {
      const isFirstPage = url.searchParams.get("offset") === "0";
      return { body: { applications: isFirstPage ? [{ tenant_id: 77, oneroster_application_id: "app", bearer }] : [] } };
    });
    const http = createHttpClient({
      context: { signal: new AbortController().signal, now: () => new Date(), trustedOrigins: new Set([proxy.url]) },
      patience: impatience(),
    });
    try {
      const credentials = classLinkCredentials.parse({ ...partner(), tenantId: "77" });
      const way = wayOf({ tenantId: "77" });
      const { authority, root } = await connectToDistrict({
        http,
        credentials,
        way,
        proxyUrl: proxy.url,
        learned: {},
        now: () => new Date(),
      });
      const refused = await http.request({ url: new URL(`${proxy.url}/applications`), step: "read users" });
      const used = await authority.authorization("GET", new URL(root));
      bearer = "second";
      const again = await Promise.all([1, 2, 3].map(() => authority.onUnauthorized(used, refused)));
      expect(again).toEqual([true, true, true]);
      const renewed = await authority.authorization("GET", new URL(root));
      expect(renewed).toBe("Bearer second");
      expect(await authority.onUnauthorized(renewed, refused)).toBe(false);
    } finally {
      http.close();
      await proxy.close();
    }
  });

  test("with an application id, a renewed token must be entered", async () => {
    const form = { clientId: "x", clientSecret: servers.proxy.credentials.bearer, tenantId: "Ab%2FcdEfGhI%3D" };
    servers.proxy.applications.renewBearer();
    const failure = await failureOf(read(form));
    expect(failure).toMatchObject({ code: "authorization-expired", remedy: expect.stringContaining("new access token") });
  });

  test("sharing that is withdrawn in mid-read stops the run, and says whom to ask", async () => {
    servers.control.faults.break({ kind: "revoked", atRequest: 6 });
    const failure = await failureOf(read(partner()));
    expect(failure).toMatchObject({ code: "authorization-expired", remedy: expect.stringContaining("share the roster with Aivo again") });
  });

  test.each([
    [{ isEnabled: false }, /has not enabled Aivo/],
    [{ status: "Suspended" }, /is not active at ClassLink/],
    [{ isListed: false }, /lists \d+ districts, and none has the tenant ID 77/],
  ])("a district with %o is no error page", async (change, message) => {
    servers.proxy.applications.change(change);
    const failure = await failureOf(read(partner()));
    expect(failure).toMatchObject({ code: "permission" });
    expect(failure.message).toMatch(message);
  });

  test("a secret that is no partner's key is told what to enter instead", async () => {
    const steps = await check({ ...partner(), clientSecret: "district-s3cret" });
    expect(steps.get("sign-in")).toMatchObject({ state: "failed", remedy: expect.stringContaining("Server URL") });
    expect(steps.get("read-orgs")?.state).toBe("skipped");
  });

  test("an application id that nobody has is a 404 that says so", async () => {
    const failure = await failureOf(read({ clientId: "x", clientSecret: "y", tenantId: "Ab%252F" }));
    expect(failure.message).toContain("answered 404");
    expect(failure.remedy).toContain("Check the Tenant ID: it must be the application ID just as ClassLink shows it");
  });

  test("a district met again on the next page, because another came before it, is the same district", async () => {
    const listed = Array.from({ length: 101 }, (_, index) => ({
      tenant_id: index === 99 ? 77 : 1_000 + index,
      enabled: "true",
      tenant_status: "Active",
      oneroster_application_id: `application-${index}`,
    }));
    const proxy = await serveJson((_, url) => {
      const offset = Number(url.searchParams.get("offset"));
      return { body: { applications: offset === 0 ? listed.slice(0, 100) : listed.slice(offset - 1) } };
    });
    const http = createHttpClient({
      context: { signal: new AbortController().signal, now: () => new Date(), trustedOrigins: new Set([proxy.url]) },
      patience: impatience(),
    });
    try {
      const { found } = await findApplication({ http, proxyUrl: proxy.url, bearer: "key" }, ({ tenantId }) => tenantId === "77");
      expect(found?.applicationId).toBe("application-99");
    } finally {
      http.close();
      await proxy.close();
    }
  });

  test.each([
    ["clamps its pages to 37", (offset: number) => ({ from: offset, count: 37 })],
    ["clamps its pages to 100", (offset: number) => ({ from: offset, count: 100 })],
    ["ignores the offset", () => ({ from: 0, count: 1_000 })],
  ] as const)("a district is found, and all are counted, where the proxy %s", async (_what, windowOf) => {
    const listed = Array.from({ length: 300 }, (_, index) => ({ tenant_id: index, oneroster_application_id: `application-${index}` }));
    const proxy = await serveJson((_, url) => {
      const { from, count } = windowOf(Number(url.searchParams.get("offset")));
      return { body: { applications: listed.slice(from, from + count) } };
    });
    const http = createHttpClient({
      context: { signal: new AbortController().signal, now: () => new Date(), trustedOrigins: new Set([proxy.url]) },
      patience: impatience(),
    });
    try {
      const outcome = await findApplication({ http, proxyUrl: proxy.url, bearer: "key" }, ({ tenantId }) => tenantId === "299");
      expect(outcome).toMatchObject({ found: { applicationId: "application-299" }, listed: 300 });
    } finally {
      http.close();
      await proxy.close();
    }
  });

  test.each([
    ["error-200", "response-invalid", /GET \/applications, page 1, answered 200 \(OK\) with an error in its body/],
    ["wrong-wrapper", "response-invalid", /without the list "applications"/],
    ["status-429", "rate-limited", /answered 429/],
    ["html-502", "server-error", /answered 502/],
  ] as const)("/applications that answers %s ends the run", async (kind, code, message) => {
    servers.control.faults.break({ kind, endpoint: "applications", retryAfterSeconds: 1 });
    const failure = await failureOf(read(partner()));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  test.each([
    ["not-shared", "permission", /users, page 1, answered 403/],
    ["error-200", "response-invalid", /users, page 1, answered 200/],
    ["page-loop", "read-incomplete", /users, page 2, holds only records/],
  ] as const)("/users that answers %s ends the run", async (kind, code, message) => {
    servers.control.faults.break({ kind, endpoint: "users" });
    const failure = await failureOf(read(partner()));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });
});

test("Test Connection names the way, the district and what is there", async () => {
  const steps = await check(partner());
  expect([...steps.keys()]).toEqual(["resolve", "tcp", "tls", "way", "sign-in", ...rosteredCollections.map((name) => `read-${name}`)]);
  expect(steps.get("way")?.evidence[0]).toContain("the district is looked up at ClassLink's proxy");
  expect(steps.get("sign-in")?.evidence.join()).toContain("Tenant 77 is Cedar Falls Unified");
  servers.control.faults.break({ kind: "not-shared", endpoint: "classes" });
  expect((await check(partner())).get("read-classes")?.remedy).toContain("share /classes");
});
