/** What the document of the API says of each operation is what the operation does; the cases are made from the document. */
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { apiDocument } from "#app/api/v1/document.ts";
import { answerApi, apiRoot } from "#app/api/v1/door.ts";
import { operations } from "#app/api/v1/operations.ts";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { type ApiScope, apiScopes } from "#lib/platform/api-scopes.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { apiLimits } from "#lib/services/api/rate.ts";
import { createApiClient, revokeApiClient } from "#lib/services/api/write.ts";
import { suspendDistrict } from "#lib/services/districts/suspend.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, type Services, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { addWebhook } from "#lib/services/webhooks/write.ts";

const hook = "http://127.0.0.1:9";
const { services: opened, close } = await testServices({
  variables: { AIVO_TRUSTED_SIS_ORIGINS: hook, NEXTAUTH_URL: "https://aivo.example" },
});
const services: Services = opened;
afterAll(close);

interface DocumentOperation {
  readonly operationId: string;
  readonly security: readonly { readonly token: readonly ApiScope[] }[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>;
}
const document = apiDocument("https://aivo.example") as unknown as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components: object;
};
const described = Object.entries(document.paths).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([method, one]) => ({ path, method: method.toUpperCase(), one })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema({ $id: "api", components: document.components });
function expectToMatch(schema: object, value: unknown): void {
  const resolved = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
  const validate = ajv.compile(resolved);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

/** What is there to be asked about. */
interface World {
  readonly districtId: string;
  readonly integration: string;
  readonly spare: string;
  readonly run: string;
  readonly undone: string;
  readonly held: string;
  readonly alsoHeld: string;
  readonly queued: string;
  readonly webhook: string;
  readonly roster: Readonly<Record<string, string>>;
}
let world: World;

const rows: Record<string, readonly RawRow[]> = {
  orgs: [{ sourcedId: "s1", name: "Lakeside", type: "school" }],
  academicSessions: [{ sourcedId: "t1", title: "Fall", type: "term", startDate: "2026-08-17", endDate: "2026-12-18", schoolYear: "2027" }],
  courses: [{ sourcedId: "c1", title: "Mathematics", courseCode: "M1" }],
  classes: [
    { sourcedId: "k1", title: "Mathematics 1", courseSourcedId: "c1", schoolSourcedId: "s1", termSourcedIds: "t1", classType: "scheduled" },
  ],
  users: [
    { sourcedId: "u1", role: "teacher", givenName: "Tess", familyName: "Teacher", orgSourcedIds: "s1", username: "tess" },
    { sourcedId: "u2", role: "student", givenName: "Lee", familyName: "Pupil", orgSourcedIds: "s1", grades: "07", identifier: "1" },
    { sourcedId: "u3", role: "astronaut", givenName: "Zoe", familyName: "Zenith", orgSourcedIds: "s1" },
  ],
  enrollments: [
    { sourcedId: "e1", classSourcedId: "k1", userSourcedId: "u1", role: "teacher", primary: "true" },
    { sourcedId: "e2", classSourcedId: "k1", userSourcedId: "u2", role: "student" },
  ],
};

beforeAll(async () => {
  const districtId = await newDistrict(services.db);
  const scope = operatorScope(districtId);
  const synced = async () => {
    const integration = await newIntegration(services.db, districtId);
    await services.db.orm
      .update(integrations)
      .set({ name: `SIS ${integration}` })
      .where(eq(integrations.id, integration));
    return { integration, run: (await syncOnce(services.db, districtId, integration, { rows })).id };
  };
  const first = await synced();
  const changed = { ...rows, users: rows.users?.map((row) => ({ ...row, givenName: "Lou" })) ?? [] };
  const undone = await syncOnce(services.db, districtId, first.integration, { rows: changed });
  const waiting = async () => {
    const integrationId = await newIntegration(services.db, districtId);
    const [row] = await services.db.orm
      .insert(syncRuns)
      .values({ districtId, integrationId, trigger: "manual", state: "held", heldBecause: ["many would leave"] })
      .returning({ id: syncRuns.id });
    return row?.id ?? "";
  };
  const spare = await addIntegration(services, scope, { name: "Spare", provider: "oneroster-csv", credentials: someCredentials });
  const [queued] = await services.db.orm
    .insert(syncRuns)
    .values({ districtId, integrationId: await newIntegration(services.db, districtId), trigger: "manual" })
    .returning({ id: syncRuns.id });
  const webhook = await addWebhook(services, scope, { url: `${hook}/first` });
  const one = async (table: string, where = "true") => {
    const [row] = await services.db.sql.unsafe<{ id: string }[]>(
      `select id from ${table} where district_id = '${districtId}' and ${where} order by id limit 1`,
    );
    return row?.id ?? "";
  };
  world = {
    districtId,
    integration: first.integration,
    spare: spare.id,
    run: first.run,
    undone: undone.id,
    held: await waiting(),
    alsoHeld: await waiting(),
    queued: queued?.id ?? "",
    webhook: webhook.id,
    roster: {
      school: await one("schools"),
      term: await one("terms"),
      course: await one("courses"),
      classroom: await one("classrooms"),
      person: await one("accounts"),
      membership: await one("memberships"),
    },
  };
});

/** As if each had a minute of its own. */
beforeEach(() => services.db.sql`delete from api_rates`.then(() => {}));

const tokens = new Map<string, Promise<string>>();

/** A token with these scopes, the same for all who ask for them in the test's own district. */
function token(scopes: readonly ApiScope[] = apiScopes, districtId = world.districtId): Promise<string> {
  const make = async () => {
    const input = { kind: "token", name: "A test", days: 1, scopes: [...scopes] };
    return (await createApiClient(services, operatorScope(districtId), input)).secret;
  };
  if (districtId !== world.districtId) return make();
  const key = scopes.join();
  const known = tokens.get(key) ?? make();
  tokens.set(key, known);
  return known;
}

interface Asking {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(method: string, path: string, bearer: string | null, { body, raw, headers = {} }: Asking = {}) {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new Request(`https://aivo.example${apiRoot}${path}`, {
    method,
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const parts = path.split("?")[0]?.slice(1).split("/").map(decodeURIComponent) ?? [];
  const response = await answerApi(services, request, parts);
  const answer = await response.text();
  return { status: response.status, headers: response.headers, json: answer === "" ? null : JSON.parse(answer) };
}

/** A valid request for each operation: another one than the usual record, or a body. Whatever is in the document has to be here. */
interface Valid {
  readonly path?: (world: World) => Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly query?: string;
}
const valid: Readonly<Record<string, Valid>> = {
  listIntegrations: { query: "limit=2" },
  addIntegration: { body: { name: "New", provider: "oneroster-csv", credentials: someCredentials, schedule: "0 2 * * *" } },
  getIntegration: {},
  changeIntegration: { path: ({ spare }) => ({ integration: spare }), body: { schedule: "0 3 * * *" } },
  removeIntegration: { path: ({ spare }) => ({ integration: spare }) },
  pauseIntegration: { path: ({ spare }) => ({ integration: spare }) },
  resumeIntegration: { path: ({ spare }) => ({ integration: spare }) },
  testIntegration: { path: ({ spare }) => ({ integration: spare }) },
  listRuns: { query: "limit=1&outcome=succeeded" },
  startRun: { path: ({ spare }) => ({ integration: spare }), body: { kind: "preview" } },
  getRun: {},
  cancelRun: { path: ({ queued }) => ({ run: queued }) },
  approveRun: { path: ({ held }) => ({ run: held }), body: { reason: "looked at it" } },
  discardRun: { path: ({ alsoHeld }) => ({ run: alsoHeld }), body: { reason: "not these" } },
  undoRun: { path: ({ undone }) => ({ run: undone }), body: { reason: "a mistake" } },
  listAuditEntries: { query: "limit=5&after=1" },
  listCauses: {},
  listAcknowledgedCauses: {},
  acknowledgeCause: { body: { reason: "asked the registrar" } },
  releaseCause: {},
  listIssues: { query: "limit=1" },
  getIssue: {},
  listChanges: { query: "limit=3&entity=learner" },
  listSchools: {},
  getSchool: {},
  listTerms: {},
  getTerm: {},
  listCourses: {},
  getCourse: {},
  listClassrooms: {},
  getClassroom: {},
  listPeople: { query: "role=learner&status=active" },
  getPerson: {},
  listMemberships: { query: "limit=1" },
  getMembership: {},
  listWebhooks: {},
  addWebhook: { body: { url: `${hook}/second`, kinds: null } },
  changeWebhook: { body: { kinds: ["failed"] } },
  removeWebhook: {},
  rotateWebhookSecret: {},
  testWebhook: {},
};
/** What takes something away comes last. */
const last = ["removeIntegration", "removeWebhook", "undoRun"];
const inOrder = [...described].sort((a, b) => last.indexOf(a.one.operationId) - last.indexOf(b.one.operationId));

async function addressOf(path: string, { path: other }: Valid): Promise<string> {
  const [issue] = await services.db.sql<{ seq: string; cause: string }[]>`
    select seq, code as cause from issues
    where district_id = ${world.districtId} and integration_id = ${world.integration} order by seq limit 1`;
  const { integration, run, webhook, roster } = world;
  const names: Readonly<Record<string, string>> = {
    integration,
    run,
    webhook,
    issue: issue?.seq ?? "",
    cause: issue?.cause ?? "",
    ...roster,
    ...other?.(world),
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? "");
}

test("the document is of version 3.1, and has every operation once", () => {
  expect(document.openapi).toBe("3.1.0");
  const ids = described.map(({ one }) => one.operationId);
  expect(ids.toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.keys(valid).toSorted()).toEqual(ids.toSorted());
});

describe.each(inOrder)("$one.operationId", ({ path, method, one }) => {
  const [scope] = one.security[0]?.token ?? [];
  const asked = valid[one.operationId] ?? {};
  const json = asked.body === undefined ? {} : { body: asked.body };

  test("answers a valid request as the document says", async () => {
    const address = `${await addressOf(path, asked)}${asked.query === undefined ? "" : `?${asked.query}`}`;
    const { status, headers, json: answer } = await ask(method, address, await token(scope ? [scope] : []), json);
    const promised = one.responses[String(status)];
    expect({ status, answer }).toEqual({ status: expect.toSatisfy((code: number) => code >= 200 && code < 300), answer });
    const schema = promised?.content?.["application/json"]?.schema;
    expect(promised).toBeDefined();
    if (schema === undefined) expect(answer).toBe(null);
    else expectToMatch(schema, answer);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("access-control-allow-origin")).toBe(null);
    expect(headers.get("ratelimit")).toMatch(/^"minute";r=\d+;t=\d+$/);
  });

  test("refuses who has no token, another scope, another method, or cannot be understood", async () => {
    const address = await addressOf(path, {});
    const refused = async (expected: number, answer: Promise<Awaited<ReturnType<typeof ask>>>) => {
      const { status, headers, json: problem } = await answer;
      expect({ status, problem }).toEqual({ status: expected, problem });
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(problem).toMatchObject({ status: expected, type: expect.stringMatching(/^https:\/\/aivo\.example\/help\/api#[a-z-]+$/) });
      const schema = one.responses[String(expected)]?.content?.["application/problem+json"]?.schema;
      if (schema !== undefined) expectToMatch(schema, problem);
      return headers;
    };
    expect((await refused(401, ask(method, address, null, json))).get("www-authenticate")).toContain("Bearer");
    expect((await refused(401, ask(method, address, "aivo_wrong", json))).get("www-authenticate")).toContain("invalid_token");
    const others = apiScopes.filter((known) => known !== scope);
    const denied = await refused(403, ask(method, address, await token(others), json));
    expect(denied.get("www-authenticate")).toContain(`error="insufficient_scope", scope="${scope}"`);
    const all = await token();
    expect((await refused(405, ask("PUT", address, all, { body: {} }))).get("allow")).toContain(method);
    const unknown = await ask(method, `${address}?shoeSize=43`, all, json);
    expect([unknown.status, unknown.json.fields]).toEqual([400, { shoeSize: "There is no such parameter" }]);
    if (one.parameters?.some(({ name }) => name === "cursor")) {
      await refused(400, ask(method, `${address}?cursor=abc`, all));
      await refused(400, ask(method, `${address}?cursor=${Buffer.from('["other","x"]').toString("base64url")}`, all));
      // Forged with the name of this list: one kind of key is its own, and nothing else reaches the database.
      const forged = (key: unknown) =>
        `${address}?cursor=${Buffer.from(JSON.stringify([path.split("/").at(-1), key])).toString("base64url")}`;
      const kinds = [await ask(method, forged(Number.MAX_SAFE_INTEGER), all), await ask(method, forged(crypto.randomUUID()), all)];
      expect(kinds.map(({ status }) => status).toSorted()).toEqual([200, 400]);
      for (const key of [-1, 0.5, 1e300, "x", "1", null, true, [], {}, ["a"]]) await refused(400, ask(method, forged(key), all));
      for (const odd of ["0", "1e1", "0x5", "%201", "5.0", "", "201", "9".repeat(400)])
        await refused(400, ask(method, `${address}?limit=${odd}`, all));
      await refused(400, ask(method, `${address}?limit=1&limit=2`, all));
    }
    for (const { name } of one.parameters?.filter(({ in: where }) => where === "query") ?? [])
      await refused(400, ask(method, `${address}?${name}=a%00b`, all, json));
    if (path.includes("{"))
      for (const odd of [
        "%00",
        "abc",
        "-1",
        "0",
        "1e3",
        "99999999999999999999",
        "00000000-0000-0000-0000-000000000000",
        "%27%20or%20%27%27%3D%27",
      ])
        expect((await ask(method, path.replaceAll(/\{\w+\}/g, odd), all, json)).status, odd).toBe(404);
    if (method === "POST") {
      const headers = { "idempotency-key": `of-${one.operationId}` };
      await services.db.sql`
        insert into api_answers (district_id, client_id, key, request_hash, created_at)
        select district_id, id, ${headers["idempotency-key"]}, 'another', now() from api_clients where district_id = ${world.districtId}
        on conflict do nothing`;
      await refused(422, ask(method, await addressOf(path, asked), all, { ...json, headers }));
      expect(one.responses).toHaveProperty("422");
    }
    if (one.requestBody !== undefined) {
      for (const raw of ['{"name":"a\\u0000b"}', '{"a\\u0000":1}', '{"name":"\\ud800"}', `${"[".repeat(9000)}${"]".repeat(9000)}`])
        await refused(400, ask(method, address, all, { raw }));
      await refused(400, ask(method, address, all, { raw: "{" }));
      await refused(413, ask(method, address, all, { raw: JSON.stringify({ text: "x".repeat(300_000) }) }));
      await refused(415, ask(method, address, all, { raw: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } }));
      await refused(422, ask(method, address, all, { body: { shoeSize: 43 } }));
      await refused(422, ask(method, address, all, { body: [] }));
    } else if (method !== "GET") {
      for (const raw of ['{"shoeSize":43}', "[]", "x"]) await refused(400, ask(method, address, all, { raw }));
      await refused(413, ask(method, address, all, { raw: " ".repeat(300_000) }));
    }
    if (path.includes("{") && method === "GET")
      await refused(404, ask(method, address.replace(/[^/]+$/, "nothing"), all, json).then(orList(path, all)));
  });

  /** Of a path that ends with a word, the id before it is the one that is not there. */
  function orList(template: string, all: string) {
    return async (answer: Awaited<ReturnType<typeof ask>>) => {
      if (template.endsWith("}")) return answer;
      return ask(method, template.replace(/\{\w+\}/g, "01a20cac-d8fa-7647-96fb-1f28003dd082"), all, json);
    };
  }
});

test("nothing of another district is shown or changed", async () => {
  const stranger = await token(apiScopes, await newDistrict(services.db));
  for (const { path, method, one } of described.filter((each) => each.path.includes("{"))) {
    const asked = valid[one.operationId] ?? {};
    const answer = await ask(method, await addressOf(path, {}), stranger, asked.body === undefined ? {} : { body: asked.body });
    expect([one.operationId, answer.status]).toEqual([one.operationId, 404]);
  }
  for (const list of ["/integrations", "/webhooks", "/roster/people", "/roster/schools"])
    expect((await ask("GET", list, stranger)).json).toEqual({ data: [], nextCursor: null });
});

test("HEAD is GET without the content, OPTIONS says what there is, and other addresses are not there", async () => {
  const all = await token();
  const head = await ask("HEAD", "/roster/people", all);
  expect([head.status, head.json, head.headers.get("content-type")]).toEqual([200, null, "application/json"]);
  const options = await ask("OPTIONS", "/webhooks", null);
  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, POST, HEAD, OPTIONS"]);
  for (const path of ["/", "/nothing", "/roster", "/roster/people/x/y", "/Integrations"])
    expect((await ask("GET", path, all)).status).toBe(404);
});

test("a list is read to its end in pages, whatever comes in meanwhile", async () => {
  const districtId = await newDistrict(services.db);
  await services.db.sql`insert into schools (district_id, name) select ${districtId}, 'School ' || i from generate_series(1, 25) i`;
  const before = (await services.db.sql<{ id: string }[]>`select id from schools where district_id = ${districtId}`).map(({ id }) => id);
  const all = await token(apiScopes, districtId);
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { json }: Awaited<ReturnType<typeof ask>> = await ask("GET", `/roster/schools?limit=10${cursor && `&cursor=${cursor}`}`, all);
    seen.push(...json.data.map(({ id }: { id: string }) => id));
    cursor = json.nextCursor;
    if (seen.length === 10) await services.db.sql`insert into schools (district_id, name) values (${districtId}, 'Late')`;
    await services.db.sql`update schools set name = 'Renamed' where district_id = ${districtId}`;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(before));
});

test("the audit log comes as lines, page by page, each with what its hash is made of", async () => {
  const lines = await token(["read:audit-log"]);
  const request = (path: string) =>
    answerApi(
      services,
      new Request(`https://aivo.example${apiRoot}${path}`, {
        headers: { authorization: `Bearer ${lines}`, accept: "application/x-ndjson" },
      }),
      ["audit-log"],
    );
  const seqs: number[] = [];
  for (let next: string | null = "/audit-log?limit=2"; next !== null && seqs.length < 6; ) {
    const answer = await request(next);
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const entries = (await answer.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const entry of entries)
      expect(entry).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), previousHash: expect.any(String) });
    seqs.push(...entries.map(({ seq }) => seq));
    next = /^<\/api\/v1(.+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1] ?? null;
  }
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(seqs.length).toBeGreaterThan(2);
});

test("a cause is acknowledged for all to see, and asks for somebody again once that is taken back", async () => {
  const all = await token();
  const causes = `/integrations/${world.integration}/causes`;
  const { cause = "" } =
    (
      await services.db.sql<{ cause: string }[]>`
    select code as cause from issues where district_id = ${world.districtId} and integration_id = ${world.integration} limit 1`
    )[0] ?? {};
  const listed = async () => (await ask("GET", causes, all)).json.data;
  expect((await ask("POST", `${causes}/${cause}/acknowledge`, all, { body: { reason: "x" } })).status).toBe(422);
  expect((await ask("POST", `${causes}/${cause}/acknowledge`, all, { body: { reason: "asked the registrar" } })).status).toBe(204);
  expect(await listed()).toEqual([{ code: cause, reason: "asked the registrar", since: expect.any(String) }]);
  expect((await ask("POST", `${causes}/${cause}/release`, all, { raw: " {} " })).status).toBe(204);
  expect(await listed()).toEqual([]);
  expect((await ask("POST", `${causes}/${cause}/release`, all)).status).toBe(404);
});

test("the same key and request is done once, also of many at once, and another request with it is refused", async () => {
  const districtId = await newDistrict(services.db);
  const all = await token(apiScopes, districtId);
  const headers = { "idempotency-key": "one-and-only" };
  const body = { url: `${hook}/keyed`, kinds: null };
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask("POST", "/webhooks", all, { body, headers })));
  const made = answers.filter(({ status }) => status === 201);
  expect(made.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  const again = await ask("POST", "/webhooks", all, { body, headers });
  expect([again.status, again.headers.get("idempotency-replayed"), again.json]).toEqual([201, "true", made[0]?.json]);
  expect(new Set(made.map(({ json }) => json.secret)).size).toBe(1);
  expect((await ask("GET", "/webhooks", all)).json.data).toHaveLength(1);
  const other = await ask("POST", "/webhooks", all, { body: { url: `${hook}/another` }, headers });
  expect([other.status, other.json.detail]).toEqual([422, expect.stringContaining("another request")]);
  expect((await ask("POST", "/webhooks", all, { body, headers: { "idempotency-key": "two words" } })).status).toBe(400);
  // What was refused is no answer to keep.
  const refused = { "idempotency-key": "refused" };
  expect((await ask("POST", "/webhooks", all, { body: { url: "nonsense" }, headers: refused })).status).toBe(422);
  expect((await ask("POST", "/webhooks", all, { body: { url: `${hook}/now-right` }, headers: refused })).status).toBe(201);
  const [kept] = await services.db.sql<
    { answer: string }[]
  >`select sealed_answer as answer from api_answers where district_id = ${districtId} and key = 'one-and-only'`;
  expect(kept?.answer).not.toContain(made[0]?.json.secret);
});

