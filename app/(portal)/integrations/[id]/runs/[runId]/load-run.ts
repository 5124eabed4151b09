import { pageResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { getRun } from "#lib/services/runs/read.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import type { Services } from "#lib/services/services.ts";
import { type Door, show } from "#lib/services/views/record.ts";

export type RunPageParams = Promise<{ readonly id: string; readonly runId: string }>;

/** The run that a page's address names, and what else the page shows of it. */
export async function loadRun<T extends object>(
  params: RunPageParams,
  door: Pick<Door, "door" | "filter">,
  more: (opened: Services, scope: DistrictScope<"read-syncs" | "read-roster">, runId: string) => Promise<T>,
): Promise<T & { readonly run: RunDetail }> {
  const scope = await adminPage("read-syncs", "read-roster");
  const { runId } = await params;
  return pageResult(await addressOfPage(), async () => {
    const opened = await services();
    const [run, rest] = await Promise.all([getRun(opened, scope, runId), more(opened, scope, runId)]);
    return { ...(await show(opened, scope, { ...door, subject: runId }, rest)), run };
  });
}
