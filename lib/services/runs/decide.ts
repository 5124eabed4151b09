import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { matchDecisions } from "#lib/platform/db/schema/integrations.ts";
import type { MatchConflict } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import type { Services } from "#lib/services/services.ts";
import { issueView } from "./issue-view.ts";
import { MatchDecision } from "./schema.ts";

/**
 * Decides about a record that seems to be somebody else than the account that it leads to. The next sync follows: the account takes
 * the record's values, or the record is matched as if that account were not there. It counts for exactly what the issue shows; a
 * later decision about the same takes its place. A plan that waits was made without it, and cannot be approved any more.
 * @throws ServiceError `not-found`, `invalid`, `precondition` where the issue asks for no decision
 */
export async function decideMatch(
  services: Services,
  scope: DistrictScope<"decide">,
  runId: string,
  seq: number,
  input: MatchDecision,
): Promise<void> {
  const { verdict, reason } = parseOrRefuse(MatchDecision, input, "The decision is not complete.");
  await withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    await raiseRosterRevision(tx);
    const [issue] = await tx.sql<{ conflict: MatchConflict | null; externalId: string | null; recordIds: string[] | null }[]>`
      select conflict, external_id as "externalId", record_ids as "recordIds" from ${view.rows} i where seq = ${seq}`;
    if (!issue) throw new ServiceError("not-found", "This sync has no such issue.");
    const [accountId] = issue.recordIds ?? [];
    if (!issue.conflict || issue.externalId === null || accountId === undefined)
      throw new ServiceError("precondition", "This issue does not ask who somebody is, so there is nothing to decide.");
    const { evidence } = issue.conflict;
    const key = { districtId: tx.districtId, integrationId: view.integrationId, externalId: issue.externalId, evidence };
    const decidedBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
    const decision = { verdict, reason, decidedBy, decidedAt: services.now(), takenBackAt: null };
    await tx.sql`
      update match_decisions set taken_back_at = now()
      where district_id = ${tx.districtId} and integration_id = ${view.integrationId} and external_id = ${issue.externalId}
        and account_ids is not null and taken_back_at is null
        and (verdict <> 'somebody-else' or ${verdict === "same-person"} and ${accountId}::uuid = any(account_ids))`;
    await tx.orm
      .insert(matchDecisions)
      .values({ ...key, accountId, ...decision })
      .onConflictDoUpdate({
        target: [matchDecisions.districtId, matchDecisions.integrationId, matchDecisions.externalId, matchDecisions.evidence],
        set: decision,
      });
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "match-decided",
        target: { kind: "account", id: accountId },
        details: { verdict, reason, runId, issue: seq, integrationId: view.integrationId },
      },
      services.now(),
    );
  });
}
