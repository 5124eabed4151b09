/** A OneRoster interface that one can ask: its root, who signs the requests, and what the vendor's words for things are. */
import {
  AnswerTooLarge,
  type Explanation,
  type HttpAnswer,
  type HttpClient,
  HttpFailure,
  type HttpPlace,
  invalidAnswer,
  type JsonAnswer,
  type ListReading,
} from "#lib/engine/sis/http.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { statusInfoOf } from "./envelope.ts";

/** Who makes the Authorization header. One object per run; what it finds out it remembers. */
export interface Authority {
  /** For the admin: "OAuth 2.0, client secret in the header". */
  describe(): string;
  authorization(method: string, url: URL): string | Promise<string>;
  /** Another token, another signature: true if the request is worth one more try. */
  onUnauthorized(used: string, answer: HttpAnswer): Promise<boolean>;
  /** What a refusal means here. */
  readonly refused: (answer: HttpAnswer) => Explanation;
}

export interface OneRosterApi {
  readonly version: OneRosterVersion;
  /** `https://sis.example/ims/oneroster/v1p1`, without a slash at its end. */
  readonly root: string;
  readonly http: HttpClient;
  readonly authority: Authority;
  /** Pages under way at a time. */
  readonly pagesAtATime: number;
  /** Records asked for per page, unless the vendor refuses or clamps it. */
  readonly pageSize: number;
  /** What to do when the vendor does not let us read an endpoint, named as "/users". */
  readonly notShared: (endpoint: string) => string;
  /** What to do when nothing is found at the address: which of the form's fields makes it. */
  readonly notFound: string;
  /** What to do when an answer is none of OneRoster's. */
  readonly notOneRoster: string;
  /** What to do when it is one of OneRoster's other version. */
  readonly notThisVersion: string;
}

export interface ApiRequest {
  /** "/users" */
  readonly endpoint: string;
  /** Encoded, without the question mark. */
  readonly query: string;
  /** What messages call it, where it holds an id, as in `/users/{id}`. */
  readonly called?: string;
  /** Where records are asked for. */
  readonly list?: ListReading;
  readonly page?: number;
  readonly expect?: readonly number[];
  readonly attempts?: number;
}

/** Asks for one page. @throws HttpFailure with what the status means at a OneRoster interface; RunFailure; RunCancelled */
export function askApi(api: OneRosterApi, { endpoint, query, called = endpoint, ...rest }: ApiRequest): Promise<JsonAnswer> {
  return api.http.json({
    ...rest,
    url: new URL(`${api.root}${endpoint}${query === "" ? "" : `?${query}`}`),
    endpoint: `${new URL(api.root).pathname}${called}`,
    step: `read ${called}`,
    authorization: (method, url) => api.authority.authorization(method, url),
    onUnauthorized: (used, answer) => api.authority.onUnauthorized(used, answer),
    explain: (answer) => explain(api, called, answer),
    accept: refuseUntilItPasses,
  });
}

const passing: readonly string[] = ["server busy", "internal server error"];

/** Some servers say with status 200 what should be a 503 or a 500. */
function refuseUntilItPasses({ json, place, status }: JsonAnswer): void {
  const info = statusInfoOf(json);
  if (info?.isFailure && info.minor !== null && passing.includes(info.minor)) throw errorInBody(place, status, info.minor, true);
}

/** For an envelope that says that it is a failure, whatever its status. `minor` is of the vocabulary, or null. */
export function errorInBody(place: HttpPlace, status: number, minor: string | null, isPassing = false): HttpFailure {
  const said = minor === null ? "" : ` (${minor})`;
  return invalidAnswer(
    place,
    status,
    `with an error in its body${said}`,
    "Send this message to the SIS vendor's support, with the time.",
    isPassing,
  );
}

function explain(api: OneRosterApi, endpoint: string, answer: HttpAnswer): Explanation {
  const info = statusInfoOf(answer.tryJson);
  const said = info?.minor == null ? "" : `It says "${info.minor}".`;
  if (answer.status === 401) {
    const refused = api.authority.refused(answer);
    return { ...refused, because: [said, refused.because].filter(Boolean).join(" ") };
  }
  if (answer.status === 403)
    return { because: `The SIS does not let Aivo read ${endpoint}. ${said}`.trim(), remedy: api.notShared(endpoint) };
  if (answer.status === 404) {
    return {
      code: "response-invalid",
      because: `The SIS does not offer ${endpoint} at this address. ${said}`.trim(),
      remedy: api.notFound,
    };
  }
  return said === "" ? {} : { because: said };
}

/** 504: a gateway lost patience with the server behind it. */
const tooMuchStatuses: readonly number[] = [400, 413, 422, 504];

/** Whether a page may be asked for again in a smaller size: too much for the vendor or for Aivo, or too slow. */
export function isTooMuch(error: unknown): boolean {
  if (error instanceof AnswerTooLarge) return true;
  return error instanceof HttpFailure && (tooMuchStatuses.includes(error.status ?? 0) || error.code === "timeout");
}

/** RFC 3986: what `encodeURIComponent` leaves alone is encoded as well, so that a signature covers what is sent. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `a=b&c=d`, encoded, in the order given. */
export function queryOf(parameters: Readonly<Record<string, string | number>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .join("&");
}
