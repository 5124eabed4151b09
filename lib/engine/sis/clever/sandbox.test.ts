/** Against the sandbox's strict Clever: what a read takes over, tokens, the district, and bad weather. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { providerHosts } from "#lib/engine/sis/hosts.ts";
import { SmallClever, smallDistrictId } from "#lib/engine/testing/sis/clever.ts";
import { emptyRoster, knownOf } from "#lib/engine/testing/sis/folded-roster.ts";
import { checkConnection, failureOf, impatience, type RosterRecords, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { rosteredCollections } from "#lib/roster/canonical.ts";
import { normalise } from "#lib/roster/normalise.ts";
import { type CleverServer, type CleverServerOptions, startCleverServer } from "#sandbox/clever/server.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import type { Fault } from "#sandbox/http/faults.ts";
import type { CleverCredentials } from "./credentials.ts";
import { createCleverSource } from "./source.ts";

let district: LiveDistrict;
let server: CleverServer;
let whole: RosterRecords;
const others: CleverServer[] = [];
const plenty = { requests: 100_000, windowSeconds: 60, headerPrefix: "X-RateLimit" } as const;

beforeAll(async () => {
  district = openDistrict({ users: 1_300 });
  district.advance(3);
  server = await startCleverServer({ district, rateLimit: plenty });
  whole = (await read(server)).records;
}, 60_000);
afterAll(() => server.close());
afterEach(async () => {
  server.control.faults.mend();
  server.control.setDistrictState({ state: "running" });
  server.authorization.authorize();
  for (const other of others.splice(0)) await other.close();
});

async function start(options: Partial<CleverServerOptions>): Promise<CleverServer> {
  const other = await startCleverServer({ district, rateLimit: plenty, ...options });
  others.push(other);
  return other;
}

function sourceOf(to: CleverServer, more: Partial<CleverCredentials> = {}, waits: number[] = []) {
  const hosts = { ...providerHosts, cleverApiUrl: to.apiUrl, cleverAuthUrl: to.authUrl };
  return createCleverSource({ ...to.credentials, ...more }, impatience(waits, { idleTimeoutMs: 400 }), hosts);
}
const originsOf = (to: CleverServer) => [to.apiUrl, to.authUrl];
const read = (from: CleverServer, more: Partial<CleverCredentials> = {}, waits: number[] = []) =>
  readRoster(sourceOf(from, more, waits), originsOf(from));
const fieldsIn = (records: RosterRecords) =>
  Object.fromEntries(rosteredCollections.map((collection) => [collection, records[collection].map(({ fields }) => fields)]));

describe("a full read", () => {
  test("has every record once, all of it to be rostered, with a proof for each list", async () => {
    const roster = await read(server);
    expect(roster.modes).toEqual({ ...Object.fromEntries(rosteredCollections.map((name) => [name, "bulk"])), roles: "absent" });
    for (const collection of rosteredCollections) {
      const ids = roster.records[collection].map(({ fields }) => fields.sourcedId);
      expect(new Set(ids).size).toBe(ids.length);
      const outcomes = new Set(
        roster.records[collection].map((record) => normalise(collection, record)).map(({ disposition }) => disposition),
      );
      const isMixed = collection === "users" || collection === "orgs";
      expect([...outcomes].sort()).toEqual(isMixed ? ["not-rostered", "rostered"] : ["rostered"]);
    }
    const lines = roster.proof?.().split("\n") ?? [];
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatch(/^\/users: \d+ pages to the last, ([\d,]+) records, \1 different ids, count \1 reached$/);
    expect(roster.records.users.at(-1)?.place).toEqual({ part: "/users", position: Math.ceil(roster.records.users.length / 1000) });
    expect(roster.notes[0]).toBe("Everything was read, because there is no earlier read to go on from.");
  });

  test("calls things by OneRoster's names", () => {
    const student = whole.users.find(({ fields }) => fields.role === "student" && fields.middleName !== undefined);
    expect(student?.fields).toMatchObject({ givenName: expect.any(String), grades: [expect.any(String)], identifier: expect.any(String) });
    expect(Object.keys(student?.fields ?? {}).sort()).toEqual(
      ["email", "familyName", "givenName", "grades", "identifier", "middleName", "orgSourcedIds", "role", "sourcedId", "username"].sort(),
    );
    const school = whole.orgs.find(({ fields }) => String(fields.name).endsWith("Middle School"));
    expect(school?.fields.grades).toEqual(["06", "07", "08"]);
    const counted = new Set(whole.users.map(({ fields }) => fields.role));
    expect([...counted].sort()).toEqual(["administrator", "guardian", "student", "teacher"]);
    const term = whole.academicSessions.find(({ fields }) => String(fields.title).startsWith("Fall"));
    expect(term?.fields).toMatchObject({ type: "term", startDate: "2026-08-17", endDate: "2026-12-18", schoolYear: "2027" });
    const leads = whole.enrollments.filter(({ fields }) => fields.primary === "true");
    expect(new Set(leads.map(({ fields }) => fields.classSourcedId)).size).toBe(leads.length);
    expect(whole.enrollments.some(({ fields }) => fields.primary === "false")).toBe(true);
    const [member] = whole.enrollments;
    expect(member?.fields.sourcedId).toBe(`${member?.fields.classSourcedId}:${member?.fields.userSourcedId}:${member?.fields.role}`);
  });

  test("has the same fingerprint for the same roster, however it is paged", async () => {
    const clamped = await start({ faults: [{ kind: "limit-clamped", limit: 170 }] });
    const overlapping = await start({ faults: [{ kind: "overlapping-pages" }] });
    const [first, second, third] = [await read(server), await read(clamped), await read(overlapping)];
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(third.fingerprint).toBe(first.fingerprint);
    expect(fieldsIn(third.records)).toEqual(fieldsIn(first.records));
    expect(third.proof?.()).toContain("met again where pages overlap");
  });
});

describe("the district's token", () => {
  test("is asked for with the application's credentials, or used as it is given", async () => {
    await read(server, { accessToken: "district-token" });
    const given = await start({});
    await read(given, { accessToken: "district-token" });
    expect(given.control.requests().some(({ path }) => path === "/oauth/tokens")).toBe(false);
    expect((await read(given)).records.users).toHaveLength(whole.users.length);
    expect(given.control.requests().some(({ path }) => path === "/oauth/tokens")).toBe(true);
  });

  test("is read again, once, when it is refused in the middle", async () => {
    const rotating = await start({ faults: [{ kind: "token-expired", endpoint: "users", atRequest: 2, times: 1 }] });
    expect(fieldsIn((await read(rotating)).records)).toEqual(fieldsIn(whole));
    const stale = await start({});
    stale.authorization.rotate();
    const roster = await read(stale, { accessToken: "district-token" });
    expect(roster.notes).toContain("Signed in with the district's token from Clever, which has replaced the one before.");
  });

  test("that is not there, or revoked, says so and how to come back", async () => {
    const fresh = await start({ isAuthorized: false });
    const missing = await failureOf(read(fresh));
    expect(missing.code).toBe("authorization-expired");
    expect(missing.message).toContain("has no authorization for Aivo");
    expect(missing.remedy).toContain("Reconnect");
    const revoked = await start({ faults: [{ kind: "revoked", endpoint: "sections", atRequest: 1 }] });
    expect((await failureOf(read(revoked))).code).toBe("authorization-expired");
    expect((await failureOf(read(revoked, { accessToken: "district-token" }))).code).toBe("authorization-expired");
  });

  test("is not asked for with wrong credentials again and again", async () => {
    const strict = await start({});
    const failure = await failureOf(read(strict, { clientSecret: "wrong-s3cret" }));
    expect(failure.code).toBe("sign-in");
    expect(failure.message).toContain("/oauth/tokens answered 401");
    expect(strict.control.requests()).toHaveLength(1);
  });

  test("of another district is refused before anything is read", async () => {
    const other = await start({});
    const failure = await failureOf(read(other, { districtId: "55108ad78349a40100000022", accessToken: "district-token" }));
    expect(failure.code).toBe("configuration");
    expect(failure.message).toContain(other.credentials.districtId);
    expect(other.control.requests().map(({ path }) => path)).toEqual(["/v3.0/districts"]);
  });
});

describe("a district whose sync is in doubt", () => {
  test.each(["paused", "pending", "error"] as const)(
    "%s: everything is read, nobody withdrawn, and the place of the last read kept",
    async (state) => {
      const earlier = await read(server);
      server.control.setDistrictState({ state, pauseEnd: "2027-08-01T00:00:00.000Z" });
      const roster = await readRoster(sourceOf(server), originsOf(server), { cursor: earlier.cursor() });
      expect(roster.modes).toEqual({ ...Object.fromEntries(rosteredCollections.map((name) => [name, "delta"])), roles: "absent" });
      expect(roster.records.users).toHaveLength(whole.users.length);
      expect(roster.notes[0]).toContain("Nobody and nothing was withdrawn");
      expect(roster.cursor()).toEqual(earlier.cursor());
    },
  );

  test("whose sync is in doubt only when the lists have been read withdraws nobody either", async () => {
    const turning = await start({});
    const roster = await readRoster(sourceOf(turning), originsOf(turning), {
      onProgress: () => turning.control.setDistrictState({ state: "pending" }),
    });
    expect(roster.modes).toEqual({ ...Object.fromEntries(rosteredCollections.map((name) => [name, "delta"])), roles: "absent" });
    expect(roster.notes[0]).toContain("Nobody and nothing was withdrawn");
    expect(roster.cursor()).toBeNull();
  });

  test("success and silence are no doubt", async () => {
    for (const state of ["success", ""] as const) {
      server.control.setDistrictState({ state });
      expect((await read(server)).modes.users).toBe("bulk");
    }
  });
});

describe("bad weather that passes", () => {
  const passing: readonly Fault[] = [
    { kind: "status-500", endpoint: "users", atRequest: 2, times: 2 },
    { kind: "html-502", endpoint: "sections", times: 1 },
    { kind: "status-429", endpoint: "users", times: 1, retryAfterSeconds: 7 },
    { kind: "reset", endpoint: "users", atRequest: 3, times: 1 },
    { kind: "truncated-json", endpoint: "sections", times: 1 },
    { kind: "silent", endpoint: "courses", times: 1 },
    { kind: "gzip" },
    { kind: "no-total" },
    { kind: "html-200", endpoint: "schools", times: 1 },
    { kind: "status-500", endpoint: "token", times: 2 },
  ];
  test.each(passing.map((fault) => [`${fault.kind} at ${fault.endpoint ?? "all"}`, fault] as const))("%s", async (_, fault) => {
    const waits: number[] = [];
    const stormy = await start({ faults: [fault] });
    expect(fieldsIn((await read(stormy, {}, waits)).records)).toEqual(fieldsIn(whole));
    if (fault.retryAfterSeconds !== undefined) expect(Math.max(...waits)).toBeGreaterThanOrEqual(7_000);
  });

  test("a rate limit is waited for until it is lifted", async () => {
    const waits: number[] = [];
    const narrow = await start({ rateLimit: { requests: 6, windowSeconds: 60, headerPrefix: "X-RateLimit" } });
    const failure = await failureOf(read(narrow, {}, waits));
    expect(failure.code).toBe("rate-limited");
    expect(failure.transient).toBe(true);
    expect(waits.some((ms) => ms > 1_000 && ms <= 61_000)).toBe(true);
  });
});

test("a rate limit that only names its reset is waited for, and the read goes on", async () => {
  let now = new Date("2026-11-20T08:00:20.000Z");
  const small = openDistrict({ users: 1_300, now: () => now });
  const narrow = await start({ district: small, rateLimit: { requests: 9, windowSeconds: 60, headerPrefix: "X-RateLimit" } });
  const wait = async (ms: number) => {
    now = new Date(now.getTime() + ms);
  };
  const hosts = { ...providerHosts, cleverApiUrl: narrow.apiUrl, cleverAuthUrl: narrow.authUrl };
  const source = createCleverSource(narrow.credentials, { ...impatience(), wait }, hosts);
  const roster = await readRoster(source, originsOf(narrow), { now: () => now });
  expect(roster.modes.users).toBe("bulk");
  // By 429 or by being told that nothing is left: past the end of the first minute.
  expect(now.getTime()).toBeGreaterThanOrEqual(Date.parse("2026-11-20T08:01:00.000Z"));
});

describe("what a district that has disconnected answers", () => {
  const serve = async (answer: Parameters<typeof serveJson>[0]) => {
    const server = await serveJson(answer);
    strange.push(server);
    const credentials = { clientId: "id", clientSecret: "s3cret", districtId: "55108ad78349a40100000022" };
    const hosts = { ...providerHosts, cleverApiUrl: server.url, cleverAuthUrl: server.url };
    return (more: Partial<CleverCredentials>) =>
      failureOf(readRoster(createCleverSource({ ...credentials, ...more }, impatience(), hosts), [server.url]));
  };
  const strange: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const server of strange.splice(0)) await server.close();
  });

  test("404 for the district itself asks to reconnect", async () => {
    const failing = await serve(() => ({ status: 404, body: { message: "Resource not found" } }));
    expect(await failing({ accessToken: "old-s3cret" })).toMatchObject({
      code: "authorization-expired",
      message: expect.stringContaining("GET /v3.0/districts, page 1, answered 404"),
      remedy: expect.stringContaining("Reconnect"),
    });
  });

  test.each(["https://elsewhere.example/oauth/tokens?after=1", "http://[nowhere"])(
    "a list of tokens that goes on at %s is not half believed",
    async (uri) => {
      const failing = await serve(() => ({ body: { data: [], links: [{ rel: "next", uri }] } }));
      expect(await failing({})).toMatchObject({
        code: "response-invalid",
        message: expect.stringContaining("GET /oauth/tokens answered 200 (OK) with a next page at another place"),
      });
    },
  );
});

describe("bad weather that stays", () => {
  const staying: readonly (readonly [Fault, string, RegExp])[] = [
    [{ kind: "status-500", endpoint: "users", atRequest: 2 }, "server-error", /GET \/v3\.0\/users, page 2, answered 500/],
    [{ kind: "status-429", endpoint: "users" }, "rate-limited", /\/users, page 1, answered 429/],
    [{ kind: "truncated-json", endpoint: "sections" }, "response-invalid", /\/sections, page 1,.*not complete JSON/],
    [{ kind: "wrong-wrapper", endpoint: "users" }, "response-invalid", /without the list "data"/],
    [{ kind: "error-200", endpoint: "schools" }, "response-invalid", /without the list "data"/],
    [{ kind: "html-200", endpoint: "users", atRequest: 2 }, "response-invalid", /\/users, page 2,.*web page instead of data/],
    [{ kind: "page-loop", endpoint: "users" }, "read-incomplete", /\/users, page 2, leads back to a page/],
    [{ kind: "total-moving", endpoint: "users" }, "read-incomplete", /\/users could not be read completely, twice: Clever counts/],
    [{ kind: "silent", endpoint: "terms" }, "timeout", /\/terms, page 1,/],
    [{ kind: "reset", endpoint: "sections" }, "connection", /\/sections, page 1,/],
  ];
  test.each(staying.map(([fault, code, message]) => [`${fault.kind} at ${fault.endpoint}`, fault, code, message] as const))(
    "%s",
    async (_, fault, code, message) => {
      const stormy = await start({ faults: [fault] });
      const failure = await failureOf(read(stormy));
      expect(failure.code).toBe(code);
      expect(failure.message).toMatch(message);
      expect(failure.remedy).not.toBe("");
    },
  );

  test.each(["schools", "terms", "courses", "sections", "users"])("%s not shared: the toggle is named", async (endpoint) => {
    const closed = await start({ faults: [{ kind: "not-shared", endpoint }] });
    const failure = await failureOf(read(closed));
    expect(failure.code).toBe("permission");
    expect(failure.message).toContain(`does not share ${endpoint}`);
    expect(failure.remedy).toContain("Data sharing");
  });

  test("events that are not there leave the lists to be read each time", async () => {
    const silent = await start({ faults: [{ kind: "not-shared", endpoint: "events" }] });
    const roster = await read(silent);
    expect(roster.modes.users).toBe("bulk");
    expect(roster.notes.join(" ")).toContain("Enable events");
    const again = await readRoster(sourceOf(silent), originsOf(silent), { cursor: roster.cursor(), known: nobody });
    expect(again.notes[0]).toBe("Everything was read, because Clever gave no events to read changes from.");
  });

  test("a cancelled read ends as cancelled", async () => {
    const leaving = new AbortController();
    const reading = readRoster(sourceOf(server), originsOf(server), { signal: leaving.signal, onProgress: () => leaving.abort() });
    await expect(reading).rejects.toThrow("canceled");
  });
});

const nobody = knownOf(emptyRoster);

describe("Test Connection", () => {
  test("passes each step, with counts and a sample of each list", async () => {
    const steps = await checkConnection(sourceOf(server), originsOf(server));
    expect([...steps.values()].map(({ id, state }) => `${id} ${state}`)).toEqual([
      "resolve passed",
      "tcp passed",
      "tls skipped",
      "sign-in passed",
      "district passed",
      "list-schools passed",
      "list-terms passed",
      "list-courses passed",
      "list-sections passed",
      "list-users passed",
      "list-enrollments passed",
      "events passed",
    ]);
    expect(steps.get("list-users")?.evidence[0]).toBe(`${whole.users.length.toLocaleString("en-US")} in all.`);
    expect(steps.get("list-users")?.sample?.rows[0]?.values).toHaveLength(9);
  });

  test("names what is not shared and goes on; stops where nothing can follow", async () => {
    const closed = await start({ faults: [{ kind: "not-shared", endpoint: "sections" }] });
    const steps = await checkConnection(sourceOf(closed), originsOf(closed));
    expect(steps.get("list-sections")).toMatchObject({ state: "failed", remedy: expect.stringContaining('"Sections"') });
    expect(steps.get("list-users")?.state).toBe("passed");
    const fresh = await start({ isAuthorized: false });
    const refused = await checkConnection(sourceOf(fresh), originsOf(fresh));
    expect(refused.get("sign-in")).toMatchObject({ state: "failed", remedy: expect.stringContaining("Authorize with Clever") });
    expect(refused.get("list-users")?.state).toBe("skipped");
    const paused = await start({});
    paused.control.setDistrictState({ state: "paused" });
    expect((await checkConnection(sourceOf(paused), originsOf(paused))).get("district")?.state).toBe("warning");
  });
});

test("what Clever may leave null is no issue, and a term without a name is named by its dates", async () => {
  const clever = await SmallClever.start();
  const ids = { school: "5f1000000000000000000000", term: "5f2000000000000000000000", section: "5f4000000000000000000000" };
  clever.put("schools", { id: ids.school, name: "North", school_number: "1", low_grade: "PreKindergarten", high_grade: null });
  clever.put("terms", { id: ids.term, name: null, start_date: "2026-08-17", end_date: "2026-12-18" });
  clever.put("sections", {
    id: ids.section,
    name: "Reading",
    school: ids.school,
    course: null,
    term_id: ids.term,
    subject: null,
    grade: null,
    period: null,
    teacher: null,
    teachers: [],
    students: ["5f5000000000000000000000"],
  });
  clever.put("sections", {
    id: "5f4000000000000000000001",
    name: "Art",
    school: ids.school,
    course: null,
    term_id: null,
    teachers: [],
    students: [],
  });
  clever.put("users", {
    id: "5f5000000000000000000000",
    email: "pele@example.org",
    name: { first: "Pelé", middle: null, last: null },
    roles: { student: { school: ids.school, schools: [ids.school], grade: null, student_number: null } },
  });
  const hosts = { ...providerHosts, cleverApiUrl: clever.url, cleverAuthUrl: clever.url };
  const credentials = { clientId: "id", clientSecret: "s3cret", districtId: smallDistrictId, accessToken: clever.accessToken };
  const source = createCleverSource(credentials, impatience(), hosts);
  const roster = await readRoster(source, [clever.url]);
  const outcomes = rosteredCollections.flatMap((collection) =>
    roster.records[collection].map((record) => ({ collection, ...normalise(collection, record, roster.mayBeBlank[collection]) })),
  );
  expect(outcomes.flatMap(({ issues }) => issues)).toEqual([]);
  expect(outcomes.find(({ collection }) => collection === "academicSessions")).toMatchObject({
    record: { name: "Aug 17, 2026 to Dec 18, 2026" },
  });
  expect(outcomes.findLast(({ collection }) => collection === "orgs")).toMatchObject({ record: { grades: ["PK"] } });
  await clever.close();
});
