/** One of Clever's lists, read to its end and proven, or read once more; then the run fails rather than half believe it. */

import { AnswerTooLarge, HttpFailure, type JsonAnswer } from "#lib/engine/sis/http.ts";
import { IdSet } from "#lib/engine/sis/oneroster/id-set.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { type CleverApi, loop, pages } from "./client.ts";
import { type Kind, pageSizesOf, version } from "./quirks.ts";
import type { WireObject } from "./wire.ts";

/** A record with all that is kept of it. */
export interface Prepared {
  readonly id: string | undefined;
  /** Equal content, equal record. */
  readonly content: string;
}

/** Where the records of one attempt go. */
export interface Sink<P extends Prepared> {
  take(page: number, records: readonly P[]): Promise<void>;
  /** @returns a hash of everything taken */
  end(): Promise<string>;
  abandon(): Promise<void>;
}

export interface ListRequest<P extends Prepared> {
  readonly kind: Kind;
  readonly prepare: (object: WireObject) => P;
  /** Begins anew, whatever an earlier attempt left. */
  readonly open: () => Promise<Sink<P>>;
  /** Told as the read begins, after each page, and once it has come to its end. */
  readonly onPage: (seen: ListSeen) => void;
}

export interface ListSeen extends Pick<ListRead, "bytes" | "records" | "count"> {
  readonly isEnd: boolean;
}

export interface ListRead {
  readonly kind: Kind;
  readonly records: number;
  readonly bytes: number;
  /** Of the whole list, where Clever told. */
  readonly count: number | null;
  readonly sha256: string;
  readonly proof: string;
}

interface Tally {
  readonly ids: IdSet;
  pages: number;
  records: number;
  again: number;
  changed: number;
  withoutId: number;
  bytes: number;
  count: number | null;
}

/** @throws RunFailure `read-incomplete`, and all of the client's; RunCancelled */
export async function readList<P extends Prepared>(api: CleverApi, request: ListRequest<P>): Promise<ListRead> {
  const first = await readOnce(api, request);
  const doubt = doubtOf(first.tally, null);
  if (doubt === null) return asRead(request.kind, first, null);
  const second = await readOnce(api, request);
  const remaining = doubtOf(second.tally, first.tally);
  if (remaining === null) return asRead(request.kind, second, doubt);
  throw incomplete(api, request.kind, remaining);
}

async function readOnce<P extends Prepared>(api: CleverApi, request: ListRequest<P>): Promise<{ tally: Tally; sha256: string }> {
  const pageSizes = pageSizesOf(request.kind);
  for (const [index, limit] of pageSizes.entries()) {
    try {
      return await readWith(api, request, limit);
    } catch (error) {
      const isTooLarge = error instanceof AnswerTooLarge || (error instanceof HttpFailure && error.status === 413);
      if (!isTooLarge || index === pageSizes.length - 1) throw error;
    }
  }
  throw new Error("there is a page size");
}

async function readWith<P extends Prepared>(
  api: CleverApi,
  request: ListRequest<P>,
  limit: number,
): Promise<{ tally: Tally; sha256: string }> {
  const { kind, prepare } = request;
  const sink = await request.open();
  const tally: Tally = { ids: new IdSet(), pages: 0, records: 0, again: 0, changed: 0, withoutId: 0, bytes: 0, count: null };
  const tell = (isEnd: boolean) => request.onPage({ bytes: tally.bytes, records: tally.records, count: tally.count, isEnd });
  try {
    tell(false);
    for await (const page of pages(api, { uri: `${version}/${kind}?limit=${limit}&count=true`, what: kind, keep: prepare })) {
      const before = tally.ids.size;
      const fresh = page.objects.filter((record) => isFresh(tally, record));
      if (page.objects.length > 0 && page.next !== null && tally.ids.size === before && tally.withoutId === 0) throw loop(page.answer);
      tally.pages = page.number;
      tally.records += fresh.length;
      tally.bytes += page.answer.bytes;
      tally.count = page.count ?? tally.count;
      await sink.take(page.number, fresh);
      tell(false);
    }
    tell(true);
    return { tally, sha256: await sink.end() };
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** What pages repeat is taken once, unless it differs: changed since the page before, or another record under the same id. */
function isFresh(tally: Tally, { id, content }: Prepared): boolean {
  if (id === undefined) {
    tally.withoutId++;
    return true;
  }
  const seen = tally.ids.add(id, content);
  if (seen === "new") return true;
  tally.again++;
  if (seen === "same") return false;
  tally.changed++;
  return true;
}

/** Repetitions that the read `before` met as well are the list's own: then one id with two records is the record's matter, an issue. */
function doubtOf(tally: Tally, before: Tally | null): string | null {
  const { ids, withoutId, count, changed, again } = tally;
  const isOwn = before !== null && before.again === again && before.changed === changed && before.ids.size === ids.size;
  if (changed > 0 && !isOwn) return `${changed} ${changed === 1 ? "record" : "records"} changed while the pages were read`;
  const received = ids.size + withoutId + again;
  const counted = isOwn && received === count ? received : ids.size + withoutId;
  // More than promised is no loss: they have come since.
  if (count !== null && counted < count) return `Clever counts ${number(count)} and gave ${number(counted)}`;
  return null;
}

function asRead(kind: Kind, { tally, sha256 }: { tally: Tally; sha256: string }, firstDoubt: string | null): ListRead {
  const { pages: read, records, ids, again, withoutId, count, bytes } = tally;
  const parts = [
    `${number(read)} ${read === 1 ? "page" : "pages"} to the last`,
    `${number(records)} records`,
    `${number(ids.size)} different ids`,
    ...(withoutId > 0 ? [`${number(withoutId)} without an id`] : []),
    ...(again > 0 ? [`${number(again)} met again where pages overlap`] : []),
    count === null ? "Clever states no count" : `count ${number(count)} reached`,
    ...(firstDoubt === null ? [] : [`read a second time because ${firstDoubt}`]),
  ];
  return { kind, records, bytes, count, sha256, proof: `/${kind}: ${parts.join(", ")}` };
}

function incomplete(api: CleverApi, kind: Kind, doubt: string): RunFailure {
  const { host } = new URL(api.origin);
  return new RunFailure({
    code: "read-incomplete",
    step: `read ${kind}`,
    message: `${host}: GET ${version}/${kind} could not be read completely, twice: ${doubt}. Nothing was changed.`,
    remedy: "Nothing to set on your side: the next sync tries again. If it stays, tell Clever's support the time and the endpoint.",
    transient: true,
  });
}

/** For a list without a record that would withdraw everybody. */
export function noRecords(api: CleverApi, kind: Kind, answer: Pick<JsonAnswer, "status">, toggle: string): RunFailure {
  const { host } = new URL(api.origin);
  return new RunFailure({
    code: "file-no-rows",
    step: `read ${kind}`,
    message: `${host}: GET ${version}/${kind}, page 1, answered ${answer.status} with an empty list. As a complete list it would withdraw everything, so nothing was changed.`,
    remedy: `Check in Clever whether the district still shares this data with Aivo. ${toggle}`,
  });
}

const number = (value: number) => value.toLocaleString("en-US");
