import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { personKinds } from "#sandbox/district/district.ts";
import { infiniteCampus, VersionCalendar } from "#sandbox/district/habits.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { basic, type Got, get, post, signed } from "#sandbox/testing.ts";
import { discoveryFiles } from "./discovery.ts";
import {
  edFiServer,
  type OneRosterServer,
  type OneRosterServerOptions,
  oneRosterRoot,
  oneRosterRoot12,
  startOneRosterServer,
} from "./server.ts";
import { scopePrefix, scopePrefix12 } from "./tokens.ts";

let district: LiveDistrict;
let plain: OneRosterServer;
const opened: OneRosterServer[] = [];

beforeAll(async () => {
  district = openDistrict({ users: 300 });
  district.advance(10);
  plain = await started();
});
afterAll(() => Promise.all(opened.map((server) => server.close())));
beforeEach(() => plain.control.faults.mend());

async function started(more: Partial<OneRosterServerOptions> = {}): Promise<OneRosterServer> {
  const server = await startOneRosterServer({
    district,
    versions: new VersionCalendar("1.2"),
    rateLimit: { requests: 100_000, windowSeconds: 60 },
    ...more,
  });
  opened.push(server);
  return server;
}

const uris = (...scopes: string[]) => scopes.map((scope) => `${scopePrefix12}${scope}`).join(" ");
const core = uris("roster-core.readonly");
const roster = uris("roster.readonly");

const ask = (server: OneRosterServer, scope: string) => {
  const { clientId, clientSecret } = server.credentials;
  return post(server.tokenUrl, { grant_type: "client_credentials", scope }, { authorization: basic(clientId, clientSecret) });
};
async function reader(
  server: OneRosterServer,
  scope = `${core} ${roster}`,
  root = oneRosterRoot12,
): Promise<(path: string) => Promise<Got>> {
  const authorization = `Bearer ${(await ask(server, scope)).body.access_token}`;
  return (path) => get(`${server.url}${root}/${path}`, { authorization });
}
const filtered = (text: string) => `filter=${encodeURIComponent(text).replaceAll("'", "%27")}`;

interface User {
  readonly sourcedId: string;
  readonly status: string;
  readonly userMasterIdentifier: string;
  readonly identifier: string;
  readonly familyName: string;
  readonly metadata: { readonly ic: { readonly legacysourceId: string } };
  readonly roles: readonly { readonly roleType: string; readonly role: string | null; readonly org: { readonly sourcedId: string } }[];
}
async function users(server: OneRosterServer): Promise<readonly User[]> {
  const read = await reader(server);
  const all: User[] = [];
  for (let page: User[] = []; all.length === 0 || page.length === 500; all.push(...page))
    page = (await read(`users?limit=500&offset=${all.length}`)).body.users;
  return all;
}

