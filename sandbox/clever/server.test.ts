import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { get, post } from "#sandbox/testing.ts";
import { type CleverServer, startCleverServer } from "./server.ts";

let district: LiveDistrict;
let server: CleverServer;
const redirect = "http://localhost:3999/back";

beforeAll(async () => {
  district = openDistrict({ users: 300 });
  district.advance(5);
  server = await startCleverServer({
    district,
    redirectUris: [redirect],
    rateLimit: { requests: 100_000, windowSeconds: 60, headerPrefix: "X-RateLimit" },
  });
});
afterAll(() => server.close());
beforeEach(() => {
  server.control.faults.mend();
  server.authorization.authorize();
});

const bearer = (token = server.authorization.districtToken) => ({ authorization: `Bearer ${token}` });
const read = (path: string, from = server) =>
  get(`${from.apiUrl}${path.startsWith("/v3") ? path : `/v3.0/${path}`}`, bearer(from.authorization.districtToken));
const basic = (secret = server.credentials.clientSecret) => ({
  authorization: `Basic ${Buffer.from(`${server.credentials.clientId}:${secret}`).toString("base64")}`,
});

interface Item {
  readonly data: { readonly id: string } & Readonly<Record<string, unknown>>;
}
async function all(path: string, from = server): Promise<Item["data"][]> {
  const items: Item["data"][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { body } = await read(next, from);
    items.push(...body.data.map((item: Item) => item.data));
    next = body.links.find((link: { rel: string }) => link.rel === "next")?.uri;
  }
  return items;
}

describe("lists", () => {
  test.each(["schools", "users", "sections", "courses", "terms"])(
    "the pages of %s are together the list, nobody twice, ascending",
    async (kind) => {
      const whole = (await read(`${kind}?limit=10000&count=true`)).body;
      for (const limit of [7, 100]) {
        const ids = (await all(`${kind}?limit=${limit}`)).map((one) => one.id);
        expect(ids).toEqual([...new Set(ids)].sort());
        expect(ids).toHaveLength(whole.count);
      }
    },
  );

  test("go backwards, and on from somebody who has left", async () => {
    const users = (await read("users?limit=10000")).body.data.map((item: Item) => item.data.id);
    const back = (await read(`users?limit=5&ending_before=${users[20]}`)).body;
    expect(back.data.map((item: Item) => item.data.id)).toEqual(users.slice(15, 20));
    const gone = (await all("events?limit=100")).filter((event) => event.type === "users.deleted");
    const [id] = gone.map((event) => (event.data as { object: { id: string } }).object.id);
    expect((await read(`users/${id}`)).status).toBe(404);
    expect((await read(`users?limit=1&starting_after=${id}`)).body.data[0].data.id > String(id)).toBe(true);
  });

  test("of one role are those who have it", async () => {
    const count = async (query: string) => (await read(`users?count=true&limit=1${query}`)).body.count;
    const roles = ["student", "teacher", "staff", "district_admin", "contact"];
    const counts = await Promise.all(roles.map((role) => count(`&role=${role}`)));
    expect(counts.every((one) => one > 0)).toBe(true);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(await count(""));
    for (const role of roles) expect(Object.keys((await read(`users?limit=1&role=${role}`)).body.data[0].data.roles)).toEqual([role]);
  });

  test.each([
    ["users?limit=10001", 413],
    ["users?limit=0", 400],
    ["users?starting_after=x", 400],
    ["users?role=boss", 400],
    ["colours", 404],
    ["users/000000000000000000000000", 404],
  ])("%s is refused: %i", async (path, status) => expect((await read(path)).status).toBe(status));

  test("below an object hold what belongs to it", async () => {
    const [section] = await all("sections?limit=1000");
    if (!section) throw new Error("no section");
    const members = (await all(`sections/${section.id}/users?limit=100`)).map((one) => one.id);
    expect(members.sort()).toEqual([...(section.students as string[]), ...(section.teachers as string[])].sort());
    expect((await read(`sections/${section.id}/course`)).body.data.id).toBe(section.course);
    expect((await read(`sections/${section.id}/term`)).body.data.id).toBe(section.term_id);
    expect((await all(`users/${members.at(-1)}/sections`)).length).toBeGreaterThan(0);
    expect((await all(`schools/${section.school}/courses?limit=500`)).some((course) => course.id === section.course)).toBe(true);
  });
});

