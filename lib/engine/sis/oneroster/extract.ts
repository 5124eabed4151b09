/**
 * A whole roster over OneRoster REST: each collection read to its proven end and put aside, in full or as changes; only then does the
 * run get to see any of it.
 */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Extraction, ExtractOptions, SourceContext } from "#lib/engine/sis/source.ts";
import { RunCancelled } from "#lib/platform/errors.ts";
import { type Collection, collections, type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import type { InputPart, ReadMode } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import type { OneRosterApi } from "./api.ts";
import { type Cursor, decideRead, type ReadDecision } from "./delta.ts";
import { type DistrictOrg, districtOrgsOf, isAnotherDistrict, otherDistrictAnswers } from "./district-orgs.ts";
import { peopleIn, putRolesGone, rolesIn, rolesMissing, usersPart } from "./people-aside.ts";
import { readSpool } from "./spool.ts";
import { type Begun, newestDeleted, type Taken, takeRoster } from "./take.ts";
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

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function extractRoster(request: ExtractRequest): Promise<RosterExtraction> {
  const { api, context, options } = request;
  await mkdir(context.spoolDirectory, { recursive: true, mode: 0o700 });
  const startedAt = context.now();
  const decision = decideFor(request, startedAt);
  const notes = [...(api.version === "1.2" ? [`OneRoster 1.2 at ${new URL(api.root).pathname}.`] : []), ...request.notes];
  if (decision.cursor === null) notes.push(`Everything was read, because ${options.because ?? decision.because}.`);
  const progress = progressOf(options, decision.cursor);

  const begin = (collection: RosteredCollection): Begun => ({
    api,
    collection,
    path: join(context.spoolDirectory, `${collection}.ndjson`),
    onPage: (tally, isEnd) => progress(tally, collection, isEnd),
  });
  let districts: readonly DistrictOrg[] | null = null;
  let rolesGone: string | null = null;
  const taken = await takeRoster(api, decision, startedAt, begin, async (entry) => {
    if (entry.collection === "orgs" && entry.mode === "bulk") districts = await districtsIn(entry, request);
    if (entry.collection === "users" && api.version === "1.2") rolesGone = await judgeRoles(entry, request);
  });
  for (const { read, notes: own } of taken) notes.push(...read.notes, ...own);
  if (decision.cursor !== null && taken.some(({ mode }) => mode === "delta")) {
    notes.push(
      `Only changes since ${minutes(decision.sinceMs)} were read of: ${taken.flatMap(({ mode, collection }) => (mode === "delta" ? collection : [])).join(", ")}.`,
    );
  }

  const isFull = taken.every(({ mode }) => mode === "bulk");
  const readAt = startedAt.toISOString();
  // A server whose clock is ahead of ours stamps with it, or with that of another machine: what was earlier misses neither.
  const since = new Date(Math.min(startedAt.getTime(), ...taken.map(({ read }) => (read.tally.date ?? startedAt).getTime()))).toISOString();
  const deletedMs = [newestDeleted(taken) ?? Number.NaN, Date.parse(decision.cursor?.deletedAt ?? "")].filter((ms) => !Number.isNaN(ms));
  const cursor: Cursor = {
    version: 1,
    of: api.root,
    since,
    readAt,
    deletedAt: deletedMs.length === 0 ? null : isoOf(Math.max(...deletedMs)),
    lastFullAt: isFull || decision.cursor === null ? readAt : decision.cursor.lastFullAt,
    collections: byCollection(taken, ({ state }) => state),
  };
  return {
    version: api.version,
    modes: modesOf(taken, api),
    parts: taken.map(partOf),
    // Changes are a matter of when they were asked for; only the whole can be the same again.
    fingerprint: isFull ? fingerprintOf(taken) : null,
    notes,
    batches: () => batchesOf(taken, { api, rolesGone, signal: context.signal }),
    cursor: () => cursor,
    unproven: taken.filter(({ mode, read }) => mode === "bulk" && read.tally.total === null).map(({ collection }) => collection),
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

/** Changes leave out who has lost a role; without knowing what roles there were, everything is read. */
function decideFor({ api, options, fullReadDays }: ExtractRequest, startedAt: Date): ReadDecision {
  const decision = decideRead(options.cursor, api.root, startedAt, fullReadDays);
  if (api.version === "1.1" || decision.cursor === null || options.known !== undefined) return decision;
  return { cursor: null, because: "what roles people had is not known here", last: decision.cursor };
}

/** The roles of 1.2 are read with the people who have them, and as they are. */
function modesOf(taken: readonly Taken[], { version }: OneRosterApi): Record<Collection, ReadMode> {
  const modes = byCollection(taken, ({ mode }) => mode);
  return { ...modes, roles: version === "1.2" ? modes.users : "absent" };
}

/**
 * Of all people, that anybody has a role at all; of changed ones, which of their former roles they have no longer, put aside.
 * @returns where those are, null where there are none @throws RunFailure `roles-missing`
 */
async function judgeRoles({ path, mode }: Taken, { api, context, options }: ExtractRequest): Promise<string | null> {
  if (mode === "bulk") {
    if (!(await hasRows(rolesIn(path)))) throw rolesMissing(api);
    return null;
  }
  return options.known === undefined ? null : putRolesGone(path, join(context.spoolDirectory, "roles-gone.ndjson"), options.known);
}

async function hasRows(batches: AsyncIterable<RawBatch>): Promise<boolean> {
  for await (const { records } of batches) if (records.length > 0) return true;
  return false;
}

async function* batchesOf(
  taken: readonly Taken[],
  { api, rolesGone, signal }: { api: OneRosterApi; rolesGone: string | null; signal: AbortSignal },
): AsyncGenerator<RawBatch> {
  for (const collection of collections) {
    for await (const batch of spooled(collection)) {
      if (signal.aborted) throw new RunCancelled();
      yield batch;
    }
  }

  async function* spooled(collection: Collection): AsyncGenerator<RawBatch> {
    const isApart = api.version === "1.2";
    const path = taken.find((entry) => entry.collection === (collection === "roles" ? "users" : collection))?.path;
    if (path === undefined || (collection === "roles" && !isApart)) return;
    if (collection === "roles") {
      yield* rolesIn(path);
      if (rolesGone !== null) yield* readSpool(rolesGone, "roles", usersPart);
    } else if (collection === "users" && isApart) yield* peopleIn(path);
    else yield* readSpool(path, collection, `/${collection}`);
  }
}

/** By bytes: those that came, of those that are to be expected by the totals, as far as all of them are known. */
function progressOf(
  options: ExtractOptions,
  cursor: Cursor | null,
): (tally: Tally, collection: RosteredCollection, isEnd: boolean) => void {
  const seen = new Map<RosteredCollection, { bytes: number; received: number; expected: number | null }>();
  return (tally, collection, isEnd) => {
    seen.set(collection, { bytes: tally.bytes, received: tally.received, expected: tally.total });
    const expected = rosteredCollections.map((name) => {
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
      rows: tally.received,
      ofRows: tally.total,
      isEnd,
    });
  };
}

function byCollection<T>(taken: readonly Taken[], pick: (taken: Taken) => T): Record<RosteredCollection, T> {
  return Object.fromEntries(taken.map((entry) => [entry.collection, pick(entry)])) as Record<RosteredCollection, T>;
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
