import type { ProviderHosts } from "#lib/engine/sis/hosts.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { Extraction, ExtractOptions, PersonOptions, Source, SourceContext } from "#lib/engine/sis/source.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import { checkConnection } from "./check.ts";
import type { CleverApi } from "./client.ts";
import type { CleverCredentials } from "./credentials.ts";
import { type Cursor, decideRead } from "./cursor.ts";
import { type Delta, readChanges } from "./delta.ts";
import { newestEvent } from "./events.ts";
import { type FullRead, readEverything } from "./full-read.ts";
import { formerDistrict, type Identity } from "./identity.ts";
import { type CleverConnection, doubtAboutDistrict, namesOtherDistrict, openApi, openHttp, plannedPause, readDistrict } from "./open.ts";
import { readPerson } from "./person.ts";
import { mayBeBlank, toggles } from "./quirks.ts";
import type { District } from "./wire.ts";

const defaultFullReadDays = 7;

/**
 * Clever, v3.0. A read: token → district (is it this one, and may it be believed?) → changes since the last read, from the events, or
 * everything, from the five lists, with the newest event noted before.
 */
export function createCleverSource(credentials: CleverCredentials, patience: Patience, hosts: ProviderHosts): Source {
  const connection: CleverConnection = { credentials, patience, hosts };
  return {
    provider: "clever",
    check: (context) => checkConnection(connection, context),
    extract: (context, options) => extract(connection, context, options),
    extractPerson: (context, options) =>
      withDistrictOf(connection, context, options.identity, (reached) => extractPerson({ ...reached, connection, context }, options)),
  };
}

function extract(connection: CleverConnection, context: SourceContext, options: ExtractOptions): Promise<Extraction> {
  return withDistrictOf(connection, context, options.identity, (reached) => {
    const reading = { ...reached, connection, context, options };
    const doubt = doubtAboutDistrict(reached.district);
    return doubt === null ? readAsUsual(reading) : readWithoutWithdrawing(reading, doubt);
  });
}

type Reached = Pick<Reading, "api" | "district" | "abort">;

/** Connects, works and disconnects. @throws RunFailure `configuration` for another district than `identity` tells of */
async function withDistrictOf(
  connection: CleverConnection,
  context: SourceContext,
  identity: unknown,
  work: (reached: Reached) => Promise<Extraction>,
): Promise<Extraction> {
  const former = formerDistrict(identity, connection.credentials);
  if (former !== null) throw namesOtherDistrict(former, connection.credentials.districtId);
  // The lists are read side by side: when one fails, the others stop.
  const own = new AbortController();
  const http = openHttp({ ...context, signal: AbortSignal.any([context.signal, own.signal]) }, connection);
  try {
    const api = await openApi(http, connection);
    const district = await readDistrict(api, connection.credentials.districtId);
    return await work({ api, district, abort: (reason) => own.abort(reason) });
  } catch (error) {
    if (context.signal.aborted) throw new RunCancelled();
    throw asFailure(error);
  } finally {
    http.close();
  }
}

interface Reading {
  readonly connection: CleverConnection;
  readonly context: SourceContext;
  readonly options: ExtractOptions;
  readonly api: CleverApi;
  readonly district: District;
  readonly abort: (reason: unknown) => void;
}

/** One person, as things are now. What is read of the district itself is left to its own syncs. */
async function extractPerson({ api, district, ...reading }: Omit<Reading, "options">, options: PersonOptions): Promise<Extraction> {
  const doubt = doubtAboutDistrict(district);
  options.onProgress({ doneBytes: 0, totalBytes: null, part: "/users" });
  const { externalId, known } = options;
  const { batches, collections: asked, bytes, notes, proof } = await readPerson(api, { externalId, known, mayWithdraw: doubt === null });
  const { renewedCredentials } = foundAbout({ ...reading, api, district });
  return {
    modes: { ...modesOf("absent"), ...Object.fromEntries([...asked].map((collection) => [collection, "delta"] as const)) },
    parts: [{ name: "/users/{id}", bytes, modified: null, sha256: null }],
    fingerprint: null,
    notes: ["Only one person was read.", ...(doubt === null ? [] : [doubt]), ...notes],
    async *batches() {
      for (const batch of batches) yield asClevers(batch);
    },
    cursor: () => options.cursor,
    proof: () => proof,
    ...(renewedCredentials ? { renewedCredentials } : {}),
  };
}

async function readAsUsual(reading: Reading): Promise<Extraction> {
  const { connection, context, options, api, district } = reading;
  const { districtId, fullReadDays = defaultFullReadDays } = connection.credentials;
  const startedAt = context.now();
  const decision = decideRead(options.cursor, { districtId, of: api.origin, now: startedAt, fullReadDays });
  if (decision.cursor === null) return readInFull(reading, startedAt, options.because ?? decision.because);
  if (options.known === undefined) return readInFull(reading, startedAt, "changes cannot be told apart from what Aivo has");
  const tell = (doneBytes: number, rows: number, isEnd = false) =>
    options.onProgress({ doneBytes, totalBytes: null, part: "/events", rows, isEnd });
  tell(0, 0);
  const delta = await readChanges(api, decision.cursor, { lastSync: district.last_sync ?? null, known: options.known, onPage: tell });
  if (!("doubt" in delta)) tell(delta.bytes, delta.events, true);
  if ("doubt" in delta) return readInFull(reading, startedAt, delta.doubt);
  return asExtraction(reading, decision.cursor, startedAt, delta);
}

