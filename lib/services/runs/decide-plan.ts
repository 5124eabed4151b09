import { and, eq, inArray, notExists } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { activeRunStates, type LeftOut, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import type { PartSelection } from "#lib/roster/plan-parts.ts";
import type { Services } from "#lib/services/services.ts";
import { type PlanParts, readParts } from "./parts.ts";
import { PlanDecision, PlanRefusal } from "./schema.ts";
import { auditRun, insertRun, isRun, lockRun } from "./write.ts";

type Run = typeof syncRuns.$inferSelect;

export type ApprovedRun =
  | { readonly ok: true; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-approved"; readonly runId: string }
  | { readonly ok: false; readonly reason: "not-waiting" | "paused" };

/**
 * Applies the plan of a held or previewed run: a new run of kind "approval" that applies exactly that plan, or refuses when the
 * roster has changed since. Parts of it, or single records of them, can be left out: each record waits by itself from then on. A plan is approved once; after an
 * approval that failed it can be tried again.
 * @throws ServiceError `not-found`, `invalid` for a part or record that the plan has not or that goes with all, or without a reason for leaving
 * something out; `conflict` when the parts are not those that were shown
 */
export async function approveRun(
  services: Services,
  scope: DistrictScope<"decide">,
  runId: string,
  trigger: Run["trigger"] = "manual",
  input: unknown = {},
): Promise<ApprovedRun> {
  const { without, shown, reason } = parseOrRefuse(PlanDecision, input, "The decision is not complete.");
  return withDistrict(services.db, scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.state !== "held" && run.state !== "previewed") return { ok: false, reason: "not-waiting" };
    const [approval] = await tx.orm
      .select({ id: syncRuns.id })
      .from(syncRuns)
      .where(
        and(
          eq(syncRuns.districtId, tx.districtId),
          eq(syncRuns.planRunId, run.id),
          inArray(syncRuns.state, [...activeRunStates, "succeeded"]),
        ),
      );
    if (approval) return { ok: false, reason: "already-approved", runId: approval.id };
    const [integration] = await tx.orm
      .select({ state: integrations.state })
      .from(integrations)
      .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, run.integrationId)))
      .for("share");
    if (!integration || integration.state === "removed") throw new ServiceError("not-found", "The integration was removed.");
    const { disconnectReason, changesVersionTo } = run;
    const parts = without.length > 0 || shown !== null ? await readParts(tx, run, without) : null;
    if (shown !== null && parts?.hash !== shown) throw new ServiceError("conflict", notWhatWasShown);
    const leftOut = parts === null ? [] : without.map((part) => leave(parts, part));
    if (integration.state === "paused" && disconnectReason === null) return { ok: false, reason: "paused" };
    return insertRun(
      services,
      tx,
      scope,
      {
        integrationId: run.integrationId,
        kind: "approval",
        trigger,
        planRunId: run.id,
        disconnectReason,
        changesVersionTo,
        forPerson: run.forPerson,
        leftOut: leftOut.length > 0 ? leftOut : null,
        reason,
      },
      "run-approved",
    );
  });
}

export type DiscardedRun = { readonly ok: true } | { readonly ok: false; readonly reason: "not-waiting" | "already-approved" };

/** Refuses a held or previewed plan; nothing of it is ever applied. @throws ServiceError `not-found`, `invalid` */
export async function discardRun(
  services: Services,
  scope: DistrictScope<"decide">,
  runId: string,
  why: unknown = null,
): Promise<DiscardedRun> {
  const reason = why === null ? null : parseOrRefuse(PlanRefusal, why, "The decision is not complete.");
  return withDistrict(services.db, scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const approvals = alias(syncRuns, "approvals");
    const discarded = await tx.orm
      .update(syncRuns)
      .set({ state: "discarded" })
      .where(
        and(
          isRun(tx, run.id),
          inArray(syncRuns.state, ["held", "previewed"]),
          notExists(
            tx.orm
              .select({ id: approvals.id })
              .from(approvals)
              .where(
                and(
                  eq(approvals.districtId, tx.districtId),
                  eq(approvals.planRunId, run.id),
                  inArray(approvals.state, [...activeRunStates, "succeeded"]),
                ),
              ),
          ),
        ),
      )
      .returning({ id: syncRuns.id });
    if (discarded.length === 0)
      return { ok: false, reason: run.state === "held" || run.state === "previewed" ? "already-approved" : "not-waiting" };
    await auditRun(tx, services, scope, "run-discarded", run.id, reason === null ? {} : { reason });
    if (run.state === "held")
      await closeIncidents(tx, { kinds: ["held"], subject: run.integrationId, runId: run.id, because: "discarded" });
    return { ok: true };
  });
}

const notWhatWasShown = "This is not what you looked at any more. Look again, and decide then.";

function leave({ parts }: PlanParts, selection: PartSelection): LeftOut {
  const { part, records, except } = selection;
  const found = parts.find(({ id }) => id === part);
  if (!found) throw new ServiceError("invalid", `This plan has no part ${part}.`);
  if (found.whyWithAll !== null) throw new ServiceError("invalid", `${part} cannot be left out. ${found.whyWithAll}`);
  const { count, chosen } = found;
  const asked = records?.length ?? count - (except?.length ?? 0);
  if (chosen !== asked) throw new ServiceError("invalid", `Not every record that was chosen is in the part ${part} of this plan.`);
  if (chosen === 0) throw new ServiceError("invalid", `Nothing of ${part} would be left out.`);
  return records === undefined && except === undefined ? { part, count } : { ...selection, count: chosen, of: count };
}