describe("who may read what", () => {
  test("is asked for by the whole scope of this version", async () => {
    for (const scope of [core, roster, `${core} ${roster}`]) expect((await ask(plain, scope)).status).toBe(200);
    for (const scope of ["", "roster-core.readonly", `${scopePrefix}roster-core.readonly`, `${core} ${scopePrefix12}roster.createput`])
      expect([(await ask(plain, scope)).status, (await ask(plain, scope)).body.error]).toEqual([400, "invalid_scope"]);
    const narrow = await started({ scopes: ["roster.readonly"] });
    expect([(await ask(narrow, core)).status, (await ask(narrow, roster)).status]).toEqual([400, 200]);
  });

  test("flat lists by either roster scope, lists below a record by one of them, demographics by their own", async () => {
    const [byCore, byRoster] = [await reader(plain, core), await reader(plain, roster)];
    const [school] = (await byCore("schools?limit=1")).body.orgs;
    expect((await byRoster("users?limit=1")).status).toBe(200);
    expect((await byRoster(`schools/${school.sourcedId}/classes?limit=1`)).status).toBe(200);
    expect((await byCore(`schools/${school.sourcedId}/classes?limit=1`)).status).toBe(403);
    expect((await byRoster("demographics?limit=1")).status).toBe(403);
    expect((await (await reader(plain, uris("roster-demographics.readonly")))("demographics?limit=1")).status).toBe(200);
    const strict = await started({ wantsBothScopes: true });
    expect((await (await reader(strict, core))("users")).status).toBe(403);
    expect((await (await reader(strict))("users")).status).toBe(200);
  });

  test("never by a signed request, a made-up token, or one that is over", async () => {
    const { clientId: key, clientSecret: secret } = plain.credentials;
    const url = `${plain.url}${oneRosterRoot12}/orgs`;
    expect((await get(url, { authorization: signed(url, { key, secret }) })).status).toBe(401);
    expect((await get(url, { authorization: "Bearer made-up" })).status).toBe(401);
    const read = await reader(plain);
    plain.control.faults.break({ kind: "token-expired", times: 1 });
    const refused = await read("orgs");
    expect([refused.status, refused.body]).toEqual([
      401,
      {
        imsx_codeMajor: "failure",
        imsx_severity: "error",
        imsx_description: expect.any(String),
        imsx_CodeMinor: {
          imsx_codeMinorField: [{ imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: "unauthorisedrequest" }],
        },
      },
    ]);
  });

  test("tokens can want a word in their address, and stand below a folder", async () => {
    const server = await started({ folder: "/campus/api", tokenPath: "/campus/oauth2/token", tokenQuery: "appName=aivo" });
    expect(server.tokenUrl).toContain("/campus/oauth2/token?appName=aivo");
    const { clientId, clientSecret } = server.credentials;
    const form = { grant_type: "client_credentials", scope: core };
    const authorization = basic(clientId, clientSecret);
    expect((await post(server.tokenUrl.replace(/\?.*/, ""), form, { authorization })).status).toBe(400);
    expect((await (await reader(server))("orgs")).status).toBe(200);
    expect((await get(`${new URL(server.url).origin}${oneRosterRoot12}/orgs`)).status).toBe(404);
  });

  test("discovery says what is offered to whoever asks, under both names", async () => {
    for (const file of discoveryFiles) {
      const { body } = await get(`${plain.url}${oneRosterRoot12}/discovery/${file}`);
      expect(body.components.securitySchemes.OAuth2CC.flows.clientCredentials.tokenUrl).toBe(plain.tokenUrl);
      expect(Object.keys(body.paths)).toContain("/enrollments");
    }
    expect((await get(`${plain.url}${oneRosterRoot12}/discovery/openapi.json`)).status).toBe(404);
    const elsewhere = await started({ discovery: { tokenUrl: "https://sso.example/token" } });
    const { body } = await get(`${elsewhere.url}${oneRosterRoot12}/discovery/${discoveryFiles[0]}`);
    expect(body.components.securitySchemes.OAuth2CC.flows.clientCredentials.tokenUrl).toBe("https://sso.example/token");
    const silent = await started({ discovery: "none" });
    expect((await get(`${silent.url}${oneRosterRoot12}/discovery/${discoveryFiles[0]}`)).status).toBe(401);
  });
});

describe("records", () => {
  test("of people have roles, and none of 1.1's words for them", async () => {
    const all = await users(plain);
    const words = new Set(all.flatMap(({ roles }) => roles.map(({ role }) => role)));
    expect([...words].sort()).toEqual(["districtAdministrator", "parent", "principal", "student", "teacher"]);
    for (const user of all) {
      expect(user).not.toHaveProperty("role");
      expect(user).not.toHaveProperty("orgs");
      const primaries = user.roles.filter(({ roleType }) => roleType === "primary").map(({ org }) => org.sourcedId);
      expect(primaries.sort()).toEqual([...new Set(user.roles.map(({ org }) => org.sourcedId))].sort());
    }
    expect(all[0]).toMatchObject({ enabledUser: "true", primaryOrg: { type: "org" } });
    expect(all.some((user) => "preferredFirstName" in user)).toBe(true);
  });

  test("refer by this version's types, to what is there", async () => {
    const read = await reader(plain);
    const [room] = (await read("classes?limit=1")).body.classes;
    expect(room.terms[0].type).toBe("academicSession");
    expect(room.terms[0].href).toBe(`${plain.url}${oneRosterRoot12}/academicSessions/${room.terms[0].sourcedId}`);
    const [enrollment] = (await read("enrollments?limit=1&offset=900")).body.enrollments;
    expect(enrollment.primary).toMatch(/^(true|false)$/);
    expect((await read(`users/${enrollment.user.sourcedId}`)).body.user.sourcedId).toBe(enrollment.user.sourcedId);
    expect((await read(`classes/${enrollment.class.sourcedId}/students`)).body.users.length).toBeGreaterThan(0);
  });

  test("come in pages with a total and links, and by the day of change", async () => {
    const read = await reader(plain);
    const first = await read("users?limit=50");
    const total = Number(first.headers.get("x-total-count"));
    expect(first.headers.get("link")).toContain('rel="next"');
    const ids = new Set<string>();
    for (let offset = 0; offset < total; offset += 50)
      for (const { sourcedId } of (await read(`users?limit=50&offset=${offset}&sort=sourcedId`)).body.users) ids.add(sourcedId);
    expect(ids.size).toBe(total);
    const since = district.momentOf(10).toISOString();
    const changed = (await read(`users?limit=500&${filtered(`dateLastModified>='${since}'`)}`)).body.users;
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(total / 2);
  });

  test.each([
    ["users?limit=0", 400, "invaliddata"],
    ["users?limit=-1", 400, "invaliddata"],
    ["users?limit=10001", 400, "invaliddata"],
    [`users?${filtered("shoeSize='9'")}`, 400, "invalid_filter_field"],
    [`users?${filtered("role='student'")}`, 400, "invalid_filter_field"],
    [`users?${filtered("roles.role='student'")}`, 400, "invalid_filter_field"],
    [`users?${filtered("familyName=Baker")}`, 400, "invalid_filter_field"],
    ["users?sort=shoeSize", 400, "invalid_sort_field"],
    ["users?fields=shoeSize", 400, "invalid_selection_field"],
    ["users/nobody", 404, "unknownobject"],
    ["lineItems", 404, "unknownobject"],
  ])("%s is refused: %i %s", async (path, status, minor) => {
    const { status: got, body } = await (await reader(plain))(path);
    expect([got, body.imsx_CodeMinor.imsx_codeMinorField[0].imsx_codeMinorFieldValue]).toEqual([status, minor]);
  });
});

