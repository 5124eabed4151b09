/** One request and its answer: timeouts at each stage, a bounded body, unpacked. No retry, no redirect, no meaning. */
import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { brokenFailure, type HttpPlace, invalidAnswer, noHttp, timeoutFailure, tooLarge } from "./failures.ts";
import type { JsonRead, JsonReader } from "./json-reader.ts";
import { TooMuch } from "./pieces.ts";

/** By lower-case name; several of one name are joined by a comma. */
export type HttpHeaders = Readonly<Record<string, string>>;

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: HttpHeaders;
  readonly body: string | null;
  readonly agent: Agent;
  readonly place: HttpPlace;
  readonly signal: AbortSignal;
  readonly limits: ExchangeLimits;
  /** Reads the body of an answer; what is too much is refused only where `isStrict`, and otherwise left out. */
  readonly bodyOf: (status: number) => { readonly reader: JsonReader; readonly isStrict: boolean };
}

export interface ExchangeLimits {
  /** From the request having been sent to the first byte of the answer. */
  readonly firstByteTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly idleTimeoutMs: number;
  /** From first to last. */
  readonly totalTimeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly bytes: number;
  readonly body: JsonRead;
}

/** Of the status line and all headers. */
const maxHeaderBytes = 32 * 1024;

/** @throws HttpFailure `timeout`, `connection`, `response-invalid`; RunFailure of the connection; RunCancelled */
export async function exchange(options: Exchange): Promise<Answer> {
  const { place, signal, limits } = options;
  if (signal.aborted) throw new RunCancelled();
  const send = options.url.protocol === "https:" ? httpsRequest : httpRequest;
  const request = send(options.url, {
    method: options.method,
    agent: options.agent,
    maxHeaderSize: maxHeaderBytes,
    headers: { ...options.headers, "accept-encoding": "gzip, deflate, br" },
  });
  const watch = new Watch(place, limits, (error) => request.destroy(error));
  const onAbort = () => request.destroy(new RunCancelled());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("error", reject);
      request.once("response", resolve);
      // While the connection is being made, the connect timeout watches.
      request.once("socket", () => watch.expect("did not begin to answer", limits.firstByteTimeoutMs));
      request.end(options.body ?? undefined);
    });
    // A request that breaks after its answer has begun reports here as well as on the answer.
    request.on("error", () => {});
    watch.expect("stopped answering: nothing more came", limits.idleTimeoutMs);
    const status = answer.statusCode ?? 0;
    const onLife = () => watch.expect("stopped answering: nothing more came", limits.idleTimeoutMs);
    return { status, headers: headersOf(answer), ...(await readBody(answer, options.bodyOf(status), place, onLife)) };
  } catch (error) {
    request.destroy();
    if (signal.aborted) throw new RunCancelled();
    if (watch.failure !== null) throw watch.failure;
    if (error instanceof RunFailure || error instanceof RunCancelled) throw error;
    if (codeOf(error).startsWith("HPE_")) throw noHttp(place, codeOf(error) === "HPE_HEADER_OVERFLOW" ? maxHeaderBytes : null, error);
    throw brokenFailure(place, "was cut off before its answer was complete", error);
  } finally {
    watch.stop();
    signal.removeEventListener("abort", onAbort);
  }
}

/** The two clocks of an exchange: one started anew at each sign of life, one for the whole. */
class Watch {
  failure: RunFailure | null = null;
  readonly #place: HttpPlace;
  readonly #onFailure: (error: RunFailure) => void;
  readonly #total: NodeJS.Timeout;
  #stage: NodeJS.Timeout | null = null;

  constructor(place: HttpPlace, limits: ExchangeLimits, onFailure: (error: RunFailure) => void) {
    this.#place = place;
    this.#onFailure = onFailure;
    this.#total = setTimeout(() => this.#fail("did not finish its answer", limits.totalTimeoutMs), limits.totalTimeoutMs);
  }

  expect(what: string, ms: number): void {
    if (this.#stage !== null) clearTimeout(this.#stage);
    this.#stage = setTimeout(() => this.#fail(what, ms), ms);
  }

  stop(): void {
    clearTimeout(this.#total);
    if (this.#stage !== null) clearTimeout(this.#stage);
  }

  #fail(what: string, ms: number): void {
    this.failure ??= timeoutFailure(this.#place, what, ms);
    this.#onFailure(this.failure);
  }
}

/** Read and parsed in one turn of the event loop at most: a few milliseconds, after which everybody else has theirs. */
const turnBytes = 512 * 1024;

type Body = Pick<Answer, "bytes" | "body">;

async function readBody(
  answer: IncomingMessage,
  { reader, isStrict }: ReturnType<Exchange["bodyOf"]>,
  place: HttpPlace,
  onLife: () => void,
): Promise<Body> {
  answer.on("data", onLife);
  let held = 0;
  try {
    for await (const chunk of unpackedBody(answer) as AsyncIterable<Buffer>) {
      // Leaving the loop ends the connection.
      if (!reader.write(chunk)) break;
      held += chunk.length;
      if (held < turnBytes) continue;
      held = 0;
      await setImmediate();
    }
    return { bytes: reader.bytes, body: reader.end() };
  } catch (error) {
    if (isNotWhatItIsPackedAs(error)) throw invalidAnswer(place, answer.statusCode ?? 0, notUnpacked, undefined, true);
    if (!(error instanceof TooMuch)) throw error;
    if (!isStrict) return { bytes: reader.bytes, body: { kind: "other", isPage: false } };
    const status = answer.statusCode ?? 0;
    throw error.isLarge ? tooLarge(place, status, error.what) : invalidAnswer(place, status, error.what, tooMuchRemedy);
  }
}

const tooMuchRemedy = "Send this message to the SIS vendor's support: no roster needs such an answer.";

const notUnpacked = "with data that is not packed as its headers say, so that it cannot be unpacked";

/** Wrong bytes, by zlib's code or one of Brotli's; where bytes are missing it is `Z_BUF_ERROR`. */
function isNotWhatItIsPackedAs(error: unknown): boolean {
  return /^(Z_DATA_ERROR$|ERR__ERROR_FORMAT)/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What servers write for a body that is not packed at all. */
const plainEncodings: readonly (string | undefined)[] = [undefined, "", "identity", "none", "utf-8", "utf8"];

/** Whether a body came packed in a way that was not asked for, and has been read as it is. */
export function isPackedOtherwise({ "content-encoding": encoding }: HttpHeaders): boolean {
  const name = encoding?.trim().toLowerCase();
  return !plainEncodings.includes(name) && !["gzip", "x-gzip", "deflate", "br"].includes(name ?? "");
}

function unpackedBody(answer: IncomingMessage): Readable {
  const encoding = answer.headers["content-encoding"]?.trim().toLowerCase();
  const decoder =
    encoding === "gzip" || encoding === "x-gzip"
      ? createGunzip()
      : encoding === "deflate"
        ? createInflate()
        : encoding === "br"
          ? createBrotliDecompress()
          : null;
  if (decoder === null) return answer;
  answer.on("error", (error) => decoder.destroy(error));
  answer.on("close", () => {
    if (!answer.complete) decoder.destroy(Object.assign(new Error("cut off"), { code: "ECONNRESET" }));
  });
  return answer.pipe(decoder);
}

function headersOf(answer: IncomingMessage): HttpHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}
