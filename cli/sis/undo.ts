import type { Command } from "commander";
import type { DistrictScope } from "#lib/platform/access.ts";
import { entities } from "#lib/roster/canonical.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import type { RunTotals, UndoPreview } from "#lib/services/runs/schema.ts";
import { previewUndo, requestUndo } from "#lib/services/runs/undo.ts";
import type { Services } from "#lib/services/services.ts";
import { action } from "./context.ts";
import { type Answer, CommandError, table } from "./output.ts";

/** Adds `sync undo`; `waitFor` waits for a run's end and shows it. */
export function addUndo(sync: Command, waitFor: (services: Services, scope: DistrictScope, runId: string) => Promise<Answer>): void {
  sync
    .command("undo <run>")
    .option("--preview", "show what it would do and what it would leave alone, without doing anything")
    .option("--reason <text>", "why, for whoever asks later")
    .option("--wait", "wait until the sync is taken back")
    .description("take back a sync that was applied, the latest first; the integration is paused until somebody resumes it")
    .action(
      action(async (services, runId: string, options: { preview?: boolean; reason?: string; wait?: boolean }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const preview = await previewUndo(services, scope, runId, options.preview ? mostListed : 0);
        if (options.preview) return undoPreviewed(preview);
        const { shown } = preview;
        const requested = await requestUndo(services, scope, runId, { reason: options.reason ?? null, shown }, "command-line");
        if (!requested.ok)
          throw new CommandError(
            requested.reason,
            `A sync of this integration is running or queued: ${requested.runId}. Wait for its end, or cancel it, then take this one back.`,
            { runId: requested.runId },
          );
        return options.wait
          ? waitFor(services, scope, requested.runId)
          : { json: { runId: requested.runId, state: "queued" }, lines: [requested.runId] };
      }),
    );
}

const undoneColumns = ["removed", "updated", "reactivated", "deactivated", "unlinked", "leftAlone"] as const;

/** What an undo changed, per entity. */
export function undoneTable(totals: RunTotals): string[] {
  const rows = entities.map((entity) => [entity, ...undoneColumns.map((column) => totals[entity][column] ?? 0)]);
  return table(["entity", "removed", "updated", "reactivated", "deactivated", "unlinked", "left alone"], rows);
}

/** So many records that are left alone are listed; the undo's own changes list all of them. */
const mostListed = 10_000;

function undoPreviewed(preview: UndoPreview): Answer {
  const { number, totals, changeCount, leftAloneCount, leftAlone, alsoTakenBack, discards } = preview;
  const lines = [
    `Taking back Sync ${number} would change ${changeCount} ${changeCount === 1 ? "record" : "records"} and pause the integration. Nothing has changed yet.`,
    ...(alsoTakenBack > 0 ? [`Later syncs that changed no record and are taken back with it: ${alsoTakenBack}`] : []),
    ...(discards.length > 0 ? [`Plans that wait and are discarded: Sync ${discards.join(", ")}`] : []),
    "",
    ...undoneTable(totals),
  ];
  if (leftAloneCount > 0) {
    const left = leftAlone.map((row) => [row.entity, row.externalId, row.label, row.why]);
    lines.push("", `Left alone (${leftAloneCount}):`, ...table(["entity", "id", "record", "why"], left));
    if (leftAloneCount > leftAlone.length) lines.push(`… and ${leftAloneCount - leftAlone.length} more`);
  }
  return { json: preview, lines };
}
