import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { basic, get, post, type Signing, signed } from "#sandbox/testing.ts";
import { type OneRosterServer, startOneRosterServer } from "./server.ts";
import { scopePrefix } from "./tokens.ts";

let district: LiveDistrict;
let server: OneRosterServer;
let bearer = "";
let root = "";

beforeAll(async () => {
  district = openDistrict({ users: 400 });
  district.advance(10);
  server = await startOneRosterServer({ district, maxLimit: 500, rateLimit: { requests: 5_000, windowSeconds: 60 } });
  root = `${server.url}/ims/oneroster/v1p1`;
  bearer = await token();
});
afterAll(() => server.close());
beforeEach(() => server.control.faults.mend());

const core = `${scopePrefix}roster-core.readonly`;
async function token(scope = `${core} ${scopePrefix}roster.readonly`): Promise<string> {
  const { clientId, clientSecret } = server.credentials;
  const got = await post(server.tokenUrl, { grant_type: "client_credentials", scope }, { authorization: basic(clientId, clientSecret) });
  return `Bearer ${got.body.access_token}`;
}
const read = (path: string, authorization = bearer) => get(`${root}/${path}`, { authorization });
const signing = (more: Partial<Signing> = {}): Signing => ({
  key: server.credentials.clientId,
  secret: server.credentials.clientSecret,
  ...more,
});
const readSigned = (path: string, more: Partial<Signing> = {}) => read(path, signed(`${root}/${path}`, signing(more)));
const filtered = (text: string) => `filter=${encodeURIComponent(text).replaceAll("'", "%27")}`;

describe("tokens", () => {
  const ask = (form: Record<string, string>, authorization?: string) => post(server.tokenUrl, form, authorization ? { authorization } : {});
  const grant = { grant_type: "client_credentials", scope: core };

  test("are given for the client's secret in the header or in the body", async () => {
    const { clientId, clientSecret } = server.credentials;
    expect((await ask(grant, basic(clientId, clientSecret))).body).toMatchObject({ token_type: "bearer", expires_in: 3600, scope: core });
    expect((await ask({ ...grant, client_id: clientId, client_secret: clientSecret })).status).toBe(200);
  });

  test.each([
    ["a wrong secret", grant, "wrong", 401, "invalid_client"],
    ["no scope", { grant_type: "client_credentials" }, null, 400, "invalid_scope"],
    ["a scope that is not allowed", { ...grant, scope: `${scopePrefix}gradebook.readonly` }, null, 400, "invalid_scope"],
    ["another grant", { ...grant, grant_type: "password" }, null, 400, "unsupported_grant_type"],
  ])("are refused for %s", async (_what, form, secret, status, error) => {
    const got = await ask(form, basic(server.credentials.clientId, secret ?? server.credentials.clientSecret));
    expect([got.status, got.body.error]).toEqual([status, error]);
  });

  test("open only what their scope says, only here, only for a time", async () => {
    expect((await read("schools", await token(core))).status).toBe(200);
    const [school] = (await read("schools?limit=1")).body.orgs;
    expect((await read(`schools/${school.sourcedId}/classes`, await token(core))).status).toBe(403);
    expect((await read("demographics")).status).toBe(403);
    expect((await read("demographics", await token(`${scopePrefix}roster-demographics.readonly`))).status).toBe(200);
    expect((await read("users", "Bearer made-up")).status).toBe(401);
    expect((await get(`${root}/users`)).status).toBe(401);

    let now = new Date();
    const brief = await startOneRosterServer({ district: openDistrict({ users: 100, now: () => now }), tokenSeconds: 60 });
    const form = { ...grant, client_id: brief.credentials.clientId, client_secret: brief.credentials.clientSecret };
    const authorization = `Bearer ${(await post(brief.tokenUrl, form)).body.access_token}`;
    const orgs = `${brief.url}/ims/oneroster/v1p1/orgs`;
    expect((await read("users", authorization)).status).toBe(401);
    expect((await get(orgs, { authorization })).status).toBe(200);
    now = new Date(now.getTime() + 61_000);
    expect((await get(orgs, { authorization })).status).toBe(401);
    await brief.close();
  });
});

