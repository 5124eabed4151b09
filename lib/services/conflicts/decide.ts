import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { matchDecisions } from "#lib/platform/db/schema/integrations.ts";
import type { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { insertRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { findConflict, hashOfShown } from "./read.ts";
import { ConflictDecision, type DecisionVerdict, TakeBack } from "./schema.ts";

/**
 * Decides who a person of the SIS is. It is remembered for exactly what was shown, both sides, and followed by the next sync, or by
 * applyDecisions(); an earlier decision about the same record counts no more. A plan that waits was made without it.
 * @throws ServiceError `not-found`, `invalid`, `conflict` when it is not what was shown any more, `precondition` when it cannot be that account
 */
export async function decideConflict(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  seq: number,
  input: unknown,
): Promise<void> {
  const { who, reason, shown } = parseOrRefuse(ConflictDecision, input, "The decision is not complete.");
  await withDistrict(services.db, scope, async (tx) => {
    // First of all: a sync that is about to be applied was planned without it.
    await raiseRosterRevision(tx);
    const { externalId, recordIds, person } = await findConflict(tx, integrationId, seq);
    if ((await hashOfShown(tx, integrationId, externalId, recordIds)) !== shown)
      throw new ServiceError(
        "conflict",
        "This is not what you looked at any more: a sync or a colleague changed it. Look again, and decide then.",
      );
    const verdict: DecisionVerdict = who === "new" ? "somebody-else" : who === "ignore" ? "ignored" : "same-person";
    if (verdict === "same-person") await refuseAccount(tx, integrationId, externalId, person.role, who);
    // Who is left out is so whatever becomes of the accounts.
    const accountIds = verdict === "ignored" ? [] : [...new Set([...recordIds, ...(verdict === "same-person" ? [who] : [])])].sort();
    const accountId = verdict === "same-person" ? who : verdict === "ignored" ? null : (accountIds[0] ?? null);
    await retireOthers(tx, integrationId, externalId, verdict, accountId);
    const evidence = await hashOfShown(tx, integrationId, externalId, accountIds);
    await remember(services, tx, scope, { integrationId, externalId, evidence, accountId, accountIds, verdict, reason });
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "match-decided",
        target: accountId === null ? { kind: "integration", id: integrationId } : { kind: "account", id: accountId },
        details: { verdict, reason, integrationId, issue: seq, accounts: accountIds.length },
      },
      services.now(),
    );
  });
}

/** @throws ServiceError `precondition` when the account is none that the record could be */
async function refuseAccount(tx: Tx, integrationId: string, externalId: string, role: string, accountId: string): Promise<void> {
  const [account] = await tx.sql<{ role: string }[]>`
    select role from accounts where district_id = ${tx.districtId} and id = ${accountId}`;
  const field = (message: string) => new ServiceError("precondition", message, { who: message });
  if (!account) throw field("There is no such account any more.");
  if (account.role !== role)
    throw field(
      `That account is ${articled(account.role)}'s, and the SIS has this person as ${articled(role)}. A sync never changes what kind of account it is.`,
    );
  // Whose record waits as well may be about to leave the account, and one that the SIS has no longer does.
  const [holder] = await tx.sql<{ externalId: string }[]>`
    select external_id as "externalId" from source_records
    where district_id = ${tx.districtId} and integration_id = ${integrationId} and collection = 'users' and record_id = ${accountId}
      and rostered and fate = 'rostered' and missing_since is null and external_id <> ${externalId} limit 1`;
  if (holder)
    throw field(
      `Another record of this SIS, ${holder.externalId}, leads to that account. Take it out of the SIS, or choose another account.`,
    );
  const [other] = await tx.sql`
    select from match_decisions
    where district_id = ${tx.districtId} and integration_id = ${integrationId} and verdict = 'same-person' and account_id = ${accountId}
      and external_id <> ${externalId} and taken_back_at is null
      and not exists (
        select from source_records m
        where m.district_id = ${tx.districtId} and m.integration_id = ${integrationId} and m.collection = 'users'
          and m.external_id = match_decisions.external_id and m.record_id = ${accountId})
      and exists (
        select from source_records m
        where m.district_id = ${tx.districtId} and m.integration_id = ${integrationId} and m.collection = 'users'
          and m.external_id = match_decisions.external_id and m.fate in ('waiting', 'withheld')) limit 1`;
  if (other) throw field("It was decided already that another record of this SIS is that account. Take that decision back first.");
}

const articled = (role: string) => (role === "admin" ? "a district admin" : `a ${role}`);