describe("versions", () => {
  test("stand each at its root, and a token opens its own", async () => {
    const both = await started({ versions: "both" });
    const old = await reader(both, `${scopePrefix}roster-core.readonly`, oneRosterRoot);
    const young = await reader(both, core);
    const [before, after] = [(await old("users?limit=500")).body.users, (await young("users?limit=500")).body.users];
    expect(after.map(({ sourcedId }: User) => sourcedId)).toEqual(before.map(({ sourcedId }: User) => sourcedId));
    expect(before[0]).toHaveProperty("role");
    expect((await (await reader(both, core, oneRosterRoot))("users")).status).toBe(403);
    expect((await (await reader(both, `${scopePrefix}roster-core.readonly`))("users")).status).toBe(403);
    expect((await get(`${plain.url}${oneRosterRoot}/orgs`)).status).toBe(404);
  });

  test("change on their day, and people have other ids, two of them one", async () => {
    const moving = openDistrict({ users: 300 });
    const server = await started({ district: moving, versions: new VersionCalendar({ from12: 2 }), habits: infiniteCampus });
    moving.advance(1);
    expect((await get(`${server.url}${oneRosterRoot12}/orgs`)).status).toBe(404);
    const before: User[] = (await (await reader(server, `${scopePrefix}roster-core.readonly`, oneRosterRoot))("users?limit=500")).body
      .users;
    for (const { sourcedId } of before) expect(sourcedId).toMatch(/^[aspt]\+\d{7}$/);
    moving.advance(1);
    expect((await get(`${server.url}${oneRosterRoot}/orgs`)).status).toBe(404);
    const after = await users(server);
    const numbers = new Set(after.map(({ metadata }) => metadata.ic.legacysourceId));
    expect(numbers.size).toBe(after.length);
    for (const { sourcedId } of before) expect(numbers).toContain(sourcedId.slice(2));
    expect(after.length).toBeLessThan(before.length);
    const merged = after.filter(({ roles }) => new Set(roles.map(({ role }) => role)).size > 1);
    expect(new Set(merged.flatMap(({ roles }) => roles.map(({ role }) => role)))).toEqual(new Set(["teacher", "administrator", "parent"]));
    const read = await reader(server);
    for (const { sourcedId } of [...merged, ...after.slice(0, 5)])
      expect((await read(`users/${sourcedId}`)).body.user.sourcedId).toBe(sourcedId);
    const sorted = (await read("users?limit=500&sort=sourcedId")).body.users.map(({ sourcedId }: User) => sourcedId);
    expect(sorted).toEqual([...sorted].sort());
  });
});

