import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import type { DistrictScope } from "#lib/access.ts";
import { operatorScopeOf } from "#lib/districts/owners.ts";
import { entities } from "#lib/roster/canonical.ts";
import { exportChanges } from "#lib/runs/changes.ts";
import { exportIssues, listIssueGroups } from "#lib/runs/issues.ts";
import { getRun } from "#lib/runs/read.ts";
import { reapLostRuns } from "#lib/runs/reap.ts";
import { ChangeFilter, type ChangeRow, IssueFilter, type IssueRow, type RunDetail } from "#lib/runs/schema.ts";
import { approveRun, cancelRun, discardRun, requestRun } from "#lib/runs/write.ts";
import type { Services } from "#lib/services.ts";
import { action } from "./context.ts";
import { CommandError, type Result, table } from "./output.ts";

/** How long a sync may wait for a worker before the command says that none is there. */
const patienceMs = 15_000;

export function syncCommand(): Command {
  const sync = new Command("sync").description("syncs of an integration");
  sync
    .command("run <integration>")
    .option("--preview", "make the plan and show it, without applying anything")
    .option("--wait", "wait for the end; exits with 1 when the sync failed or was cancelled, with 2 when it is held for review")
    .description("run a sync now; prints its id")
    .action(
      action(async (services, integrationId: string, options: { preview?: boolean; wait?: boolean }) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const requested = await requestRun(services, scope, integrationId, {
          trigger: "command-line",
          kind: options.preview ? "preview" : "sync",
        });
        if (!requested.ok && requested.reason === "paused") throw new CommandError("paused", "The integration is paused. Resume it first.");
        if (!requested.ok)
          throw new CommandError("already-running", `A sync is already running: ${requested.runId}`, { runId: requested.runId });
        return options.wait
          ? waitFor(services, scope, requested.runId)
          : { json: { runId: requested.runId, state: "queued" }, lines: [requested.runId] };
      }),
    );
  sync
    .command("show <run>")
    .description("show a sync: state, totals, timeline")
    .action(
      action(async (services, runId: string, _options: unknown) => ({
        ...shown(await getRun(services, await operatorScopeOf(services, "sync", runId), runId)),
        exitCode: 0,
      })),
    );
  sync
    .command("issues <run>")
    .option("--code <code>", "only issues of this cause")
    .description("list what did not come through, and why")
    .action(
      action(async (services, runId: string, { code }: { code?: string }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const filter = IssueFilter.safeParse({ code });
        if (!filter.success) throw new CommandError("usage", `There is no issue code ${code}.`);
        const groups = (await listIssueGroups(services, scope, runId)).map(({ code, severity, title, rule, remedy, count }) => ({
          code,
          severity,
          title,
          rule,
          remedy,
          count,
        }));
        const issues: IssueRow[] = [];
        await exportIssues(services, scope, runId, filter.data, async (rows) => void issues.push(...rows));
        const lines = [
          ...table(
            ["cause", "severity", "count", "title"],
            groups.map((g) => [g.code, g.severity, g.count, g.title]),
          ),
          "",
          ...table(
            ["place", "id", "cause", "field", "value", "kept"],
            issues.map((i) => [`${i.sourcePart}:${i.sourcePosition}`, i.externalId, i.code, i.field, i.value, i.kept]),
          ),
        ];
        return { json: { runId, groups, issues }, lines: issues.length === 0 ? ["No issues."] : lines };
      }),
    );
  sync
    .command("changes <run>")
    .option("--entity <entity>", `only one of ${entities.join(", ")}`)
    .description("list what a sync changed, or would change")
    .action(
      action(async (services, runId: string, { entity }: { entity?: string }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const filter = ChangeFilter.safeParse({ entity });
        if (!filter.success) throw new CommandError("usage", `--entity is one of ${entities.join(", ")}`);
        const changes: ChangeRow[] = [];
        await exportChanges(services, scope, runId, filter.data, async (rows) => void changes.push(...rows));
        const words = (change: ChangeRow) => change.fields.map((f) => `${f.field}: ${f.before ?? "–"} → ${f.after ?? "–"}`).join("; ");
        const lines = table(
          ["entity", "action", "id", "record", "reason", "fields"],
          changes.map((c) => [c.entity, c.action, c.externalId, c.label, c.reason, words(c)]),
        );
        return { json: { runId, changes }, lines: changes.length === 0 ? ["No changes."] : lines };
      }),
    );
  sync
    .command("approve <run>")
    .option("--wait", "wait until the plan is applied")
    .description("apply the plan of a held or previewed sync")
    .action(
      action(async (services, runId: string, options: { wait?: boolean }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const approved = await approveRun(services, scope, runId, "command-line");
        if (!approved.ok)
          throw new CommandError(approved.reason, refusals[approved.reason], "runId" in approved ? { runId: approved.runId } : {});
        return options.wait
          ? waitFor(services, scope, approved.runId)
          : { json: { runId: approved.runId, state: "queued" }, lines: [approved.runId] };
      }),
    );
  sync
    .command("discard <run>")
    .description("refuse the plan of a held or previewed sync")
    .action(
      action(async (services, runId: string, _options: unknown) => {
        const discarded = await discardRun(services, await operatorScopeOf(services, "sync", runId), runId);
        if (!discarded.ok) throw new CommandError(discarded.reason, refusals[discarded.reason]);
        return { json: { runId, state: "discarded" }, lines: ["Discarded. Nothing was changed."] };
      }),
    );
  sync
    .command("cancel <run>")
    .description("stop a sync that is queued or running")
    .action(
      action(async (services, runId: string, _options: unknown) => {
        const cancelled = await cancelRun(services, await operatorScopeOf(services, "sync", runId), runId);
        if (!cancelled.ok) throw new CommandError(cancelled.reason, refusals[cancelled.reason]);
        return { json: { runId, state: cancelled.state }, lines: [cancelled.state === "cancelled" ? "Cancelled." : "Asked to stop."] };
      }),
    );
  return sync;
}

