/**
 * The one HTTP client of all sources: guarded connections, bounded answers, polite retries, and failures that say endpoint,
 * page, status and remedy, without a secret in any of them.
 *
 * A request goes: wait for what the server asked (Retry-After, rate limit) → authorise → wait for a slot → exchange →
 * redirect (same origin) → 401 once more → again after backoff, if the failure may pass → an answer, or an HttpFailure.
 */
import { setMaxListeners } from "node:events";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { assertAllowed, type CertificateSeen, type ConnectOptions, guardedAgents, originOf } from "./http/connect.ts";
import { type Answer, exchange, type HttpHeaders, isPackedOtherwise } from "./http/exchange.ts";
import {
  type Explanation,
  HttpFailure,
  type HttpPlace,
  invalidAnswer,
  isTransientStatus,
  statusFailure,
  waitTooLong,
} from "./http/failures.ts";
import { JsonReader, jsonLimits, type ListReading } from "./http/json-reader.ts";
import { askedWaitMs } from "./http/retry-after.ts";
import { backoffMs, causeOf, type Patience } from "./patience.ts";
import type { SourceContext, SourceWait } from "./source.ts";

export type { CertificateSeen } from "./http/connect.ts";
export type { HttpHeaders } from "./http/exchange.ts";
export { AnswerTooLarge, type Explanation, HttpFailure, type HttpPlace, invalidAnswer, placeInWords } from "./http/failures.ts";
export type { ListReading } from "./http/json-reader.ts";

export interface HttpClientOptions {
  readonly context: Pick<SourceContext, "signal" | "trustedOrigins" | "now" | "onWait">;
  readonly patience: Patience;
  /** Requests under way at a time, and connections. */
  readonly maxConnections?: number;
  /** Of one answer, once unpacked. */
  readonly maxBodyBytes?: number;
  /** Certificates to trust instead of the usual authorities', as PEM. */
  readonly certificateAuthorities?: string;
}

export interface HttpRequest {
  readonly method?: "GET" | "POST";
  /** Sent as it is: whoever builds it has encoded it. */
  readonly url: URL;
  readonly headers?: HttpHeaders;
  readonly body?: string;
  /** For messages, counted from 1. */
  readonly page?: number;
  /** What messages call its path, where that holds an id, as in `/users/{id}`. */
  readonly endpoint?: string;
  /** For messages and the timeline: "read users", "sign in". */
  readonly step: string;
  /** Statuses besides 2xx that are answers to this request, not failures; a redirect among them is not followed. */
  readonly expect?: readonly number[];
  /** The Authorization header, made anew for each try, since signatures are used up. Sent to the URL's own origin only. */
  readonly authorization?: (method: string, url: URL) => string | Promise<string>;
  /**
   * Asked once when the answer is 401: true if another try may succeed, because a token was renewed or another way of signing is
   * left. `used` is the header that was refused, so that several requests refused at once renew a token only once.
   */
  readonly onUnauthorized?: (used: string, answer: HttpAnswer) => Promise<boolean>;
  /** What the source knows about an answer that is a failure: turns status and envelope into words. Must not quote the body. */
  readonly explain?: (answer: HttpAnswer) => Explanation | null;
  /** Where the records of the answer stand, and how many were asked for: more are refused. */
  readonly list?: ListReading;
  /** Of `json`: throws for what is a failure in spite of its status. A transient failure is tried again. */
  readonly accept?: (answer: JsonAnswer) => void;
  /** Tries for what may pass; the patience's by default. */
  readonly attempts?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly bytes: number;
  /** The server's clock, null if it does not tell. */
  readonly date: Date | null;
  readonly place: HttpPlace;
  /** The body as JSON, undefined for an empty body or one that is not JSON; `HttpClient.json` is the strict way. */
  readonly tryJson: unknown;
}

export interface JsonAnswer extends HttpAnswer {
  /** Undefined where the body is empty (204), and where an expected failure status came without JSON. */
  readonly json: unknown;
}

export interface HttpClient {
  /** @throws HttpFailure for statuses that are not expected, RunFailure for connections, RunCancelled */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** As `request`; a success that is not JSON is tried again and then refused, HTML named as such. */
  json(request: HttpRequest): Promise<JsonAnswer>;
  /** Of the last TLS connection that was made; null before, and over plain http. */
  certificate(): CertificateSeen | null;
  readonly connect: ConnectOptions;
  /** Ends all connections; requests under way are cancelled and not tried again. */
  close(): void;
}

/** A wait longer than this is not waited for: the run ends, and the next scheduled one tries again. */
const longestWaitMs = 300_000;
const maxRedirects = 3;
const maxFailureBytes = 262_144;
/** What took too long once does so again, and each try costs the whole of the patience. */
const timeoutAttempts = 3;
const redirects: readonly number[] = [301, 302, 303, 307, 308];

