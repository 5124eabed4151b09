import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { InputPart, ReadMode } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import type { WaitCause } from "#lib/roster/trace.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";

/**
 * The one interface of all providers. Nothing after a source knows which provider it was.
 */
export interface Source {
  readonly provider: ProviderId;
  /** Test Connection: named steps as they happen. Changes nothing anywhere. Never throws for what a step can report. */
  check(context: SourceContext): AsyncIterable<CheckStep>;
  /**
   * Reads the roster. Resolves once the source knows what it will deliver (for files: once they are downloaded and
   * hashed), so that an unchanged input can end the run before anything is parsed.
   * @throws RunFailure for whatever makes the read worthless
   */
  extract(context: SourceContext, options: ExtractOptions): Promise<Extraction>;
  /**
   * Reads one person with their enrollments, and of what those name the records that Aivo has not heard of. Its modes are `delta` for
   * what was read and `absent` for the rest; its cursor is the one it was given, and it tells no identity: the read of the district goes
   * on as if this one had not been. Left out by providers that hand over everything at once (one-person.ts says so to admins).
   * @throws RunFailure for whatever makes the read worthless, and where neither the SIS nor Aivo knows the person
   */
  extractPerson?(context: SourceContext, options: PersonOptions): Promise<Extraction>;
}

export interface SourceContext {
  readonly signal: AbortSignal;
  /** Origins the operator trusts although private or unencrypted, as `scheme://host:port`. */
  readonly trustedOrigins: ReadonlySet<string>;
  /** A folder of this run's own for downloads; removed by the caller afterwards. */
  readonly spoolDirectory: string;
  readonly now: () => Date;
  /** Told of every wait for the SIS as it begins; what it returns is called when the wait is over. */
  readonly onWait?: (wait: SourceWait) => () => void;
}

export interface SourceWait {
  readonly cause: WaitCause;
  /** The endpoint or the step that stands still; it ends in the name of its part, where it is about one. */
  readonly place: string;
  /** Every part is read from its begin afterwards. */
  readonly beginsAgain?: boolean;
}

export interface ExtractOptions {
  /** Where the last successful run left off; null asks for a full read. Opaque to all but the source. */
  readonly cursor: unknown;
  /** Why there is no cursor, in words that complete "because …", where the caller knows better than that there is none. */
  readonly because?: string;
  readonly onProgress: (progress: ReadProgress) => void;
  /** The version of OneRoster that the last successful sync met; null before the first. */
  readonly version?: OneRosterVersion | null;
  /** Which district the SIS was at the last successful sync; null before the first. Opaque to all but the source, which refuses another. */
  readonly identity?: unknown;
  /** What earlier syncs of this integration left in Aivo. Without it a source whose changes do not tell all reads everything. */
  readonly known?: KnownRoster;
}

export interface PersonOptions extends Pick<ExtractOptions, "cursor" | "onProgress" | "identity" | "version"> {
  /** The person's id in the SIS. */
  readonly externalId: string;
  readonly known: KnownRoster;
}

/** What Aivo last heard of a record: that the SIS has it, or that it has it no longer. */
export type Heard = "there" | "withdrawn";

/** What this integration rosters, by the SIS's own ids. */
export interface KnownRoster {
  /** Those of the ids that are rostered, in this integration's name, before this run, or would be but for its scope. */
  rostered(collection: Collection, externalIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The ids of the rostered enrollments of these classes, in any order. */
  enrollmentsOf(classExternalIds: readonly string[]): Promise<readonly string[]>;
  /** The same of one person. */
  enrollmentsOfPerson(personExternalId: string): Promise<readonly string[]>;
  /** The ids of the roles that the SIS told of each of these people and has not taken back. People without one may be left out. */
  rolesOf(personExternalIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Of the ids those of which the SIS has ever told anything, rostered or not. */
  heardOf(collection: Collection, externalIds: readonly string[]): Promise<ReadonlyMap<string, Heard>>;
}

export interface ReadProgress {
  readonly doneBytes: number;
  /** Null where the SIS does not say. */
  readonly totalBytes: number | null;
  /** The file or endpoint being read. */
  readonly part: string;
  /** Rows of the part so far, where they can be told apart, and how many it has, where the SIS says. */
  readonly rows?: number | null;
  readonly ofRows?: number | null;
  /** The part has come to its end. */
  readonly isEnd?: boolean;
}

export interface Extraction {
  readonly modes: Readonly<Record<Collection, ReadMode>>;
  /** Which version of OneRoster this is; left out by other protocols. A source that is given another one (`ExtractOptions.version`) ends the run. */
  readonly version?: OneRosterVersion;
  readonly parts: readonly InputPart[];
  /** Equal fingerprints mean equal input, byte for byte. Null where that cannot be known before reading. */
  readonly fingerprint: string | null;
  /** Things worth telling the admin about the input as a whole: files ignored, encoding assumed. */
  readonly notes: readonly string[];
  /**
   * Every record, collection by collection in the order of `collections`. Comes from this machine and asks the SIS nothing: a COPY stays open
   * meanwhile. Throws RunFailure. To be consumed once.
   */
  batches(): AsyncIterable<RawBatch>;
  /** After the batches: where the next run may go on from. */
  cursor(): unknown;
  /**
   * Of those read in full, the ones of which nothing but an empty page told that they were complete: who is missing from them may be
   * gone, or left out of this answer. Such a list may grow by itself; where it gets shorter an admin is asked.
   */
  readonly unproven?: readonly Collection[];
  /** How it is known that the read was complete, a line per collection: pages, records, different ids, total. For the run's timeline. */
  proof?(): string;
  /**
   * What was found out about this connection and is worth knowing next time (how requests are signed, where tokens are), as plain
   * JSON without secrets. Kept beside the credentials, as `learned`; handed back with them.
   */
  learned?(): Readonly<Record<string, unknown>>;
  /**
   * After the batches: fields of the provider's form, secret ones, for which the SIS gave another value during the read. They replace the
   * stored ones once the run has succeeded, sealed; they are never part of anything that is logged or shown.
   */
  renewedCredentials?(): Readonly<Record<string, string>>;
  /** When the SIS says that it is going to stop sharing, as days; null: it says nothing of the kind. Left out where a SIS never tells. */
  accessEnds?(): { readonly from: string; readonly until: string | null } | null;
  /** After the batches: which district the SIS says it is, as plain JSON. Kept, and handed back as `ExtractOptions.identity`. */
  identity?(): unknown;
}

export interface CheckStep {
  readonly id: string;
  /** "Sign-in", "Files found". */
  readonly name: string;
  readonly state: "running" | "passed" | "failed" | "warning" | "skipped";
  /** What was seen: addresses, fingerprint, sizes. */
  readonly evidence: readonly string[];
  /** For failed steps: the cause in plain words. */
  readonly cause?: string;
  readonly remedy?: string;
  /** On a failed step where nothing is wrong: somebody has to let Aivo in first, in the provider's own portal. */
  readonly waitsFor?: "authorization";
  /** The host key to be confirmed and pinned, as `SHA256:…`. */
  readonly hostKeyFingerprint?: string;
  /** The first rows of a file, normalised, with what would be skipped and why. */
  readonly sample?: CheckSample;
  /** On the step that found it out: as `Extraction.learned`. */
  readonly learned?: Readonly<Record<string, unknown>>;
}

export interface CheckSample {
  readonly collection: Collection;
  readonly part: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly line: number; readonly values: readonly string[]; readonly skipped: string | null }[];
}
