import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { readJson } from "#app/api/v1/body.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { readPartRecords } from "#lib/services/runs/part-records.ts";
import { show } from "#lib/services/views/record.ts";

/** The records of a part of a plan that waits. What is looked for, mostly somebody's name, comes in the body: addresses are written into logs. */
export async function POST(request: Request, { params }: { readonly params: Promise<{ readonly runId: string }> }): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-syncs");
    const { runId } = await params;
    const opened = await services();
    const door = { door: "POST /api/runs/[runId]/parts", subject: runId };
    const page = await show(opened, scope, door, await readPartRecords(opened, scope, runId, await readJson(request)));
    const rows = page.rows.map((row) => ({ ...row, href: row.record === null ? null : recordHref(row.record) }));
    return Response.json({ ...page, rows }, { headers: { "cache-control": "no-store" } });
  });
}
