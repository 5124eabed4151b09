/** OneRoster 1.2 over REST: its version found out, people and roles, tokens, and what is refused. */
import { afterEach, describe, expect, test } from "vitest";
import type { KnownRoster } from "#lib/engine/sis/source.ts";
import {
  type LaterVendorOptions,
  laterDistrict,
  laterRoot,
  startLaterVendor,
  wireEnrollment,
  wireUser,
} from "#lib/engine/testing/sis/later-rest.ts";
import {
  checkConnection,
  failureOf,
  impatience,
  type ReadSettings,
  readOnePerson,
  readRoster,
  serveJson,
} from "#lib/engine/testing/sis/rest.ts";
import { rosterAddress } from "./address.ts";
import { oneRosterRestCredentials } from "./credentials.ts";
import { createOneRosterRestSource } from "./source.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const scope = (version: string, name: string) => `https://purl.imsglobal.org/spec/or/${version}/scope/${name}`;
const [core, nested] = [scope("v1p2", "roster-core.readonly"), scope("v1p2", "roster.readonly")];

async function vendor(options: LaterVendorOptions = {}, form: Readonly<Record<string, unknown>> = {}, learned: unknown = undefined) {
  const server = await startLaterVendor(options);
  open.push(server);
  const typed = { baseUrl: server.url, clientId: "id", clientSecret: "s3cret", ...form };
  const placed = Object.fromEntries(
    Object.entries(typed).map(([name, value]) => [name, typeof value === "string" ? value.replace("HOST", server.url) : value]),
  );
  const source = createOneRosterRestSource(oneRosterRestCredentials.parse(placed), learned, impatience());
  return {
    ...server,
    read: (settings: ReadSettings = {}) => readRoster(source, [server.url], settings),
    check: () => checkConnection(source, [server.url]),
    readOne: (externalId: string, known: KnownRoster) => readOnePerson(source, [server.url], { externalId, known }),
  };
}

/** What Aivo is said to know: these roles of these people, and all else that anybody names. */
const knowing = (roles: Readonly<Record<string, readonly string[]>>): KnownRoster => ({
  rostered: async (_, ids) => new Set(ids),
  enrollmentsOf: async () => [],
  enrollmentsOfPerson: async () => [],
  rolesOf: async (people) => new Map(people.flatMap((id) => (roles[id] === undefined ? [] : [[id, roles[id]]]))),
  heardOf: async (_, ids) => new Map(ids.map((id) => [id, "there"])),
});

