import { type NextRequest, NextResponse } from "next/server";
import { type Refusal, refusalOfCall, refusalOfPost } from "#app/action-call.ts";
import { Problem, problemResponse } from "#app/api/v1/problems.ts";
import { addressAt } from "#app/methods.ts";
import { paths } from "#app/paths.ts";
import { noteRefusal } from "#app/refusals.ts";

/**
 * Gives every page its Content-Security-Policy with a fresh nonce, which Next puts on its own scripts, and tells the page its
 * address, so that signing in can return to it. What no door answers to is refused: a wrong method, and a post that is no call of
 * a server action. No one is let in or turned away here: that is app/session.ts.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const refused = await refusalOf(request, requestId);
  if (refused !== null) {
    refused.headers.set("x-request-id", requestId);
    return refused;
  }
  const readable = withoutNul(request);
  if (readable !== null) return readable;
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-request-id", requestId);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set("x-aivo-address", request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-request-id", requestId);
  return response;
}

/** By which a line of the log is found again: the balancer's, where it gives one that can be nothing else. */
function requestIdOf(given: string | null): string {
  return given !== null && /^[\w-]{8,64}$/.test(given) ? given : crypto.randomUUID();
}

async function refusalOf(request: NextRequest, requestId: string): Promise<Response | null> {
  const { pathname } = request.nextUrl;
  const { kind, methods } = addressAt(pathname);
  const refused = (status: Refusal["status"] | 405, words: string, headers: Readonly<Record<string, string>> = {}) => {
    noteRefusal("proxy", codeOf[status], { requestId, kind });
    return kind === "route" || kind === "program"
      ? problemResponse(new Problem(typeOf[status], words, { headers }), paths.help("api"))
      : new Response(words, { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers } });
  };
  if (!methods.includes(request.method)) {
    const allow = methods.join(", ");
    return refused(405, `Here are ${allow}.`, { allow });
  }
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (request.nextUrl.search.includes("%00") && (kind === "program" || !isRead)) return refused(400, "There is no %00 in a query.");
  // Programs send no cookie that a page of another site could use.
  if (request.method !== "POST" || kind === "program") return null;
  const hosts = ownHosts(request);
  const isCall = kind === "page" || request.headers.has("next-action");
  const refusal = kind !== "route" && isCall ? await refusalOfCall(request, hosts) : refusalOfPost(request, hosts);
  return refusal === null ? null : refused(refusal.status, refusal.words);
}

/** As handlers answer it (app/errors.ts). */
const typeOf = { 400: "invalid-request", 403: "forbidden", 405: "method-not-allowed", 413: "too-large" } as const;

/** What the log and the metrics call it. */
const codeOf = { 400: "malformed", 403: "foreign-origin", 405: "method", 413: "too-large" } as const;

/** The way to the same address without the NULs of its query: the database stores none, so that no text that is looked for has one. Null: there are none. */
function withoutNul(request: NextRequest): Response | null {
  const { search } = request.nextUrl;
  if (!search.includes("%00")) return null;
  const readable = request.nextUrl.clone();
  readable.search = search.replaceAll("%00", "");
  return NextResponse.redirect(readable);
}

/** What browsers call Aivo: by its address in the settings, and by the one they asked. */
function ownHosts(request: NextRequest): readonly string[] {
  const known = URL.parse(process.env.NEXTAUTH_URL ?? "")?.host;
  const asked = request.headers.get("host");
  return [known, asked].filter((host) => typeof host === "string");
}

function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    // React's development build evaluates strings to rebuild the server's stack traces.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    // The nonce is for what keeps the page still under a dialog (components/ui/nonce.ts); Next's development server writes styles without one.
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = {
  matcher: ["/((?!_next/static|_next/image|favicon.ico|icon[.-]|apple-touch-icon.png|manifest.webmanifest|marks/).*)"],
};
