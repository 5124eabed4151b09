import { noteWithheld } from "#lib/engine/notices/run-ended.ts";
import type { AnyScope, DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import type { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { insertRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { refuseUnknown } from "./read.ts";
import { WithheldDecision } from "./schema.ts";
import { hashOfMarks, withheldMeant } from "./view.ts";

export type Released =
  | { readonly ok: true; readonly runId: string; readonly count: number }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string }
  | { readonly ok: false; readonly reason: "paused" };

/**
 * Approves what is withheld: a run applies exactly that, without asking the SIS. What was refused before can be approved as well. If the
 * run fails, it waits again.
 * @throws ServiceError `not-found`, `invalid`, `conflict` when it is not what was shown any more
 */
export async function approveWithheld(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  input: unknown,
  trigger: (typeof syncRuns.$inferSelect)["trigger"] = "manual",
): Promise<Released> {
  const decision = parseOrRefuse(WithheldDecision, input, "The decision is not complete.");
  return withDistrict(services.db, scope, async (tx) => {
    await refuseUnknown(tx, integrationId);
    const [integration] = await tx.sql<{ state: string }[]>`
      select state from integrations where district_id = ${tx.districtId} and id = ${integrationId} for share`;
    if (integration?.state === "paused") return { ok: false, reason: "paused" };
    const rows = await lockShown(tx, integrationId, decision);
    const run = { integrationId, kind: "approval" as const, trigger, planRunId: null };
    const requested = await insertRun(services, tx, scope, run, "run-requested");
    if (!requested.ok) return requested;
    await tx.sql`
      update withheld_records set
        approved_run_id = ${requested.runId}, refused_at = null, decided_by = ${decidedBy(scope)}, reason = ${decision.reason}
      where ${ofRows(tx, integrationId, rows)}`;
    await audit(services, tx, scope, integrationId, "withheld-approved", decision, rows.length, { runId: requested.runId });
    return { ok: true, runId: requested.runId, count: rows.length };
  });
}

/**
 * Says that Aivo's is right: it stays so, and is not asked about again while the SIS says the same. Returns how many rows it were.
 * @throws ServiceError as approveWithheld
 */
export function refuseWithheld(services: Services, scope: DistrictScope<"decide">, integrationId: string, input: unknown): Promise<number> {
  return decide(services, scope, integrationId, input, "withheld-refused", (tx) => tx.sql`now()`);
}

/**
 * Takes a refusal back: it waits again. Returns how many rows it were.
 * @throws ServiceError as approveWithheld
 */
export function askAgain(services: Services, scope: DistrictScope<"decide">, integrationId: string, input: unknown): Promise<number> {
  return decide(services, scope, integrationId, input, "withheld-asked-again", (tx) => tx.sql`null`);
}

async function decide(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  input: unknown,
  action: AuditAction,
  refusedAt: (tx: Tx) => ReturnType<Tx["sql"]>,
): Promise<number> {
  const decision = parseOrRefuse(WithheldDecision, input, "The decision is not complete.");
  return withDistrict(services.db, scope, async (tx) => {
    await refuseUnknown(tx, integrationId);
    const rows = await lockShown(tx, integrationId, decision);
    await tx.sql`
      update withheld_records set
        refused_at = ${refusedAt(tx)}, approved_run_id = null, decided_by = ${decidedBy(scope)}, reason = ${decision.reason}
      where ${ofRows(tx, integrationId, rows)}`;
    await audit(services, tx, scope, integrationId, action, decision, rows.length, {});
    await noteWithheld(tx, { integrationId, id: null });
    return rows.length;
  });
}

/** The rows that are decided about, kept from others until the transaction ends; as they were shown, or nothing. */
async function lockShown(tx: Tx, integrationId: string, decision: WithheldDecision): Promise<readonly string[]> {
  await tx.sql`
    select from withheld_records where district_id = ${tx.districtId} and integration_id = ${integrationId} order by seq for update`;
  const rows = await tx.sql<{ seq: string; mark: string; isBeingApplied: boolean }[]>`
    select seq, mark, is_being_applied as "isBeingApplied" from ${withheldMeant(tx, integrationId, decision)} w order by seq`;
  if (rows.length === 0 || hashOfMarks(rows.map(({ mark }) => mark)) !== decision.hash)
    throw new ServiceError(
      "conflict",
      "This is not what you looked at any more: a sync or a colleague changed it. Look again, and decide then.",
    );
  if (rows.some(({ isBeingApplied }) => isBeingApplied))
    throw new ServiceError("conflict", "A part of this is being applied at the moment.");
  return rows.map(({ seq }) => seq);
}

/** Rows, and the memberships that are decided about with them. */
function ofRows(tx: Tx, integrationId: string, rows: readonly string[]) {
  const own = tx.sql`district_id = ${tx.districtId} and integration_id = ${integrationId}`;
  return tx.sql`${own} and (
    seq = any(${rows}::bigint[])
    or follows in (
      select record_id from withheld_records
      where ${own} and seq = any(${rows}::bigint[]) and field = ''))`;
}

function decidedBy({ actor }: AnyScope): string | null {
  return actor.kind === "account" ? actor.accountId : null;
}

function audit(
  services: Services,
  tx: Tx,
  scope: DistrictScope<"decide">,
  integrationId: string,
  action: AuditAction,
  { reason, hash, cause, kind, field, school }: WithheldDecision,
  count: number,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  const meant = Object.fromEntries(Object.entries({ cause, kind, field, school }).filter(([, value]) => value !== undefined));
  const details = { count, hash, reason, ...meant, ...more };
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "integration", id: integrationId }, details }, services.now());
}
