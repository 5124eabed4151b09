import { historyFilter } from "#app/(portal)/integrations/search-params.ts";
import { csvResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { secondsOf, sumsOf, triggeredBy } from "#components/runs/run-words.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { eachRun } from "#lib/services/runs/read.ts";
import type { RunListItem } from "#lib/services/runs/schema.ts";

const header = [
  "Number",
  "Requested",
  "Started",
  "Ended",
  "Seconds",
  "Kind",
  "For one person",
  "Started by",
  "Outcome",
  "Created",
  "Updated",
  "Deactivated",
  "Reactivated",
  "Linked",
  "Unchanged",
  "Skipped",
  "Issues",
  "Failure",
];

/** The history of an integration as CSV: the runs that the same query shows on the page, all of them. */
export async function GET(request: Request, { params }: { readonly params: Promise<{ readonly id: string }> }): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-syncs", "export");
    const opened = await services();
    const integration = await getIntegration(opened, scope, (await params).id);
    const { outcome } = historyFilter(new URL(request.url).searchParams);
    return csvResponse(opened, scope, `sync-history-${integration.name}.csv`, header, async (write) => {
      for await (const runs of eachRun(opened, scope, integration.id, outcome)) await write(runs.map(lineOf));
    });
  });
}

function lineOf(run: RunListItem) {
  const sums = run.totals ? sumsOf(run.totals) : null;
  return [
    run.number,
    run.queuedAt,
    run.startedAt,
    run.finishedAt,
    secondsOf(run),
    run.kind,
    run.forOnePerson ? "yes" : "",
    triggeredBy(run),
    run.state,
    sums?.created,
    sums?.updated,
    sums?.deactivated,
    sums?.reactivated,
    sums?.linked,
    sums?.unchanged,
    sums?.skipped,
    run.issueCount,
    run.failure?.message,
  ];
}
