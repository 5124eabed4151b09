import { csvResponse, textResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { linesType } from "#lib/services/audit-log/lines.ts";
import { exportViews } from "#lib/services/views/read.ts";
import { showEach } from "#lib/services/views/record.ts";
import { type SeenRow, ViewFilter } from "#lib/services/views/schema.ts";
import { placeOf, viewerOf } from "#lib/services/views/words.ts";

const header = ["View", "Time (UTC)", "Who", "Account or program id", "Where", "Page of", "Everybody", "Person id"];

/** Who was shown whom, a line for each person of each view, as CSV or with `format=jsonl` as JSON lines: all that the same query lists on the page. */
export async function GET(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-audit-log", "export");
    const opened = await services();
    const { format, ...query } = Object.fromEntries(new URL(request.url).searchParams);
    const filter = ViewFilter.parse(query);
    const name = `views-${opened.now().toISOString().slice(0, 10)}`;
    const produce = (deliver: (rows: readonly SeenRow[]) => Promise<void>) =>
      exportViews(opened, scope, filter, showEach(opened, scope, { door: "GET /api/audit-log/views", filter }, deliver));
    if (format === "jsonl")
      return textResponse(opened, scope, { name: `${name}.jsonl`, type: linesType }, (put) =>
        produce((rows) => put(rows.map((row) => `${JSON.stringify(row)}\n`).join(""))),
      );
    return csvResponse(opened, scope, `${name}.csv`, header, (write) => produce((rows) => write(rows.map(cellsOf))));
  });
}

function cellsOf(row: SeenRow) {
  const { id, at, actorId, subject, everyone, personId } = row;
  return [id, at, viewerOf(row), actorId, placeOf(row), subject, everyone ? "yes" : "", personId];
}