describe("authorization", () => {
  const ask = (more: Record<string, string> = {}) =>
    new URLSearchParams({ response_type: "code", client_id: server.credentials.clientId, redirect_uri: redirect, state: "a b&c", ...more });
  async function code(): Promise<string> {
    const got = await post(`${server.authUrl}/oauth/authorize`, { ...Object.fromEntries(ask()), decision: "authorize" });
    const back = new URL(got.headers.get("location") ?? "");
    expect([back.origin + back.pathname, back.searchParams.get("state")]).toEqual([redirect, "a b&c"]);
    return back.searchParams.get("code") ?? "";
  }
  const exchange = (form: Record<string, string>, headers = basic()) =>
    post(`${server.authUrl}/oauth/tokens`, { grant_type: "authorization_code", ...form }, headers);
  const tokens = () => get(`${server.authUrl}/oauth/tokens?owner_type=district`, basic());

  test("is given on the page by the admin; then the district's token is there", async () => {
    server.authorization.withdraw();
    expect((await tokens()).body.data).toEqual([]);
    const shown = await get(`${server.authUrl}/oauth/authorize?${ask()}`);
    expect(shown.body).toContain(">Authorize</button>");
    const got = await exchange({ code: await code(), redirect_uri: redirect });
    expect(got.body.token_type).toBe("bearer");
    const [district] = (await tokens()).body.data;
    expect(district.owner).toEqual({ type: "district", id: server.credentials.districtId });
    expect((await get(`${server.apiUrl}/v3.0/districts`, bearer(district.access_token))).body.data[0].data.id).toBe(district.owner.id);
    const user = bearer(got.body.access_token);
    expect((await get(`${server.apiUrl}/v3.0/me`, user)).body.data.district).toBe(district.owner.id);
    expect((await get(`${server.apiUrl}/v3.0/users`, user)).status).toBe(404);
  });

  test("can be declined", async () => {
    const got = await post(`${server.authUrl}/oauth/authorize`, { ...Object.fromEntries(ask()), decision: "cancel" });
    expect(got.headers.get("location")).toBe(`${redirect}?error=access_denied&state=a+b%26c`);
  });

  test("codes work once, for their redirect URI, with the client's secret", async () => {
    const once = await code();
    expect((await exchange({ code: once, redirect_uri: redirect })).status).toBe(200);
    expect((await exchange({ code: once, redirect_uri: redirect })).status).toBe(400);
    expect((await exchange({ code: await code(), redirect_uri: `${redirect}/x` })).status).toBe(400);
    expect((await exchange({ code: await code(), redirect_uri: redirect }, basic("wrong"))).status).toBe(401);
    expect((await exchange({ code: "made-up", redirect_uri: redirect })).status).toBe(400);
  });

  test.each([
    ["redirect_uri", "http://evil.example/"],
    ["client_id", "x"],
    ["response_type", "token"],
    ["district_id", "x"],
  ])("is not asked for with another %s", async (name, value) => {
    expect((await get(`${server.authUrl}/oauth/authorize?${ask({ [name]: value })}`)).status).toBe(400);
  });

  test("withdrawn or rotated, a token is worth nothing", async () => {
    const before = server.authorization.districtToken;
    server.authorization.rotate();
    expect((await get(`${server.apiUrl}/v3.0/me`, bearer(before))).status).toBe(401);
    expect((await read("me")).body.data.type).toBe("district");
    server.authorization.withdraw();
    expect((await read("schools")).status).toBe(401);
  });
});

test("counts requests, says so, and refuses too many", async () => {
  const slow = await startCleverServer({ district, rateLimit: { requests: 2, windowSeconds: 60, headerPrefix: "X-RateLimit" } });
  const statuses = [];
  for (let n = 0; n < 6; n++) {
    const got = await read("schools?limit=1", slow);
    statuses.push(got.status);
    expect(got.headers.get("x-ratelimit-limit")).toBe("2");
    expect(Number(got.headers.get("x-ratelimit-reset")) * 1000).toBeGreaterThan(Date.now());
    // Clever names the reset, and nothing else.
    expect(got.headers.get("retry-after")).toBeNull();
  }
  expect(statuses.at(-1)).toBe(429);
  await slow.close();
});