describe("a read of everything", () => {
  test("has people without a role, their roles as records with an id of their own, and no secret", async () => {
    const { read } = await vendor();
    const result = await read();
    expect(result.version).toBe("1.2");
    expect(result.notes[0]).toBe(`OneRoster 1.2 at ${laterRoot}.`);
    expect(result.modes).toMatchObject({ users: "bulk", roles: "bulk", enrollments: "bulk" });
    expect(result.records.users[1]?.fields).toEqual({
      sourcedId: "u2",
      status: "active",
      username: "ben",
      givenName: "Ben",
      familyName: "East",
      identifier: "n-u2",
      email: "ben@lakeside.example",
      grades: [],
    });
    expect(result.records.roles.map(({ fields }) => fields)).toEqual(
      expect.arrayContaining([
        { sourcedId: "u2|s2|teacher|", status: "active", userSourcedId: "u2", roleType: "secondary", role: "teacher", orgSourcedId: "s2" },
      ]),
    );
    expect(result.records.roles).toHaveLength(6);
    expect(result.records.roles[0]?.place).toEqual({ part: "/users", position: 1 });
    expect(result.learned?.()).toMatchObject({ version: "1.2", authentication: "oauth2", scopes: `${core} ${nested}` });
    expect(JSON.stringify([result.records, result.notes, result.parts, result.learned?.()])).not.toContain("planted");
  });

  test("takes either spelling of what a description and its data disagree about, and skips what is null", async () => {
    const users = [
      wireUser("a", "A", [{ role: "student", org: "s1" }], {
        preferredFirstName: "Ah",
        preferredLastName: "Oh",
        enabledUser: false,
        grades: [null],
        agentSourceIds: ["planted"],
        primaryOrg: { sourcedId: "s1" },
        userIds: [null, { type: "studentUniqueId", identifier: "77" }],
        userMasterIdentifier: "m",
        metadata: { ic: { legacysourceId: "123" } },
        username: "",
      }),
      wireUser("b", "B", [{ role: "student", org: "s1" }], {
        preferredGivenName: "Bh",
        metadata: { "ic.legacysourceId": 124 },
        username: null,
        grade: "10",
        grades: null,
      }),
    ];
    const { read } = await vendor({ district: () => ({ ...laterDistrict(), users }) });
    const [one, other] = (await read()).records.users.map(({ fields }) => fields);
    expect(one).toMatchObject({
      preferredGivenName: "Ah",
      preferredFamilyName: "Oh",
      primaryOrgSourcedId: "s1",
      userMasterIdentifier: "m",
      legacySourcedId: "123",
      userIds: ["{studentUniqueId:77}"],
      grades: [],
    });
    expect(other).toMatchObject({ preferredGivenName: "Bh", legacySourcedId: "124", grades: "10" });
  });

  test("keeps roles without their word, with dates, and one of two that are the same", async () => {
    const users = [
      wireUser("a", "A", [{ role: null, org: "s1" }]),
      wireUser("b", "B", null),
      wireUser("c", "C", undefined),
      wireUser("d", "D", [
        { role: "teacher", org: "s1", beginDate: "2026-08-01", endDate: "2026-10-01", roleType: "secondary" },
        { role: "teacher", org: "s1", beginDate: "2026-08-01", endDate: "2027-06-01", roleType: "primary" },
        { role: "ext:coach", org: "s1" },
      ]),
    ];
    const { read } = await vendor({ district: () => ({ ...laterDistrict(), users }) });
    const { records } = await read();
    expect(records.users).toHaveLength(4);
    expect(records.roles.map(({ fields }) => fields)).toMatchObject([
      { sourcedId: "a|s1||", userSourcedId: "a", orgSourcedId: "s1" },
      { sourcedId: "d|s1|teacher|2026-08-01", roleType: "primary", beginDate: "2026-08-01", endDate: "2027-06-01" },
      { role: "ext:coach" },
    ]);
    expect(records.roles[0]?.fields).not.toHaveProperty("role");
  });

  test("loses nobody where the limit is clamped without a word and no total is told", async () => {
    const users = Array.from({ length: 1_203 }, (_, index) =>
      wireUser(`u${String(index).padStart(5, "0")}`, `N${index}`, [{ role: "student", org: "s1" }]),
    );
    const { read } = await vendor({ clamp: 500, district: () => ({ ...laterDistrict(), users }) });
    const { records } = await read();
    expect(records.users).toHaveLength(1_203);
    expect(records.roles).toHaveLength(1_203);
  });

  test("ends where not one person has a role", async () => {
    const users = [wireUser("a", "A", null), wireUser("b", "B", undefined)];
    const { read, check } = await vendor({ district: () => ({ ...laterDistrict(), users }) });
    expect(await failureOf(read())).toMatchObject({ code: "roles-missing", message: expect.stringContaining("not one has a role") });
    expect((await check()).get("read-users")).toMatchObject({ state: "failed", cause: expect.stringContaining("not one has a role") });
  });

  test.each([
    ["1.2", { baseUrl: `HOST${laterRoot}` }, { sourcedId: "a", role: "student", orgs: [] }],
    ["1.1", { baseUrl: "HOST/ims/oneroster/v1p1" }, { sourcedId: "a", roles: [{ role: "student" }] }],
  ])("ends where an address of %s has the other version's people", async (version, form, person) => {
    const versions = [version as "1.1" | "1.2"];
    const scopes = [core, nested, scope("v1p1", "roster-core.readonly"), scope("v1p1", "roster.readonly")];
    const answer: LaterVendorOptions["answer"] = (url) => (url.pathname.endsWith("/users") ? { body: { users: [person] } } : undefined);
    const { read } = await vendor({ versions, scopes, answer }, form);
    expect(await failureOf(read())).toMatchObject({
      code: "version-disagrees",
      message: expect.stringContaining(`read as OneRoster ${version}`),
    });
  });
});

