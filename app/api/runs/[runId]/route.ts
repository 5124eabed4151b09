import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { getRunProgress } from "#lib/services/runs/progress.ts";

/** How far a run is; asked every second by its page. */
export async function GET(_request: Request, { params }: { readonly params: Promise<{ readonly runId: string }> }): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-syncs");
    const { runId } = await params;
    return Response.json(await getRunProgress(await services(), scope, runId), { headers: { "cache-control": "no-store" } });
  });
}
