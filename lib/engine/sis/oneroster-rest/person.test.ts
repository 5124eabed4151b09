/** One person over OneRoster REST, where servers do less than the standard says. The whole engine over the sandbox: cli/person-sync.db.test.ts. */
import { afterEach, beforeAll, expect, test } from "vitest";
import { emptyRoster, type FoldedRoster, fold, knownOf } from "#lib/engine/testing/sis/folded-roster.ts";
import { failureOf, impatience, readOnePerson, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, type OneRosterServerOptions, startOneRosterServer } from "#sandbox/oneroster/server.ts";
import { createOneRosterRestSource } from "./source.ts";

let district: LiveDistrict;
let roster: FoldedRoster;
let learner = "";
const servers: { close(): Promise<void> }[] = [];
const plenty = { requests: 100_000, windowSeconds: 60 };

beforeAll(async () => {
  district = openDistrict({ users: 200 });
  const server = await start({});
  const whole = await readRoster(sourceOf(server), [server.url]);
  roster = fold(emptyRoster, whole);
  learner = String(whole.records.enrollments.find(({ fields }) => fields.role === "student")?.fields.userSourcedId);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: Partial<OneRosterServerOptions>): Promise<OneRosterServer> {
  const server = await startOneRosterServer({ district, rateLimit: plenty, ...options });
  servers.push(server);
  return server;
}
const sourceOf = (to: OneRosterServer) => createOneRosterRestSource({ baseUrl: to.url, ...to.credentials }, undefined, impatience());
const read = (to: OneRosterServer, externalId = learner, identity?: unknown) =>
  readOnePerson(sourceOf(to), [to.url], { externalId, known: knownOf(roster), ...(identity === undefined ? {} : { identity }) });
const ids = (records: readonly { readonly fields: Readonly<Record<string, unknown>> }[]) =>
  records.map(({ fields }) => fields.sourcedId).sort();
const theirs = () =>
  knownOf(roster)
    .enrollmentsOfPerson(learner)
    .then((all) => [...all].sort());

test("asks for the person and their enrollments, and for nothing that Aivo has heard of", async () => {
  const server = await start({});
  const one = await read(server);
  expect(ids(one.records.users)).toEqual([learner]);
  expect(ids(one.records.enrollments)).toEqual(await theirs());
  expect(one.modes).toMatchObject({ orgs: "absent", academicSessions: "absent", courses: "absent", classes: "absent" });
  const asked = server.control.requests().map(({ path }) => path.split("/v1p1/")[1]?.split("/")[0]);
  expect([...new Set(asked.filter(Boolean))]).toEqual(["users", "enrollments"]);
});

test("what Aivo has not heard of is read by its id, and a token that ends meanwhile is renewed", async () => {
  const server = await start({ faults: [{ kind: "token-expired", atRequest: 4, times: 1 }] });
  const one = await readOnePerson(sourceOf(server), [server.url], { externalId: learner, known: knownOf(emptyRoster) });
  expect(one.records.classes.length).toBe(one.records.enrollments.length);
  for (const collection of ["orgs", "academicSessions", "courses"] as const) expect(one.records[collection].length).toBeGreaterThan(0);
});

test("where neither the filter nor their classes are to be had, what Aivo has is asked for by id, and the rest is said", async () => {
  const server = await start({ scopes: ["roster-core.readonly"], faults: [{ kind: "filter-refused" }] });
  const one = await read(server);
  expect(ids(one.records.enrollments)).toEqual(await theirs());
  expect(one.notes.join(" ")).toContain("does not list a person's classes either");
});

test("a filter that brings nothing withdraws nobody", async () => {
  const server = await start({ faults: [{ kind: "filter-empty" }] });
  const one = await read(server);
  expect(ids(one.records.enrollments)).toEqual(await theirs());
  expect(one.records.enrollments.every(({ fields }) => fields.status === "active")).toBe(true);
  expect(one.notes.join(" ")).toContain("leaves out enrollments that it has. Their classes were read instead.");
});

test("another district than the one that is rostered is refused before the person is asked for", async () => {
  const server = await start({});
  const identity = { orgs: [{ sourcedId: "x", name: "Elsewhere", identifier: "99" }] };
  const failure = await failureOf(read(server, learner, identity));
  expect([failure.code, failure.step]).toEqual(["configuration", "read /orgs"]);
  expect(server.control.requests().some(({ path }) => path.includes("/users"))).toBe(false);
});

test("a server that gives no single records withdraws nobody by saying that they are not there", async () => {
  const lists: Record<string, unknown> = { users: [{ sourcedId: "u1", status: "active", role: "student" }] };
  const server = await serveJson((_request, url) => {
    if (url.pathname.endsWith("/token")) return { body: { access_token: "t", token_type: "bearer", expires_in: 3600 } };
    const [, path = ""] = url.pathname.split("/v1p1/");
    return path in lists ? { body: { [path]: lists[path] } } : { status: 404, body: {} };
  });
  servers.push(server);
  const credentials = { baseUrl: server.url, clientId: "id", clientSecret: "s3cret" };
  const source = createOneRosterRestSource(credentials, undefined, impatience());
  const known = knownOf({ ...emptyRoster, users: new Map([["u7", "{}"]]) });
  const failure = await failureOf(readOnePerson(source, [server.url], { externalId: "u7", known }));
  expect(failure.message).toContain("gives none of them by its id");
  expect(failure.message).not.toContain("u7");
});

test("messages do not say whose record it is", async () => {
  const server = await serveJson((_request, url) =>
    url.pathname.endsWith("/token") ? { body: { access_token: "t", token_type: "bearer" } } : { status: 403, body: {} },
  );
  servers.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const failure = await failureOf(readOnePerson(source, [server.url], { externalId: "secret-id", known: knownOf(emptyRoster) }));
  expect([failure.code, failure.message.includes("/users/{id}")]).toEqual(["permission", true]);
  expect(failure.message).not.toContain("secret-id");
});
