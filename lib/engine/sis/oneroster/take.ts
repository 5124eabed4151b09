/** Each collection of a roster, read in full or as changes, whichever is enough; and what was found out about reading its changes. */

import { HttpFailure } from "#lib/engine/sis/http.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { OneRosterApi } from "./api.ts";
import {
  askTotal,
  beginOf,
  type CollectionState,
  changedSince,
  type DeltaEvidence,
  judgeDelta,
  keepsDeleted,
  proveFilter,
  type ReadDecision,
} from "./delta.ts";
import { type CollectionRead, readCollection } from "./read-collection.ts";
import type { CollectionRequest } from "./walk-pages.ts";

/** Without a row of these, a full read would withdraw everybody. Enrollments are judged by what was there before, after the source. */
const needRows: readonly RosteredCollection[] = ["orgs", "classes", "users"];

export interface Taken {
  readonly collection: RosteredCollection;
  readonly mode: Exclude<ReadMode, "absent">;
  readonly path: string;
  readonly read: CollectionRead;
  readonly state: CollectionState;
  readonly notes: readonly string[];
}

/** When the youngest record that was told of as deleted was changed, in milliseconds; null where there was none. */
export function newestDeleted(taken: readonly Taken[]): number | null {
  const dates = taken.flatMap(({ read }) => read.tally.newestWithdrawn ?? []);
  return dates.length === 0 ? null : Math.max(...dates);
}

export interface Begun {
  readonly api: OneRosterApi;
  readonly collection: RosteredCollection;
  readonly path: string;
  readonly onPage: CollectionRequest["onPage"];
}

/**
 * Full reads come one after the other: each keeps the SIS busy by itself. Changes are a page or two, and what they cost is the way
 * there and back, so those of all collections are asked for side by side, and judged in turn. `onTaken` may throw to stop.
 * @throws RunFailure, RunCancelled; nothing is under way then
 */
export async function takeRoster(
  api: OneRosterApi,
  decision: ReadDecision,
  now: Date,
  begin: (collection: RosteredCollection) => Begun,
  onTaken: (taken: Taken) => Promise<void>,
): Promise<readonly Taken[]> {
  const asked = new Map<RosteredCollection, Promise<ChangesRead | NoChanges>>();
  const take = async (collection: RosteredCollection, isToldOfDeleted: boolean): Promise<Taken> => {
    if (decision.cursor === null) return takeAll(begin(collection), { before: decision.last?.collections[collection] ?? null });
    const before = decision.cursor.collections[collection];
    const changes = await asked.get(collection);
    if (changes === undefined) return takeAll(begin(collection), { before, isRefused: before.delta === "refused" });
    const { sinceMs: lastReadMs } = decision;
    const evidence = { sinceMs: beginOf(before, lastReadMs), lastReadMs, before, keepsDeleted: isToldOfDeleted };
    return takeChanges(begin(collection), changes, evidence);
  };
  if (decision.cursor !== null) {
    for (const collection of rosteredCollections) {
      const state = decision.cursor.collections[collection];
      if (state.delta !== "works") continue;
      const changes = readChanges(begin(collection), beginOf(state, decision.sinceMs));
      // It is looked at when its turn has come; until then a failure is nobody's.
      changes.catch(() => {});
      asked.set(collection, changes);
    }
  }
  const deletedBefore = Date.parse(decision.cursor?.deletedAt ?? "");
  const taken: Taken[] = [];
  try {
    for (const collection of rosteredCollections) {
      const isToldOfDeleted = [deletedBefore, newestDeleted(taken)].some((ms) => !Number.isNaN(ms) && keepsDeleted(ms, now));
      const entry = await take(collection, isToldOfDeleted);
      await onTaken(entry);
      taken.push(entry);
    }
    return await withProvenFilters(api, taken);
  } catch (error) {
    api.http.close();
    await Promise.allSettled(asked.values());
    throw error;
  }
}

interface All {
  /** What the last read left; null where there was none. */
  readonly before: CollectionState | null;
  readonly isRefused?: boolean;
  readonly notes?: readonly string[];
}