test("a token ends with its revocation, its time and its district, and says when it was used", async () => {
  const districtId = await newDistrict(services.db);
  const scope = operatorScope(districtId);
  const made = await createApiClient(services, scope, { kind: "token", name: "Report", days: 1, scopes: ["read:roster"] });
  const get = async () => (await ask("GET", "/roster/people", made.secret)).status;
  expect(await get()).toBe(200);
  const used = async () => {
    const [row] = await services.db.sql<
      { lastUsedAt: string | null }[]
    >`select last_used_at as "lastUsedAt" from api_clients where id = ${made.id}`;
    return row?.lastUsedAt;
  };
  const first = await used();
  expect(first).not.toBe(null);
  expect(await get()).toBe(200);
  expect(await used()).toEqual(first);
  await services.db.sql`update api_clients set expires_at = now() - interval '1 second' where id = ${made.id}`;
  expect(await get()).toBe(401);
  await services.db.sql`update api_clients set expires_at = now() + interval '1 day' where id = ${made.id}`;
  await suspendDistrict(services, scope, { reason: "moved away" });
  expect(await get()).toBe(401);
  await services.db.sql`update districts set suspended_at = null where id = ${districtId}`;
  expect(await get()).toBe(200);
  await revokeApiClient(services, scope, made.id);
  expect(await get()).toBe(401);
  const everything = await services.db.sql`select to_jsonb(c)::text as row from api_clients c where id = ${made.id}`;
  expect(String(everything[0]?.row)).not.toContain(made.secret);
  const log = await services.db.sql<{ action: string; details: string }[]>`
    select action, details::text as details from audit_entries where district_id = ${districtId} order by seq`;
  expect(log.map(({ action }) => action)).toEqual(expect.arrayContaining(["api-client-created", "api-client-revoked"]));
  expect(log.map(({ details }) => details).join()).not.toContain(made.secret);
});

