import { z } from "zod";
import { listOf, operation, page, paged, wholeNumber } from "#app/api/v1/operation.ts";
import { entryOf } from "#lib/services/audit-log/lines.ts";
import { listAuditAfter } from "#lib/services/audit-log/read.ts";

const AuditEntry = z
  .object({
    districtId: z.string(),
    seq: z.int(),
    at: z.string(),
    actorKind: z.string(),
    actorId: z.string().nullable(),
    action: z.string(),
    targetKind: z.string(),
    targetId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).meta({ description: "Ids, codes and counts" }),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });

export const auditOperations = [
  operation({
    id: "listAuditEntries",
    method: "GET",
    path: "/audit-log",
    tag: "Audit log",
    summary: "Entries of the audit log, the oldest first",
    description:
      "As they stand in the chain. Keep the last cursor, or `after`, to go on where you were. With Accept: application/x-ndjson as JSON lines.",
    scope: "read:audit-log",
    query: z.strictObject({
      ...paged,
      after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
        .optional()
        .meta({ override: { type: "integer", minimum: 0 }, description: "Entries that follow the one of this number" }),
    }),
    answer: listOf(AuditEntry),
    asLines: true,
    run: ({ services, scope, query: { limit, cursor, after } }) =>
      page(
        "audit-log",
        "seq",
        { limit, cursor },
        async (last, most) =>
          (await listAuditAfter(services, scope, Math.max(last ?? 0, after ?? 0), most)).map((row) => entryOf(scope.districtId, row)),
        (entry) => entry.seq,
      ),
  }),
];
