/**
 * From the first page of a collection to its end, by limit and offset: several under way at a time once the total is known. What the
 * pages prove is the tally's to say.
 */

import { HttpFailure } from "#lib/engine/sis/http.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { RosteredCollection } from "#lib/roster/canonical.ts";
import { type ApiRequest, askApi, isTooMuch, type OneRosterApi, queryOf } from "./api.ts";
import { listReadingOf, type Page, readPage } from "./page.ts";
import type { TakenPage, Tally } from "./tally.ts";

export interface CollectionRequest {
  readonly collection: RosteredCollection;
  /** A OneRoster filter, not encoded; null reads everything. */
  readonly filter: string | null;
  /** Where its pages are put aside. */
  readonly path: string;
  /** How many records the last read of everything had; null where there was none, or it does not matter. */
  readonly recordsBefore: number | null;
  /** Told as the read begins, after each page, and once it has come to its end. */
  readonly onPage: (tally: Tally, isEnd: boolean) => void;
}

const smallerSizes: readonly number[] = [500, 200, 100];
const maxPages = 100_000;
/** So many empty pages in a row are the end, whatever their links promise. */
const maxEmptyPages = 5;

export interface Walk {
  readonly tally: Tally;
  readonly take: (page: Page) => Promise<TakenPage>;
  /** What is worth telling is added. */
  readonly notes: string[];
}

/** @throws RunFailure `read-incomplete` where pages go round in circles or vanish, and all of the API's; RunCancelled */
export async function walkPages(api: OneRosterApi, request: CollectionRequest, { tally, take, notes }: Walk): Promise<void> {
  const { page: first, limit } = await firstPage(api, request, notes);
  const isShort = (await take(first)).received < limit;
  if (isShort && first.records.length > 0 && tally.total !== null && !tally.isTotalReached) {
    notes.push(`/${request.collection}: the SIS sends at most ${first.records.length} records a page.`);
  }
  await readSeveral(api, request, { tally, limit, step: first.records.length, take });
  await readOn(api, request, { tally, limit, take });
}

/** The first page, smaller where the vendor refuses the size asked for. */
async function firstPage(api: OneRosterApi, request: CollectionRequest, notes: string[]): Promise<{ page: Page; limit: number }> {
  const sizes = [api.pageSize, ...smallerSizes.filter((size) => size < api.pageSize)];
  for (const [index, limit] of sizes.entries()) {
    try {
      const page = await askPage(api, request, { offset: 0, limit, number: 1 });
      if (page === "past the end") break;
      if (index > 0) notes.push(`/${request.collection}: the SIS refused pages of ${sizes[index - 1]} records; read in pages of ${limit}.`);
      return { page, limit };
    } catch (error) {
      if (!isTooMuch(error) || index === sizes.length - 1) throw error;
    }
  }
  throw new Error("the first page is never past the end");
}

interface Reading {
  readonly tally: Tally;
  readonly limit: number;
  readonly take: (page: Page) => Promise<TakenPage>;
}

/**
 * With a total, the offsets of all pages are known: several are asked for at a time and taken in their order. Stops at the first page
 * that is not as long as the first, leaving the rest to `readOn`.
 */
