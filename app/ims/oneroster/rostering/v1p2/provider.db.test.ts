/** OneRoster 1.2 as Aivo gives it: the same roster as 1.1, in the words of its binding. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerOneRoster } from "#app/ims/oneroster/answer.ts";
import { answerToken } from "#app/oauth/token/answer.ts";
import { serve } from "#app/testing/serve.ts";
import { operatorScope } from "#lib/platform/access.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { createApiClient, revokeApiClient } from "#lib/services/api/write.ts";
import { rosteringServices } from "#lib/services/oneroster/version.ts";
import { newDistrict, type Services, testServices } from "#lib/services/testing/services.ts";

const { services: opened, close } = await testServices();
const versions = Object.keys(rosteringServices) as OneRosterVersion[];
const provider = await serve(async (request): Promise<Response> => {
  const { pathname } = new URL(request.url);
  if (pathname === "/oauth/token") return answerToken(services, request);
  const version = versions.find((one) => pathname.startsWith(`${rosteringServices[one].root}/`));
  if (version === undefined) return new Response("not found", { status: 404 });
  const parts = pathname.slice(rosteringServices[version].root.length + 1).split("/");
  return answerOneRoster(services, version, request, parts.map(decodeURIComponent));
});
const services: Services = { ...opened, env: { ...opened.env, publicUrl: provider.origin } };
afterAll(async () => {
  await provider.close();
  await close();
});

const district = await newDistrict(services.db, { name: "Cedar Falls Unified" });
const scope = operatorScope(district);
const ids = { first: crypto.randomUUID(), second: crypto.randomUUID(), both: "", none: "", learner: "", gone: "", room: "" };

beforeAll(async () => {
  const { sql } = services.db;
  await sql`insert into schools (district_id, id, name, number) values (${district}, ${ids.first}, 'First', '101'), (${district}, ${ids.second}, 'Second', null)`;
  const account = async (role: string, name: string, schools: string[], more: Record<string, unknown> = {}) => {
    const row = { district_id: district, role, given_name: name, family_name: "Baker", school_ids: schools, ...more };
    const [made] = await sql<{ id: string }[]>`insert into accounts ${sql(row)} returning id`;
    return made?.id ?? "";
  };
  ids.both = await account("teacher", "Both", [ids.second, ids.first], { email: "both@x.example", username: "both" });
  ids.none = await account("teacher", "None", []);
  ids.learner = await account("learner", "Lee", [ids.first], { student_number: "77", grade: "03" });
  ids.gone = await account("learner", "Gone", [ids.first], { status: "deactivated" });
  await account("district-admin", "Boss", []);
  const [room] = await sql<{ id: string }[]>`
    insert into classrooms (district_id, name, school_id) values (${district}, 'Reading', ${ids.first}) returning id`;
  ids.room = room?.id ?? "";
  for (const [person, role] of [
    [ids.both, "teacher"],
    [ids.none, "co-teacher"],
    [ids.learner, "learner"],
  ] as const)
    await sql`insert into memberships (district_id, classroom_id, account_id, role) values (${district}, ${ids.room}, ${person}, ${role})`;
});

const scopesOf = (version: OneRosterVersion, ...names: string[]) =>
  names.map((name) => `${rosteringServices[version].scopePrefix}${name}`).join(" ");
const application = () => createApiClient(services, scope, { kind: "application", name: "Library", days: 30 });

async function tokenOf(client: { readonly clientId: string | null; readonly secret: string }, asked: string) {
  const form = {
    grant_type: "client_credentials",
    client_id: client.clientId ?? "",
    client_secret: client.secret,
    ...(asked && { scope: asked }),
  };
  const response = await fetch(`${provider.origin}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
  return { status: response.status, ...((await response.json()) as { access_token?: string; scope?: string; error?: string }) };
}

type Json = Record<string, unknown>;
async function get(path: string, token: string, version: OneRosterVersion = "1.2") {
  const response = await fetch(`${provider.origin}${rosteringServices[version].root}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = (await response.json()) as Json;
  return { status: response.status, headers: response.headers, body, list: (name: string) => body[name] as Json[] };
}

const client = await application();
const full = (await tokenOf(client, scopesOf("1.2", "roster-core.readonly", "roster.readonly"))).access_token ?? "";

describe("scopes", () => {
  test("are those of the version, and what is granted is told", async () => {
    const both = scopesOf("1.2", "roster-core.readonly", "roster.readonly");
    expect((await tokenOf(client, both)).scope).toBe(both);
    expect((await tokenOf(client, `${both} ${scopesOf("1.2", "roster-demographics.readonly")}`)).scope).toBe(both);
    expect(await tokenOf(client, scopesOf("1.2", "roster-demographics.readonly"))).toMatchObject({ status: 400, error: "invalid_scope" });
    expect(await tokenOf(client, "roster.readonly")).toMatchObject({ status: 400, error: "invalid_scope" });
    const mixed = `${scopesOf("1.1", "roster.readonly")} ${scopesOf("1.2", "roster.readonly")}`;
    expect((await tokenOf(client, mixed)).scope).toBe(mixed);
    // As ever: who asks for none gets 1.1's.
    expect((await tokenOf(client, "")).scope).toBe(scopesOf("1.1", "roster-core.readonly", "roster.readonly"));
  });

  test("core opens flat lists and records, roster all of it, and neither the other version", async () => {
    const core = (await tokenOf(client, scopesOf("1.2", "roster-core.readonly"))).access_token ?? "";
    const roster = (await tokenOf(client, scopesOf("1.2", "roster.readonly"))).access_token ?? "";
    const old = (await tokenOf(client, "")).access_token ?? "";
    expect((await get("/users", core)).status).toBe(200);
    expect((await get(`/classes/${ids.room}/students`, core)).status).toBe(403);
    expect((await get("/users", roster)).status).toBe(200);
    expect((await get(`/classes/${ids.room}/students`, roster)).status).toBe(200);
    expect((await get("/users", old, "1.1")).status).toBe(200);
    for (const [token, version] of [
      [old, "1.2"],
      [core, "1.1"],
    ] as const)
      expect((await get("/users", token, version)).status).toBe(403);
  });
});

test("users have their schools and their kind as roles, and nothing of 1.1's", async () => {
  const user = async (id: string) => (await get(`/users/${id}`, full)).body.user as Json;
  const role = (word: string, org: string) => ({
    roleType: "primary",
    role: word,
    org: { href: `${provider.origin}/ims/oneroster/rostering/v1p2/orgs/${org}`, sourcedId: org, type: "org" },
  });
  expect(await user(ids.both)).toEqual({
    sourcedId: ids.both,
    status: "active",
    dateLastModified: expect.any(String),
    username: "both",
    enabledUser: "true",
    givenName: "Both",
    familyName: "Baker",
    email: "both@x.example",
    grades: [],
    roles: [role("teacher", ids.second), role("teacher", ids.first)],
    primaryOrg: role("teacher", ids.second).org,
  });
  const none = await user(ids.none);
  expect(none.roles).toEqual([role("teacher", district)]);
  expect(none).not.toHaveProperty("primaryOrg");
  expect(none).not.toHaveProperty("username");
  expect(await user(ids.learner)).toMatchObject({ identifier: "77", grades: ["03"], roles: [role("student", ids.first)] });
  expect(await user(ids.gone)).toMatchObject({ status: "tobedeleted", enabledUser: "false", roles: [role("student", ids.first)] });
  const everybody = (await get("/users?limit=100", full)).list("users");
  expect(everybody.map(({ sourcedId }) => sourcedId).sort()).toEqual([ids.both, ids.none, ids.learner, ids.gone].sort());
});

test("all else is what 1.1 says, with its own booleans, blanks and addresses", async () => {
  const old = (await tokenOf(client, "")).access_token ?? "";
  for (const list of ["academicSessions", "courses", "classes"]) {
    const text = JSON.stringify((await get(`/${list}`, old, "1.1")).body).replaceAll(
      "/ims/oneroster/v1p1/",
      "/ims/oneroster/rostering/v1p2/",
    );
    expect(JSON.stringify((await get(`/${list}`, full)).body)).toBe(text);
  }
  const numbers = (await get("/schools", full)).list("orgs").map(({ identifier }) => identifier);
  expect(numbers.sort()).toEqual(["", "101"]);
  const enrollments = (await get("/enrollments", full)).list("enrollments");
  const primary = new Map(enrollments.map((one) => [(one.user as Json).sourcedId, one.primary]));
  expect([primary.get(ids.both), primary.get(ids.none), primary.get(ids.learner)]).toEqual(["true", "false", "false"]);
});

test("lists are paged, filtered and cut, with a total and links", async () => {
  const first = await get("/users?limit=2&sort=givenName", full);
  expect(first.list("users").map(({ givenName }) => givenName)).toEqual(["Both", "Gone"]);
  expect(first.headers.get("x-total-count")).toBe("4");
  expect(first.headers.get("link")).toContain(`/ims/oneroster/rostering/v1p2/users?limit=2&sort=givenName&offset=2>; rel="next"`);
  const filter = (text: string) => encodeURIComponent(text);
  expect((await get(`/teachers?filter=${filter("email='BOTH@x.example'")}`, full)).list("users")).toHaveLength(1);
  expect((await get(`/users?filter=${filter(`primaryOrg.sourcedId='${ids.first}'`)}`, full)).list("users")).toHaveLength(2);
  expect((await get("/users?fields=sourcedId,roles", full)).list("users").map(Object.keys)).toContainEqual(["sourcedId", "roles"]);
});

test.each([
  ["/users?filter=role%3D'student'", 400, "invalid_filter_field"],
  ["/users?filter=roles.role%3D'student'", 400, "invalid_filter_field"],
  ["/users?filter=familyName%3DBaker", 400, "invalid_filter_field"],
  ["/users?limit=0", 400, "invaliddata"],
  ["/users?offset=many", 400, "invaliddata"],
  ["/users?page=2", 400, "invaliddata"],
  ["/users?sort=shoeSize", 400, "invalid_sort_field"],
  ["/users?fields=role", 400, "invalid_selection_field"],
  ["/users?fields=", 400, "invalid_selection_field"],
  ["/users/nobody", 404, "unknownobject"],
  ["/demographics", 404, "unknownobject"],
  ["/discovery/other.json", 404, "unknownobject"],
])("%s is refused in the words of 1.2: %i %s", async (path, status, minor) => {
  const { status: got, body } = await get(path, full);
  expect([got, body]).toEqual([
    status,
    {
      imsx_codeMajor: "failure",
      imsx_severity: "error",
      imsx_description: expect.any(String),
      imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: minor }] },
    },
  ]);
});

test("a revoked application and a wrong method are refused", async () => {
  const brief = await application();
  const token = (await tokenOf(brief, scopesOf("1.2", "roster.readonly"))).access_token ?? "";
  expect((await get("/orgs", token)).status).toBe(200);
  await revokeApiClient(services, scope, brief.id);
  const refused = await get("/orgs", token);
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, expect.stringContaining("Bearer")]);
  expect(JSON.stringify(refused.body)).toContain("unauthorisedrequest");
  const posted = await fetch(`${provider.origin}${rosteringServices["1.2"].root}/users`, {
    method: "POST",
    headers: { authorization: `Bearer ${full}` },
  });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});

test("discovery names every list, each of which is there, and where tokens are given", async () => {
  const address = `${provider.origin}${rosteringServices["1.2"].root}`;
  const [one, other] = await Promise.all(
    ["onerosterv1p2rostersservice_openapi3_v1p0.json", "imsorv1p2_rostering_openapi3_v1p0.json"].map(
      async (name) => (await (await fetch(`${address}/discovery/${name}`)).json()) as Record<string, Json>,
    ),
  );
  expect(one).toEqual(other);
  expect(one?.components?.securitySchemes).toMatchObject({
    OAuth2CC: { flows: { clientCredentials: { tokenUrl: `${provider.origin}/oauth/token` } } },
  });
  const flat = Object.keys(one?.paths ?? {}).filter((path) => !path.includes("{"));
  expect(flat).toContain("/users");
  for (const path of flat) expect([path, (await get(path, full)).status]).toEqual([path, 200]);
  expect(Object.keys(one?.paths ?? {})).toContain("/schools/{schoolsSourcedId}/classes/{classesSourcedId}/students");
});