describe("events", () => {
  const kinds = ["schools", "terms", "courses", "sections", "users"] as const;
  type Objects = Map<string, Item["data"]>;
  async function objects(from: CleverServer): Promise<Objects> {
    const found: Objects = new Map();
    for (const kind of kinds) for (const one of await all(`${kind}?limit=1000`, from)) found.set(`${kind} ${one.id}`, one);
    return found;
  }
  const sorted = (found: Objects) => [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  interface Event {
    readonly id: string;
    readonly type: string;
    readonly data: { readonly object: Item["data"] };
    readonly previous_attributes?: Readonly<Record<string, unknown>>;
  }

  test("from one day to another, over the objects of the one, give the objects of the other", async () => {
    const history = fc.record({
      seed: fc.integer({ min: 1, max: 1_000 }),
      first: fc.integer({ min: 0, max: 6 }),
      more: fc.integer({ min: 1, max: 9 }),
      daysPerYear: fc.constantFrom(5, 11, 180),
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ seed, first, more, daysPerYear }) => {
        const live = openDistrict({ users: 120, seed, daysPerYear });
        const one = await startCleverServer({ district: live });
        live.advance(first);
        const cursor = (await read("events?ending_before=last&limit=1", one)).body.data[0]?.data.id;
        const replayed = await objects(one);
        for (let day = 0; day < more; day++) live.advance();
        const events = (await all(`events?limit=50${cursor ? `&starting_after=${cursor}` : ""}`, one)) as unknown as Event[];
        for (const event of events) {
          const [kind = "", change] = event.type.split(".");
          const key = `${kind} ${event.data.object.id}`;
          if (change === "deleted") expect(replayed.delete(key)).toBe(true);
          else {
            expect(replayed.has(key)).toBe(change === "updated");
            for (const [name, value] of Object.entries(event.previous_attributes ?? {})) expect(replayed.get(key)?.[name]).toEqual(value);
            replayed.set(key, event.data.object);
          }
        }
        expect(sorted(replayed)).toEqual(sorted(await objects(one)));
        const ids = events.map((event) => event.id);
        expect(ids).toEqual([...new Set(ids)].sort());
        await one.close();
      }),
      { numRuns: 12 },
    );
  });

  test("are kept for thirty days; a cursor from before is refused", async () => {
    const live = openDistrict({ users: 120 });
    const one = await startCleverServer({ district: live });
    live.advance(1);
    const [first] = (await all("events", one)) as unknown as Event[];
    live.advance(29);
    expect((await read(`events?starting_after=${first?.id}`, one)).status).toBe(200);
    live.advance(1);
    expect((await read(`events?starting_after=${first?.id}`, one)).status).toBe(400);
    expect((await read(`events/${first?.id}`, one)).status).toBe(404);
    await one.close();
  });

  test("can be asked for by kind", async () => {
    const some = (await all("events?record_type=sections&record_type=terms")) as unknown as Event[];
    expect(some.length).toBeGreaterThan(0);
    expect(some.every((event) => /^(sections|terms)\./.test(event.type))).toBe(true);
  });
});

test("what is broken is broken as Clever would be", async () => {
  const { faults } = server.control;
  faults.break({ kind: "page-loop", endpoint: "users" });
  const next = async (path: string) => (await read(path)).body.links.find((link: { rel: string }) => link.rel === "next").uri;
  const loop = await next("users?limit=20");
  expect(await next(loop)).toBe(loop);
  faults.mend();
  faults.break({ kind: "overlapping-pages", endpoint: "users" });
  const two = await next("users?limit=20");
  expect((await read(two)).body.data.map((item: Item) => item.data.id)).toContain(
    new URL(two, server.apiUrl).searchParams.get("starting_after"),
  );
  faults.mend();
  faults.break({ kind: "half-roster" });
  const users = (await all("users?limit=500")).map((one) => one.id);
  const sections = await all("sections?limit=500");
  expect(sections.flatMap((one) => one.students as string[]).every((id) => users.includes(id))).toBe(true);
  faults.mend();
  faults.break({ kind: "not-shared", endpoint: "sections" });
  expect((await read("sections")).status).toBe(404);
});
