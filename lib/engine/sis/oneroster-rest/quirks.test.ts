/** What single vendors do and the sandbox does not, each from a small server of its own. */
import { afterEach, expect, test } from "vitest";
import { checkConnection, failureOf, impatience, type JsonReply, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { rosterAddress } from "./address.ts";
import { oneRosterRestCredentials } from "./credentials.ts";
import { createOneRosterRestSource } from "./source.ts";

type Answer = (url: URL) => JsonReply | undefined;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const made = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sourcedId: `${name}-${String(index).padStart(5, "0")}`,
    status: "active",
    dateLastModified: "2026-08-01",
  }));

/** One page of a list as a well-behaved server cuts it. */
function cut(key: string, records: readonly unknown[], url: URL, more: JsonReply["headers"] = {}): JsonReply {
  const limit = Number(url.searchParams.get("limit") ?? 100);
  const offset = Number(url.searchParams.get("offset") ?? 0);
  return { headers: more, body: { [key]: records.slice(offset, offset + limit) } };
}

/** A vendor with a few records of each kind, except where `answer` says otherwise. */
async function vendor(answer: Record<string, Answer>) {
  const server = await serveJson((request, url) => {
    const endpoint = url.pathname.split("/").at(-1) ?? "";
    const special = answer[endpoint]?.(url);
    if (special !== undefined) return special;
    if (url.pathname === "/token") return { body: { access_token: "t0ken-s3cret", token_type: "Bearer", expires_in: "3600" } };
    if (request.headers.authorization !== "Bearer t0ken-s3cret") return { status: 401 };
    if (url.searchParams.has("filter")) return { status: 400 };
    return cut(endpoint, made(endpoint, 3), url);
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  return { asked: server.asked, read: () => readRoster(source, [server.url]), check: () => checkConnection(source, [server.url]) };
}

test.each<[string, string, Answer]>([
  ["lists under the path's last word", "orgs", (url) => cut("schools", made("o", 3), url)],
  ["keys in another case", "academicSessions", (url) => cut("AcademicSessions", made("s", 3), url)],
  [
    "404 past the end",
    "users",
    (url) => (Number(url.searchParams.get("offset")) >= 100 ? { status: 404 } : cut("users", made("u", 100), url)),
  ],
  [
    "a web server's own page past the end",
    "users",
    (url) =>
      Number(url.searchParams.get("offset")) >= 100
        ? { status: 404, headers: { "content-type": "text/html" }, body: "<html><h1>Not Found</h1></html>" }
        : cut("users", made("u", 100), url),
  ],
  [
    "on where a filter makes the server stumble",
    "users",
    (url) => (url.searchParams.has("filter") ? { status: 500 } : cut("users", made("u", 3), url)),
  ],
  [
    "204 past the end",
    "users",
    (url) => (Number(url.searchParams.get("offset")) >= 100 ? { status: 204 } : cut("users", made("u", 100), url)),
  ],
  [
    "a success envelope beside the data",
    "users",
    (url) => ({
      body: { ...Object(cut("users", made("u", 3), url).body), statusInfoSet: [{ imsx_codeMajor: "success", imsx_severity: "warning" }] },
    }),
  ],
  [
    "a next link that names another host",
    "users",
    (url) => cut("users", made("u", 3), url, { link: '<https://inner.example:9/users?offset=3>; rel="next"' }),
  ],
  ["total and link headers of any case", "users", (url) => cut("users", made("u", 3), url, { "X-TOTAL-COUNT": "3" })],
])("reads %s", async (_quirk, endpoint, answer) => {
  const { read } = await vendor({ [endpoint]: answer });
  const { records } = await read();
  expect(records.users.length).toBeGreaterThanOrEqual(3);
  expect(records.orgs).toHaveLength(3);
});

test("a limit that is clamped without a word loses nobody", async () => {
  const users = made("u", 350);
  const { read } = await vendor({
    users: (url) =>
      url.searchParams.has("filter")
        ? { status: 400 }
        : { body: { users: users.slice(Number(url.searchParams.get("offset")), Number(url.searchParams.get("offset")) + 100) } },
  });
  expect((await read()).records.users).toHaveLength(350);
});

test.each([
  ["for a moment is read past it", [404], null],
  ["and with the pages before it is no end", [404, 404], /users, page 1, answered 404|where the list ends is not certain/],
])("a page without a total that is not found %s", async (_what, statuses, message) => {
  const left = [...statuses];
  const users = made("u", 2_100);
  const { read } = await vendor({
    users: (url) => {
      if (url.searchParams.has("filter")) return { status: 400 };
      const offset = Number(url.searchParams.get("offset"));
      const isStruck = offset >= 2_000 || left.length < statuses.length;
      const status = isStruck ? left.shift() : undefined;
      return status === undefined
        ? cut("users", users, url)
        : { status, headers: { "content-type": "text/html" }, body: "<html>Not Found</html>" };
    },
  });
  if (message === null) expect((await read()).records.users).toHaveLength(2_100);
  else expect((await failureOf(read())).message).toMatch(message);
});

test("a first page that a gateway has no patience for is asked for in a smaller size", async () => {
  const { read } = await vendor({
    users: (url) => (Number(url.searchParams.get("limit")) > 200 ? { status: 504 } : cut("users", made("u", 450), url)),
  });
  const { records, notes } = await read();
  expect(records.users).toHaveLength(450);
  expect(notes).toContain("/users: the SIS refused pages of 500 records; read in pages of 200.");
});

test("a total that is only that of the page loses nobody", async () => {
  const users = made("u", 2_345);
  const { read } = await vendor({
    users: (url) => {
      const page = cut("users", users, url);
      const { length } = (page.body as { users: unknown[] }).users;
      return url.searchParams.has("filter") ? { status: 400 } : { ...page, headers: { "x-total-count": String(length) } };
    },
  });
  expect((await read()).records.users).toHaveLength(2_345);
});

test("a record that the SIS itself has twice at the border of two pages is no sign of moving data", async () => {
  const users = made("u", 1_500);
  users.splice(1_000, 0, ...users.slice(999, 1_000));
  const { read } = await vendor({
    users: (url) => (url.searchParams.has("filter") ? { status: 400 } : cut("users", users, url, { "x-total-count": "1501" })),
  });
  const result = await read();
  expect(new Set(result.records.users.map(({ fields }) => fields.sourcedId)).size).toBe(1_500);
});

test("a server that says with status 200 that it is busy is asked again", async () => {
  let busy = 2;
  const { read } = await vendor({
    users: (url) =>
      busy-- > 0
        ? { body: { statusInfoSet: [{ imsx_codeMajor: "failure", imsx_codeMinor: "server_busy" }] } }
        : cut("users", made("u", 3), url),
  });
  expect((await read()).records.users).toHaveLength(3);
});

test.each<[string, Answer, string | RegExp]>([
  ["a missing collection", () => ({ status: 404 }), /users, page 1, answered 404 \(Not Found\)\. The SIS does not offer \/users/],
  ["204 at the first page", () => ({ status: 204 }), /users, page 1, answered 204 with no data at all/],
  ["an empty body", () => ({ status: 200 }), /with no data at all/],
  ["an object where the list belongs", () => ({ body: { users: { sourcedId: "1" } } }), /with something other than a list under "users"/],
  ["null where the list belongs", () => ({ body: { users: null } }), /with something other than a list under "users"/],
  ["a bare list", () => ({ body: [] }), /with data that is no OneRoster answer/],
  [
    "an error envelope with status 200",
    () => ({ body: { statusInfoSet: [{ imsx_codeMajor: "failure", imsx_codeMinor: "server_busy", imsx_description: "s3cret" }] } }),
    /with an error in its body \(server busy\)/,
  ],
  ["nobody at all", () => ({ body: { users: [] } }), /users, page 1, answered 200 with an empty list/],
  [
    "a 403",
    () => ({ status: 403, body: { imsx_codeMajor: "failure", imsx_codeMinor: "forbidden" } }),
    /answered 403 \(Forbidden\)\. The SIS does not let Aivo read \/users\. It says "forbidden"/,
  ],
  [
    "people of OneRoster 1.2",
    () => ({ body: { users: [{ sourcedId: "1", roles: [{ role: "student" }] }] } }),
    /people as OneRoster 1\.2 has them/,
  ],
  [
    "fewer than it counts",
    (url) => cut("users", made("u", 5), url, { "x-total-count": "9" }),
    /the SIS counts 9 records, and only 5 different ones came/,
  ],
])("%s fails the run", async (_what, answer, message) => {
  const { read } = await vendor({ users: answer });
  const failure = await failureOf(read());
  expect(failure.message).toMatch(message);
});

test("records without an id and things that are no records come through as such, for the issues to tell", async () => {
  const { read } = await vendor({
    users: (url) =>
      url.searchParams.has("filter")
        ? { status: 400 }
        : cut("users", [{ givenName: "No", familyName: "Id" }, null, ...made("u", 2)], url, { "x-total-count": "4" }),
  });
  const { records } = await read();
  expect(records.users.map(({ fields }) => fields.sourcedId)).toEqual([undefined, undefined, "u-00000", "u-00001"]);
});

test("names with line separators in them survive the way through the spool", async () => {
  const name = "Anne\u2028Marie\n\u2029 Löwe";
  const { read } = await vendor({
    orgs: (url) => (url.searchParams.has("filter") ? { status: 400 } : cut("orgs", [{ sourcedId: "o", name }], url)),
  });
  expect((await read()).records.orgs[0]?.fields.name).toBe(name);
});

test("a token address that redirects to a sign-in page is not the one", async () => {
  const server = await serveJson((request, url) => {
    if (url.pathname === "/token") return { status: 302, headers: { location: "https://login.example/" } };
    if (url.pathname === "/oauth/token") return { body: { access_token: "t", expires_in: 60 } };
    if (request.headers.authorization !== "Bearer t") return { status: 401 };
    return cut(url.pathname.split("/").at(-1) ?? "", made("x", 2), url);
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const steps = await checkConnection(source, [server.url]);
  expect(steps.get("sign-in")).toMatchObject({ state: "passed", learned: { tokenUrl: `${server.url}/oauth/token` } });
});

test.each([
  ["another is the token address", 200, "passed"],
  ["the server only knows signatures", 404, "passed"],
])("a server that stumbles at one address for tokens is asked at the others, where %s", async (_what, status, state) => {
  const server = await serveJson((request, url) => {
    if (url.pathname === "/token") return { status: 500 };
    if (url.pathname === "/oauth/token" && status === 200) return { body: { access_token: "t", expires_in: 60 } };
    const authorization = request.headers.authorization ?? "";
    if (url.pathname.endsWith("token")) return { status: 404 };
    if (!(status === 200 ? authorization === "Bearer t" : authorization.startsWith("OAuth "))) return { status: 401 };
    return cut(url.pathname.split("/").at(-1) ?? "", made("x", 2), url);
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const steps = await checkConnection(source, [server.url]);
  expect(steps.get("sign-in")).toMatchObject({ state, learned: { authentication: status === 200 ? "oauth2" : "oauth1" } });
});

test("a token address in trouble is no refusal of the credentials", async () => {
  const server = await serveJson((_request, url) => ({ status: url.pathname === "/oauth/token" ? 503 : 401 }));
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const failure = await failureOf(readRoster(source, [server.url]));
  expect(failure).toMatchObject({ code: "server-error", message: expect.stringContaining("POST /oauth/token answered 503") });
});

test("an address with nothing of OneRoster at it is not taken for one that signs", async () => {
  const server = await serveJson(() => ({ status: 404, headers: { "content-type": "text/html" }, body: "<html>Not Found</html>" }));
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  expect((await checkConnection(source, [server.url])).get("sign-in")).toMatchObject({
    state: "failed",
    cause: expect.stringContaining("/ims/oneroster/v1p1/orgs answered 404 (Not Found). Neither a token address nor OneRoster 1.1"),
    remedy: expect.stringContaining("Check the base URL"),
  });
});

test.each([404, 204])("%i for a quiet day leads to a full read, and is no refusal of the filter", async (status) => {
  let isQuiet = false;
  const users = made("u", 3);
  const { server, read } = await vendorWithFilter((url) => {
    const since = /'(.*)'/.exec(url.searchParams.get("filter") ?? "")?.[1];
    if (since !== undefined && isQuiet) return { status };
    return cut("users", users, url, { "x-total-count": "3" });
  });
  const first = await read(null);
  isQuiet = true;
  const second = await read(first.cursor());
  expect(second.modes.users).toBe("bulk");
  expect(second.records.users).toHaveLength(3);
  isQuiet = false;
  const third = await read(second.cursor());
  await read(third.cursor());
  expect(server.asked.slice(-20).some((line) => line.includes("/users?") && line.includes("filter="))).toBe(true);
  expect(third.notes.join()).not.toContain("did not take the filter");
});

/** A vendor of a few records each that lets `answer` speak for its users. */
async function vendorWithFilter(answer: (url: URL) => JsonReply) {
  const server = await serveJson((_request, url) => {
    if (url.pathname === "/token") return { body: { access_token: "t", expires_in: 3600 } };
    const endpoint = url.pathname.split("/").at(-1) ?? "";
    return endpoint === "users" ? answer(url) : cut(endpoint, made(endpoint, 3), url, { "x-total-count": "3" });
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  return { server, read: (cursor: unknown) => readRoster(source, [server.url], { cursor }) };
}

test("changes that add up to the total by chance, with deleted records among them, withdraw nobody else", async () => {
  const org = (index: number, status: string, date: string) => ({
    sourcedId: `o-${index}`,
    name: `School ${index}`,
    status,
    dateLastModified: date,
  });
  const before = Array.from({ length: 10 }, (_, index) => org(index, "active", "2026-08-01T00:00:00Z"));
  const changed = before.map(({ sourcedId }, index) =>
    index < 2 ? before[index] : org(Number(sourcedId.slice(2)), index < 4 ? "tobedeleted" : "active", "2026-09-02T00:00:00Z"),
  );
  let later = false;
  const server = await serveJson((request, url) => {
    if (url.pathname === "/token") return { body: { access_token: "t", expires_in: 3600 } };
    if (request.headers.authorization !== "Bearer t") return { status: 401 };
    const endpoint = url.pathname.split("/").at(-1) ?? "";
    const since = /'(.*)'/.exec(url.searchParams.get("filter") ?? "")?.[1];
    // What is deleted is told of among the changes, and is in no list and in no total of what there is.
    const all = endpoint === "orgs" ? (later ? changed : before) : made(endpoint, 3);
    const shown = all.filter((one) =>
      one === undefined ? false : since === undefined ? one.status === "active" : Date.parse(one.dateLastModified) >= Date.parse(since),
    );
    return cut(endpoint, shown, url, {
      "x-total-count": String(shown.length),
      date: later ? "Wed, 02 Sep 2026 01:00:00 GMT" : "Tue, 01 Sep 2026 01:00:00 GMT",
    });
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const first = await readRoster(source, [server.url], { now: () => new Date("2026-09-01T01:00:00Z") });
  later = true;
  const second = await readRoster(source, [server.url], { cursor: first.cursor(), now: () => new Date("2026-09-02T01:00:00Z") });
  expect(second.modes.orgs).toBe("delta");
  expect(second.records.orgs).toHaveLength(8);
});

test("Test Connection says that an endpoint shares nobody", async () => {
  const { check } = await vendor({ users: () => ({ body: { users: [] } }) });
  expect((await check()).get("read-users")).toMatchObject({ state: "failed", cause: expect.stringContaining("not one record of /users") });
});

test.each([
  ["https://sis.example", "https://sis.example/ims/oneroster/v1p1", "https://sis.example"],
  ["https://sis.example/", "https://sis.example/ims/oneroster/v1p1", "https://sis.example"],
  ["https://district.example/aeries", "https://district.example/aeries/ims/oneroster/v1p1", "https://district.example/aeries"],
  ["https://sis.example:8443/x/ims/oneroster/v1p1/", "https://sis.example:8443/x/ims/oneroster/v1p1", "https://sis.example:8443/x"],
  ["https://sis.example/IMS/OneRoster/v1p1", "https://sis.example/IMS/OneRoster/v1p1", "https://sis.example"],
])("the address %s is understood", (typed, root, base) => expect(rosterAddress(typed)).toMatchObject({ base, roots: { "1.1": [root] } }));

test.each([
  [{ baseUrl: "sis.example" }, "baseUrl"],
  [{ baseUrl: "ftp://sis.example" }, "baseUrl"],
  [{ baseUrl: "https://sis.example/?key=1" }, "baseUrl"],
  [{ baseUrl: "https://me:pw@sis.example" }, "baseUrl"],
  [{ clientSecret: " " }, "clientSecret"],
  [{ fullReadDays: 90 }, "fullReadDays"],
])("the form refuses %o", (wrong, field) => {
  const form = { baseUrl: "https://sis.example", clientId: "id", clientSecret: "x", ...wrong };
  expect(oneRosterRestCredentials.safeParse(form).error?.issues.map(({ path }) => path[0])).toContain(field);
});

test.each([
  ["below the interface, in OAuth's own words at a refusal", { error: "invalid_scope" }, "passed"],
  ["nowhere, and the interface asks everybody to sign in", { statusInfoSet: [{ imsx_codeMajor: "failure" }] }, "oauth1"],
])("a token address is found %s", async (_what, refusal, found) => {
  const server = await serveJson((request, url) => {
    const authorization = request.headers.authorization ?? "";
    if (!url.pathname.startsWith("/ims/oneroster/v1p1/")) return { status: 404 };
    if (url.pathname.endsWith("/token")) {
      const isGiven = found === "passed" && server.asked.filter((line) => line.endsWith("/token")).length >= 5;
      return isGiven ? { body: { access_token: "t", expires_in: 60 } } : { status: found === "passed" ? 400 : 401, body: refusal };
    }
    if (authorization !== "Bearer t" && !authorization.startsWith("OAuth ")) return { status: 401 };
    return cut(url.pathname.split("/").at(-1) ?? "", made("x", 2), url);
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const signIn = (await checkConnection(source, [server.url])).get("sign-in");
  expect(signIn).toMatchObject({
    state: "passed",
    learned: found === "passed" ? { tokenUrl: `${server.url}/ims/oneroster/v1p1/token` } : { authentication: "oauth1" },
  });
});
