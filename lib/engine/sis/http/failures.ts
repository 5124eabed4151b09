/** What can go wrong between Aivo and an HTTP service, in words: service, endpoint, page, status, remedy. Never a query, a header or a body. */
import { RunFailure, type RunFailureCode, type RunFailureDetails } from "#lib/platform/errors.ts";

/** What a message says about where it happened. */
export interface HttpPlace {
  readonly host: string;
  readonly method: string;
  /** The path alone: queries hold filters and, at some vendors, tokens. */
  readonly endpoint: string;
  /** Counted from 1; null where the endpoint has no pages. */
  readonly page: number | null;
  readonly step: string;
}

/** A RunFailure that still knows its HTTP status, so that a source can decide what it means there. */
export class HttpFailure extends RunFailure {
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly place: HttpPlace;

  constructor(details: RunFailureDetails, place: HttpPlace, status: number | null, options?: { cause?: unknown }) {
    super(details, options);
    this.name = "HttpFailure";
    this.status = status;
    this.place = place;
  }
}

/** "sis.example: GET /ims/oneroster/v1p1/users, page 3," */
export function placeInWords({ host, method, endpoint, page }: HttpPlace): string {
  return `${host}: ${method} ${endpoint}${page === null ? "" : `, page ${page},`}`;
}

const known: Partial<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** "503 (Service Unavailable)"; the server's own reason phrase is not repeated. */
export function statusInWords(status: number): string {
  const words = known[status];
  return words === undefined ? String(status) : `${status} (${words})`;
}

/** Not implemented, and no such version of HTTP: asking again changes nothing. */
const neverOffered: readonly number[] = [501, 505];

/** Whether the same request may get another answer when it is simply sent again. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && !neverOffered.includes(status));
}

/** What a source knows better about a status than HTTP does; what it leaves out stays as it is. */
export interface Explanation {
  readonly code?: RunFailureCode;
  /** Appended to the sentence that names place and status. */
  readonly because?: string;
  readonly remedy?: string;
}

/** The failure for an answer whose status is not a success. */
export function statusFailure(place: HttpPlace, status: number, tries: number, explanation: Explanation = {}): HttpFailure {
  const [code, remedy] = meaningOf(status);
  const times = tries > 1 ? ` ${tries} times in a row` : "";
  const because = explanation.because === undefined ? "" : ` ${explanation.because}`;
  return new HttpFailure(
    {
      code: explanation.code ?? code,
      step: place.step,
      message: `${placeInWords(place)} answered ${statusInWords(status)}${times}.${because}`,
      remedy: explanation.remedy ?? remedy,
      transient: isTransientStatus(status),
    },
    place,
    status,
  );
}

function meaningOf(status: number): readonly [RunFailureCode, string] {
  if (status === 401) return ["sign-in", "Enter the credentials again as the SIS shows them, then test the connection."];
  if (status === 403) return ["permission", "Ask whoever manages the SIS to share this data with Aivo, then test the connection."];
  if (status === 404) return ["response-invalid", "Check the address for typing mistakes, and whether the SIS offers this data."];
  if (status === 429)
    return ["rate-limited", "Nothing to set on your side: the next sync tries again. If it stays, ask the vendor for a higher limit."];
  if (isTransientStatus(status))
    return [
      "server-error",
      "Nothing to set on your side: the next sync tries again. If it stays, tell the SIS vendor the time and the endpoint.",
    ];
  return ["response-invalid", "Test the connection; if it stays, send this message to the SIS vendor's support."];
}

/** The server wants us to wait for longer than a run can. */
export function waitTooLong(place: HttpPlace, status: number, waitMs: number): HttpFailure {
  return new HttpFailure(
    {
      code: status === 429 ? "rate-limited" : "server-error",
      step: place.step,
      message: `${placeInWords(place)} answered ${statusInWords(status)} and asks to come back in ${Math.ceil(waitMs / 60_000)} minutes, longer than a sync waits.`,
      remedy: "Nothing to set on your side: the next sync tries again. If it stays, ask the vendor for a higher limit or sync less often.",
      transient: true,
    },
    place,
    status,
  );
}

export function timeoutFailure(place: HttpPlace, what: string, ms: number): HttpFailure {
  return new HttpFailure(
    {
      code: "timeout",
      step: place.step,
      message: `${placeInWords(place)} ${what} within ${seconds(ms)}.`,
      remedy: "Nothing to set on your side: the next sync tries again. If it stays, ask the SIS vendor why this endpoint is slow.",
      transient: true,
    },
    place,
    null,
  );
}

/** The connection broke, or what came over it could not be unpacked. */
export function brokenFailure(place: HttpPlace, what: string, cause?: unknown): HttpFailure {
  const reason = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
  return new HttpFailure(
    {
      code: "connection",
      step: place.step,
      message: `${placeInWords(place)} ${what}${reason}.`,
      remedy: "Nothing to set on your side: the next sync tries again. If it stays, tell the SIS vendor the time and the endpoint.",
      transient: true,
    },
    place,
    null,
    { cause },
  );
}

/** An answer that cannot be used, whatever its status. `transient` where another try may give a better one. */
export function invalidAnswer(place: HttpPlace, status: number, what: string, remedy?: string, transient = false): HttpFailure {
  return new HttpFailure(
    {
      code: "response-invalid",
      step: place.step,
      message: `${placeInWords(place)} answered ${statusInWords(status)} ${what}.`,
      remedy:
        remedy ??
        "Check that the address is that of the SIS's interface for data; if it is, send this message to the SIS vendor's support.",
      transient,
    },
    place,
    status,
  );
}

/** More than Aivo reads at once; of fewer records there may be less. */
export class AnswerTooLarge extends HttpFailure {}

export function tooLarge(place: HttpPlace, status: number, what: string): AnswerTooLarge {
  const { details } = invalidAnswer(place, status, what, "Send this message to the SIS vendor's support: one page should be far smaller.");
  return new AnswerTooLarge(details, place, status);
}

/** What came is not HTTP, or its headers are more than is read. */
export function noHttp(place: HttpPlace, maxHeaderBytes: number | null, cause: unknown): HttpFailure {
  const what = maxHeaderBytes === null ? "with something that is not HTTP" : `with headers of more than ${maxHeaderBytes / 1024} KB`;
  return new HttpFailure(
    {
      code: "response-invalid",
      step: place.step,
      message: `${placeInWords(place)} answered ${what}, which Aivo does not read.`,
      remedy: "Check the address and its port; if they are right, send this message to the SIS vendor's support.",
    },
    place,
    null,
    { cause },
  );
}

/** "20 seconds", "0.2 seconds". */
export function seconds(ms: number): string {
  const value = ms / 1000;
  return `${value >= 1 ? Math.round(value) : value} ${value === 1 ? "second" : "seconds"}`;
}
