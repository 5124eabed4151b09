import { csvResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { exportEdits } from "#lib/services/edits/read.ts";
import { type EditRow, EditsFilter } from "#lib/services/edits/schema.ts";
import { showEach } from "#lib/services/views/record.ts";

const header = ["Kind", "Name", "Aivo id", "Field", "In Aivo", "The SIS says", "Same", "Integration", "Edited by", "Edited (UTC)"];

/** What admins decided against the SISs as CSV: exactly what the same query shows on the page, all of it. */
export async function GET(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("export", "read-roster");
    const opened = await services();
    const filter = EditsFilter.parse(Object.fromEntries(new URL(request.url).searchParams));
    return csvResponse(opened, scope, `edits-${opened.now().toISOString().slice(0, 10)}.csv`, header, (write) =>
      exportEdits(
        opened,
        scope,
        filter,
        showEach(opened, scope, { door: "GET /api/roster/edits", filter }, (rows) => write(rows.map(cellsOf))),
      ),
    );
  });
}

function cellsOf({ kind, name, recordId, label, value, sisValue, isSame, integrationName, editedBy, editedAt }: EditRow) {
  return [kind, name, recordId, label, value, sisValue, isSame ? "yes" : "no", integrationName, editedBy, editedAt];
}
