/**
 * A whole roster over OneRoster REST: each collection read to its proven end and put aside, in full or as changes; only then does the
 * run get to see any of it.
 */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { RunCancelled, RunFailure } from "#lib/errors.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import { HttpFailure } from "#lib/sis/http.ts";
import type { Extraction, ExtractOptions, InputPart, ReadMode, SourceContext } from "#lib/sis/source.ts";
import type { OneRosterApi } from "./api.ts";
import { askTotal, type CollectionState, type Cursor, changedSince, decideRead, judgeDelta, proveFilter } from "./delta.ts";
import { type DistrictOrg, districtOrgsOf, isAnotherDistrict, otherDistrictAnswers } from "./district-orgs.ts";
import { type CollectionRead, readCollection } from "./read-collection.ts";
import { readSpool } from "./spool.ts";
import type { Tally } from "./tally.ts";

export interface ExtractRequest {
  readonly api: OneRosterApi;
  readonly context: SourceContext;
  readonly options: ExtractOptions;
  readonly fullReadDays: number;
  /** What is told about the connection itself: the way it signs in, input that was corrected. */
  readonly notes: readonly string[];
  readonly learned: () => Readonly<Record<string, unknown>>;
  /** The districts of the last successful sync, none where that is not to be compared: others end the read. */
  readonly districtsBefore: readonly DistrictOrg[];
}

export interface RosterExtraction extends Extraction {
  /** The districts among the orgs; null where not all orgs were read, or there is none among them. */
  readonly districts: readonly DistrictOrg[] | null;
}

/** Without a row of these, a full read would withdraw everybody. Enrollments are judged by what was there before, after the source. */
const needRows: readonly Collection[] = ["orgs", "classes", "users"];

interface Taken {
  readonly collection: Collection;
  readonly mode: Exclude<ReadMode, "absent">;
  readonly path: string;
  readonly read: CollectionRead;
  readonly state: CollectionState;
  readonly notes: readonly string[];
}

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function extractRoster(request: ExtractRequest): Promise<RosterExtraction> {
  const { api, context, options } = request;
  await mkdir(context.spoolDirectory, { recursive: true, mode: 0o700 });
  const startedAt = context.now();
  const decision = decideRead(options.cursor, api.root, startedAt, request.fullReadDays);
  const notes = [...request.notes];
  if (decision.cursor === null) notes.push(`Everything was read, because ${decision.because}.`);
  const progress = progressOf(options, decision.cursor);

  const taken: Taken[] = [];
  let districts: readonly DistrictOrg[] | null = null;
  for (const collection of collections) {
    const path = join(context.spoolDirectory, `${collection}.ndjson`);
    const begun = { api, collection, path, onPage: progress };
    const known = decision.cursor?.collections[collection];
    const result =
      decision.cursor !== null && known?.delta === "works"
        ? await takeChanges(begun, decision.sinceMs, known, decision.cursor.keepsDeleted || hasDeleted(taken))
        : await takeAll(begun, known?.delta === "refused");
    taken.push(result);
    if (collection === "orgs" && result.mode === "bulk") districts = await districtsIn(result, request);
    notes.push(...result.read.notes, ...result.notes);
  }
  if (decision.cursor !== null && taken.some(({ mode }) => mode === "delta")) {
    notes.push(
      `Only changes since ${minutes(decision.sinceMs)} were read of: ${taken.flatMap(({ mode, collection }) => (mode === "delta" ? collection : [])).join(", ")}.`,
    );
  }

  const isFull = taken.every(({ mode }) => mode === "bulk");
  const since = (taken[0]?.read.tally.date ?? startedAt).toISOString();
  const cursor: Cursor = {
    version: 1,
    of: api.root,
    since,
    keepsDeleted: decision.cursor?.keepsDeleted === true || hasDeleted(taken),
    lastFullAt: isFull || decision.cursor === null ? since : decision.cursor.lastFullAt,
    collections: byCollection(taken, ({ state }) => state),
  };
  return {
    modes: byCollection(taken, ({ mode }) => mode),
    parts: taken.map(partOf),
    // Changes are a matter of when they were asked for; only the whole can be the same again.
    fingerprint: isFull ? fingerprintOf(taken) : null,
    notes,
    batches: () => batchesOf(taken, context.signal),
    cursor: () => cursor,
    proof: () => taken.map(({ read }) => read.proof).join("\n"),
    learned: request.learned,
    districts,
  };
}

/** @throws RunFailure for another district than before; nothing else was read then */
async function districtsIn({ path }: Taken, { api, districtsBefore }: ExtractRequest): Promise<readonly DistrictOrg[] | null> {
  const districts = await districtOrgsOf(readSpool(path, "orgs", "/orgs"));
  if (isAnotherDistrict(districtsBefore, districts)) throw otherDistrictAnswers(api.root, districtsBefore, districts);
  return districts.length === 0 ? null : districts;
}

const hasDeleted = (taken: readonly Taken[]) => taken.some(({ read }) => read.tally.withdrawn > 0);

