/** OneRoster 1.2 against the sandbox's strict server, with each vendor's habits: everybody comes, and nothing else. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { checkConnection, failureOf, impatience, type ReadRoster, type RosterRecords, readRoster } from "#lib/engine/testing/sis/rest.ts";
import { rosteredCollections } from "#lib/roster/canonical.ts";
import { edFi, infiniteCampus, VersionCalendar } from "#sandbox/district/habits.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, type OneRosterServerOptions, startOneRosterServer } from "#sandbox/oneroster/server.ts";
import type { OneRosterRestCredentials } from "./credentials.ts";
import { createOneRosterRestSource } from "./source.ts";

let district: LiveDistrict;
let whole: RosterRecords;
const open: OneRosterServer[] = [];
const later = () => new VersionCalendar("1.2");

beforeAll(async () => {
  district = openDistrict({ users: 700 });
  district.advance(2);
  whole = (await read({})).records;
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
afterAll(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(options: Partial<OneRosterServerOptions>): Promise<OneRosterServer> {
  const server = await startOneRosterServer({
    district,
    rateLimit: { requests: 100_000, windowSeconds: 60 },
    versions: later(),
    ...options,
  });
  open.push(server);
  return server;
}

const sourceOf = (to: OneRosterServer, more: Partial<OneRosterRestCredentials> = {}) =>
  createOneRosterRestSource({ baseUrl: to.url, ...to.credentials, ...more }, undefined, impatience());

async function read(options: Partial<OneRosterServerOptions>, more: Partial<OneRosterRestCredentials> = {}): Promise<ReadRoster> {
  const server = await start(options);
  return readRoster(sourceOf(server, more), [server.url]);
}

const idsOf = (records: RosterRecords) => rosteredCollections.map((name) => new Set(records[name].map(({ fields }) => fields.sourcedId)));
const rolesIn = (records: RosterRecords) =>
  new Set(records.roles.map(({ fields }) => `${fields.userSourcedId} ${fields.orgSourcedId} ${fields.role}`));

describe("a full read", () => {
  test.each<[string, Partial<OneRosterServerOptions>]>([
    ["with pages that are clamped and no total", { maxLimit: 150, aboveLimit: "clamp", quirks: { hasNoTotal: true, hasNoLinks: true } }],
    ["where a flat list wants both scopes", { wantsBothScopes: true }],
    ["where the core scope alone is granted", { scopes: ["roster-core.readonly"] }],
    [
      "of real booleans, blank names and lists of null",
      { habits: { realBooleans: true, blankUsernames: true, nullGrades: true, agentSourceIds: true, hasNoPrimaryOrg: true } },
    ],
    ["of names that are spelt as in files", { habits: { csvNamesInRest: true } }],
    ["of primary roles over all orgs", { habits: { primary: "of-all" } }],
  ])("%s has everybody and each role once", async (_, options) => {
    const { records, version } = await read(options);
    expect(version).toBe("1.2");
    expect(idsOf(records)).toEqual(idsOf(whole));
    expect(rolesIn(records)).toEqual(rolesIn(whole));
    expect(new Set(records.roles.map(({ fields }) => fields.sourcedId)).size).toBe(records.roles.length);
  });

  test("of Ed-Fi's kind has a record per school, and all roles of each", async () => {
    const larger = openDistrict({ users: 4_000 });
    const { records } = await read({ district: larger, habits: edFi });
    expect(records.users.length).toBeGreaterThan((await read({ district: larger })).records.users.length);
    expect(records.users.every(({ fields }) => fields.username === undefined || fields.username === "")).toBe(true);
    expect(new Set(records.users.map(({ fields }) => fields.userMasterIdentifier)).size).toBeLessThan(records.users.length);
  });

  test.each(["nested", "dotted"] as const)("of Infinite Campus's kind has the former id, %s", async (legacyId) => {
    const { records } = await read({ habits: { ...infiniteCampus, legacyId } });
    expect(records.users.some(({ fields }) => typeof fields.legacySourcedId === "string")).toBe(true);
  });

  test.each(["null", "missing", "no-word"] as const)("of people some of whom have no role (%s) has them all the same", async (as) => {
    const { records } = await read({ habits: { withoutRoles: { every: 5, as } } });
    expect(records.users).toHaveLength(whole.users.length);
    const withWord = new Set(records.roles.flatMap(({ fields }) => (fields.role === undefined ? [] : [fields.userSourcedId])));
    expect(withWord.size).toBeLessThan(whole.users.length);
  });

  test("has no password that stands wherever there is room for one", async () => {
    const result = await read({ habits: { password: "planted-password" } });
    expect(JSON.stringify([result.records, result.notes, result.parts, result.learned?.(), result.cursor()])).not.toContain("planted");
  });
});

describe("the way in", () => {
  test("is found below a folder, with a token address of a query", async () => {
    const server = await start({ folder: "/campus/api", tokenPath: "/campus/oauth2/token", tokenQuery: "appName=aivo" });
    const form = {
      baseUrl: `${new URL(server.url).origin}/campus/api`,
      tokenUrl: `${new URL(server.url).origin}/campus/oauth2/token?appName=aivo`,
    };
    const { version } = await readRoster(sourceOf(server, form), [server.url]);
    expect(version).toBe("1.2");
  });

  test("is the admin's to choose where both versions are there", async () => {
    const server = await start({ versions: "both" });
    expect(await failureOf(readRoster(sourceOf(server), [server.url]))).toMatchObject({ code: "version-ambiguous" });
    for (const version of ["1.1", "1.2"] as const)
      expect((await readRoster(sourceOf(server, { version }), [server.url])).version).toBe(version);
  });

  test("is another one from a day on, and the read ends with that", async () => {
    const server = await start({ versions: new VersionCalendar() });
    expect((await readRoster(sourceOf(server), [server.url])).version).toBe("1.1");
    const moved = await start({});
    expect(await failureOf(readRoster(sourceOf(moved), [moved.url], { version: "1.1" }))).toMatchObject({ code: "version-changed" });
  });

  test("and each collection is told by Test Connection", async () => {
    const server = await start({});
    const steps = await checkConnection(sourceOf(server), [server.url]);
    expect(steps.get("sign-in")?.evidence.join()).toContain("OneRoster 1.2 at /ims/oneroster/rostering/v1p2");
    expect([...steps.values()].filter(({ state }) => state === "failed")).toEqual([]);
    expect(steps.get("read-users")?.evidence.join()).toContain("have a role");
  });
});
