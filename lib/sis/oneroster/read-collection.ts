/**
 * Reads one collection to its end, and proves it: page after page by limit and offset, several under way at a time once the
 * total is known. What is not proven complete is read once more, and then the run fails; it is never half believed.
 */
import { RunFailure } from "#lib/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { HttpFailure } from "#lib/sis/http.ts";
import { type ApiRequest, askApi, isTooMuch, type OneRosterApi, queryOf } from "./api.ts";
import { type Page, readPage } from "./page.ts";
import { PageSpool } from "./spool.ts";
import { mayBeClamped, Tally } from "./tally.ts";

export interface CollectionRequest {
  readonly collection: Collection;
  /** A OneRoster filter, not encoded; null reads everything. */
  readonly filter: string | null;
  /** Where its pages are put aside. */
  readonly path: string;
  readonly onPage: (tally: Tally) => void;
}

export interface CollectionRead {
  readonly tally: Tally;
  readonly sha256: string;
  /** "/users: 12 pages, 11,420 records …" */
  readonly proof: string;
  readonly notes: readonly string[];
}

const smallerSizes: readonly number[] = [500, 200, 100];
const maxPages = 100_000;

/** @throws RunFailure `read-incomplete` and all of the API's; RunCancelled */
export async function readCollection(api: OneRosterApi, request: CollectionRequest): Promise<CollectionRead> {
  const first = await readOnce(api, request);
  const doubt = doubtOf(first.tally, null);
  if (doubt === null) return { ...first, proof: proofOf(request, first.tally, null) };
  const second = await readOnce(api, request);
  const remaining = doubtOf(second.tally, first.tally);
  if (remaining === null) return { ...second, proof: proofOf(request, second.tally, doubt) };
  throw new RunFailure({
    code: "read-incomplete",
    step: `read /${request.collection}`,
    message: `${hostOf(api)}: GET ${endpointOf(api, request)} could not be read completely, twice: ${remaining}. Nothing was changed.`,
    remedy:
      "Sync at an hour when the SIS is quiet. If it stays, tell the SIS vendor that the pages of this endpoint, sorted by sourcedId, do not add up.",
    transient: true,
  });
}

/**
 * Why a read is not proven complete, null if it is. What the read `before` had in just the same way is the SIS's own: a record that it
 * has twice, at the border of two pages. Disorder is outweighed by a total that is reached.
 */
function doubtOf(tally: Tally, before: Tally | null): string | null {
  const { totals, total, moved, overlapping, received } = tally;
  const number = (value: number) => value.toLocaleString("en-US");
  const isOwnRepetition = before !== null && before.overlapping === overlapping && received === total;
  const counted = tally.counted + (isOwnRepetition ? overlapping : 0);
  if (totals.size > 1 && !tally.isTotalUntrue) return `the total changed while it was read (${[...totals].map(number).join(", then ")})`;
  if (total !== null && counted < total) return `the SIS counts ${number(total)} records, and only ${number(counted)} different ones came`;
  if (moved > 0 && !(before !== null && total !== null)) {
    return `records moved between pages while it was read (${number(moved)} met again out of order or changed)`;
  }
  return null;
}

async function readOnce(api: OneRosterApi, request: CollectionRequest): Promise<{ tally: Tally; sha256: string; notes: string[] }> {
  const tally = new Tally(request.collection);
  const spool = await PageSpool.create(request.path);
  const notes: string[] = [];
  try {
    const take = async (page: Page) => {
      const taken = tally.take(page);
      await spool.write(tally.pages, taken.records);
      request.onPage(tally);
      return taken;
    };
    const { page: first, limit } = await firstPage(api, request, notes);
    const isShort = (await take(first)).received < limit;
    if (isShort && first.records.length > 0 && tally.total !== null && !tally.isTotalReached) {
      notes.push(`/${request.collection}: the SIS sends at most ${first.records.length} records a page.`);
    }
    await readSeveral(api, request, { tally, limit, step: first.records.length, take });
    await readOn(api, request, { tally, limit, take });
    tally.close();
    return { tally, sha256: await spool.end(), notes };
  } catch (error) {
    await spool.abandon();
    throw error;
  }
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
  readonly take: (page: Page) => Promise<{ received: number; isRepetition: boolean }>;
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
      const { received, isRepetition } = await take(page);
      if (isRepetition) throw loop(api, request, tally);
      if (received !== step && !isLast) return;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

/** One page after the other from where the read stands, until it is over. */
async function readOn(api: OneRosterApi, request: CollectionRequest, { tally, limit, take }: Reading): Promise<void> {
  while (!isOver(tally, limit)) {
    const wasReached = tally.isTotalReached;
    const page = await askPage(api, request, { offset: tally.received, limit, number: tally.pages + 1 });
    if (page === "past the end") {
      if (tally.total !== null || (await isPastTheEnd(api, request, { tally, limit }))) return;
      continue;
    }
    if (page.records.length === 0) return;
    if (tally.pages >= maxPages) throw loop(api, request, tally);
    const taken = await take(page);
    // A server may repeat its last page to whoever asks past the end; without a total it only seems to be the end.
    if (taken.isRepetition && wasReached) return;
    if (taken.isRepetition) throw loop(api, request, tally);
    if (wasReached) tally.isTotalUntrue = true;
  }
}

/**
 * A web server that has lost its application for a moment says 404 as well. So without a total, "not found" is only the end where the
 * page before is still found, and the one after it is not found again. @throws RunFailure `read-incomplete` where it is not
 */
async function isPastTheEnd(api: OneRosterApi, request: CollectionRequest, { tally, limit }: Omit<Reading, "take">): Promise<boolean> {
  const { received, lastReceived, pages } = tally;
  const last = await askPage(api, request, { offset: received - lastReceived, limit, number: pages });
  if (last === "past the end" || last.records.length < lastReceived) throw gone(api, request, tally);
  return (await askPage(api, request, { offset: received, limit, number: pages + 1 })) === "past the end";
}

function isOver(tally: Tally, limit: number): boolean {
  if (tally.lastReceived === 0) return true;
  if (tally.total !== null && !tally.isTotalReached) return false;
  return !tally.lastHasNext && !mayBeClamped(tally.lastReceived, limit);
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
    page: number,
    // Some servers have nothing to say past the end; whether it is the end is the tally's to judge.
    ...(offset > 0 ? { expect: [404] } : {}),
  };
  const answer = await askApi(api, asked);
  if (offset > 0 && (answer.status === 404 || answer.status === 204)) return "past the end";
  return readPage(request.collection, answer);
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

const hostOf = (api: OneRosterApi) => new URL(api.root).host;
const endpointOf = (api: OneRosterApi, { collection }: CollectionRequest) => `${new URL(api.root).pathname}/${collection}`;

function proofOf({ collection, filter }: CollectionRequest, tally: Tally, firstDoubt: string | null): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const counts = [
    `${number(tally.pages)} ${tally.pages === 1 ? "page" : "pages"}`,
    `${number(tally.received)} records`,
    `${number(tally.distinct)} different ids`,
    ...(tally.withoutId > 0 ? [`${number(tally.withoutId)} without an id`] : []),
    ...(tally.overlapping > 0 ? [`${number(tally.overlapping)} met again where pages overlap`] : []),
    tally.total === null ? "the SIS states no total" : `total ${number(tally.total)} reached`,
  ];
  const again = firstDoubt === null ? "" : `; read a second time because ${firstDoubt}`;
  return `/${collection}${filter === null ? "" : " (changes only)"}: ${counts.join(", ")}${again}`;
}