async function takeAll({ api, collection, path, onPage }: Begun, { before, isRefused = false, notes = [] }: All): Promise<Taken> {
  const read = await readCollection(api, { collection, filter: null, path, recordsBefore: before?.records ?? null, onPage });
  const { tally } = read;
  if (needRows.includes(collection) && tally.received === 0) throw noRows(api, collection);
  const delta = isRefused ? "refused" : "unproven";
  const state = { delta, total: tally.total, records: tally.distinct, isCoarse: !tally.hasTimes } as const;
  return { collection, mode: "bulk", path, read, notes, state };
}

/** Finds out, after full reads, of which collections changes can be read the next time. */
function withProvenFilters(api: OneRosterApi, taken: readonly Taken[]): Promise<readonly Taken[]> {
  return Promise.all(
    taken.map(async (entry) => {
      if (entry.state.delta !== "unproven") return entry;
      return { ...entry, state: { ...entry.state, delta: await proveFilter(api, entry.collection, entry.read.tally) } };
    }),
  );
}

interface ChangesRead {
  readonly read: CollectionRead;
  /** Of the whole collection, as told without a filter. */
  readonly total: number | null;
}

/** Why there are none to be judged. */
interface NoChanges {
  readonly because: string;
  readonly isRefused: boolean;
}

async function readChanges({ api, collection, path, onPage }: Begun, sinceMs: number): Promise<ChangesRead | NoChanges> {
  try {
    const read = await readCollection(api, { collection, filter: changedSince(sinceMs), path, recordsBefore: null, onPage });
    return { read, total: await askTotal(api, collection) };
  } catch (error) {
    if (error instanceof HttpFailure && error.status !== null && !error.transient && error.code === "response-invalid") {
      // Nothing found may be that nothing has changed: no list, so nothing to believe, and no refusal either.
      const isNothing = error.status === 404 || error.status === 204;
      return isNothing
        ? { because: "the SIS answered nothing to the filter for changes", isRefused: false }
        : { because: "the SIS did not take the filter for changes", isRefused: true };
    }
    // Some servers stumble over a filter; whether it is the filter, the full read will show.
    if (error instanceof HttpFailure && error.code === "server-error")
      return { because: "the SIS failed when it was asked for changes alone", isRefused: false };
    if (error instanceof RunFailure && error.code === "read-incomplete")
      return { because: "its changes could not be read completely", isRefused: false };
    throw error;
  }
}

async function takeChanges(
  begun: Begun,
  changes: ChangesRead | NoChanges,
  evidence: Omit<DeltaEvidence, "tally" | "total">,
): Promise<Taken> {
  const { collection, path } = begun;
  const inFull = (because: string, isRefused: boolean) =>
    takeAll(begun, { before: evidence.before, isRefused, notes: [`/${collection} was read in full, because ${because}.`] });
  if (!("read" in changes)) return inFull(changes.because, changes.isRefused);
  const { read, total } = changes;
  const { doubt, isRefused, isEverything } = judgeDelta({ ...evidence, tally: read.tally, total });
  const taken = { collection, path, read };
  const isCoarse = evidence.before.isCoarse === true && !read.tally.hasTimes;
  if (isEverything) {
    const notes = isRefused
      ? [`/${collection}: the SIS ignores the filter for changes and sent everything; from now on it is read in full.`]
      : [];
    return {
      ...taken,
      mode: "bulk",
      notes,
      state: { delta: isRefused ? "refused" : "works", total, records: read.tally.distinct, isCoarse },
    };
  }
  if (doubt !== null) return inFull(doubt, isRefused);
  return { ...taken, mode: "delta", notes: [], state: { delta: "works", total, records: evidence.before.records, isCoarse } };
}

function noRows(api: OneRosterApi, collection: RosteredCollection): RunFailure {
  const { host, pathname } = new URL(api.root);
  return new RunFailure({
    code: "file-no-rows",
    step: `read /${collection}`,
    message: `${host}: GET ${pathname}/${collection}, page 1, answered 200 with an empty list. As a complete list it would withdraw everything, so nothing was changed.`,
    remedy: `Check in the SIS whether Aivo is still allowed to see this data. ${api.notShared(`/${collection}`)}`,
  });
}
