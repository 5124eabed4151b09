import { readBytes } from "#app/api/v1/body.ts";
import { Problem } from "#app/api/v1/problems.ts";
import { noteRefusal } from "#app/refusals.ts";
import { giveAccessToken } from "#lib/services/api/oauth.ts";
import type { Services } from "#lib/services/services.ts";

/** Access tokens for reading applications: OAuth 2.0 client credentials (RFC 6749, 4.4), by Basic or in the body. */
export async function answerToken(services: Services, request: Request): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  if (request.method !== "POST") return refuse(405, "invalid_request", "Tokens are asked for by POST.", { allow });
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return refuse(415, "invalid_request", "Send application/x-www-form-urlencoded.");
  const bytes = await readBytes(request).catch((error: unknown) => {
    if (error instanceof Problem) return null;
    throw error;
  });
  if (bytes === null) return refuse(413, "invalid_request", "The request is too large.");
  const form = new URLSearchParams(bytes.toString());
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) return refuse(400, "invalid_request", "A parameter was given twice.");
  if (form.get("grant_type") !== "client_credentials")
    return refuse(400, "unsupported_grant_type", "The grant type is client_credentials.");
  const client = credentialsOf(request, form);
  const unknown = (words: string) => {
    noteRefusal("oneroster", "invalid_client", { requestId: request.headers.get("x-request-id") });
    return refuse(401, "invalid_client", words, challenge);
  };
  if (client === null) return unknown("Send client id and secret, by Basic or in the body.");
  const given = await giveAccessToken(services, client.id, client.secret, form.get("scope") ?? "");
  if (!given.ok && given.error === "invalid_client") return unknown("Client id or secret is not right.");
  if (!given.ok && given.error === "limited") {
    noteRefusal("oneroster", "server_busy", { requestId: request.headers.get("x-request-id") });
    return refuse(429, "temporarily_unavailable", `Ask again in ${given.resetSeconds} seconds.`, {
      "retry-after": String(given.resetSeconds),
    });
  }
  if (!given.ok) return refuse(400, "invalid_scope", "The scopes are roster-core.readonly and roster.readonly of OneRoster 1.1 or 1.2.");
  const { token, expiresInSeconds, scope } = given.access;
  return send(200, { access_token: token, token_type: "Bearer", expires_in: expiresInSeconds, scope });
}

const allow = "POST, OPTIONS";
const challenge = { "www-authenticate": 'Basic realm="Aivo"' };

/** RFC 6749 2.3.1: each part form-encoded, then base64. Not both ways at once. */
function credentialsOf(request: Request, form: URLSearchParams): { readonly id: string; readonly secret: string } | null {
  const [, basic = null] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  const inBody = form.get("client_secret");
  if (basic === null) return inBody === null ? null : { id: form.get("client_id") ?? "", secret: inBody };
  if (inBody !== null) return null;
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString().split(":");
  const decoded = (text: string) => new URLSearchParams(`v=${text}`).get("v") ?? "";
  return { id: decoded(id), secret: decoded(secret) };
}

function refuse(status: number, error: string, description: string, headers: Readonly<Record<string, string>> = {}): Response {
  return send(status, { error, error_description: description }, headers);
}

function send(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", pragma: "no-cache", ...headers } });
}
