import type { Collection } from "#lib/roster/canonical.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { SisState } from "./testing.ts";

/** Test-only: one collection as it was read, with repeated ids settled. */
export interface ModelRead {
  readonly incoming: Map<string, Record<string, unknown>>;
  readonly setAside: Map<string, string>;
  readonly unidentified: boolean;
}

const unreadableColumns: Record<string, string> = { "email-invalid": "email", "grade-unknown": "grade" };

export function readCollection(collection: Collection, state: SisState): ModelRead {
  const seen = new Map<string, { content: string; disposition: string; record: Record<string, unknown> | null }[]>();
  let unidentified = false;
  for (const [index, fields] of (state.rows[collection] ?? []).entries()) {
    const outcome = normalise(collection, { place: { part: `${collection}.csv`, position: index + 2 }, fields });
    const externalId = outcome.disposition === "rostered" ? outcome.record.externalId : outcome.externalId;
    if (externalId === null) {
      unidentified = true;
      continue;
    }
    const unreadable = outcome.issues.flatMap((issue) => unreadableColumns[issue.code] ?? []);
    const { externalId: _, ...record } =
      outcome.disposition === "rostered" ? { ...outcome.record, ...(collection === "users" ? { unreadable } : {}) } : { externalId };
    const occurrence = {
      content: JSON.stringify([outcome.disposition, record]),
      disposition: outcome.disposition,
      record: outcome.disposition === "rostered" ? record : null,
    };
    seen.set(externalId, [...(seen.get(externalId) ?? []), occurrence]);
  }
  const incoming = new Map<string, Record<string, unknown>>();
  const setAside = new Map<string, string>();
  for (const [externalId, occurrences] of seen) {
    const [first] = occurrences;
    if (!first) continue;
    if (new Set(occurrences.map((occurrence) => occurrence.content)).size > 1) setAside.set(externalId, "left-out");
    else if (first.record) incoming.set(externalId, first.record);
    else setAside.set(externalId, first.disposition);
  }
  return { incoming, setAside, unidentified };
}