function asExtraction(reading: Reading, before: Cursor, startedAt: Date, delta: Delta): Extraction {
  const { context, district, api } = reading;
  const cursor: Cursor = {
    ...before,
    eventId: delta.newest,
    lastSync: district.last_sync ?? null,
    at: startedAt.toISOString(),
    counts: delta.counts,
    dangling: delta.dangling === null ? null : [...delta.dangling],
  };
  return {
    modes: modesOf("delta"),
    parts: [{ name: "/events", bytes: delta.bytes, modified: modified(district), sha256: null }],
    fingerprint: null,
    notes: [
      `Only what Clever's events tell since ${minutes(before.at)} was read: ${delta.events.toLocaleString("en-US")} ${delta.events === 1 ? "event" : "events"}.`,
      tokenNote(api),
    ],
    batches: async function* () {
      for (const batch of delta.batches) {
        if (context.signal.aborted) throw new RunCancelled();
        yield asClevers(batch);
      }
    },
    cursor: () => cursor,
    proof: () => delta.proof,
    ...foundAbout(reading),
  };
}

async function readInFull(reading: Reading, startedAt: Date, because: string): Promise<Extraction> {
  const { connection, context, options, api, district, abort } = reading;
  // Before the lists, so that what happens while they are read is told again by the next changes.
  const newest = await newestEvent(api);
  const full = await readEverything(api, context, abort, options.onProgress);
  // What a sync of Clever's, or a pause, has changed meanwhile may be in one list and not yet in the next.
  const doubt = doubtAboutDistrict(await readDistrict(api, connection.credentials.districtId));
  if (doubt !== null) return withoutWithdrawing(reading, doubt, full);
  const cursor: Cursor = {
    version: 1,
    districtId: connection.credentials.districtId,
    of: api.origin,
    hasEvents: newest.isOn,
    eventId: newest.isOn ? newest.id : null,
    at: startedAt.toISOString(),
    lastFullAt: startedAt.toISOString(),
    lastSync: district.last_sync ?? null,
    counts: full.counts,
    dangling: full.dangling === null ? null : [...full.dangling],
    both: full.both === null ? null : [...full.both],
  };
  return {
    modes: modesOf("bulk"),
    parts: full.parts,
    fingerprint: full.fingerprint,
    notes: [
      `Everything was read, because ${because}.`,
      ...(newest.isOn ? [] : [`Clever gives Aivo no events, so that each sync reads everything. ${toggles.events}`]),
      tokenNote(api),
    ],
    batches: () => withDistrict(district, full.batches()),
    cursor: () => cursor,
    proof: () => full.proof,
    ...foundAbout(reading),
  };
}

/** Data that may be stale or partial adds and changes, and withdraws nobody. The next read goes on from where the last trusted one ended. */
async function readWithoutWithdrawing(reading: Reading, doubt: string): Promise<Extraction> {
  const { context, options, api, abort } = reading;
  return withoutWithdrawing(reading, doubt, await readEverything(api, context, abort, options.onProgress));
}

function withoutWithdrawing(reading: Reading, doubt: string, full: FullRead): Extraction {
  const { options, api, district } = reading;
  return {
    modes: modesOf("delta"),
    parts: full.parts,
    fingerprint: full.fingerprint,
    notes: [`${doubt} Nobody and nothing was withdrawn; what is there was read.`, tokenNote(api)],
    batches: () => withDistrict(district, full.batches()),
    cursor: () => options.cursor,
    proof: () => full.proof,
    ...foundAbout(reading),
  };
}

/** What the run found out besides the roster, whatever way it read. */
function foundAbout({
  api,
  connection,
  context,
  district,
}: Omit<Reading, "options">): Pick<Extraction, "renewedCredentials" | "identity" | "accessEnds"> {
  return {
    accessEnds: () => plannedPause(district, context.now()),
    renewedCredentials: (): Readonly<Record<string, string>> => {
      const accessToken = api.tokens.renewed();
      return accessToken === null ? {} : { accessToken };
    },
    identity: (): Identity => ({ districtId: connection.credentials.districtId }),
  };
}

/** The district is an org too; it is not rostered, and counted. */
async function* withDistrict({ id, name }: District, batches: AsyncIterable<RawBatch>): AsyncGenerator<RawBatch> {
  const fields = { sourcedId: id, name: name ?? undefined, type: "district" };
  yield { collection: "orgs", records: [{ place: { part: "/districts", position: 1 }, fields }], rejected: [] };
  for await (const batch of batches) yield asClevers(batch);
}

function asClevers(batch: RawBatch): RawBatch {
  return { ...batch, mayBeBlank: mayBeBlank[batch.collection] };
}

function modesOf(mode: ReadMode): Record<Collection, ReadMode> {
  return Object.fromEntries(collections.map((collection) => [collection, collection === "roles" ? "absent" : mode])) as Record<
    Collection,
    ReadMode
  >;
}

const tokenNote = (api: CleverApi) => `Signed in with ${api.tokens.describe()}.`;
const minutes = (iso: string) => `${iso.slice(0, 16).replace("T", " ")} UTC`;

function modified({ last_sync }: District): string | null {
  const ms = Date.parse(last_sync ?? "");
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** What is neither a failure with its remedy nor a cancellation is a fault of ours or of our disk. */
function asFailure(error: unknown): unknown {
  if (error instanceof RunFailure || error instanceof RunCancelled) return error;
  return new RunFailure(
    {
      code: "internal",
      step: "read",
      message: "Aivo itself failed while it read from Clever; Clever need not be at fault.",
      remedy: "Run the sync again. If it stays, tell Aivo's operator when it happened.",
    },
    { cause: error },
  );
}