/** An earlier answer to the same question ends with another one; who somebody is not goes on, unless it is said now that they are. */
async function retireOthers(
  tx: Tx,
  integrationId: string,
  externalId: string,
  verdict: DecisionVerdict,
  accountId: string | null,
): Promise<void> {
  await tx.sql`
    update match_decisions set taken_back_at = now()
    where district_id = ${tx.districtId} and integration_id = ${integrationId} and external_id = ${externalId} and taken_back_at is null
      and (
        verdict <> 'somebody-else'
        or ${verdict === "same-person"} and (account_id = ${accountId} or ${accountId}::uuid = any(account_ids)))`;
}

type NewDecision = Pick<
  typeof matchDecisions.$inferInsert,
  "integrationId" | "externalId" | "evidence" | "accountId" | "accountIds" | "verdict" | "reason"
>;

async function remember(
  services: Services,
  tx: Tx,
  scope: DistrictScope<"decide">,
  { verdict, reason, accountId, accountIds, ...key }: NewDecision,
) {
  const decision = {
    verdict,
    reason,
    accountId,
    accountIds,
    decidedBy: scope.actor.kind === "account" ? scope.actor.accountId : null,
    decidedAt: services.now(),
    takenBackAt: null,
  };
  await tx.orm
    .insert(matchDecisions)
    .values({ districtId: tx.districtId, ...key, ...decision })
    .onConflictDoUpdate({
      target: [matchDecisions.districtId, matchDecisions.integrationId, matchDecisions.externalId, matchDecisions.evidence],
      set: decision,
    });
}

/**
 * Takes a decision back. One that no sync has followed counts no more; of one that was followed it is asked again: with the next sync the
 * record waits beside the account that it leads to, which stays as it is until somebody decides. Whom a decision leaves out is placed as if
 * there had been none.
 * @throws ServiceError `not-found`, `invalid`
 */
export async function takeBackDecision(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  evidence: string,
  input: unknown,
): Promise<{ readonly isAskedAgain: boolean }> {
  const { reason } = parseOrRefuse(TakeBack, input, "The reason is missing.");
  return withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const [decision] = isUuid(integrationId)
      ? await tx.sql<{ externalId: string; accountId: string | null; verdict: DecisionVerdict }[]>`
          update match_decisions set taken_back_at = now()
          where district_id = ${tx.districtId} and integration_id = ${integrationId} and evidence = ${evidence}
            and taken_back_at is null and verdict <> 'asked-again'
          returning external_id as "externalId", account_id as "accountId", verdict`
      : [];
    if (!decision) throw new ServiceError("not-found", "There is no such decision any more.");
    const { externalId, accountId, verdict } = decision;
    const [followed] = await tx.sql<{ recordId: string }[]>`
      update source_records set stale = true
      where district_id = ${tx.districtId} and integration_id = ${integrationId} and collection = 'users' and external_id = ${externalId}
        and fate = 'rostered' and record_id is not null and ${verdict !== "ignored"}
        and (record_id = ${accountId}) = ${verdict === "same-person"}
      returning record_id as "recordId"`;
    if (followed)
      await remember(services, tx, scope, {
        integrationId,
        externalId,
        evidence: `again ${externalId}`,
        accountId: followed.recordId,
        accountIds: [followed.recordId],
        verdict: "asked-again",
        reason,
      });
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "match-taken-back",
        target: accountId === null ? { kind: "integration", id: integrationId } : { kind: "account", id: accountId },
        details: { verdict, reason, integrationId, asksAgain: followed !== undefined },
      },
      services.now(),
    );
    return { isAskedAgain: followed !== undefined };
  });
}

export type Applied =
  | { readonly ok: true; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string }
  | { readonly ok: false; readonly reason: "paused" };

/**
 * Follows now what was decided: a run from memory, which asks the SIS nothing.
 * @throws ServiceError `not-found`
 */
export function applyDecisions(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  trigger: (typeof syncRuns.$inferSelect)["trigger"] = "manual",
): Promise<Applied> {
  return withDistrict(services.db, scope, async (tx) => {
    const [integration] = isUuid(integrationId)
      ? await tx.sql<{ state: string }[]>`
          select state from integrations where district_id = ${tx.districtId} and id = ${integrationId} and state <> 'removed' for share`
      : [];
    if (!integration) throw new ServiceError("not-found", "There is no such integration.");
    if (integration.state === "paused") return { ok: false, reason: "paused" };
    const run = { integrationId, kind: "approval" as const, trigger, planRunId: null };
    return insertRun(services, tx, scope, run, "run-requested");
  });
}
