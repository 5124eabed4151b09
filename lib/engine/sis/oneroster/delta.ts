/**
 * Reading only what changed. A filter is believed only where it was seen to work, and what it leaves out is compared with the
 * collection's total; any doubt leads to a full read, which is never wrong.
 */

import { z } from "zod";
import { RunFailure } from "#lib/platform/errors.ts";
import { type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import { askApi, type OneRosterApi, queryOf } from "./api.ts";
import { listReadingOf, type Page, readPage } from "./page.ts";
import type { Tally } from "./tally.ts";

/** Server clocks, cut-off fractions, rows that were being written: records seen again cost nothing. */
const overlapMs = 10 * 60_000;
const dayMs = 86_400_000;
/** Of records that say the day alone: what changes later that day has the same date, and whose day it is nobody says. */
const coarseOverlapMs = 2 * dayMs;
/** Vendors need not keep deleted records for longer than about a month. */
const oldestCursorMs = 21 * dayMs;
/** A vendor that told of no deleted record for so long may have ceased to: every week of a school year somebody leaves. */
const deletedTrustMs = 8 * dayMs;

/** unproven: not tried; works: a filter was seen to be honoured; refused: it was not, and is not tried again. */
const DeltaState = z.enum(["unproven", "works", "refused"]);
export type DeltaState = z.infer<typeof DeltaState>;

const CollectionState = z.object({
  delta: DeltaState,
  total: z.number().nullable(),
  records: z.number(),
  /** Whether its records say only the day on which they were changed. */
  isCoarse: z.boolean().optional(),
});
export type CollectionState = z.infer<typeof CollectionState>;

export const Cursor = z.object({
  version: z.literal(1),
  /** The interface that it is about; a cursor of another one is worth nothing. */
  of: z.string(),
  /** Before the first request, by the server's clock or by ours, whichever was behind. */
  since: z.iso.datetime(),
  /** The same moment by our clock, which tells how long ago it was. */
  readAt: z.iso.datetime().optional(),
  /** By our clock. */
  lastFullAt: z.iso.datetime(),
  /** When the youngest record that was told of as `tobedeleted` was changed; a vendor that drops them tells of no withdrawal. */
  deletedAt: z.iso.datetime().nullish(),
  collections: z.record(z.enum(rosteredCollections), CollectionState),
});
export type Cursor = z.infer<typeof Cursor>;

export type ReadDecision =
  | { readonly cursor: Cursor; readonly sinceMs: number }
  /** `last` is of the same interface, to compare with. */
  | { readonly cursor: null; readonly because: string; readonly last: Cursor | null };

/** Whether changes since the cursor are enough this time, and if not, why not. */
export function decideRead(cursor: unknown, of: string, now: Date, fullReadDays: number): ReadDecision {
  const parsed = Cursor.safeParse(cursor).data;
  const last = parsed?.of === of ? parsed : null;
  const full = (because: string): ReadDecision => ({ cursor: null, because, last });
  if (cursor === null || cursor === undefined) return full("there is no earlier read to go on from");
  if (parsed === undefined) return full("the place where the last read left off is not readable");
  if (last === null) return full("the address has changed since the last read");
  const since = Date.parse(last.since);
  const ageMs = now.getTime() - Date.parse(last.readAt ?? last.since);
  if (ageMs > oldestCursorMs) return full("the last read was more than three weeks ago");
  if (ageMs < -overlapMs) return full("Aivo's clock has gone back since the last read");
  if (now.getTime() - Date.parse(last.lastFullAt) >= fullReadDays * dayMs) {
    return full(fullReadDays === 0 ? "every read is a full one here" : `the last full read was ${fullReadDays} or more days ago`);
  }
  return { cursor: last, sinceMs: since - overlapMs };
}

/** From when on the changes of a collection are asked for, in milliseconds. */
export function beginOf({ isCoarse }: Pick<CollectionState, "isCoarse">, sinceMs: number): number {
  return isCoarse ? sinceMs - coarseOverlapMs : sinceMs;
}

/** Whether a tombstone of that moment shows that the vendor keeps what it deletes. */
export function keepsDeleted(deletedMs: number | null, now: Date): boolean {
  return deletedMs !== null && now.getTime() - deletedMs <= deletedTrustMs;
}

/** Whether the next read will be a full one whenever it comes: of no collection a filter was seen to be honoured. */
export function readsOnlyInFull(cursor: unknown): boolean {
  const states = Cursor.safeParse(cursor).data?.collections;
  return states !== undefined && Object.values(states).every(({ delta }) => delta !== "works");
}

/** `dateLastModified>='2026-01-31T00:00:00.000Z'` */
export function changedSince(ms: number): string {
  return `dateLastModified>='${new Date(ms).toISOString()}'`;
}

export interface DeltaJudgement {
  /** Why the changes cannot stand for the collection; null if they can. */
  readonly doubt: string | null;
  /** The vendor ignores the filter, so that it is not tried again. */
  readonly isRefused: boolean;
  /** What came is all that there is, whatever the filter did. */
  readonly isEverything: boolean;
}

export interface DeltaEvidence {
  readonly tally: Tally;
  /** Where the filter begins. */
  readonly sinceMs: number;
  /** The last read, by the server's clock or earlier. */
  readonly lastReadMs: number;
  readonly before: CollectionState;
  /** Of the whole collection now, as told without a filter. */
  readonly total: number | null;
  readonly keepsDeleted: boolean;
}

/** What a read of changes is worth. */
export function judgeDelta(evidence: DeltaEvidence): DeltaJudgement {
  const { tally, sinceMs, lastReadMs, before, total } = evidence;
  // Servers that keep whole seconds may answer with the second in which the filter begins.
  const isRefused = tally.oldest !== null && tally.oldest < sinceMs - 1_000;
  const balance = balanceDoubt(evidence);
  // A total that does not fit to the last one may be a page's: on its word alone, a few changes would be the whole collection.
  const isSound = total !== null && before.total !== null && balance === null;
  // Where deleted records are told of and not counted, a few changes could add up to the total by chance.
  const isEverything = isSound && tally.distinct > 0 && tally.distinct === total && tally.withoutId === 0 && tally.withdrawn === 0;
  const doubt = isRefused
    ? "the SIS also sent records that had not changed since"
    : tally.date !== null && tally.date.getTime() < lastReadMs
      ? "the SIS's clock has gone back since the last read"
      : tally.withoutDate > 0
        ? "some of the changed records have no date"
        : (balance ?? withdrawalDoubt(evidence));
  return { doubt, isRefused, isEverything };
}

/** What came must account for what the total has gained and lost. */
function balanceDoubt({ tally, before, total }: DeltaEvidence): string | null {
  if (total === null || before.total === null) return null;
  if (total < before.total - tally.withdrawn) return "records have gone without a word";
  if (total > before.total + tally.distinct - tally.withdrawn) return "there are more new records than changes";
  return null;
}

/** From a vendor that may drop what it deletes, changes are enough only if the total shows that nothing can have gone. */
function withdrawalDoubt({ tally, before, total, keepsDeleted }: DeltaEvidence): string | null {
  if (keepsDeleted || tally.withdrawn > 0) return null;
  const isNothingGone = total !== null && before.total !== null && total === before.total + tally.distinct;
  return isNothingGone ? null : "the SIS does not tell which records were deleted";
}

/** The collection's total without a filter; null where the SIS states none. Asked with the least of records. @throws as askApi */
export async function askTotal(api: OneRosterApi, collection: RosteredCollection): Promise<number | null> {
  return (await askFew(api, collection, { filter: null, limit: 1 }))?.total ?? null;
}

/**
 * Tries, after a full read, whether the filter does what it says: everything since the newest record is at least that record, and
 * nothing older. Whatever else comes, the collection will be read in full.
 */
export async function proveFilter(api: OneRosterApi, collection: RosteredCollection, tally: Tally): Promise<DeltaState> {
  if (tally.newest === null || tally.withoutDate > 0) return "unproven";
  const sinceMs = tally.newest - 1_000;
  try {
    const page = await askFew(api, collection, { filter: changedSince(sinceMs), limit: 5, attempts: 2 });
    if (page === null || page.records.length === 0) return "unproven";
    const isHonoured = page.records.every(({ modifiedMs }) => (modifiedMs ?? 0) >= sinceMs - 1_000);
    return isHonoured ? "works" : "unproven";
  } catch (error) {
    // The roster has been read; that a filter is not understood is an answer too, and many a server says it with a 500.
    if (error instanceof RunFailure && error.code !== "sign-in") return "unproven";
    throw error;
  }
}

interface Few {
  readonly filter: string | null;
  readonly limit: number;
  readonly attempts?: number;
}

async function askFew(api: OneRosterApi, collection: RosteredCollection, { filter, limit, ...more }: Few): Promise<Page | null> {
  const query = queryOf({ limit, offset: 0, sort: "sourcedId", orderBy: "asc", ...(filter === null ? {} : { filter }) });
  // A server with a smallest page size of its own may answer more than was asked for.
  const list = listReadingOf(api, collection, api.pageSize);
  const answer = await askApi(api, {
    ...more,
    endpoint: `/${collection}`,
    query,
    list,
    page: 1,
    ...(filter === null ? {} : { expect: [404] }),
  });
  return answer.status === 404 || answer.status === 204 ? null : readPage(api, collection, answer);
}
