import type { Extraction } from "#lib/engine/sis/source.ts";
import { collections } from "#lib/roster/canonical.ts";

/** The same where the integration is disconnected and nothing of it is to stay: as if its SIS had nothing any more. */
export function nothingLeft(cursor: unknown): Extraction {
  const bulk = Object.fromEntries(collections.map((collection) => [collection, "bulk"])) as unknown as Extraction["modes"];
  return {
    ...fromMemory(cursor),
    modes: bulk,
    notes: ["nothing was read: the integration is disconnected, and what nothing else has is deactivated"],
  };
}

/**
 * A read that asks the SIS nothing and brings nothing: what is planned is what waits in the mirror. The next read goes on
 * from where the last one ended.
 */
export function fromMemory(cursor: unknown): Extraction {
  const absent = Object.fromEntries(collections.map((collection) => [collection, "absent"])) as unknown as Extraction["modes"];
  return {
    modes: absent,
    parts: [],
    fingerprint: null,
    notes: ["nothing was read: this is what the SIS said before"],
    async *batches() {},
    cursor: () => cursor,
  };
}
