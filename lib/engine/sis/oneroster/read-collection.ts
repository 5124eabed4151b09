/**
 * Reads one collection to its end, and proves it. What is not proven complete is read once more, and then the run fails; it is never
 * half believed.
 */
import { RunFailure } from "#lib/platform/errors.ts";
import type { OneRosterApi } from "./api.ts";
import type { Page } from "./page.ts";
import { PageSpool } from "./spool.ts";
import { Tally } from "./tally.ts";
import { type CollectionRequest, endpointOf, hostOf, walkPages } from "./walk-pages.ts";

export interface CollectionRead {
  readonly tally: Tally;
  readonly sha256: string;
  /** "/users: 12 pages, 11,420 records …" */
  readonly proof: string;
  readonly notes: readonly string[];
}

/** @throws RunFailure `read-incomplete` and all of the API's; RunCancelled */
export async function readCollection(api: OneRosterApi, request: CollectionRequest): Promise<CollectionRead> {
  const first = await readOnce(api, request);
  const doubt = doubtOf(first.tally, null) ?? shorterThanBefore(first.tally, request);
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
 * Why a read is not proven complete, null if it is. Only what is missing makes it so: repetitions that the read `before` met in just
 * the same way are the SIS's own, one record or two different ones under an id that it has twice, and their matter is the record's.
 * Disorder is outweighed by a total that is reached.
 */
function doubtOf(tally: Tally, before: Tally | null): string | null {
  const { totals, total, moved, overlapping, conflicting, received } = tally;
  const isOwn = before?.repeatsAs(tally) === true;
  const counted = tally.counted + (isOwn && received === total ? overlapping + conflicting : 0);
  if (totals.size > 1 && !tally.isTotalUntrue) return `the total changed while it was read (${[...totals].map(number).join(", then ")})`;
  if (total !== null && counted < total) return `the SIS counts ${number(total)} records, and only ${number(counted)} different ones came`;
  if (total === null && before !== null && tally.distinct < before.distinct)
    return `it had ${number(before.distinct)} different records, and a moment later ${number(tally.distinct)}`;
  if (moved > 0 && !isOwn && !(before !== null && total !== null)) {
    return `records moved between pages while it was read (${number(moved)} met again out of order or changed)`;
  }
  return null;
}

/** Without a total nothing says that those who are missing are gone, and not only left out of this answer. */
function shorterThanBefore({ total, distinct }: Tally, { recordsBefore }: CollectionRequest): string | null {
  if (total !== null || recordsBefore === null || distinct >= recordsBefore) return null;
  return `the SIS states no total, and the list is shorter than the last time (${number(recordsBefore)}, now ${number(distinct)})`;
}

async function readOnce(api: OneRosterApi, request: CollectionRequest): Promise<{ tally: Tally; sha256: string; notes: string[] }> {
  const tally = new Tally();
  const spool = await PageSpool.create(request.path);
  const notes: string[] = [];
  try {
    const take = async (page: Page) => {
      const taken = tally.take(page);
      await spool.write(tally.pages, taken.records);
      request.onPage(tally, false);
      return taken;
    };
    request.onPage(tally, false);
    await walkPages(api, request, { tally, take, notes });
    tally.close();
    request.onPage(tally, true);
    return { tally, sha256: await spool.end(), notes };
  } catch (error) {
    await spool.abandon();
    throw error;
  }
}

function proofOf({ collection, filter }: CollectionRequest, tally: Tally, firstDoubt: string | null): string {
  const counts = [
    `${number(tally.pages)} ${tally.pages === 1 ? "page" : "pages"}`,
    `${number(tally.received)} records`,
    `${number(tally.distinct)} different ids`,
    ...(tally.withoutId > 0 ? [`${number(tally.withoutId)} without an id`] : []),
    ...(tally.overlapping > 0 ? [`${number(tally.overlapping)} met again where pages overlap`] : []),
    ...(tally.conflicting > 0 ? [`${number(tally.conflicting)} met again with other content`] : []),
    tally.total !== null
      ? `total ${number(tally.total)} reached`
      : tally.isTotalUntrue
        ? "the total that the SIS states is not that of the list; read to an empty page"
        : "the SIS states no total; read to an empty page",
  ];
  const again = firstDoubt === null ? "" : `; read a second time because ${firstDoubt}`;
  return `/${collection}${filter === null ? "" : " (changes only)"}: ${counts.join(", ")}${again}`;
}

const number = (value: number) => value.toLocaleString("en-US");
