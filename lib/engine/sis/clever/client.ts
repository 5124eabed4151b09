/** Clever's data API as one asks it: page by page, never past its own host, and with what a refusal means there. */

import { type Explanation, type HttpAnswer, type HttpClient, HttpFailure, invalidAnswer, type JsonAnswer } from "#lib/engine/sis/http.ts";
import type { RunFailure } from "#lib/platform/errors.ts";
import { type Kind, toggles, version } from "./quirks.ts";
import { type DistrictTokens, tokenRefused } from "./tokens.ts";
import { type ListPage, listReadingOf, readListPage, readObject, type WireObject } from "./wire.ts";

export interface CleverApi {
  /** `https://api.clever.com` */
  readonly origin: string;
  readonly http: HttpClient;
  readonly tokens: DistrictTokens;
}

export interface ApiRequest<T = WireObject> {
  /** With version and query: "/v3.0/users?limit=1000". */
  readonly uri: string;
  /** What is read, for messages and for the toggle that shares it. */
  readonly what: keyof typeof toggles;
  /** What messages call its path, where that holds somebody's id. */
  readonly endpoint?: string;
  readonly page?: number;
  readonly expect?: readonly number[];
  /** What stays of a record, at once: a page of whole records is many times what is needed of it. The record itself by default. */
  readonly keep?: (record: WireObject) => T;
}

/** Entries of a page where no limit is asked for. */
const defaultLimit = 100;

/** @throws HttpFailure with what the status means at Clever; RunFailure; RunCancelled */
export function ask<T>(api: CleverApi, { uri, what, keep, ...rest }: ApiRequest<T>): Promise<JsonAnswer> {
  const url = new URL(uri, api.origin);
  return api.http.json({
    ...rest,
    url,
    list: listReadingOf<T | WireObject>(Number(url.searchParams.get("limit") ?? defaultLimit), keep ?? ((record) => record)),
    step: `read ${what}`,
    authorization: () => api.tokens.authorization(),
    onUnauthorized: (used) => api.tokens.onUnauthorized(used),
    explain: (answer) => explain(what, answer),
  });
}

/**
 * One object by its id; null where Clever has none, or the district does not share it: it says the same of both.
 * @throws as `ask`
 */
export async function askOne(
  api: CleverApi,
  what: Kind,
  id: string,
): Promise<{ readonly object: WireObject; readonly bytes: number } | null> {
  const answer = await api.http.json({
    url: new URL(`${version}/${what}/${encodeURIComponent(id)}`, api.origin),
    endpoint: `${version}/${what}/{id}`,
    step: `read ${what}`,
    expect: [404],
    authorization: () => api.tokens.authorization(),
    onUnauthorized: (used) => api.tokens.onUnauthorized(used),
    explain: (refusal) => explain(what, refusal),
  });
  return answer.status === 404 ? null : { object: readObject(answer, id), bytes: answer.bytes };
}

const notShared: readonly number[] = [402, 403, 404];

function explain(what: keyof typeof toggles, { status }: HttpAnswer): Explanation | null {
  // Every token of a district opens the district itself, so that 404 says the same of the token as 401 does.
  if (status === 401 || (status === 404 && what === "districts")) return tokenRefused;
  if (notShared.includes(status)) {
    return { code: "permission", because: `The district does not share ${what} with Aivo.`, remedy: toggles[what] };
  }
  return null;
}

export interface NumberedPage<T = WireObject> extends ListPage<T> {
  /** Counted from 1. */
  readonly number: number;
  readonly answer: JsonAnswer;
}

const maxPages = 100_000;

/**
 * The pages of a list, as its `next` links lead; only a page without one is the last. A link that was followed before is a loop. The
 * next page is asked for while the caller works on the one before.
 * @throws HttpFailure `response-invalid`, `read-incomplete`; as `ask`
 */
export async function* pages<T = WireObject>(api: CleverApi, request: Omit<ApiRequest<T>, "page">): AsyncGenerator<NumberedPage<T>> {
  const followed = new Set<string>();
  const { pathname } = new URL(request.uri, api.origin);
  const askFor = (uri: string, number: number): Promise<JsonAnswer> => {
    followed.add(uri);
    const asked = ask(api, { ...request, uri, page: number });
    // It is looked at when its turn has come; until then a failure is nobody's.
    asked.catch(() => {});
    return asked;
  };
  let coming: Promise<JsonAnswer> | null = askFor(request.uri, 1);
  for (let number = 1; coming !== null; number++) {
    const answer: JsonAnswer = await coming;
    if (request.expect?.includes(answer.status)) return;
    const page = readListPage<T>(answer);
    const uri = page.next === null ? null : nextUri(api, pathname, page.next, answer);
    if (uri !== null && (followed.has(uri) || number >= maxPages)) throw loop(answer);
    coming = uri === null ? null : askFor(uri, number + 1);
    yield { ...page, number, answer };
  }
}

/** @throws HttpFailure for a link that leads to another server or another list */
function nextUri(api: CleverApi, pathname: string, next: string, answer: JsonAnswer): string {
  const url = URL.parse(next, api.origin);
  if (url === null || url.origin !== api.origin || url.pathname !== pathname) {
    throw invalidAnswer(answer.place, answer.status, "with a next page at another place, which Aivo does not follow");
  }
  return `${url.pathname}${url.search}`;
}

export function loop({ place, status }: JsonAnswer): RunFailure {
  return new HttpFailure(
    {
      code: "read-incomplete",
      step: place.step,
      message: `${place.host}: GET ${place.endpoint}, page ${place.page}, leads back to a page that was read already: the list goes round in circles. Nothing was changed.`,
      remedy: "Nothing to set on your side: the next sync tries again. If it stays, send this message to Clever's support.",
      transient: true,
    },
    place,
    status,
  );
}
