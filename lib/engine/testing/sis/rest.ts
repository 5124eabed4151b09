/** Test-only: reads and tests a REST source against servers on the loopback address; nothing is ever slept. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { defaultPatience, type Patience } from "#lib/engine/sis/patience.ts";
import type { CheckStep, Extraction, KnownRoster, PersonOptions, Source, SourceContext } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RawRecord } from "#lib/roster/raw.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";

export type RosterRecords = Readonly<Record<Collection, readonly RawRecord[]>>;

export interface ReadRoster extends Extraction {
  readonly mayBeBlank: Partial<Record<Collection, readonly string[]>>;
  readonly records: RosterRecords;
}

export interface ReadSettings {
  readonly cursor?: unknown;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
  readonly onProgress?: (part: string) => void;
  readonly known?: KnownRoster;
  /** What the last sync read. */
  readonly version?: OneRosterVersion;
}

/** What is not slept is noted. */
export function impatience(waits: number[] = [], more: Partial<Patience> = {}): Patience {
  return { ...defaultPatience, random: () => 0.5, wait: async (ms) => void waits.push(ms), ...more };
}

/** Every origin on the loopback address is trusted, as the operator of a sandbox would. */
function contextOf(spoolDirectory: string, origins: readonly string[], { now, signal }: ReadSettings): SourceContext {
  return {
    spoolDirectory,
    now: now ?? (() => new Date()),
    signal: signal ?? new AbortController().signal,
    trustedOrigins: new Set(origins.map((origin) => new URL(origin).origin)),
  };
}

export function readRoster(source: Source, origins: readonly string[], settings: ReadSettings = {}): Promise<ReadRoster> {
  return readBy(origins, settings, (context) =>
    source.extract(context, {
      cursor: settings.cursor ?? null,
      version: settings.version ?? null,
      onProgress: ({ part }) => settings.onProgress?.(part),
      ...(settings.known === undefined ? {} : { known: settings.known }),
    }),
  );
}

/** One person alone, beside what Aivo is said to know. */
export function readOnePerson(
  source: Source,
  origins: readonly string[],
  person: Omit<PersonOptions, "onProgress" | "cursor"> & Partial<Pick<PersonOptions, "cursor">>,
): Promise<ReadRoster> {
  return readBy(origins, {}, (context) => {
    if (!source.extractPerson) throw new Error("this source reads nobody alone");
    return source.extractPerson(context, { cursor: null, ...person, onProgress: () => {} });
  });
}

async function readBy(
  origins: readonly string[],
  settings: ReadSettings,
  extract: (context: SourceContext) => Promise<Extraction>,
): Promise<ReadRoster> {
  const spool = await mkdtemp(join(tmpdir(), "aivo-rest-"));
  try {
    const extraction = await extract(contextOf(spool, origins, settings));
    const records: Record<Collection, RawRecord[]> = {
      orgs: [],
      academicSessions: [],
      courses: [],
      classes: [],
      users: [],
      roles: [],
      enrollments: [],
    };
    const mayBeBlank: Partial<Record<Collection, readonly string[]>> = {};
    for await (const batch of extraction.batches()) {
      records[batch.collection].push(...batch.records);
      if (batch.mayBeBlank) mayBeBlank[batch.collection] = batch.mayBeBlank;
    }
    return { ...extraction, records, mayBeBlank };
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

/** The last word of each step. */
export async function checkConnection(
  source: Source,
  origins: readonly string[],
  settings: ReadSettings = {},
): Promise<ReadonlyMap<string, CheckStep>> {
  const steps = new Map<string, CheckStep>();
  for await (const step of source.check(contextOf("/nonexistent", origins, settings))) steps.set(step.id, step);
  return steps;
}

/** The failure that something ends in. No secret of a test is in it, nor in anything that it carries. */
export async function failureOf(read: Promise<unknown>): Promise<RunFailure> {
  const outcome = await read.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  if (!(outcome instanceof RunFailure)) throw outcome;
  for (let error: unknown = outcome; error instanceof Error; error = error.cause) {
    const told = inspect(error, { depth: 4 });
    if (/=cret|&cret|s3cret|partner-key|Bearer \S|oauth_|filter=/.test(told)) throw new Error("the failure tells a secret");
  }
  return outcome;
}

export interface JsonReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A small server of the test's own, for what vendors do that the sandbox does not; of OneRoster it has 1.1 alone, unless it says otherwise. */
export async function serveJson(
  answer: (request: IncomingMessage, url: URL, body: string) => JsonReply,
  { hasLater = false }: { readonly hasLater?: boolean } = {},
): Promise<{ readonly url: string; readonly asked: string[]; close(): Promise<void> }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://server");
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url}`);
      const isOffered = hasLater || !url.pathname.includes("/rostering/v1p2/");
      const { status = 200, headers = {}, body } = isOffered ? answer(request, url, Buffer.concat(pieces).toString()) : { status: 404 };
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
