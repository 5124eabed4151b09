import type { z } from "zod";
import { paths } from "#app/paths.ts";
import { noteRefusal } from "#app/refusals.ts";
import { requestErrors } from "#app/request-errors.ts";
import { type DistrictScope, type ProgramActor, requireApiScope } from "#lib/platform/access.ts";
import { inOurWords } from "#lib/platform/format/issue-words.ts";
import { errorFields, log, logAbout } from "#lib/platform/log.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isStorable } from "#lib/roster/text.ts";
import { authenticateToken } from "#lib/services/api/authenticate.ts";
import { once } from "#lib/services/api/idempotency.ts";
import { type Admission, admit } from "#lib/services/api/rate.ts";
import type { Services } from "#lib/services/services.ts";
import { show } from "#lib/services/views/record.ts";
import { readJson, readNothing } from "./body.ts";
import { linesType, type Operation } from "./operation.ts";
import { findOperations } from "./operations.ts";
import { Problem, problemOf, problemResponse } from "./problems.ts";

export const apiRoot = "/api/v1";
const realm = 'Bearer realm="Aivo"';

/**
 * A request of a program: found, known, counted, allowed, parsed, done and answered, in this order, so that nobody learns more than they
 * may. Whatever goes wrong is answered as a problem (RFC 9457).
 */
export async function answerApi(services: Services, request: Request, parts: readonly string[]): Promise<Response> {
  const headers = new Headers({ "cache-control": "no-store" });
  let who = {};
  try {
    const found = findOperations(parts);
    if (found === null) throw new Problem("not-found", "There is no such address in the API.");
    const allow = allowOf(found.operations);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { ...Object.fromEntries(headers), allow } });
    const method = request.method === "HEAD" ? "GET" : request.method;
    const operation = found.operations.find((one) => one.method === method);
    if (!operation) throw new Problem("method-not-allowed", `Here are ${allow}.`, { headers: { allow } });
    const actor = await known(services, request);
    say(headers, await admitted(services, actor));
    who = { districtId: actor.districtId, who: actor.clientId, asked: operation.scope };
    const scope = requireScope(actor, operation);
    const work = () => perform(services, request, { operation, scope, param: found.param, actor });
    const answer = await logAbout({ districtId: actor.districtId, clientId: actor.clientId, operation: operation.id }, work);
    for (const [name, value] of Object.entries(answer.headers)) headers.set(name, value);
    const hasBody = answer.body !== "" && request.method !== "HEAD";
    if (answer.body !== "") headers.set("content-type", answer.headers["content-type"] ?? "application/json");
    return new Response(hasBody ? answer.body : null, { status: answer.status, headers });
  } catch (error) {
    return refuse(services, request, error, headers, who);
  }
}

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Performing {
  readonly operation: Operation;
  readonly scope: DistrictScope;
  readonly actor: ProgramActor;
  readonly param: (name: string) => string;
}

async function perform(services: Services, request: Request, { operation, scope, actor, param }: Performing): Promise<Answered> {
  const url = new URL(request.url);
  const query = readQuery(operation, url.searchParams);
  const json = operation.body === null ? null : await readJson(request);
  if (operation.body === null && operation.method !== "GET") await readNothing(request);
  const body = operation.body === null ? null : parseOrRefuse(operation.body, json, "The request is not right.");
  const run = async () => {
    const done = await operation.run({ services, scope, param, query, body, signal: request.signal });
    const answer = operation.answer === null ? null : operation.answer.parse(done);
    const door = { door: `${operation.method} ${apiRoot}${operation.path}`, filter: { ...(query as object) } };
    return { status: operation.status, body: answer === null ? "" : JSON.stringify(await show(services, scope, door, answer)) };
  };
  const placed = (answer: { status: number; body: string }, headers: Record<string, string>): Answered => {
    const location = operation.location?.(JSON.parse(answer.body));
    return { ...answer, headers: location === undefined ? headers : { ...headers, location: apiRoot + location } };
  };
  const key = operation.method === "POST" ? readKey(request) : null;
  if (key === null && operation.asLines && wantsLines(request)) return asLines(url, await run());
  if (key === null) return placed(await run(), {});
  const asked = JSON.stringify([operation.method, url.pathname, json]);
  const { isRepeated, ...answer } = await once(services, scope, { clientId: actor.clientId, key, request: asked }, run);
  return placed(answer, isRepeated ? { "idempotency-replayed": "true" } : {});
}

function wantsLines(request: Request): boolean {
  return (request.headers.get("accept") ?? "").split(",").some((one) => one.split(";")[0]?.trim() === linesType);
}

