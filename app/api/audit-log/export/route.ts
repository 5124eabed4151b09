import { csvResponse, textResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { actionLabel, actorLabel } from "#lib/services/audit-log/labels.ts";
import { auditLine, linesType } from "#lib/services/audit-log/lines.ts";
import { exportAudit } from "#lib/services/audit-log/read.ts";
import { AuditFilter, type AuditRow } from "#lib/services/audit-log/schema.ts";
import { showEach } from "#lib/services/views/record.ts";

const header = ["Entry", "Time (UTC)", "Who", "Account id", "Action", "About", "Id", "Name", "Details", "Hash"];

/**
 * The audit log as CSV, or with `format=jsonl` as JSON lines that hold what its hashes are made of: exactly the entries that the same query shows
 * on the page, all of them.
 */
export async function GET(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-audit-log", "export");
    const opened = await services();
    const { format, ...query } = Object.fromEntries(new URL(request.url).searchParams);
    const filter = AuditFilter.parse(query);
    const door = { door: "GET /api/audit-log/export", filter };
    const name = `audit-log-${opened.now().toISOString().slice(0, 10)}`;
    if (format === "jsonl")
      return textResponse(opened, scope, { name: `${name}.jsonl`, type: linesType }, (put) =>
        exportAudit(
          opened,
          scope,
          filter,
          showEach(opened, scope, door, (rows) => put(rows.map((row) => auditLine(scope.districtId, row)).join(""))),
        ),
      );
    return csvResponse(opened, scope, `${name}.csv`, header, (write) =>
      exportAudit(
        opened,
        scope,
        filter,
        showEach(opened, scope, door, (rows) => write(rows.map(cellsOf))),
      ),
    );
  });
}

function cellsOf(row: AuditRow) {
  return [
    row.seq,
    row.at,
    actorLabel(row),
    row.actorId,
    actionLabel(row.action),
    row.targetKind,
    row.targetId,
    row.targetName,
    JSON.stringify(row.details),
    row.hash,
  ];
}