async function readSeveral(
  api: OneRosterApi,
  request: CollectionRequest,
  { tally, limit, step, take }: Reading & { step: number },
): Promise<void> {
  const { total } = tally;
  if (total === null || step === 0 || step >= total) return;
  const ahead: Promise<Page | "past the end">[] = [];
  let asked = step;
  const askAhead = () => {
    while (ahead.length < api.pagesAtATime && asked < total) {
      const page = askPage(api, request, { offset: asked, limit, number: 1 + asked / step });
      page.catch(() => {});
      ahead.push(page);
      asked += step;
    }
  };
  try {
    for (askAhead(); ahead.length > 0; askAhead()) {
      const page = await ahead.shift();
      if (page === undefined || page === "past the end") return;
      const isLast = ahead.length === 0 && asked >= total;
      const { received, repetition } = await take(page);
      if (repetition === "whole") throw loop(api, request, tally);
      if (received !== step && !isLast) return;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

/**
 * One page after the other from where the read stands, until one is empty; only a total that is met says so before. A short page says
 * nothing: servers clamp the limit to any number, and drop rows after they have cut the page.
 */
async function readOn(api: OneRosterApi, request: CollectionRequest, { tally, limit, take }: Reading): Promise<void> {
  // Where a page is empty and promises another, the rows that it should have had were dropped by the server.
  let dropped = 0;
  let empty = tally.received === 0 ? 1 : 0;
  while (!tally.isTotalMet) {
    if (empty > 0) {
      if (!tally.lastHasNext || tally.isTotalReached || empty >= maxEmptyPages) return;
      dropped += limit;
    }
    if (tally.pages >= maxPages) throw loop(api, request, tally);
    const wasReached = tally.isTotalReached;
    const before = tally.received;
    const { lastId } = tally;
    const page = await askPage(api, request, { offset: before + dropped, limit, number: tally.pages + 1 });
    if (page === "past the end") {
      if (tally.total !== null || (await isPastTheEnd(api, request, { tally, limit, dropped }))) return;
      continue;
    }
    const { repetition } = await take(page);
    empty = page.records.length === 0 ? empty + 1 : 0;
    if (repetition === "whole") {
      const isShort = tally.lastReceived < tally.mostReceived;
      const isEnd =
        wasReached || (tally.total === null && (await isEndRepeated(api, request, { before, lastId, isShort, limit, page: tally.pages })));
      if (isEnd) return;
      throw loop(api, request, tally);
    }
    if (wasReached && page.records.length > 0 && repetition === "none") tally.isTotalUntrue = true;
  }
}

/**
 * A web server that has lost its application for a moment says 404 as well. So without a total, "not found" is only the end where the
 * page before is still found, and the one after it is not found again. @throws RunFailure `read-incomplete` where it is not
 */
async function isPastTheEnd(
  api: OneRosterApi,
  request: CollectionRequest,
  { tally, limit, dropped }: Omit<Reading, "take"> & { readonly dropped: number },
): Promise<boolean> {
  const { received, lastReceived, pages } = tally;
  const last = await askPage(api, request, { offset: received - lastReceived, limit, number: pages });
  if (last === "past the end" || last.records.length < lastReceived) throw gone(api, request, tally);
  return (await askPage(api, request, { offset: received + dropped, limit, number: pages + 1 })) === "past the end";
}

interface RepeatedEnd {
  /** Records before the page that repeats. */
  readonly before: number;
  readonly lastId: string | undefined;
  /** It is shorter than pages before it: the offset did count, and this is where the list ends. */
  readonly isShort: boolean;
  readonly limit: number;
  readonly page: number;
}

/**
 * A server may repeat its last page to whoever asks past the end, or begin its pages long before the offset; one that ignores the offset
 * looks the same. Where the offset counts, there is nothing far past the end, or the last record alone is one record, and the right one.
 */
async function isEndRepeated(
  api: OneRosterApi,
  request: CollectionRequest,
  { before, lastId, isShort, limit, page: number }: RepeatedEnd,
): Promise<boolean> {
  if (before <= 1 || isShort) return true;
  const far = await askPage(api, request, { offset: before + limit, limit, number });
  if (far === "past the end" || far.records.length === 0) return true;
  const last = await askPage(api, request, { offset: before - 1, limit, number });
  return last !== "past the end" && last.records.length === 1 && last.records[0]?.id === lastId;
}

interface PageNumber {
  readonly offset: number;
  readonly limit: number;
  readonly number: number;
}

async function askPage(
  api: OneRosterApi,
  request: CollectionRequest,
  { offset, limit, number }: PageNumber,
): Promise<Page | "past the end"> {
  const asked: ApiRequest = {
    endpoint: `/${request.collection}`,
    query: queryOf({ limit, offset, sort: "sourcedId", orderBy: "asc", ...(request.filter === null ? {} : { filter: request.filter }) }),
    list: listReadingOf(api, request.collection, limit),
    page: number,
    // Some servers have nothing to say past the end; whether it is the end is the tally's to judge.
    ...(offset > 0 ? { expect: [404] } : {}),
  };
  const answer = await askApi(api, asked);
  if (offset > 0 && (answer.status === 404 || answer.status === 204)) return "past the end";
  return readPage(api, request.collection, answer);
}

function loop(api: OneRosterApi, request: CollectionRequest, tally: Tally): RunFailure {
  return new HttpFailure(
    {
      code: "read-incomplete",
      step: `read /${request.collection}`,
      message: `${hostOf(api)}: GET ${endpointOf(api, request)}, page ${tally.pages}, holds only records that earlier pages had: the SIS goes round in circles, or ignores "offset". Nothing was changed.`,
      remedy: "Tell the SIS vendor that paging by limit and offset does not advance at this endpoint.",
    },
    { host: hostOf(api), method: "GET", endpoint: endpointOf(api, request), page: tally.pages, step: `read /${request.collection}` },
    200,
  );
}

function gone(api: OneRosterApi, request: CollectionRequest, { pages }: Tally): RunFailure {
  return new RunFailure({
    code: "read-incomplete",
    step: `read /${request.collection}`,
    message: `${hostOf(api)}: GET ${endpointOf(api, request)}, page ${pages}, was there, and a moment later it was not or was shorter: where the list ends is not certain. Nothing was changed.`,
    remedy: "Nothing to set on your side: the next sync tries again. If it stays, tell the SIS vendor the time and the endpoint.",
    transient: true,
  });
}

export const hostOf = (api: OneRosterApi) => new URL(api.root).host;
export const endpointOf = (api: OneRosterApi, { collection }: CollectionRequest) => `${new URL(api.root).pathname}/${collection}`;