/** A page of a list as a line a record; what follows it is told by a header, since a line would be taken for a record. */
function asLines(url: URL, { status, body }: { status: number; body: string }): Answered {
  const { data, nextCursor } = JSON.parse(body) as { data: readonly unknown[]; nextCursor: string | null };
  const next = new URL(url);
  if (nextCursor !== null) next.searchParams.set("cursor", nextCursor);
  const link: Record<string, string> = nextCursor === null ? {} : { link: `<${next.pathname}${next.search}>; rel="next"` };
  return { status, body: data.map((one) => `${JSON.stringify(one)}\n`).join(""), headers: { ...link, "content-type": linesType } };
}

/** @throws Problem `unauthenticated` */
async function known(services: Services, request: Request): Promise<ProgramActor> {
  const [, token = null] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (token === null)
    throw new Problem("unauthenticated", "Send a token as Authorization: Bearer …", { headers: { "www-authenticate": realm } });
  const client = await authenticateToken(services, token);
  if (client) return client.actor;
  const headers = { "www-authenticate": `${realm}, error="invalid_token"` };
  throw new Problem("unauthenticated", "This token is not one, was revoked, or has expired.", { headers });
}

/** @throws Problem `forbidden`, with the scope that is missing (RFC 6750, 3.1) */
function requireScope(actor: ProgramActor, { scope }: Operation): DistrictScope {
  try {
    return requireApiScope(actor, scope);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    throw new Problem(problem.type, problem.message, {
      headers: { "www-authenticate": `${realm}, error="insufficient_scope", scope="${scope}"` },
    });
  }
}

/** @throws Problem `too-many-requests` */
async function admitted(services: Services, actor: ProgramActor): Promise<Admission> {
  const admission = await admit(services, actor);
  if (admission.isAdmitted) return admission;
  const { resetSeconds } = admission;
  const headers = new Headers({ "retry-after": String(resetSeconds) });
  say(headers, admission);
  throw new Problem("too-many-requests", `Ask again in ${resetSeconds} seconds.`, { headers: Object.fromEntries(headers) });
}

/** As draft-ietf-httpapi-ratelimit-headers has them. */
function say(headers: Headers, { limit, remaining, resetSeconds }: Admission): void {
  headers.set("ratelimit-policy", `"minute";q=${limit};w=60`);
  headers.set("ratelimit", `"minute";r=${remaining};t=${resetSeconds}`);
}

/** @throws Problem `invalid-request` naming what is not known or cannot be read */
function readQuery(operation: Operation, given: URLSearchParams): unknown {
  const names = [...given.keys()];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw badQuery({ [twice]: "Given twice" });
  const odd = [...given].find(([, value]) => !isStorable(value));
  if (odd !== undefined) throw badQuery({ [odd[0]]: "Has a NUL" });
  const parsed = operation.query.safeParse(Object.fromEntries(given), { error: inOurWords });
  if (parsed.success) return parsed.data;
  throw badQuery(Object.fromEntries(parsed.error.issues.flatMap(namesOf)));
}

function namesOf(issue: z.core.$ZodIssue): [string, string][] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((name) => [name, "There is no such parameter"]);
  return [[issue.path.join("."), issue.message]];
}

function badQuery(fields: Readonly<Record<string, string>>): Problem {
  const each = Object.entries(fields).map(([name, message]) => `${name}: ${message}`);
  return new Problem("invalid-request", `The query cannot be read. ${each.join("; ")}.`, { fields });
}

/** @throws Problem `invalid-request` */
function readKey(request: Request): string | null {
  const key = request.headers.get("idempotency-key");
  if (key === null || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new Problem("invalid-request", "An Idempotency-Key has 1 to 200 characters, without spaces.");
}

function allowOf(operations: readonly Operation[]): string {
  const methods = operations.map(({ method }) => method as string);
  return [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
}

const isOfWho = (type: Problem["type"]) => type === "unauthenticated" || type === "forbidden" || type === "too-many-requests";

export function refuse(services: Pick<Services, "env">, request: Request, error: unknown, headers: Headers, who = {}): Response {
  const known = problemOf(error);
  if (known === null) {
    requestErrors.inc();
    log.error("request-failed", { requestId: request.headers.get("x-request-id"), ...errorFields(error) });
  }
  if (known && isOfWho(known.type)) noteRefusal("api", known.type, { requestId: request.headers.get("x-request-id"), ...who });
  const problem =
    known ?? new Problem("internal", "Nothing is known to have changed. Try again; if it stays, tell whoever runs Aivo for you.");
  const response = problemResponse(problem, new URL(paths.help("api"), services.env.publicUrl).href);
  for (const [name, value] of headers) if (!response.headers.has(name)) response.headers.set(name, value);
  return request.method === "HEAD" ? new Response(null, response) : response;
}
