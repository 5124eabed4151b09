import { noteRefusal } from "#app/refusals.ts";
import { requestErrors } from "#app/request-errors.ts";
import { requireApiScope } from "#lib/platform/access.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { authenticateReader, type Reader } from "#lib/services/api/oauth.ts";
import { admit } from "#lib/services/api/rate.ts";
import { findEndpoint } from "#lib/services/oneroster/endpoints.ts";
import { fieldsOf, kinds, selectable } from "#lib/services/oneroster/kinds.ts";
import { type ListQuery, parseListQuery, QueryRefused } from "#lib/services/oneroster/query.ts";
import { readList, readSingle } from "#lib/services/oneroster/read.ts";
import type { View } from "#lib/services/oneroster/records.ts";
import { rosteringServices } from "#lib/services/oneroster/version.ts";
import type { Services } from "#lib/services/services.ts";
import { show } from "#lib/services/views/record.ts";
import { describeService } from "./discovery.ts";
import { failureBody, type Minor, statusInfo } from "./errors.ts";

const allow = "GET, HEAD, OPTIONS";

/** What is asked, and in which version's words it is answered. */
interface Asked {
  readonly request: Request;
  readonly version: OneRosterVersion;
  /** For the log, once it is known who asks. */
  readonly who?: { readonly districtId: string; readonly who: string; readonly asked: string };
}

/** A request of a reading application, answered as that version of OneRoster has it, mistakes too. */
export async function answerOneRoster(
  services: Services,
  version: OneRosterVersion,
  request: Request,
  parts: readonly string[],
): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  const asked = { request, version };
  try {
    return await answer(services, asked, parts);
  } catch (error) {
    if (error instanceof QueryRefused) return failure(asked, 400, error.code, error.message);
    requestErrors.inc();
    log.error("request-failed", { requestId: request.headers.get("x-request-id"), ...errorFields(error) });
    return failure(asked, 500, "internal_server_error", "Something went wrong on Aivo's side. Ask again.");
  }
}

async function answer(services: Services, asked: Asked, parts: readonly string[]): Promise<Response> {
  const { request, version } = asked;
  if (request.method !== "GET" && request.method !== "HEAD")
    return failure(asked, 405, "invalid data", "The roster can be read, and nothing else.", { allow });
  const description = describeService(services.env.publicUrl, version, parts);
  if (description !== null) return send(request, 200, description, {});
  const reader = await readerOf(services, request);
  if (reader === null)
    return failure(asked, 401, "unauthorized", "Ask for a token at /oauth/token, and send it as Authorization: Bearer …", {
      "www-authenticate": 'Bearer realm="OneRoster", error="invalid_token"',
    });
  const { districtId, clientId } = reader.actor;
  const known: Asked = { ...asked, who: { districtId, who: clientId, asked: "read:roster" } };
  const { isAdmitted, resetSeconds } = await admit(services, reader.actor);
  if (!isAdmitted)
    return failure(known, 429, "server_busy", `Ask again in ${resetSeconds} seconds.`, { "retry-after": String(resetSeconds) });
  const endpoint = findEndpoint(parts);
  if (endpoint === null) return failure(asked, 404, "unknown object", "There is no such endpoint here.");
  const granted = reader.granted[version];
  if (granted.length === 0) return failure(known, 403, "forbidden", `The token was given for another version than OneRoster ${version}.`);
  if (endpoint.below.length > 0 && !granted.includes("roster.readonly"))
    return failure(known, 403, "forbidden", "The token needs the scope roster.readonly for lists below a record.");
  const scope = requireApiScope(reader.actor, "read:roster");
  const url = new URL(request.url);
  const { kind, single } = endpoint;
  const query = parseListQuery(url.searchParams, fieldsOf(version, kind), selectable(version, kind));
  // 1.2 has no room for a warning beside an answer.
  const [doubt] = query.warnings;
  if (version === "1.2" && doubt) throw new QueryRefused(doubt.code, doubt.description);
  const view = viewOf(version, services.env.publicUrl);
  const seen = <T>(found: T) => show(services, scope, { door: `GET ${rosteringServices[version].root}/${kind}` }, found);
  const record = single === null ? null : await readSingle(services, scope, endpoint, query.fields, view);
  if (record !== null) await seen(record);
  if (record !== null) return ok(request, { [kinds[kind].one]: record, ...warningsOf(query) }, {});
  const list = single === null ? await readList(services, scope, endpoint, query, view) : null;
  if (list === null) return failure(asked, 404, "unknown object", "There is no record with this sourcedId.");
  await seen(list.records);
  const headers = { "x-total-count": String(list.total), ...linksOf(services, url, query, list.total) };
  return ok(request, { [kinds[kind].many]: list.records, ...warningsOf(query) }, headers);
}

async function readerOf(services: Services, request: Request): Promise<Reader | null> {
  const [, token = null] = /^Bearer ([\w.-]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return token === null ? null : authenticateReader(services, token);
}

function viewOf(version: OneRosterVersion, publicUrl: string): View {
  const { root } = rosteringServices[version];
  return { version, ref: (kind, id, type) => ({ href: new URL(`${root}/${kind}/${id}`, publicUrl).href, sourcedId: id, type }) };
}

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
  { request, version, who }: Asked,
  status: number,
  minor: Minor,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  if (status === 401 || status === 403 || status === 429)
    noteRefusal("oneroster", minor, { requestId: request.headers.get("x-request-id"), ...who });
  return send(request, status, failureBody(version, minor, description), headers);
}

function send(request: Request, status: number, body: unknown, headers: Readonly<Record<string, string>>): Response {
  const all = { "content-type": "application/json", "cache-control": "no-store", ...headers };
  return new Response(request.method === "HEAD" ? null : JSON.stringify(body), { status, headers: all });
}
