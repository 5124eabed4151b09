import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { getIssue } from "#lib/services/runs/issues.ts";
import { getRun } from "#lib/services/runs/read.ts";
import type { Services } from "#lib/services/services.ts";
import { decideClass, rememberClasses } from "./decide.ts";
import { AmbiguousClass } from "./decide-schema.ts";

/**
 * Answers an issue of a class that may be one of several: it is one of them, or none. Returns the integration.
 * @throws ServiceError `not-found`, `invalid`, `precondition` where the issue asks for nothing of the kind, and as decideClass()
 */
export async function decideIssueClass(
  services: Services,
  scope: DistrictScope<"decide" | "read-syncs">,
  runId: string,
  seq: number,
  input: unknown,
): Promise<string> {
  const { classroomId, reason } = parseOrRefuse(AmbiguousClass, input, "The decision is not complete.");
  const { integrationId } = await getRun(services, scope, runId);
  const { code, externalId, records } = await getIssue(services, scope, runId, seq);
  if (code !== "class-ambiguous" || externalId === null)
    throw new ServiceError("precondition", "This issue does not ask which class it is, so there is nothing to decide.");
  if (classroomId !== "another") {
    await decideClass(services, scope, integrationId, { externalId, classroomId, verdict: "same", reason });
    return integrationId;
  }
  await withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const decisions = records.map(({ id }) => ({ externalId, classroomId: id, verdict: "another" as const, reason }));
    await rememberClasses(services, tx, scope, integrationId, decisions);
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "class-decided",
        target: { kind: "run", id: runId },
        details: { verdict: "another", reason, integrationId, externalId, issue: seq },
      },
      services.now(),
    );
  });
  return integrationId;
}