describe("vendors", () => {
  test("one record for each school, all of one person, and enrollments in the one of their school", async () => {
    // Only a district of this size has teachers in two schools.
    const large = openDistrict({ users: 2400, seed: 8 });
    const inTwo = (await users(await started({ district: large }))).filter(({ roles }) => roles.length === 2);
    expect(inTwo.every(({ roles }) => roles.every(({ roleType }) => roleType === "primary"))).toBe(true);
    const server = await started({ district: large, ...edFiServer });
    const all = await users(server);
    const byPerson = new Map<string, User[]>();
    for (const user of all) byPerson.set(user.userMasterIdentifier, [...(byPerson.get(user.userMasterIdentifier) ?? []), user]);
    const several = [...byPerson.values()].filter((records) => records.length > 1);
    expect(several).toHaveLength(inTwo.length);
    expect(several.length).toBeGreaterThan(0);
    for (const records of several) {
      expect(new Set(records.map(({ sourcedId }) => sourcedId)).size).toBe(records.length);
      expect(new Set(records.map(({ roles }) => JSON.stringify(roles))).size).toBe(1);
      expect(records[0]?.roles.filter(({ roleType }) => roleType === "primary")).toHaveLength(1);
    }
    const read = await reader(server);
    for (const { sourcedId } of several.flat()) expect((await read(`users/${sourcedId}`)).body.user.sourcedId).toBe(sourcedId);
    const known = new Set(all.map(({ sourcedId }) => sourcedId));
    const { body, headers } = await read("enrollments?limit=9000");
    expect(body.enrollments).toHaveLength(500);
    for (const { user } of body.enrollments) expect(known).toContain(user.sourcedId);
    expect([headers.get("x-total-count"), headers.get("link")]).toEqual([null, null]);
    expect(all.every(({ status }) => status === "active")).toBe(true);
    expect(all[0]).toMatchObject({ username: "", grades: [null], enabledUser: true, agentSourceIds: [] });
    expect(all[0]).not.toHaveProperty("primaryOrg");
    expect((await read("users?limit=x")).body.imsx_codeMinor).toBe("invaliddata");
  });

  test("every role primary; no roles, none with a word; words of their own; credentials; dates", async () => {
    const every = await users(await started({ habits: { primary: "every", mergesPeople: true } }));
    expect(new Set(every.flatMap(({ roles }) => roles.map(({ roleType }) => roleType)))).toEqual(new Set(["primary"]));
    for (const [as, expected] of [
      ["null", null],
      ["missing", undefined],
      ["no-word", [expect.objectContaining({ role: null })]],
    ] as const) {
      const some = await users(await started({ habits: { withoutRoles: { every: 9, as } } }));
      expect(some.filter(({ roles }) => !roles || roles.some(({ role }) => role === null)).length).toBeGreaterThan(5);
      expect(some.map(({ roles }) => roles)).toContainEqual(expected);
    }
    const own = await reader(await started({ habits: { ownWords: true, password: "planted-secret", datedRoles: true } }));
    expect((await own("orgs")).body.orgs.map(({ type }: { type: string }) => type)).toContain("ext:academy");
    const text = JSON.stringify((await own("users?limit=500")).body);
    for (const word of ["ext:headteacher", "planted-secret", '"userProfiles"', '"beginDate":"2026-08-17","endDate":"2027-06-05"'])
      expect(text).toContain(word);
  });

  test("anything else about a person's roles, by the day", async () => {
    const server = await started({
      habits: {
        amendRoles: ({ kind, day }, roles) =>
          kind === personKinds.teacher ? roles.map((role) => ({ ...role, begins: `2027-01-${day}`, ends: `2027-01-${day}` })) : roles,
      },
    });
    expect(JSON.stringify(await users(server))).toContain('"beginDate":"2027-01-10","endDate":"2027-01-10"');
  });

  test("a learner who teaches is one record with both roles", async () => {
    const server = await started({ habits: { learnersWhoTeach: 2 } });
    const both = (await users(server)).filter(
      ({ roles }) => roles.some(({ role }) => role === "student") && roles.some(({ role }) => role === "teacher"),
    );
    expect(both).toHaveLength(2);
    const read = await reader(server);
    for (const list of ["students", "teachers"])
      expect((await read(`${list}?limit=500`)).body.users.map(({ sourcedId }: User) => sourcedId)).toContain(both[0]?.sourcedId);
    const rooms = (await read(`users/${both[0]?.sourcedId}/classes`)).body.classes;
    expect(rooms.length).toBeGreaterThan(7);
    expect((await read(`classes/${rooms[0].sourcedId}/students`)).status).toBe(200);
  });
});