describe("changes", () => {
  const [before, after] = ["2026-09-01T02:00:00.000Z", "2026-09-02T02:00:00.000Z"];
  test("have all roles of who changed, and those that are gone as deleted", async () => {
    let day = new Date(before);
    const deleted = wireUser("gone", "Gone", [], { status: "tobedeleted", dateLastModified: before });
    const changed = wireUser("u2", "Ben", [{ role: "teacher", org: "s1" }], { dateLastModified: after });
    const district = () => {
      const { users, ...rest } = laterDistrict();
      return {
        ...rest,
        users: [deleted, ...(day.toISOString() === after ? users.map((user) => (user.sourcedId === "u2" ? changed : user)) : users)],
      };
    };
    const { read } = await vendor({ district });
    const known = knowing({ u2: ["u2|s1|teacher|", "u2|s2|teacher|"], u3: ["u3|s1|student|"] });
    const first = await read({ now: () => day, known });
    day = new Date(after);
    const second = await read({ now: () => day, known, cursor: first.cursor(), version: "1.2" });
    expect(second.modes).toMatchObject({ users: "delta", roles: "delta" });
    expect(second.records.users.map(({ fields }) => fields.sourcedId)).toEqual(expect.arrayContaining(["u2"]));
    expect(second.records.roles.map(({ fields }) => [fields.sourcedId, fields.status])).toEqual(
      expect.arrayContaining([
        ["u2|s1|teacher|", "active"],
        ["u2|s2|teacher|", "tobedeleted"],
      ]),
    );
    const blind = await read({ now: () => day, cursor: first.cursor(), version: "1.2" });
    expect(blind.modes.users).toBe("bulk");
    expect(blind.notes.join()).toContain("what roles people had is not known here");
  });
});

test("one person comes with their roles, and those that they have no longer", async () => {
  const { readOne } = await vendor();
  const result = await readOne("u2", knowing({ u2: ["u2|s1|teacher|", "u2|old|student|"] }));
  expect(result.modes).toMatchObject({ users: "delta", roles: "delta" });
  expect(result.records.users).toHaveLength(1);
  expect(result.records.roles.map(({ fields }) => [fields.sourcedId, fields.status])).toEqual([
    ["u2|s1|teacher|", "active"],
    ["u2|s2|teacher|", "active"],
    ["u2|old|student|", "tobedeleted"],
  ]);
  expect(result.records.enrollments.map(({ fields }) => fields.sourcedId)).toEqual(["e2"]);
});

describe("the version", () => {
  const both: LaterVendorOptions = {
    versions: ["1.1", "1.2"],
    scopes: [core, nested, scope("v1p1", "roster-core.readonly"), scope("v1p1", "roster.readonly")],
  };
  const former: LaterVendorOptions = { ...both, versions: ["1.1"] };

  test.each<[string, LaterVendorOptions, string, "1.1" | "1.2"]>([
    ["its own root, below a bare address", {}, "HOST", "1.2"],
    ["its own root, below a folder", { root: `/campus/api${laterRoot}`, token: "/campus/api/token" }, "HOST/campus/api", "1.2"],
    ["the standard's path without the version", {}, "HOST/ims/oneroster/", "1.2"],
    ["an address that ends in v1p2", {}, "HOST/ims/oneroster/v1p2", "1.2"],
    ["an address as Google has it", { root: "/ims/oneroster/v1p2/rostering/v1p2" }, "HOST/ims/oneroster/v1p2", "1.2"],
    ["the whole address", {}, `HOST${laterRoot}`, "1.2"],
    ["no other", former, "HOST", "1.1"],
    ["the whole address of 1.1 beside 1.2", both, "HOST/ims/oneroster/v1p1", "1.1"],
  ])("is told by %s", async (_, options, baseUrl, version) => {
    const { read, check } = await vendor(options, { baseUrl });
    expect((await read()).version).toBe(version);
    const signIn = (await check()).get("sign-in");
    expect(signIn).toMatchObject({ state: "passed", learned: { version } });
    expect(signIn?.evidence.join()).toContain(`OneRoster ${version} at`);
  });

  test("is the admin's to choose where both are there, and nothing is read before", async () => {
    const { read, check, asked } = await vendor(both);
    expect(await failureOf(read())).toMatchObject({ code: "version-ambiguous", remedy: expect.stringContaining("under Advanced") });
    expect((await check()).get("sign-in")).toMatchObject({ state: "failed", cause: expect.stringContaining("as OneRoster 1.1") });
    expect(asked.some((line) => line.includes("/users"))).toBe(false);
    expect((await (await vendor(both, { version: "1.2" })).read()).version).toBe("1.2");
    expect((await (await vendor(both, { version: "1.1" })).read()).version).toBe("1.1");
  });

  test("stays what it was before where both are there, also for who connected before there was a choice", async () => {
    expect((await (await vendor(both)).read({ version: "1.1" })).version).toBe("1.1");
    expect((await (await vendor(both, {}, { authentication: "oauth2" })).read()).version).toBe("1.1");
    expect((await (await vendor(both, {}, { authentication: "oauth2", version: "1.2" })).read()).version).toBe("1.2");
  });

  test.each([
    ["1.1", "1.2", former, { baseUrl: `HOST${laterRoot}` }, "/ims/oneroster/v1p1"],
    ["1.2", "1.1", {}, { baseUrl: "HOST/ims/oneroster/v1p1" }, laterRoot],
  ] as const)("of an address is seen to be %s where %s was meant", async (found, meant, options, form, right) => {
    const { read, check, url } = await vendor(options, form);
    const words = {
      message: expect.stringContaining(`this looks like a OneRoster ${found} address`),
      remedy: expect.stringContaining(`${url}${right}`),
    };
    expect(await failureOf(read())).toMatchObject(words);
    expect((await check()).get("sign-in")).toMatchObject({ state: "failed", cause: words.message, remedy: words.remedy });
    expect(meant).not.toBe(found);
  });

  test.each<["1.1" | "1.2", string, LaterVendorOptions, string]>([
    ["1.1", "1.2", {}, "HOST"],
    ["1.1", "1.2", {}, `HOST${laterRoot}`],
    ["1.2", "1.1", former, "HOST"],
    ["1.2", "1.1", former, "HOST/ims/oneroster/v1p1"],
  ])("that was %s at the last sync and is %s now ends the read, with that advice", async (kept, found, options, baseUrl) => {
    const { read } = await vendor(options, { baseUrl });
    expect(await failureOf(read({ version: kept }))).toMatchObject({
      code: "version-changed",
      message: expect.stringContaining(`OneRoster ${found} now`),
      remedy: expect.stringContaining("Change version"),
    });
  });
});

