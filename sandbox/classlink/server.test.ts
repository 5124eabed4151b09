import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { get, getRaw, signed } from "#sandbox/testing.ts";
import { type ClassLinkServers, startClassLinkServers } from "./server.ts";

let district: LiveDistrict;
let servers: ClassLinkServers;
const root = "ims/oneroster/v1p1";

beforeAll(async () => {
  district = openDistrict({ users: 300 });
  servers = await startClassLinkServers({ district, maxLimit: 200 });
});
afterAll(() => servers.close());
beforeEach(() => servers.control.faults.mend());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const applications = (query: string, token = servers.proxy.credentials.partnerKey) =>
  get(`${servers.proxy.url}/applications${query}`, bearer(token));
const roster = (path: string, token = servers.proxy.credentials.bearer) =>
  get(`${servers.proxy.url}/${servers.proxy.credentials.applicationId}/${root}/${path}`, bearer(token));

test("the partner's key lists every district, ours beyond the first hundred", async () => {
  const { tenantId, applicationId } = servers.proxy.credentials;
  const ours = (page: { tenant_id: number }[]) => page.find((one) => String(one.tenant_id) === tenantId);
  expect(ours((await applications("")).body.applications)).toBeUndefined();
  const got = await applications("?limit=1000&offset=0");
  expect(ours(got.body.applications)).toMatchObject({ enabled: "true", tenant_status: "Active", oneroster_application_id: applicationId });
  expect(got.headers.get("x-total-count")).toBeNull();
  expect((await applications("?limit=1000&offset=1000")).body.applications).toEqual([]);
  expect((await applications("", "other-1")).status).toBe(401);
});

test("the application id counts as it stands in the path", async () => {
  const { applicationId, bearer: token } = servers.proxy.credentials;
  const status = async (id: string) => (await getRaw(servers.proxy.url, `/${id}/${root}/orgs`, bearer(token))).status;
  expect(await status(applicationId)).toBe(200);
  expect(await status(encodeURIComponent(applicationId))).toBe(404);
  expect(await status(decodeURIComponent(applicationId))).toBe(404);
});

test("a district's token opens that district and no other", async () => {
  expect((await roster("orgs")).status).toBe(200);
  expect((await roster("orgs", "other-1")).status).toBe(401);
  const renewed = servers.proxy.applications.renewBearer();
  expect((await roster("orgs", "district-bearer")).status).toBe(401);
  expect((await roster("orgs", renewed)).status).toBe(200);
  servers.proxy.applications.change({ isEnabled: false });
  expect((await roster("orgs")).status).toBe(401);
  servers.proxy.applications.change({ isEnabled: true });
});

test("pages have two counts and no links, and are cut at the limit without a word", async () => {
  const got = await roster("users?limit=1000&offset=0&sort=sourcedId&orderBy=asc");
  expect(got.body.users).toHaveLength(200);
  expect(got.headers.get("x-count")).toBe("200");
  expect(Number(got.headers.get("x-total-count"))).toBe(district.today.people.size);
  expect(got.headers.get("link")).toBeNull();
  const ids: string[] = got.body.users.map((user: { sourcedId: string }) => user.sourcedId);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test("booleans are texts, ids are odd, and hrefs lead elsewhere", async () => {
  const [enrollment] = (await roster("enrollments?limit=1")).body.enrollments;
  expect(enrollment.primary).toBe("true");
  expect(enrollment.sourcedId).toContain("|");
  expect(enrollment.class.href.startsWith(servers.proxy.url)).toBe(false);
  for (const [path, id] of [
    ["users", enrollment.user.sourcedId],
    ["classes", enrollment.class.sourcedId],
    ["schools", enrollment.school.sourcedId],
  ]) {
    expect((await roster(`${path}/${encodeURIComponent(id)}`)).status).toBe(200);
  }
  expect(servers.hrefsFollowed()).toBe(0);
});

test("dsc is no order, desc is one", async () => {
  const ids = async (order: string) =>
    (await roster(`courses?sort=sourcedId&orderBy=${order}`)).body.courses.map((one: { sourcedId: string }) => one.sourcedId);
  expect(await ids("dsc")).toEqual(await ids("asc"));
  expect(await ids("desc")).toEqual((await ids("asc")).reverse());
});

test("the direct way is the same roster, signed", async () => {
  const { clientId, clientSecret } = servers.direct.credentials;
  const url = `${servers.direct.url}/${root}/users?limit=50&offset=10`;
  const read = (secret: string) => get(url, { authorization: signed(url, { key: clientId, secret, method: "HMAC-SHA1" }) });
  expect((await read(clientSecret)).body.users).toEqual((await roster("users?limit=50&offset=10")).body.users);
  expect((await read("wrong")).status).toBe(401);
  expect((await get(url, bearer(servers.proxy.credentials.bearer))).status).toBe(401);
  const { partnerKey, applicationId } = servers.proxy.credentials;
  const told = await get(`${servers.proxy.url}/applications/${applicationId}/server`, bearer(partnerKey));
  expect(told.body.server).toEqual({ client_id: clientId, client_secret: clientSecret, endpoint_url: servers.direct.url });
});