const refusals = {
  "already-running": "Another sync of this integration is running.",
  "already-approved": "This plan was approved already.",
  "not-waiting": "This sync is not waiting for a decision.",
  paused: "The integration is paused. Resume it first.",
  "too-late": "The sync is being applied; it is too late to stop it.",
  finished: "The sync has finished already.",
} as const;

async function waitFor(services: Services, scope: DistrictScope, runId: string): Promise<Result> {
  const askedAt = Date.now();
  for (let look = 1; ; look++) {
    const run = await getRun(services, scope, runId);
    if (run.finishedAt !== null) return shown(run);
    if (run.state === "queued" && Date.now() - askedAt > patienceMs && !(await isWorkerThere(services))) {
      throw new CommandError(
        "no-worker",
        `No worker has taken the sync. Start one with npm run worker (or npm start); the sync waits for it: ${runId}`,
        { runId },
      );
    }
    // A worker that dies meanwhile must not be waited for.
    if (look % 20 === 0) await reapLostRuns(services.db, services.now());
    await pause(Math.min(100 + look * 20, 500));
  }
}

/** Workers are told by the name of their connections. */
async function isWorkerThere(services: Services): Promise<boolean> {
  const found = await services.db
    .sql`select 1 from pg_stat_activity where datname = current_database() and application_name = 'aivo-worker' limit 1`;
  return found.length > 0;
}

const exitCodes: Partial<Record<RunDetail["state"], 1 | 2>> = { failed: 1, cancelled: 1, held: 2 };

function shown(run: RunDetail): Result {
  const seconds =
    run.startedAt && run.finishedAt ? `${((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000).toFixed(1)} s` : null;
  const lines = [
    ...table(
      ["field", "value"],
      [
        ["sync", run.id],
        ["kind", run.kind],
        ["state", run.state],
        ["took", seconds],
        ["issues", String(run.issueCount)],
        ["changes", String(run.changeCount)],
      ],
    ),
    ...(run.failure ? ["", `Failed at ${run.failure.step} (${run.failure.code}): ${run.failure.message}`, `→ ${run.failure.remedy}`] : []),
    ...(run.heldBecause ? ["", "Held for review:", ...run.heldBecause.map((reason) => `  ${reason}`)] : []),
  ];
  const totals = run.totals;
  if (totals) {
    const rows = entities.map((entity) => {
      const { created, updated, deactivated, reactivated, unchanged, skipped } = totals[entity];
      return [entity, created, updated, deactivated, reactivated, unchanged, skipped];
    });
    lines.push("", ...table(["entity", "created", "updated", "deactivated", "reactivated", "unchanged", "skipped"], rows));
  }
  return { json: { runId: run.id, ...run }, lines, exitCode: exitCodes[run.state] ?? 0 };
}