describe("signed requests", () => {
  test.each(["HMAC-SHA1", "HMAC-SHA256"] as const)("%s, with a filter that needs encoding", async (method) => {
    const got = await readSigned(`users?${filtered("familyName='O''Connor'")}&limit=5&sort=sourcedId&orderBy=asc`, { method });
    expect(got.status).toBe(200);
  });

  test.each([
    ["a wrong secret", { secret: "wrong" }],
    ["another key", { key: "somebody" }],
    ["a clock that is ten minutes off", { at: new Date(Date.now() - 600_000) }],
  ])("are refused with %s", async (_what, more) => expect((await readSigned("orgs", more)).status).toBe(401));

  test("count once", async () => {
    const header = signed(`${root}/orgs?limit=1`, signing());
    expect((await read("orgs?limit=1", header)).status).toBe(200);
    expect((await read("orgs?limit=1", header)).status).toBe(401);
    expect((await read("orgs?limit=2", header)).status).toBe(401);
  });

  test("may be of one method only", async () => {
    const old = await startOneRosterServer({ district, authentication: "oauth1", signatureMethods: ["HMAC-SHA1"] });
    const url = `${old.url}/ims/oneroster/v1p1/orgs`;
    const as = (method: "HMAC-SHA1" | "HMAC-SHA256") => get(url, { authorization: signed(url, signing({ method })) });
    expect([(await as("HMAC-SHA1")).status, (await as("HMAC-SHA256")).status]).toEqual([200, 401]);
    expect((await post(old.tokenUrl, {})).status).toBe(404);
    await old.close();
  });
});

describe("pages", () => {
  const paths = ["orgs", "schools", "academicSessions", "courses", "classes", "users", "students", "teachers", "enrollments"] as const;
  const keys: Record<string, string> = { schools: "orgs", students: "users", teachers: "users" };

  test.each(paths)("of %s are together the collection, nobody twice, in order", async (path) => {
    for (const limit of [7, 97, 500]) {
      const ids: string[] = [];
      let total = 0;
      for (let offset = 0; ; offset += limit) {
        const got = await read(`${path}?limit=${limit}&offset=${offset}&sort=sourcedId&orderBy=asc`);
        total = Number(got.headers.get("x-total-count"));
        const page: { sourcedId: string }[] = got.body[keys[path] ?? path];
        ids.push(...page.map((record) => record.sourcedId));
        expect(got.headers.get("link")?.includes('rel="next"') ?? false).toBe(offset + limit < total);
        if (page.length < limit) break;
        if (limit === 7 && offset > 70) break;
      }
      expect(ids).toEqual([...new Set(ids)].sort());
      if (limit > 7) expect(ids).toHaveLength(total);
    }
  });

  test("are of 100 where no limit is given, and refused above the limit", async () => {
    expect((await read("users")).body.users).toHaveLength(100);
    for (const bad of ["limit=501", "limit=0", "limit=-1", "offset=x"]) expect((await read(`users?${bad}`)).status).toBe(400);
    expect((await read("users?limit=5&offset=100000")).body.users).toEqual([]);
  });

  test("are sorted backwards, by another field, or not by an unknown one", async () => {
    const ids = async (query: string) =>
      (await read(`courses?limit=500&${query}`)).body.courses.map((course: { title: string }) => course.title);
    const up = await ids("sort=sourcedId&orderBy=asc");
    expect(await ids("sort=sourcedId&orderBy=desc")).toEqual([...up].reverse());
    expect(await ids("sort=title")).toEqual([...up].sort());
    expect((await read("courses?sort=colour")).body.statusInfoSet[0].imsx_severity).toBe("warning");
  });

  test("have the fields that were asked for", async () => {
    const [user] = (await read("users?limit=1&fields=sourcedId,status")).body.users;
    expect(Object.keys(user)).toEqual(["sourcedId", "status"]);
    expect((await read("users?fields=colour")).body.statusInfoSet[0].imsx_codeMinor).toBe("invalid_selection_field");
  });
});

