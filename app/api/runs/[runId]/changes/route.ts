import { changeFilter } from "#app/(portal)/integrations/search-params.ts";
import { csvResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { assertChangesKept, exportChanges } from "#lib/services/runs/changes.ts";
import { getRun } from "#lib/services/runs/read.ts";
import type { ChangeRow } from "#lib/services/runs/schema.ts";
import { showEach } from "#lib/services/views/record.ts";

const header = ["Entity", "Change", "Record", "Aivo id", "Id in the SIS", "Field", "Before", "After", "Why"];

/** The changes of a run as CSV, a line per field: exactly those that the same query shows on the page, all of them. Refused where they are no longer kept. */
export async function GET(request: Request, { params }: { readonly params: Promise<{ readonly runId: string }> }): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-syncs", "export");
    const opened = await services();
    const run = await getRun(opened, scope, (await params).runId);
    await assertChangesKept(opened, scope, run.id);
    const filter = changeFilter(new URL(request.url).searchParams);
    return csvResponse(opened, scope, `changes-${run.queuedAt.slice(0, 10)}-sync-${run.number}.csv`, header, (write) =>
      exportChanges(
        opened,
        scope,
        run.id,
        filter,
        showEach(opened, scope, { door: "GET /api/runs/[runId]/changes", subject: run.id, filter: { ...filter } }, (changes) =>
          write(changes.flatMap(linesOf)),
        ),
      ),
    );
  });
}

function linesOf({ entity, action, label, recordId, externalId, reason, fields }: ChangeRow): readonly (string | null)[][] {
  const line = (field: string | null, before: string | null, after: string | null) => [
    entity,
    action,
    label,
    recordId,
    externalId,
    field,
    before,
    after,
    reason,
  ];
  return fields.length === 0 ? [line(null, null, null)] : fields.map(({ field, before, after }) => line(field, before, after));
}
