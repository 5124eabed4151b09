import type { OneRosterCsvCredentials } from "#lib/engine/sis/credentials.ts";
import { assertKeptVersion } from "#lib/engine/sis/oneroster/version.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { Extraction, ExtractOptions, Source, SourceContext } from "#lib/engine/sis/source.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import { checkConnection } from "./check.ts";
import { fetchSet } from "./fetch-set.ts";
import { collectionFiles, readFiles } from "./files.ts";
import { countRows, fingerprintOf, type ReadableSet, readSet } from "./read-set.ts";
import { batchesOf } from "./records.ts";

/**
 * OneRoster CSV over SFTP, 1.1 and 1.2. A read is the whole set each time, so there is no cursor; what is new since the last run
 * is told by the fingerprint and by the plan.
 */
export function createOneRosterCsvSource(credentials: OneRosterCsvCredentials, patience: Patience): Source {
  return {
    provider: "oneroster-csv",
    check: (context) => checkConnection(credentials, context, patience),
    extract: (context, options) => extract(credentials, context, options, patience),
  };
}

async function extract(
  credentials: OneRosterCsvCredentials,
  context: SourceContext,
  options: ExtractOptions,
  patience: Patience,
): Promise<Extraction> {
  const { set, version, modes, headers, notes, proof } = await read(credentials, context, options, patience).catch(asFailure);

  async function* batches(): AsyncGenerator<RawBatch> {
    try {
      for (const collection of collectionFiles) {
        const file = set.files.get(collection);
        const header = headers.get(collection);
        if (file === undefined || header === undefined) continue;
        for await (const batch of batchesOf(file, { collection, header, version, mode: modes[collection] })) {
          if (context.signal.aborted) throw new RunCancelled();
          yield batch;
        }
      }
    } catch (error) {
      asFailure(error);
    }
  }

  return {
    modes: Object.fromEntries(collectionFiles.map((collection) => [collection, modes[collection]])) as Record<Collection, ReadMode>,
    parts: readFiles
      .flatMap((file) => set.files.get(file) ?? [])
      .map(({ name, bytes, modified, sha256 }) => ({ name, bytes, modified: modified.toISOString(), sha256 })),
    fingerprint: fingerprintOf(set),
    version,
    notes,
    ...(proof === null ? {} : { proof: () => proof }),
    batches,
    cursor: () => null,
  };
}

async function read(
  credentials: OneRosterCsvCredentials,
  context: SourceContext,
  options: ExtractOptions,
  patience: Patience,
): Promise<ReadableSet> {
  const fetched = await fetchSet({ credentials, context, patience, onProgress: options.onProgress });
  const readable = await readSet(fetched);
  assertKeptVersion(options.version, readable.version, readable.because);
  const { set } = readable;
  const notes = [...new Set([...set.notes, ...readable.notes])];
  const demographics = set.files.get("demographics");
  if (demographics === undefined) return { ...readable, notes };
  return {
    ...readable,
    notes: [...notes, `${demographics.name}: ${rowsInWords(await countRows(set, "demographics"))} read and not stored.`],
  };
}

const rowsInWords = (count: number) => `${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"}`;

/** What is neither a failure with its remedy nor a cancellation is a fault of ours or of our disk. */
function asFailure(error: unknown): never {
  if (error instanceof RunFailure || error instanceof RunCancelled) throw error;
  throw new RunFailure(
    {
      code: "internal",
      step: "read",
      message: "Aivo itself failed while it read the files; the files need not be at fault.",
      remedy: "Run the sync again. If it stays, tell Aivo's operator when it happened.",
    },
    { cause: error },
  );
}
