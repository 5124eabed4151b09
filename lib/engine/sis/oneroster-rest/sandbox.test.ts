/** Against the sandbox's strict server: ways of signing in, paging as vendors do it, and bad weather. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Patience } from "#lib/engine/sis/patience.ts";
import { checkConnection, failureOf, impatience, type RosterRecords, readRoster } from "#lib/engine/testing/sis/rest.ts";
import { rosteredCollections } from "#lib/roster/canonical.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, type OneRosterServerOptions, startOneRosterServer } from "#sandbox/oneroster/server.ts";
import type { OneRosterRestCredentials } from "./credentials.ts";
import { createOneRosterRestSource } from "./source.ts";

let district: LiveDistrict;
let server: OneRosterServer;
let whole: RosterRecords;
const others: OneRosterServer[] = [];
const plenty = { requests: 100_000, windowSeconds: 60 };

beforeAll(async () => {
  district = openDistrict({ users: 1_300 });
  district.advance(2);
  server = await startOneRosterServer({ district, rateLimit: plenty });
  whole = (await readRoster(sourceOf(server), [server.url])).records;
});
afterAll(() => server.close());
afterEach(async () => {
  server.control.faults.mend();
  for (const other of others.splice(0)) await other.close();
});

async function start(options: Partial<OneRosterServerOptions>): Promise<OneRosterServer> {
  const other = await startOneRosterServer({ district, rateLimit: plenty, ...options });
  others.push(other);
  return other;
}

function sourceOf(
  to: OneRosterServer,
  more: Partial<OneRosterRestCredentials> = {},
  learned: unknown = undefined,
  patience: Patience = impatience(),
) {
  return createOneRosterRestSource({ baseUrl: to.url, ...to.credentials, ...more }, learned, patience);
}

/** Only a server that never answers is given up early; a busy machine is slow as well. */
const patienceWith = (kind: string, waits: number[] = []) => impatience(waits, kind === "silent" ? { idleTimeoutMs: 1_000 } : {});

const fieldsIn = (records: RosterRecords) =>
  Object.fromEntries(rosteredCollections.map((collection) => [collection, records[collection].map(({ fields }) => fields)]));
const counts = (records: RosterRecords) => Object.fromEntries(rosteredCollections.map((name) => [name, records[name].length]));