interface Begun {
  readonly api: OneRosterApi;
  readonly collection: Collection;
  readonly path: string;
  readonly onPage: (tally: Tally, collection: Collection) => void;
}

async function takeAll({ api, collection, path, onPage }: Begun, isRefused: boolean, notes: readonly string[] = []): Promise<Taken> {
  const read = await readCollection(api, { collection, filter: null, path, onPage: (tally) => onPage(tally, collection) });
  const { tally } = read;
  if (needRows.includes(collection) && tally.received === 0) throw noRows(api, collection);
  const delta = isRefused ? "refused" : await proveFilter(api, collection, tally);
  return { collection, mode: "bulk", path, read, notes, state: { delta, total: tally.total, records: tally.distinct } };
}

async function takeChanges(begun: Begun, sinceMs: number, before: CollectionState, keepsDeleted: boolean): Promise<Taken> {
  const { api, collection, path, onPage } = begun;
  const inFull = (because: string, isRefused: boolean) =>
    takeAll(begun, isRefused, [`/${collection} was read in full, because ${because}.`]);
  let read: CollectionRead;
  try {
    read = await readCollection(api, { collection, filter: changedSince(sinceMs), path, onPage: (tally) => onPage(tally, collection) });
  } catch (error) {
    if (error instanceof HttpFailure && error.status !== null && !error.transient && error.code === "response-invalid") {
      return inFull("the SIS did not take the filter for changes", true);
    }
    if (error instanceof RunFailure && error.code === "read-incomplete") return inFull("its changes could not be read completely", false);
    throw error;
  }
  const { tally } = read;
  const total = await askTotal(api, collection);
  const { doubt, isRefused, isEverything } = judgeDelta({ tally, sinceMs, before, total, keepsDeleted });
  if (isEverything) {
    const notes = isRefused
      ? [`/${collection}: the SIS ignores the filter for changes and sent everything; from now on it is read in full.`]
      : [];
    return {
      collection,
      mode: "bulk",
      path,
      read,
      notes,
      state: { delta: isRefused ? "refused" : "works", total, records: tally.distinct },
    };
  }
  if (doubt !== null) return inFull(doubt, isRefused);
  return { collection, mode: "delta", path, read, notes: [], state: { delta: "works", total, records: before.records } };
}

async function* batchesOf(taken: readonly Taken[], signal: AbortSignal): AsyncGenerator<RawBatch> {
  for (const { path, collection } of taken) {
    for await (const batch of readSpool(path, collection, `/${collection}`)) {
      if (signal.aborted) throw new RunCancelled();
      yield batch;
    }
  }
}

/** By bytes: those that came, of those that are to be expected by the totals, as far as all of them are known. */
function progressOf(options: ExtractOptions, cursor: Cursor | null): Begun["onPage"] {
  const seen = new Map<Collection, { bytes: number; received: number; expected: number | null }>();
  return (tally, collection) => {
    seen.set(collection, { bytes: tally.bytes, received: tally.received, expected: tally.total });
    const expected = collections.map((name) => {
      const now = seen.get(name);
      return now === undefined ? (cursor === null ? null : 0) : (now.expected ?? (name === collection ? null : now.received));
    });
    const sum = (pick: (entry: { bytes: number; received: number }) => number) =>
      [...seen.values()].reduce((total, entry) => total + pick(entry), 0);
    const doneBytes = sum(({ bytes }) => bytes);
    const received = sum((entry) => entry.received);
    const all = expected.every((count) => count !== null) ? expected.reduce((total, count) => total + count, 0) : null;
    options.onProgress({
      doneBytes,
      totalBytes: all === null || received === 0 ? null : Math.round((doneBytes / received) * Math.max(all, received)),
      part: `/${collection}`,
    });
  };
}

function byCollection<T>(taken: readonly Taken[], pick: (taken: Taken) => T): Record<Collection, T> {
  return Object.fromEntries(taken.map((entry) => [entry.collection, pick(entry)])) as Record<Collection, T>;
}

function partOf({ collection, read }: Taken): InputPart {
  return {
    name: `/${collection}`,
    bytes: read.tally.bytes,
    modified: read.tally.newest === null ? null : isoOf(read.tally.newest),
    sha256: read.sha256,
  };
}

/** A vendor's date may lie outside of what a calendar can say. */
function isoOf(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function fingerprintOf(taken: readonly Taken[]): string {
  const hash = createHash("sha256");
  for (const { collection, read } of taken) hash.update(`${collection} ${read.sha256}\n`);
  return hash.digest("hex");
}

const minutes = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function noRows(api: OneRosterApi, collection: Collection): RunFailure {
  const { host, pathname } = new URL(api.root);
  return new RunFailure({
    code: "file-no-rows",
    step: `read /${collection}`,
    message: `${host}: GET ${pathname}/${collection}, page 1, answered 200 with an empty list. As a complete list it would withdraw everything, so nothing was changed.`,
    remedy: `Check in the SIS whether Aivo is still allowed to see this data. ${api.notShared(`/${collection}`)}`,
  });
}