describe("signing in", () => {
  test.each([
    ["core alone", [core], core],
    ["the nested ones alone", [nested], nested],
  ])("asks for less where the server grants %s", async (_, scopes, granted) => {
    const { read } = await vendor({ scopes }, { baseUrl: `HOST${laterRoot}` });
    expect((await read()).learned?.()).toMatchObject({ scopes: granted });
  });

  test("keeps the query of the token address", async () => {
    const { read, asked } = await vendor(
      { token: "/campus/oauth2/token?appName=lakeside" },
      { tokenUrl: "HOST/campus/oauth2/token?appName=lakeside" },
    );
    expect((await read()).version).toBe("1.2");
    expect(asked).toContain("POST /campus/oauth2/token?appName=lakeside");
  });

  test("uses a token address of the discovery file on the same host, and only tells of one on another", async () => {
    const document = (tokenUrl: string) => ({
      openapi: "3.0.1",
      components: { securitySchemes: { OAuth2CC: { type: "oauth2", flows: { clientCredentials: { tokenUrl, scopes: {} } } } } },
    });
    const discovery =
      (tokenUrl: (host: string) => string): LaterVendorOptions["answer"] =>
      (url, request) =>
        url.pathname === `${laterRoot}/discovery/imsorv1p2_rostering_openapi3_v1p0.json`
          ? { body: document(tokenUrl(request.headers.host ?? "")) }
          : undefined;
    const same = await vendor(
      { token: "/odd/token", answer: discovery((host) => `http://${host}/odd/token`) },
      { baseUrl: `HOST${laterRoot}` },
    );
    expect((await same.read()).version).toBe("1.2");

    const elsewhere = await serveJson(() => ({ body: { access_token: "stolen" } }));
    open.push(elsewhere);
    const other = await vendor(
      { token: "/odd/token", answer: discovery(() => `${elsewhere.url}/token?x=1`) },
      { baseUrl: `HOST${laterRoot}` },
    );
    expect(await failureOf(other.read())).toMatchObject({
      code: "sign-in",
      message: expect.stringContaining(`names ${elsewhere.url}/token, on another server`),
      remedy: expect.stringContaining(`${elsewhere.url}/token`),
    });
    expect(elsewhere.asked).toEqual([]);
  });

  test("with OAuth 1.0a is refused for 1.2", async () => {
    const { read } = await vendor({}, { version: "1.2" }, undefined);
    expect((await read()).version).toBe("1.2");
    const form = { baseUrl: "https://sis.example", clientId: "id", clientSecret: "x" };
    for (const more of [{ version: "1.2" }, { baseUrl: `https://sis.example${laterRoot}` }])
      expect(oneRosterRestCredentials.safeParse({ ...form, ...more, authentication: "oauth1" }).error?.issues).toMatchObject([
        { path: ["authentication"], message: expect.stringContaining("1.2 has no OAuth 1.0a") },
      ]);
    const signed = createOneRosterRestSource(
      { ...form, baseUrl: `https://127.0.0.1:9${laterRoot}`, authentication: "oauth1" },
      undefined,
      impatience(),
    );
    expect(await failureOf(readRoster(signed, ["https://127.0.0.1:9"]))).toMatchObject({
      code: "configuration",
      message: expect.stringContaining("no OAuth 1.0a"),
    });
  });
});

