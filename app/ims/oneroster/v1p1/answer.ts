import { requestErrors } from "#app/request-errors.ts";
import { requireApiScope } from "#lib/platform/access.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { authenticateReader, type Reader } from "#lib/services/api/oauth.ts";
import { admit } from "#lib/services/api/rate.ts";
import { findEndpoint } from "#lib/services/oneroster/endpoints.ts";
import { fieldsOf, kinds, selectable } from "#lib/services/oneroster/kinds.ts";
import { type ListQuery, parseListQuery, QueryRefused } from "#lib/services/oneroster/query.ts";
import { readList, readSingle } from "#lib/services/oneroster/read.ts";
import type { RefOf } from "#lib/services/oneroster/records.ts";
import type { Services } from "#lib/services/services.ts";

export const oneRosterRoot = "/ims/oneroster/v1p1";
const allow = "GET, HEAD, OPTIONS";

/** A request of a reading application, answered as OneRoster 1.1 has it, mistakes too. */
export async function answerOneRoster(services: Services, request: Request, parts: readonly string[]): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  try {
    return await answer(services, request, parts);
  } catch (error) {
    if (error instanceof QueryRefused) return failure(request, 400, error.code, error.message);
    requestErrors.inc();
    log.error("request-failed", { requestId: request.headers.get("x-request-id"), ...errorFields(error) });
    return failure(request, 500, "internal_server_error", "Something went wrong on Aivo's side. Ask again.");
  }
}

async function answer(services: Services, request: Request, parts: readonly string[]): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return failure(request, 405, "invalid data", "The roster can be read, and nothing else.", { allow });
  const reader = await readerOf(services, request);
  if (reader === null)
    return failure(request, 401, "unauthorized", "Ask for a token at /oauth/token, and send it as Authorization: Bearer …", {
      "www-authenticate": 'Bearer realm="OneRoster", error="invalid_token"',
    });
  const { isAdmitted, resetSeconds } = await admit(services, reader.actor);
  if (!isAdmitted)
    return failure(request, 429, "server_busy", `Ask again in ${resetSeconds} seconds.`, { "retry-after": String(resetSeconds) });
  const endpoint = findEndpoint(parts);
  if (endpoint === null) return failure(request, 404, "unknown object", "There is no such endpoint here.");
  if (endpoint.below.length > 0 && !reader.granted.includes("roster.readonly"))
    return failure(request, 403, "forbidden", "The token needs the scope roster.readonly for lists below a record.");
  const scope = requireApiScope(reader.actor, "read:roster");
  const url = new URL(request.url);
  const { kind, single } = endpoint;
  const query = parseListQuery(url.searchParams, fieldsOf[kind], selectable[kind]);
  const ref = refs(services.env.publicUrl);
  const record = single === null ? null : await readSingle(services, scope, endpoint, query.fields, ref);
  if (record !== null) return ok(request, { [kinds[kind].one]: record, ...warningsOf(query) }, {});
  const list = single === null ? await readList(services, scope, endpoint, query, ref) : null;
  if (list === null) return failure(request, 404, "unknown object", "There is no record with this sourcedId.");
  const headers = { "x-total-count": String(list.total), ...linksOf(services, url, query, list.total) };
  return ok(request, { [kinds[kind].many]: list.records, ...warningsOf(query) }, headers);
}

async function readerOf(services: Services, request: Request): Promise<Reader | null> {
  const [, token = null] = /^Bearer ([\w.-]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return token === null ? null : authenticateReader(services, token);
}

const refs =
  (publicUrl: string): RefOf =>
  (kind, id, type) => ({ href: new URL(`${oneRosterRoot}/${kind}/${id}`, publicUrl).href, sourcedId: id, type });

function linksOf({ env }: Services, url: URL, { limit, offset }: ListQuery, total: number): Record<string, string> {
  const last = total === 0 ? 0 : Math.floor((total - 1) / limit) * limit;
  const at = (start: number, rel: string) => {
    const link = new URL(url.pathname, env.publicUrl);
    const query = new URLSearchParams(url.searchParams);
    query.set("limit", String(limit));
    query.set("offset", String(start));
    link.search = query.toString();
    return `<${link.href}>; rel="${rel}"`;
  };
  const links = [at(0, "first"), at(last, "last")];
  if (offset > 0) links.push(at(Math.max(0, offset - limit), "prev"));
  if (offset + limit < total) links.push(at(offset + limit, "next"));
  return { link: links.join(", ") };
}

function warningsOf({ warnings }: ListQuery): Readonly<Record<string, unknown>> {
  if (warnings.length === 0) return {};
  return { statusInfoSet: warnings.map(({ code, description }) => statusInfo("success", "warning", code, description)) };
}

function ok(request: Request, body: unknown, headers: Readonly<Record<string, string>>): Response {
  return send(request, 200, body, headers);
}

function failure(
  request: Request,
  status: number,
  minor: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return send(request, status, { statusInfoSet: [statusInfo("failure", "error", minor, description)] }, headers);
}

function statusInfo(major: string, severity: string, minor: string, description: string) {
  return { imsx_codeMajor: major, imsx_severity: severity, imsx_codeMinor: minor, imsx_description: description };
}

function send(request: Request, status: number, body: unknown, headers: Readonly<Record<string, string>>): Response {
  const all = { "content-type": "application/json", "cache-control": "no-store", ...headers };
  return new Response(request.method === "HEAD" ? null : JSON.stringify(body), { status, headers: all });
}