describe("filters", () => {
  const all = async (query: string) => {
    const got = await read(`users?limit=500&${query}`);
    return {
      status: got.status,
      users: (got.body.users ?? []) as { sourcedId: string; status: string; dateLastModified: string; familyName: string; role: string }[],
    };
  };

  test("by the day of change give what has changed since, withdrawn people included", async () => {
    const { users } = await all("");
    const since = district.momentOf(10).toISOString();
    const expected = users.filter((user) => user.dateLastModified >= since).map((user) => user.sourcedId);
    const { users: changed } = await all(filtered(`dateLastModified>='${since}'`));
    expect(changed.map((user) => user.sourcedId)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(users.length / 2);
    const withdrawn = users.filter((user) => user.status === "tobedeleted");
    expect(withdrawn.length).toBeGreaterThan(0);
    expect((await all(filtered("status='tobedeleted'"))).users).toEqual(withdrawn);
  });

  test("by any field, two at once, letter case aside", async () => {
    const { users } = await all("");
    const name = users.find((user) => user.role === "student")?.familyName ?? "";
    const named = users.filter((user) => user.familyName === name && user.role === "student");
    expect((await all(filtered(`familyName='${name.toUpperCase()}' AND role='student'`))).users).toEqual(named);
    expect((await all(filtered("role='teacher' OR role='parent'"))).users.length).toBe(
      users.filter((user) => user.role === "teacher" || user.role === "parent").length,
    );
  });

  test.each(["familyName=Smith", "colour='red'", "a='1' AND b='2' AND c='3'", "(role='student')"])("%s is refused", async (text) => {
    expect((await all(filtered(text))).status).toBe(400);
  });
});

describe("single and nested records", () => {
  test("resolve from each reference", async () => {
    const [enrollment] = (await read("enrollments?limit=1&offset=800")).body.enrollments;
    const school = enrollment.school.sourcedId;
    const inClass = enrollment.class.sourcedId;
    expect((await read(`users/${enrollment.user.sourcedId}`)).body.user.sourcedId).toBe(enrollment.user.sourcedId);
    expect((await read(`classes/${inClass}`)).body.class.school.sourcedId).toBe(school);
    for (const path of [`schools/${school}/classes/${inClass}/students`, `classes/${inClass}/students`]) {
      expect((await read(path)).body.users.length).toBeGreaterThan(0);
    }
    expect((await read(`students/${enrollment.user.sourcedId}/classes`)).body.classes).toHaveLength(7);
    for (const path of ["users/nobody", "schools/nowhere/classes", "colours"]) expect((await read(path)).status).toBe(404);
  });
});

test("can have the oddities of real vendors", async () => {
  const odd = await startOneRosterServer({
    district,
    authentication: "oauth1",
    quirks: { textBooleans: true, nullLists: true, saysInactive: true, pastEnd: 404, wrapsByPath: true, hasNoLinks: true },
  });
  const readOdd = (path: string) => {
    const url = `${odd.url}/ims/oneroster/v1p1/${path}`;
    return get(url, { authorization: signed(url, signing()) });
  };
  const { headers, body } = await readOdd("students?limit=3");
  expect(body.students[0]).toMatchObject({ enabledUser: "true", agents: null });
  expect(headers.get("link")).toBeNull();
  expect((await readOdd("students?limit=3&offset=9999")).status).toBe(404);
  const left = (await readOdd(`users?limit=500&${filtered("status='inactive'")}`)).body.users;
  expect(left.length).toBeGreaterThan(0);
  await odd.close();
});

test("refuses what comes too fast, and says when to come back", async () => {
  const slow = await startOneRosterServer({ district, rateLimit: { requests: 3, windowSeconds: 60 } });
  const statuses: number[] = [];
  for (let n = 0; n < 8; n++) {
    const got = await get(`${slow.url}/ims/oneroster/v1p1/orgs`);
    statuses.push(got.status);
    if (got.status === 429) expect(Number(got.headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(statuses.at(-1)).toBe(429);
  await slow.close();
});

describe("faults", () => {
  test("begin at the request and end after it as they were told", async () => {
    server.control.faults.break({ kind: "status-500", endpoint: "users", atRequest: 2, times: 1 });
    const statuses = [];
    for (const path of ["users", "orgs", "users", "users"]) statuses.push((await read(path)).status);
    expect(statuses).toEqual([200, 200, 500, 200]);
  });

  test("of the answer's form", async () => {
    const { faults } = server.control;
    const broken = async (kind: Parameters<typeof faults.break>[0]["kind"], more = {}) => {
      faults.mend();
      faults.break({ kind, ...more });
      return read("users?limit=20&offset=20");
    };
    faults.mend();
    const whole = (await read("users?limit=20&offset=20")).body.users;
    expect((await broken("wrong-wrapper")).body.users).toBeUndefined();
    expect((await broken("html-200")).headers.get("content-type")).toContain("html");
    expect((await broken("error-200")).body.statusInfoSet[0].imsx_codeMajor).toBe("failure");
    expect((await broken("html-502")).status).toBe(502);
    expect((await broken("not-shared", { endpoint: "users" })).status).toBe(403);
    expect((await broken("status-429", { retryAfterSeconds: 9 })).headers.get("retry-after")).toBe("9");
    expect((await broken("gzip")).body.users).toEqual(whole);
    expect((await broken("limit-clamped", { limit: 5 })).body.users).toEqual(whole.slice(0, 5));
    expect((await broken("no-total")).headers.get("x-total-count")).toBeNull();
    expect((await broken("page-loop")).body.users[0]).toEqual((await broken("page-loop")).body.users[0]);
    expect((await broken("page-loop")).body.users[0]).not.toEqual(whole[0]);
    expect((await broken("overlapping-pages")).body.users[2]).toEqual(whole[0]);
    const totals = [
      (await broken("total-moving")).headers.get("x-total-count"),
      (await read("users?limit=20")).headers.get("x-total-count"),
    ];
    expect(totals[0]).not.toBe(totals[1]);
    await expect(broken("truncated-json")).rejects.toThrow();
    await expect(broken("reset")).rejects.toThrow();
  });

  test("of the data", async () => {
    const { faults } = server.control;
    const count = async (path: string) => Number((await read(path)).headers.get("x-total-count"));
    const [users, enrollments] = [await count("users"), await count("enrollments")];
    faults.break({ kind: "half-roster" });
    expect(await count("users")).toBe(Math.ceil(users / 2));
    expect(await count("enrollments")).toBeLessThan(enrollments * 0.8);
    faults.mend();
    faults.break({ kind: "filter-ignored" });
    expect(await count(`users?${filtered("status='tobedeleted'")}`)).toBe(users);
  });

  test("of the authorization", async () => {
    const { faults } = server.control;
    const fresh = await token();
    faults.break({ kind: "token-expired", times: 1 });
    expect((await read("orgs", fresh)).status).toBe(401);
    expect((await read("orgs", fresh)).status).toBe(401);
    bearer = await token();
    expect((await read("orgs")).status).toBe(200);
    faults.break({ kind: "revoked" });
    expect((await read("orgs")).status).toBe(401);
    expect((await post(server.tokenUrl, {})).status).toBe(401);
  });

  test("of time: a silent server never answers, and logs it", async () => {
    server.control.faults.break({ kind: "silent", endpoint: "orgs" });
    const ended = new AbortController();
    const asked = fetch(`${root}/orgs`, { headers: { authorization: bearer }, signal: ended.signal });
    while (server.control.requests().at(-1)?.status !== 0) await new Promise((next) => setImmediate(next));
    ended.abort();
    await expect(asked).rejects.toThrow(/abort/i);
  });
});