describe("a full read", () => {
  test("has every record once, in pages, with a proof for each collection", async () => {
    const read = await readRoster(sourceOf(server), [server.url]);
    expect(read.modes).toEqual({ ...Object.fromEntries(rosteredCollections.map((name) => [name, "bulk"])), roles: "absent" });
    expect(read.records.users.length).toBeGreaterThan(1_300 * 0.9);
    for (const collection of rosteredCollections) {
      const ids = read.records[collection].map(({ fields }) => fields.sourcedId);
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(read.records.users.at(-1)?.place).toEqual({ part: "/users", position: Math.ceil(read.records.users.length / 1000) });
    const lines = read.proof?.().split("\n") ?? [];
    expect(lines).toHaveLength(6);
    expect(lines[4]).toMatch(/^\/users: \d+ pages, ([\d,]+) records, \1 different ids, total \1 reached$/);
    expect(read.parts.map(({ name }) => name)).toEqual(rosteredCollections.map((name) => `/${name}`));
  });

  test("has the same fingerprint for the same roster, however it is paged", async () => {
    const clamped = await start({ maxLimit: 300, aboveLimit: "clamp" });
    const [first, second, third] = [
      await readRoster(sourceOf(server), [server.url]),
      await readRoster(sourceOf(server), [server.url]),
      await readRoster(sourceOf(clamped), [clamped.url]),
    ];
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(third.fingerprint).toBe(first.fingerprint);
  });

  test.each<[string, Partial<OneRosterServerOptions>]>([
    ["that clamps the page", { maxLimit: 130, aboveLimit: "clamp" }],
    ["that refuses the page size", { maxLimit: 200, aboveLimit: "refuse" }],
    ["that states no total", { faults: [{ kind: "no-total" }] }],
    ["that states no total and clamps", { maxLimit: 100, aboveLimit: "clamp", faults: [{ kind: "no-total" }] }],
    ["that packs its answers", { faults: [{ kind: "gzip" }] }],
    ["whose pages overlap", { maxLimit: 200, aboveLimit: "clamp", faults: [{ kind: "overlapping-pages" }] }],
    ["whose pages overlap and that states no total", { faults: [{ kind: "overlapping-pages" }, { kind: "no-total" }] }],
  ])("of a server %s is the same", async (_what, options) => {
    const other = await start(options);
    const read = await readRoster(sourceOf(other), [other.url]);
    expect(fieldsIn(read.records)).toEqual(fieldsIn(whole));
  });

  test("says when the page size was refused", async () => {
    const other = await start({ maxLimit: 200, aboveLimit: "refuse" });
    const { notes } = await readRoster(sourceOf(other), [other.url]);
    expect(notes).toContain("/users: the SIS refused pages of 500 records; read in pages of 200.");
  });
});

describe("signing in", () => {
  test.each<[string, Partial<OneRosterServerOptions>, object]>([
    ["a token, secret in the header", { clientAuthentication: "basic" }, { authentication: "oauth2", secretIn: "header" }],
    ["a token, secret in the body", { clientAuthentication: "body" }, { authentication: "oauth2", secretIn: "body" }],
    [
      "a token with the core scope alone",
      { scopes: ["roster-core.readonly"] },
      { scopes: expect.stringMatching(/^\S+roster-core.readonly$/) },
    ],
    [
      "a token at another usual place",
      { tokenPath: "/ims/oneroster/token" },
      { tokenUrl: expect.stringContaining("/ims/oneroster/token") },
    ],
    ["signatures with SHA256", { authentication: "oauth1" }, { authentication: "oauth1", signature: "HMAC-SHA256" }],
    [
      "signatures with SHA1",
      { authentication: "oauth1", signatureMethods: ["HMAC-SHA1"] },
      { authentication: "oauth1", signature: "HMAC-SHA1" },
    ],
  ])("finds out: %s", async (_what, options, expected) => {
    const other = await start(options);
    const steps = await checkConnection(sourceOf(other), [other.url]);
    expect(steps.get("sign-in")).toMatchObject({ state: "passed", learned: expected });
    const learned = steps.get("sign-in")?.learned;
    expect(JSON.stringify(learned)).not.toContain(other.credentials.clientSecret);

    const before = other.control.requests().length;
    const { records } = await readRoster(sourceOf(other, {}, learned), [other.url]);
    expect(counts(records)).toEqual(counts(whole));
    const asked = other.control.requests().slice(before);
    expect(asked.filter(({ status }) => status >= 400)).toEqual([]);
    expect(asked.filter(({ path }) => path.endsWith("/token")).length).toBeLessThanOrEqual(1);
  });

  test("takes a token address and scopes that are given", async () => {
    const other = await start({ tokenPath: "/somewhere/else" });
    const failure = await failureOf(readRoster(sourceOf(other, { authentication: "oauth2" }), [other.url]));
    expect(failure).toMatchObject({ code: "sign-in", remedy: expect.stringContaining("token URL") });
    const { records } = await readRoster(sourceOf(other, { tokenUrl: other.tokenUrl }), [other.url]);
    expect(counts(records)).toEqual(counts(whole));
  });

  test("wrong credentials are refused by both ways, without the secret in the words", async () => {
    const failure = await failureOf(readRoster(sourceOf(server, { clientSecret: "wr0ng-s3cret" }), [server.url]));
    expect(failure.code).toBe("sign-in");
    expect(failure.message).toContain("Neither OAuth 2.0 nor OAuth 1.0a");
  });

  test("an expired token is renewed at a 401, once", async () => {
    server.control.faults.break({ kind: "token-expired", endpoint: "users", times: 1 });
    const { records } = await readRoster(sourceOf(server), [server.url]);
    expect(fieldsIn(records)).toEqual(fieldsIn(whole));
  });

  test("a clock that is off is named where signatures are refused", async () => {
    const other = await start({ authentication: "oauth1" });
    const now = () => new Date(Date.now() + 3_600_000);
    const failure = await failureOf(readRoster(sourceOf(other, { authentication: "oauth1" }), [other.url], { now }));
    expect(failure.message).toContain("60 minutes behind");
  });

  test("an authorization that is withdrawn in mid-read fails the run", async () => {
    server.control.faults.break({ kind: "revoked", atRequest: 9 });
    expect(await failureOf(readRoster(sourceOf(server), [server.url]))).toMatchObject({ code: "sign-in" });
  });
});

describe("bad weather", () => {
  test.each([
    ["status-500", "server-error", /users, page \d, answered 500/],
    ["html-502", "server-error", /users, page \d, answered 502/],
    ["status-429", "rate-limited", /users, page \d, answered 429/],
    ["reset", "connection", /users, page \d, was cut off/],
    ["silent", "timeout", /users, page \d, did not begin to answer/],
    ["truncated-json", "response-invalid", /users, page \d, answered 200 \(OK\) .* not complete JSON/],
    ["html-200", "response-invalid", /users, page \d, answered 200 \(OK\) .* web page/],
    ["error-200", "response-invalid", /users, page \d, answered 200 \(OK\) .* error in its body/],
    ["wrong-wrapper", "response-invalid", /users, page \d, answered 200 \(OK\) without the list "users"/],
    ["not-shared", "permission", /users, page \d, answered 403/],
    ["page-loop", "read-incomplete", /users, page \d, holds only records that earlier pages had/],
    ["total-moving", "read-incomplete", /users .* the total changed while it was read/],
  ] as const)("%s ends the run, naming endpoint, page and status", async (kind, code, message) => {
    server.control.faults.break({ kind, endpoint: "users", atRequest: 2, retryAfterSeconds: 1 });
    const failure = await failureOf(readRoster(sourceOf(server, {}, undefined, patienceWith(kind)), [server.url]));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
    expect(failure.remedy).not.toBe("");
  });

  test.each(["status-500", "html-502", "status-429", "reset", "silent", "truncated-json", "html-200"] as const)(
    "%s that passes is got over",
    async (kind) => {
      server.control.faults.break({ kind, endpoint: "enrollments", atRequest: 3, times: 2 });
      const waits: number[] = [];
      const { records } = await readRoster(sourceOf(server, {}, undefined, patienceWith(kind, waits)), [server.url]);
      expect(fieldsIn(records)).toEqual(fieldsIn(whole));
      expect(waits.length).toBeGreaterThan(0);
    },
  );

  test("a roster that changes while it is paged is read again", async () => {
    server.control.faults.break({ kind: "total-moving", endpoint: "users", times: 3 });
    const read = await readRoster(sourceOf(server), [server.url]);
    expect(fieldsIn(read.records)).toEqual(fieldsIn(whole));
    expect(read.proof?.()).toContain("read a second time because the total changed");
  });

  test("an endpoint that the vendor does not have is no empty roster", async () => {
    server.control.faults.break({ kind: "not-shared", endpoint: "courses" });
    expect(await failureOf(readRoster(sourceOf(server), [server.url]))).toMatchObject({
      code: "permission",
      remedy: expect.stringContaining("/courses"),
    });
  });
});

describe("Test Connection", () => {
  test("names its steps, counts what is there and shows a sample", async () => {
    const steps = await checkConnection(sourceOf(server), [server.url]);
    expect([...steps].map(([id, { state }]) => [id, state])).toEqual([
      ["resolve", "passed"],
      ["tcp", "passed"],
      ["tls", "skipped"],
      ["sign-in", "passed"],
      ...rosteredCollections.map((name) => [`read-${name}`, expect.stringMatching(/passed|warning/)]),
    ]);
    expect(steps.get("read-users")?.evidence[0]).toBe(`${whole.users.length.toLocaleString("en-US")} records.`);
    expect(steps.get("read-users")?.sample).toMatchObject({ part: "/users", columns: expect.arrayContaining(["sourcedId", "role"]) });
    expect(steps.get("read-users")?.sample?.rows[0]).toMatchObject({ line: 1 });
  });

  test("an endpoint that is not shared says which toggle, and the others are read", async () => {
    server.control.faults.break({ kind: "not-shared", endpoint: "classes" });
    const steps = await checkConnection(sourceOf(server), [server.url]);
    expect(steps.get("read-classes")).toMatchObject({
      state: "failed",
      remedy: expect.stringContaining("allow Aivo's client to read /classes"),
    });
    expect(steps.get("read-enrollments")?.state).toMatch(/passed|warning/);
  });

  test("an address that nobody trusts is refused before anything is sent", async () => {
    const before = server.control.requests().length;
    const steps = await checkConnection(sourceOf(server), []);
    expect(steps.get("resolve")).toMatchObject({ state: "failed", cause: expect.stringContaining("not encrypted") });
    expect(steps.get("sign-in")?.state).toBe("skipped");
    expect(server.control.requests()).toHaveLength(before);
  });
});