export function createHttpClient({ context, patience, ...options }: HttpClientOptions): HttpClient {
  const { trustedOrigins, now } = context;
  // A request that fails because its connection was ended would be tried again; so closing ends them all, waits included.
  const ended = new AbortController();
  // Each request, wait and connection under way listens; that many listeners are no leak.
  const signal = AbortSignal.any([context.signal, ended.signal]);
  setMaxListeners(0, signal);
  const maxConnections = options.maxConnections ?? 4;
  const connect: ConnectOptions = {
    trustedOrigins,
    signal,
    connectTimeoutMs: patience.connectTimeoutMs,
    ...(options.certificateAuthorities === undefined ? {} : { certificateAuthorities: options.certificateAuthorities }),
  };
  let certificate: CertificateSeen | null = null;
  const agents = guardedAgents(connect, maxConnections, (seen) => {
    certificate = seen;
  });
  const slots = new Slots(maxConnections);
  const limits = {
    firstByteTimeoutMs: patience.idleTimeoutMs * 2,
    idleTimeoutMs: patience.idleTimeoutMs,
    totalTimeoutMs: patience.idleTimeoutMs * 10,
  };
  const allowed = { ...jsonLimits, bytes: options.maxBodyBytes ?? jsonLimits.bytes };
  /** Until when the server asked to be left alone, in milliseconds; holds for every request of this client. */
  let notBeforeMs = 0;

  async function once(request: HttpRequest, place: HttpPlace): Promise<{ answer: RawAnswer; used: string }> {
    let url = request.url;
    for (let hop = 0; ; hop++) {
      const method = request.method ?? "GET";
      const used = request.authorization === undefined ? "" : await request.authorization(method, url);
      const headers = {
        accept: "application/json",
        "user-agent": "Aivo-SIS-Sync/1",
        ...request.headers,
        ...(used === "" ? {} : { authorization: used }),
      };
      const body = request.body ?? null;
      const sized = body === null ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) };
      // A slot is held for the exchange alone: authorising may itself need a request, for a token.
      const release = await slots.take(signal);
      const raw = await exchange({
        ...{ method, url, headers: sized, body, agent: agents.agentFor(url), place, signal, limits },
        // Of a failure the status is what counts; what stands beside it may say more, if it is short.
        bodyOf: (status) =>
          status < 300
            ? { reader: new JsonReader(allowed, request.list ?? null), isStrict: true }
            : { reader: new JsonReader({ ...allowed, bytes: Math.min(allowed.bytes, maxFailureBytes) }, null), isStrict: false },
      }).finally(release);
      const location = raw.headers.location;
      const isRedirect = redirects.includes(raw.status) && location !== undefined && !request.expect?.includes(raw.status);
      if (!isRedirect) return { answer: answerOf(raw, url, place), used };
      url = nextUrl(url, location, raw.status, method, hop, place);
    }
  }

  async function attempt<T>(request: HttpRequest, place: HttpPlace, read: (answer: RawAnswer) => T): Promise<T> {
    const attempts = request.attempts ?? patience.attempts + 2;
    let mayAskAgain = request.onUnauthorized !== undefined;
    let timeouts = 0;
    for (let tries = 1; ; tries++) {
      await untilAllowed(place);
      const outcome = await once(request, place).then(
        ({ answer, used }) => readIfGood(request, answer, used, read),
        (error: unknown) => ({ failure: error }),
      );
      if ("value" in outcome) return outcome.value;
      if ("failure" in outcome) {
        const { failure } = outcome;
        if (!(failure instanceof RunFailure) || !failure.transient || tries >= attempts) throw failure;
        if (failure.code === "timeout" && failure instanceof HttpFailure && ++timeouts >= timeoutAttempts) throw failure;
        await wait(backoffMs(tries, patience.random), causeOf(failure), place);
        continue;
      }
      const { answer, used } = outcome;
      if (answer.status === 401 && mayAskAgain) {
        mayAskAgain = false;
        if (await request.onUnauthorized?.(used, answer)) {
          tries--;
          continue;
        }
      }
      if (!isTransientStatus(answer.status) || tries >= attempts) {
        throw statusFailure(place, answer.status, tries, request.explain?.(answer) ?? {});
      }
      await pause(answer, tries);
    }
  }

  type Outcome<T> = { readonly value: T } | { readonly failure: unknown } | { readonly answer: HttpAnswer; readonly used: string };

  function readIfGood<T>(request: HttpRequest, answer: RawAnswer, used: string, read: (answer: RawAnswer) => T): Outcome<T> {
    const isGood = (answer.status >= 200 && answer.status < 300) || request.expect?.includes(answer.status) === true;
    if (!isGood) return { answer, used };
    const asked = askedWaitMs(answer, now());
    if (asked !== null) notBeforeMs = Math.max(notBeforeMs, now().getTime() + Math.min(asked, longestWaitMs));
    try {
      return { value: read(answer) };
    } catch (failure) {
      return { failure };
    }
  }

  async function pause(answer: HttpAnswer, tries: number): Promise<void> {
    const asked = askedWaitMs(answer, now());
    if (asked !== null && asked > longestWaitMs) throw waitTooLong(answer.place, answer.status, asked);
    // A server that names no time is spared by all requests of this client, not by this one alone.
    const waitMs = Math.max(asked ?? 0, backoffMs(tries, patience.random));
    if (answer.status === 429) notBeforeMs = Math.max(notBeforeMs, now().getTime() + waitMs);
    await wait(waitMs, answer.status === 429 ? "rate-limit" : "server-error", answer.place);
  }

  async function untilAllowed(place: HttpPlace): Promise<void> {
    const waitMs = notBeforeMs - now().getTime();
    if (waitMs <= 0) return;
    await wait(waitMs, "rate-limit", place);
    notBeforeMs = Math.min(notBeforeMs, now().getTime());
  }

  async function wait(ms: number, cause: SourceWait["cause"], { endpoint }: HttpPlace): Promise<void> {
    const isOver = context.onWait?.({ cause, place: endpoint });
    await patience.wait(ms, signal);
    isOver?.();
  }

  async function run<T>(request: HttpRequest, read: (answer: RawAnswer) => T): Promise<T> {
    if (signal.aborted) throw new RunCancelled();
    assertAllowed(request.url, trustedOrigins);
    const place: HttpPlace = {
      host: request.url.host,
      method: request.method ?? "GET",
      endpoint: request.endpoint ?? request.url.pathname,
      page: request.page ?? null,
      step: request.step,
    };
    return attempt(request, place, read);
  }

  return {
    request: (request) => run(request, (answer) => answer),
    json: (request) =>
      run(request, (answer) => {
        const read = strictJson(answer);
        request.accept?.(read);
        return read;
      }),
    certificate: () => certificate,
    connect,
    close: () => {
      ended.abort();
      agents.close();
    },
  };
}

