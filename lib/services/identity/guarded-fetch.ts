import { guardedAgents } from "#lib/engine/sis/http/connect.ts";
import { exchange } from "#lib/engine/sis/http/exchange.ts";
import { JsonReader, jsonLimits } from "#lib/engine/sis/http/json-reader.ts";
import { RunFailure } from "#lib/platform/errors.ts";

const connectMs = 5_000;
/** Somebody is looking at an empty page meanwhile. */
const limits = { firstByteTimeoutMs: 8_000, idleTimeoutMs: 5_000, totalTimeoutMs: 12_000 };
/** Documents of providers are a few kilobytes. */
const most = { ...jsonLimits, bytes: 256 * 1024 };

interface FetchOptions {
  readonly method?: string;
  readonly headers?: HeadersInit;
  /** Text, or what becomes text: forms. */
  readonly body?: unknown;
}

/**
 * `fetch` for the requests that go to an OpenID provider: each connection is judged as those to a SIS are, redirects are not followed, and an
 * answer is JSON of bounded size or is nothing. @throws RunFailure of the connection
 */
export function guardedFetch(trustedOrigins: ReadonlySet<string>): (url: string, options: FetchOptions) => Promise<Response> {
  return async (address, { method = "GET", headers, body }) => {
    const url = new URL(address);
    const signal = AbortSignal.timeout(connectMs + limits.totalTimeoutMs);
    const agents = guardedAgents({ trustedOrigins, signal, connectTimeoutMs: connectMs }, 1, () => {});
    const text = body === undefined || body === null ? null : String(body);
    try {
      const answer = await exchange({
        method,
        url,
        headers: {
          ...Object.fromEntries(new Headers(headers)),
          ...(text === null ? {} : { "content-length": String(Buffer.byteLength(text)) }),
        },
        body: text,
        agent: agents.agentFor(url),
        place: { host: url.host, method, endpoint: url.pathname, page: null, step: "sign in" },
        signal,
        limits,
        bodyOf: (status) => ({ reader: new JsonReader(most, null), isStrict: status < 300 }),
      });
      const { json } = answer.body.kind === "json" ? answer.body : { json: null };
      const { "content-length": _length, "content-encoding": _encoding, ...kept } = answer.headers;
      // A response of these statuses has no body by definition.
      const isBare = [204, 205, 304].includes(answer.status);
      return new Response(isBare ? null : json === null ? "" : JSON.stringify(json), { status: answer.status, headers: kept });
    } finally {
      agents.close();
    }
  };
}

/** The failure of the connection at the bottom of what a library threw; null: it was none. */
export function connectionFailureOf(error: unknown): RunFailure | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof RunFailure) return at;
  return null;
}
