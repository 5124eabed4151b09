import type { Extraction } from "#lib/engine/sis/source.ts";
import type { Database } from "#lib/platform/db/client.ts";
import type { Staging } from "#lib/platform/db/staging.ts";
import type { Lease } from "./lease.ts";
import { Sieve } from "./sieve.ts";
import { type HowToStage, type Staged, type StageProgress, stage } from "./stage.ts";

/** Stages what was read, and reports how far that is. */
export async function stageInput(
  db: Database,
  lease: Lease,
  staging: Staging,
  extraction: Extraction,
  { mostKnown, directory, ...how }: HowToStage & { readonly mostKnown: number | undefined; readonly directory: string },
): Promise<Staged> {
  // A row of a OneRoster CSV set is about 120 bytes; good enough for a progress bar.
  const expectedRows = Math.max(1, extraction.parts.reduce((sum, part) => sum + part.bytes, 0) / 120);
  const target = { sql: db.sql, staging, integrationId: lease.run.integrationId, signal: lease.signal };
  const sieve = await Sieve.over(target, extraction.modes, { directory, most: mostKnown });
  const onBatch = ({ rows, collection, issues }: StageProgress) => {
    lease.signal.throwIfAborted();
    lease.see({ issues, totals: null });
    lease.report({ within: rows / expectedRows, rows, part: collection });
  };
  return stage(target, extraction.batches(), sieve, onBatch, how);
}

/** How the read is known to be complete, and who was passed by: for the timeline. */
export function noteOf(extraction: Extraction, { barred }: Staged): string | null {
  const proof = extraction.proof?.() ?? null;
  if (barred === 0) return proof;
  const left = `${barred} ${barred === 1 ? "row" : "rows"} left out: about people who were erased on request`;
  return proof === null ? left : `${proof}; ${left}`;
}
