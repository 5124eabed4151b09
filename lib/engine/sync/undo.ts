import { sql } from "drizzle-orm";
import { withPlannedUndo } from "#lib/engine/undo/plan-undo.ts";
import { findSubject, type Subject } from "#lib/engine/undo/subject.ts";
import { countUndo, recordUndo } from "#lib/engine/undo/undo-changes.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { audit, discardWaitingPlans, endIn, type Succeeded } from "./finish.ts";
import type { Lease } from "./lease.ts";
import { lockRevision } from "./revision.ts";
import { undoIssues } from "./undo-issues.ts";
import { writeUndo } from "./write-undo.ts";

/**
 * Takes back the run that the leased undo names, and pauses its integration: the SIS would say the same again. One
 * transaction, in the place and with the locks of one that applies a sync: all of it, or nothing. As the owner of the
 * tables, since the application's role removes no record.
 * @throws RunFailure `roster-changed` when the run cannot be taken back any more, or when others have changed what was to be
 *   taken back since that was shown
 */
export async function applyUndo(db: Database, lease: Lease): Promise<Succeeded> {
  const { districtId, id, integrationId, undoOf } = lease.run;
  lease.enter("apply");
  await lease.beginApplying();
  const discarded: string[] = [];
  let written = 0;
  await withOwner(db, districtId, async (tx) => {
    await lockRevision(tx);
    const subject = await findSubject(tx, undoOf ?? id);
    if (subject === null || "reason" in subject) throw refusal("The sync cannot be taken back any more. Nothing was changed.");
    await withPlannedUndo(tx, subject, async (context) => {
      const { totals, changeCount, leftAlone, shown } = await countUndo(context);
      if (lease.run.fingerprint !== null && lease.run.fingerprint !== shown)
        throw refusal("Others have changed records of this sync since you were shown what taking it back does. Nothing was changed.");
      lease.report({ within: 0.3, rows: changeCount, part: null });
      await writeUndo(context, id, (part, within) => lease.report({ within, rows: changeCount, part }));
      await recordUndo(context, id);
      const issues = await undoIssues(context, id);
      const rosterRevision = await raiseRosterRevision(tx);
      lease.leave(leftAlone === 0 ? null : `${leftAlone} records were left alone: its changes say why`);
      discarded.push(...(await discardWaitingPlans(tx, integrationId, [id])));
      await restoreIntegration(tx, subject, id);
      await endIn(tx, lease, {
        state: "succeeded",
        progress: null,
        totals,
        changeCount,
        issueCount: issues.count,
        issueCounts: issues.counts,
        issuesOpened: issues.opened,
        issuesResolved: issues.resolved,
        rosterRevision,
        appliedAt: sql`now()`,
      });
      await audit(tx, id, "succeeded", { undoOf, totals, leftAlone, alsoTakenBack: subject.runIds.length - 1 });
      written = changeCount;
    });
  });
  for (const run of discarded) await forgetPlan(db.sql, run);
  return { state: "succeeded", written };
}

/** What the run wrote to its integration, as it was; and it is paused, until somebody resumes it. */
async function restoreIntegration(tx: Tx, { integrationId, before, hasOtherCredentials }: Subject, undoId: string): Promise<void> {
  const isOurs = tx.sql`district_id = ${tx.districtId} and id = ${integrationId}`;
  const [integration] = await tx.sql<{ state: string }[]>`select state from integrations where ${isOurs} for update`;
  if (before !== null) {
    const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
    const { cursor, carried, plannedWith, learned, sourceIdentity, onerosterVersion, plannedOn } = before;
    await tx.sql`
      update integrations set
        carried = ${json(carried)}::text::jsonb,
        planned_with = ${plannedWith ?? null},
        oneroster_version = ${onerosterVersion ?? null},
        planned_on = ${plannedOn ?? null},
        source_identity = ${json(sourceIdentity)}::text::jsonb
      where ${isOurs}`;
    // A place in what may be another SIS by now is none.
    const cursorBefore = hasOtherCredentials ? null : json(cursor);
    const configBefore = hasOtherCredentials
      ? tx.sql`config`
      : json(learned) === null
        ? tx.sql`config - 'learned'`
        : tx.sql`config || ${JSON.stringify({ learned })}::text::jsonb`;
    await tx.sql`
      update integrations set cursor = ${cursorBefore}::text::jsonb, config = ${configBefore}
      where ${isOurs}`;
  }
  await tx.sql`
    update integrations set state = 'paused', paused_by_run_id = ${undoId}, next_run_at = null, updated_at = now()
    where ${isOurs}`;
  if (integration?.state === "paused") return;
  // It supplies nothing now: what others share with it is planned again, as when somebody pauses it.
  await tx.sql`update integrations set planned_with = null where district_id = ${tx.districtId} and id <> ${integrationId}`;
}

function refusal(message: string): RunFailure {
  return new RunFailure({
    code: "roster-changed",
    step: "apply",
    message,
    remedy: "Look at the sync's page again: it says what can be taken back now, and what is left alone.",
  });
}
