import type { Collection } from "#lib/roster/canonical.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import type { OneRosterCsvCredentials } from "#lib/sis/credentials.ts";
import type { Patience } from "#lib/sis/patience.ts";
import type { Extraction, ExtractOptions, ReadMode, Source, SourceContext } from "#lib/sis/source.ts";
import { checkConnection } from "./check.ts";
import { fetchSet } from "./fetch-set.ts";
import { collectionFiles } from "./files.ts";
import { batchesOf } from "./records.ts";
import { countRows, fingerprintOf, readSet } from "./read-set.ts";

/**
 * OneRoster 1.1 CSV over SFTP. A read is the whole set each time, so there is no cursor; what is new since the last run
 * is told by the fingerprint and by the plan.
 */
export function createOneRosterCsvSource(credentials: OneRosterCsvCredentials, patience: Patience): Source {
  return {
    provider: "oneroster-csv",
    check: (context) => checkConnection(credentials, context, patience),
    extract: (context, options) => extract(credentials, context, options, patience),
  };
}

async function extract(credentials: OneRosterCsvCredentials, context: SourceContext, options: ExtractOptions, patience: Patience): Promise<Extraction> {
  const set = await fetchSet({ credentials, context, patience, onProgress: options.onProgress });
  const { modes, headers, notes } = await readSet(set);
  const demographics = set.files.get("demographics");
  const counted = demographics === undefined ? [] : [`${demographics.name}: ${await countRows(set, "demographics")} rows read and not stored.`];

  async function* batches(): AsyncGenerator<RawBatch> {
    for (const collection of collectionFiles) {
      const file = set.files.get(collection);
      const header = headers.get(collection);
      if (file !== undefined && header !== undefined) yield* batchesOf(file, collection, header);
    }
  }

  return {
    modes: Object.fromEntries(collectionFiles.map((collection) => [collection, modes[collection]])) as Record<Collection, ReadMode>,
    parts: [...set.files.values()].map(({ name, bytes, modified, sha256 }) => ({ name, bytes, modified: modified.toISOString(), sha256 })),
    fingerprint: fingerprintOf(set),
    notes: [...set.notes, ...notes, ...counted],
    batches,
    cursor: () => null,
  };
}