test("whoever asks more than the limit in a minute waits for the next, all programs of a district together too", async () => {
  const districtId = await newDistrict(services.db);
  const [busy, other] = [await token(apiScopes, districtId), await token(apiScopes, districtId)];
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const refused = () => answers.find(({ status }) => status === 429);
  // The count begins anew with each minute, so that one of two sees them all.
  for (let wave = 0; wave < 28 && !refused(); wave++)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, () => ask("GET", "/webhooks", busy)))));
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(600);
  expect(Number(refused()?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused()?.headers.get("ratelimit")).toMatch(/r=0/);
  expect((await ask("GET", "/webhooks", other)).status).toBe(200);
  await expect
    .poll(async () => {
      await services.db.sql`
        update api_rates set minute = date_trunc('minute', now()), requests = ${apiLimits.perDistrict} where district_id = ${districtId} and subject = ${districtId}`;
      return (await ask("GET", "/webhooks", other)).status;
    })
    .toBe(429);
});

test("a stored secret is sent nowhere new by the API either, and is never told", async () => {
  const districtId = await newDistrict(services.db);
  const all = await token(apiScopes, districtId);
  const made = await ask("POST", "/integrations", all, { body: { name: "SIS", provider: "oneroster-csv", credentials: someCredentials } });
  expect([made.status, made.headers.get("location")]).toEqual([201, `/api/v1/integrations/${made.json.id}`]);
  const path = `/integrations/${made.json.id}`;
  const shown = await ask("GET", path, all);
  expect(shown.json).toMatchObject({ secretsSet: ["password"], config: { host: "sftp.example.org" } });
  expect(JSON.stringify(shown.json)).not.toContain(someCredentials.password);
  const moved = await ask("PATCH", path, all, { body: { credentials: { host: "intruder.example" } } });
  expect([moved.status, moved.json.fields]).toMatchObject([422, { password: expect.stringContaining("Enter it again") }]);
  expect((await ask("PATCH", path, all, { body: { name: "A", schedule: null } })).status).toBe(422);
  expect((await ask("PATCH", path, all, { body: { credentials: { shoeSize: 43 } } })).json.fields).toHaveProperty(["credentials.shoeSize"]);
});
