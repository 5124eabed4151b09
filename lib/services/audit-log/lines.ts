import { type Entry, entryLine } from "#lib/services/audit-shipping/entry.ts";
import type { AuditRow } from "./schema.ts";

/** The type of a file of JSON lines. */
export const linesType = "application/x-ndjson";

/** An entry as it stands in the chain. Names, which are not in the log, are not in it. */
export function entryOf(districtId: string, row: AuditRow): Entry {
  const { seq, at, actorKind, actorId, action, targetKind, targetId, details, previousHash, hash } = row;
  return { districtId, seq, at, actorKind, actorId, action, targetKind, targetId, details, previousHash, hash };
}

/** The same as one line of JSON: what is shipped, too. */
export function auditLine(districtId: string, row: AuditRow): string {
  return `${entryLine(entryOf(districtId, row))}\n`;
}