describe("errors", () => {
  const nestedMinor = (minor: string) => ({
    imsx_codeMajor: "failure",
    imsx_severity: "error",
    imsx_description: "planted",
    imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: minor }] },
  });
  test.each<[string, number, unknown, RegExp]>([
    ["nested", 403, nestedMinor("forbidden"), /answered 403 .*It says "forbidden"/],
    ["nested, with status 200", 200, nestedMinor("invaliddata"), /with an error in its body \(invalid data\)/],
    ["a plain string", 403, { imsx_codeMajor: "failure", imsx_codeMinor: "forbidden" }, /It says "forbidden"/],
    ["another vocabulary", 422, { imsx_codeMajor: "failure", imsx_CodeMinor: "invalid_data" }, /It says "invalid data"/],
    ["no minor", 400, { imsx_codeMajor: "failure", imsx_severity: "error" }, /answered 400/],
    ["1.1's set", 403, { statusInfoSet: [{ imsx_codeMajor: "failure", imsx_codeMinor: "forbidden" }] }, /It says "forbidden"/],
  ])("in the shape of %s say what is the matter, and nothing of their text", async (_, status, body, message) => {
    const answer: LaterVendorOptions["answer"] = (url) => (url.pathname.endsWith("/users") ? { status, body } : undefined);
    const { read } = await vendor({ answer }, { baseUrl: `HOST${laterRoot}` });
    const failure = await failureOf(read());
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain("planted");
  });
});

test.each([
  [
    "https://sis.example",
    null,
    "https://sis.example",
    "https://sis.example/ims/oneroster/v1p1",
    ["https://sis.example/ims/oneroster/rostering/v1p2"],
  ],
  [
    "https://sis.example/campus/api/ims/oneroster/rostering/v1p2/",
    "1.2",
    "https://sis.example/campus/api",
    "https://sis.example/campus/api/ims/oneroster/v1p1",
    ["https://sis.example/campus/api/ims/oneroster/rostering/v1p2"],
  ],
  [
    "https://sis.example/IMS/OneRoster",
    null,
    "https://sis.example",
    "https://sis.example/IMS/OneRoster/v1p1",
    ["https://sis.example/IMS/OneRoster/rostering/v1p2"],
  ],
  [
    "https://sis.example/ims/oneroster/v1p2",
    "1.2",
    "https://sis.example",
    "https://sis.example/ims/oneroster/v1p1",
    ["https://sis.example/ims/oneroster/rostering/v1p2", "https://sis.example/ims/oneroster/v1p2/rostering/v1p2"],
  ],
])("the address %s is understood", (typed, version, base, former, later) =>
  expect(rosterAddress(typed)).toEqual({ base, version, roots: { "1.1": [former], "1.2": later } }),
);

test.each([
  [{ baseUrl: "https://sis.example/ims/oneroster/gradebook/v1p2" }, "baseUrl"],
  [{ baseUrl: "https://sis.example/ims/oneroster/v1p1", version: "1.2" }, "version"],
  [{ tokenUrl: "https://sis.example/token#x" }, "tokenUrl"],
  [{ version: "1.3" }, "version"],
])("the form refuses %o", (wrong, field) => {
  const form = { baseUrl: "https://sis.example", clientId: "id", clientSecret: "x", ...wrong };
  expect(oneRosterRestCredentials.safeParse(form).error?.issues.map(({ path }) => path[0])).toContain(field);
});

test("an enrollment's primary is read as text, a boolean, or in capitals", async () => {
  const enrollments = ["false", false, "FALSE"].map((primary, index) =>
    wireEnrollment(`e${index}`, "c1", "s1", "u1", "teacher", { primary }),
  );
  const { read } = await vendor({ district: () => ({ ...laterDistrict(), enrollments }) });
  expect((await read()).records.enrollments.map(({ fields }) => fields.primary)).toEqual(["false", "false", "FALSE"]);
});