function answerOf({ status, headers, bytes, body }: Answer, url: URL, place: HttpPlace): RawAnswer {
  const date = Date.parse(headers.date ?? "");
  const told = Number.isNaN(date) ? null : new Date(date);
  return { status, headers, url, bytes, date: told, place, tryJson: body.kind === "json" ? body.json : undefined, body };
}

type RawAnswer = HttpAnswer & Pick<Answer, "body">;

/** @throws HttpFailure `response-invalid`, to be tried again: half a page and a proxy's notice are seen once in a while */
function strictJson({ body, ...answer }: RawAnswer): JsonAnswer {
  // A status of failure alone is the answer that was expected; what a web server writes beside it is its own.
  if (body.kind !== "other" || answer.status >= 300) return { ...answer, json: answer.tryJson };
  const isPage = body.isPage || (answer.headers["content-type"] ?? "").toLowerCase().includes("text/html");
  const what = isPackedOtherwise(answer.headers)
    ? "with data packed in a way that Aivo did not ask for and cannot unpack"
    : isPage
      ? "with a web page instead of data"
      : `with ${answer.bytes.toLocaleString("en-US")} bytes that are not complete JSON`;
  throw invalidAnswer(answer.place, answer.status, what, undefined, true);
}

/** Where a redirect leads, if Aivo follows it: a read, to the same origin, a few times. @throws HttpFailure */
function nextUrl(from: URL, location: string, status: number, method: string, hop: number, place: HttpPlace): URL {
  const to = URL.parse(location, from.href);
  if (to === null) throw invalidAnswer(place, status, "with a redirect that leads nowhere");
  if (originOf(to) !== originOf(from)) {
    const where = `${to.protocol}//${to.host}`;
    throw invalidAnswer(
      place,
      status,
      `with a redirect to another server (${where}), which Aivo does not follow`,
      "If that is the right server, enter its address instead; if it is a sign-in page, the address is not that of the interface for data.",
    );
  }
  if (method !== "GET") throw invalidAnswer(place, status, "with a redirect, which Aivo does not follow when it sends credentials");
  if (hop >= maxRedirects) throw invalidAnswer(place, status, `with the ${hop + 1}th redirect in a row`);
  return to;
}

/** At most so many at a time, first come, first served. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new RunCancelled();
    if (this.#free > 0) this.#free--;
    else {
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          this.#waiting.splice(this.#waiting.indexOf(go), 1);
          reject(new RunCancelled());
        };
        const go = () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        };
        signal.addEventListener("abort", onAbort, { once: true });
        this.#waiting.push(go);
      });
    }
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
