import { issueFilter } from "#app/(portal)/integrations/search-params.ts";
import { csvResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { stateWords } from "#components/issues/issue-words.ts";
import { collectionIn, definitionIn } from "#lib/engine/sis/words.ts";
import { exportIssues } from "#lib/services/runs/issues.ts";
import { getRun } from "#lib/services/runs/read.ts";
import type { IssueRow } from "#lib/services/runs/schema.ts";
import { showEach } from "#lib/services/views/record.ts";

const header = [
  "Severity",
  "Since",
  "Cause",
  "Collection",
  "File or endpoint",
  "Line or page",
  "Id in the SIS",
  "Who or what",
  "Field",
  "Value in the SIS",
  "What was kept",
  "Records in Aivo",
  "How to fix it",
];

/** The issues of a run as CSV: exactly those that the same query shows on the page. */
export async function GET(request: Request, { params }: { readonly params: Promise<{ readonly runId: string }> }): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("read-syncs", "export");
    const run = await getRun(await services(), scope, (await params).runId);
    const filter = issueFilter(new URL(request.url).searchParams);
    const opened = await services();
    return csvResponse(
      opened,
      scope,
      `issues-${run.queuedAt.slice(0, 10)}-sync-${run.number}-${filter.code ?? "all"}.csv`,
      header,
      async (write) => {
        const door = { door: "GET /api/runs/[runId]/issues", subject: run.id, filter: { ...filter } };
        const deliver = showEach<IssueRow>(opened, scope, door, (issues) =>
          write(
            issues.map((issue) => [
              issue.severity,
              stateWords[issue.state],
              issue.title,
              collectionIn(run.provider, issue.collection),
              issue.sourcePart,
              issue.sourcePosition,
              issue.externalId,
              issue.subject,
              issue.field,
              issue.value,
              issue.kept,
              issue.records.map((record) => record.label).join("; "),
              definitionIn(run.provider, issue.code).remedy,
            ]),
          ),
        );
        await exportIssues(opened, scope, run.id, filter, deliver);
      },
    );
  });
}
