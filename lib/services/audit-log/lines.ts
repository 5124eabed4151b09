import { entryLine } from "#lib/services/audit-shipping/entry.ts";
import type { AuditRow } from "./schema.ts";

/** The type of a file of JSON lines. */
export const linesType = "application/x-ndjson";

/** An entry as one line of JSON, as it stands in the chain: the same that is shipped. Names, which are not in the log, are not in it. */
export function auditLine(districtId: string, row: AuditRow): string {
  return `${entryLine({ districtId, ...row })}\n`;
}
