import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import type { DistrictScope } from "#lib/platform/access.ts";
import { isDatabaseAway } from "#lib/platform/db/error-codes.ts";
import { entities } from "#lib/roster/canonical.ts";
import { rowFates } from "#lib/roster/row-totals.ts";
import { matchVerdicts } from "#lib/roster/same-person.ts";
import { linkedBy, linkedWords } from "#lib/roster/version-change.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { exportChanges } from "#lib/services/runs/changes.ts";
import { decideMatch } from "#lib/services/runs/decide.ts";
import { ChangeFilter, HistoryFilter, IssueFilter, issueStates, runOutcomes } from "#lib/services/runs/filters-schema.ts";
import { exportIssues, listIssueGroups } from "#lib/services/runs/issues.ts";
import { eachRun, getRun } from "#lib/services/runs/read.ts";
import { reapLostRuns } from "#lib/services/runs/reap.ts";
import {
  type ChangeRow,
  type FieldChange,
  hasPlanToDecide,
  type IssueRow,
  type RunDetail,
  type RunListItem,
} from "#lib/services/runs/schema.ts";
import { requestPersonSync } from "#lib/services/runs/sync-person.ts";
import type { VersionChangeView } from "#lib/services/runs/version-change-schema.ts";
import { cancelRun, type RequestedRun, requestRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { action } from "./context.ts";
import { listing } from "./listing.ts";
import { type Answer, CommandError, table } from "./output.ts";
import { addPlans } from "./plans.ts";
import { addUndo, undoneTable } from "./undo.ts";

/** How long a sync may wait for a worker before the command says that none is there. */
const patienceMs = 15_000;

export function syncCommand(): Command {
  const sync = new Command("sync").description("syncs of an integration");
  sync
    .command("run <integration>")
    .option("--preview", "make the plan and show it, without applying anything")
    .option("--from-memory", "ask the SIS nothing, and plan what it said before: after another scope was set")
    .option("--during-blackout", "also where today lies in a blackout")
    .option("--wait", "wait for the end; exits with 1 when the sync failed or was canceled, with 2 when it is held for review")
    .description("run a sync now; prints its id")
    .action(
      action(
        async (
          services,
          integrationId: string,
          options: { preview?: boolean; fromMemory?: boolean; wait?: boolean; duringBlackout?: boolean },
        ) => {
          const scope = await operatorScopeOf(services, "integration", integrationId);
          const requested = await requestRun(services, scope, integrationId, {
            trigger: "command-line",
            kind: options.preview ? "preview" : "sync",
            fromMemory: options.fromMemory === true,
            duringBlackout: options.duringBlackout === true,
          });
          const runId = idOfRequested(requested);
          return options.wait ? waitFor(services, scope, runId) : { json: { runId, state: "queued" }, lines: [runId] };
        },
      ),
    );
  sync
    .command("person <integration> <person>")
    .option("--during-blackout", "also where today lies in a blackout")
    .option("--wait", "wait for the end; exits with 1 when the sync failed or was canceled, with 2 when it is held for review")
    .description(
      "read and apply one person now; prints the sync's id. The person is an id in Aivo, or the SIS's. Not for OneRoster CSV, whose files hold everybody",
    )
    .action(
      action(async (services, integrationId: string, person: string, options: { wait?: boolean; duringBlackout?: boolean }) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const runId = idOfRequested(
          await requestPersonSync(services, scope, integrationId, person, {
            trigger: "command-line",
            duringBlackout: options.duringBlackout === true,
          }),
        );
        return options.wait ? waitFor(services, scope, runId) : { json: { runId, state: "queued" }, lines: [runId] };
      }),
    );
  sync
    .command("list <integration>")
    .option("--outcome <outcome>", `only one of ${runOutcomes.join(", ")}`)
    .description("list an integration's syncs, latest first")
    .action(
      action(async (services, integrationId: string, { outcome }: { outcome?: string }) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const filter = HistoryFilter.safeParse({ outcome });
        if (!filter.success) throw new CommandError("usage", `--outcome is one of ${runOutcomes.join(", ")}`);
        return listing<RunListItem>({
          json: { integrationId },
          name: "syncs",
          header: ["id", "number", "queued", "kind", "trigger", "state", "took", "changes", "issues"],
          cells: (r) => [r.id, r.number, r.queuedAt, kindOf(r), r.trigger, r.state, tookOf(r), r.changeCount, r.issueCount],
          empty: "No syncs.",
          each: async (write) => {
            for await (const runs of eachRun(services, scope, integrationId, filter.data.outcome)) await write(runs);
          },
        });
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
    .option("--state <state>", `only those that are ${issueStates.join(", ")}; without it all that are open`)
    .description("list what did not come through, and why")
    .action(
      action(async (services, runId: string, { code, state }: { code?: string; state?: string }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        if (state !== undefined && !(issueStates as readonly string[]).includes(state))
          throw new CommandError("usage", `Issues are ${issueStates.join(", ")}, not ${state}.`);
        const filter = IssueFilter.safeParse({ code, state });
        if (!filter.success) throw new CommandError("usage", `There is no issue code ${code}. docs/issues.md lists them.`);
        const groups = (await listIssueGroups(services, scope, runId))
          .filter((group) => code === undefined || group.code === code)
          .map(({ code, severity, title, rule, remedy, count, opened }) => ({ code, severity, title, rule, remedy, count, opened }));
        return listing<IssueRow>({
          json: { runId, groups },
          name: "issues",
          lines: [
            ...table(
              ["cause", "severity", "count", "new", "title"],
              groups.map((g) => [g.code, g.severity, g.count, g.opened, g.title]),
            ),
            "",
          ],
          header: ["issue", "since", "place", "id", "cause", "field", "value", "kept"],
          cells: (i) => [i.seq, i.state, `${i.sourcePart}:${i.sourcePosition}`, i.externalId, i.code, i.field, i.value, personsInWords(i)],
          empty: "No issues.",
          each: (write) => exportIssues(services, scope, runId, filter.data, write),
        });
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
        return listing<ChangeRow>({
          json: { runId },
          name: "changes",
          header: ["entity", "action", "id", "record", "reason", "fields"],
          cells: (c) => [c.entity, c.action, c.externalId, c.label, c.reason, inWords(c.fields)],
          empty: "No changes.",
          each: (write) => exportChanges(services, scope, runId, filter.data, write),
        });
      }),
    );
  addPlans(sync, waitFor);
  sync
    .command("cancel <run>")
    .description("stop a sync that is queued or running")
    .action(
      action(async (services, runId: string, _options: unknown) => {
        const cancelled = await cancelRun(services, await operatorScopeOf(services, "sync", runId), runId);
        if (!cancelled.ok) throw new CommandError(cancelled.reason, refusals[cancelled.reason]);
        return { json: { runId, state: cancelled.state }, lines: [cancelled.state === "cancelled" ? "Canceled." : "Asked to stop."] };
      }),
    );
  addUndo(sync, waitFor);
  sync
    .command("decide <run> <issue>")
    .requiredOption("--who <who>", `${matchVerdicts.join(" or ")}: who the record is that leads to an account`)
    .requiredOption("--reason <text>", "why, for whoever asks later")
    .description(
      "decide about a record that seems to be somebody else; the next sync follows. The issue is the number that sync issues shows",
    )
    .action(
      action(async (services, runId: string, seq: string, { who, reason }: { who: string; reason: string }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const verdict = matchVerdicts.find((one) => one === who);
        if (!verdict) throw new CommandError("usage", `--who is one of ${matchVerdicts.join(", ")}`);
        await decideMatch(services, scope, runId, /^\d{1,15}$/.test(seq) ? Number(seq) : -1, { verdict, reason });
        return { json: { runId, issue: Number(seq), verdict }, lines: ["Noted. The next sync follows it."] };
      }),
    );
  return sync;
}

/** @throws CommandError with why no sync was asked for */
export function idOfRequested(requested: RequestedRun): string {
  if (requested.ok) return requested.runId;
  if (requested.reason === "blackout") {
    const { firstDay, lastDay, note } = requested.blackout;
    const message = `Today lies in the blackout from ${firstDay} to ${lastDay} (${note}). Say --during-blackout to sync all the same.`;
    throw new CommandError("blackout", message, { blackout: requested.blackout });
  }
  if (requested.reason === "paused") throw new CommandError("paused", "The integration is paused. Resume it first.");
  throw new CommandError("already-running", `A sync is already running: ${requested.runId}`, { runId: requested.runId });
}

function personsInWords(issue: IssueRow): string {
  return issue.persons ? inWords(issue.persons) : issue.kept;
}

function inWords(fields: readonly FieldChange[]): string {
  return fields.map(({ field, before, after }) => `${field}: ${before ?? "–"} → ${after ?? "–"}`).join("; ");
}

const kindOf = ({ kind, forOnePerson }: RunListItem) => (forOnePerson ? `${kind} of one person` : kind);

const refusals = {
  "too-late": "The sync is being applied; it is too late to stop it.",
  finished: "The sync has finished already.",
} as const;

/** Waits for the end of a run, and of the one that tries it again. A database that restarts meanwhile is waited for as well. */
export async function waitFor(services: Services, scope: DistrictScope, firstRunId: string): Promise<Answer> {
  let runId = firstRunId;
  let askedAt = performance.now();
  for (let look = 1; ; look++) {
    const run = await ridingOut(() => getRun(services, scope, runId));
    if (run.finishedAt !== null) {
      if (run.retriedAs === null) return shown(run);
      runId = run.retriedAs;
      askedAt = performance.now();
      continue;
    }
    if (run.state === "queued" && performance.now() - askedAt > patienceMs && !(await ridingOut(() => isWorkerThere(services)))) {
      throw new CommandError(
        "no-worker",
        `No worker has taken the sync. Start one with npm run worker (or npm start); the sync waits for it: ${runId}`,
        { runId },
      );
    }
    // A worker that dies meanwhile must not be waited for.
    if (look % 20 === 0) await ridingOut(() => reapLostRuns(services));
    await pause(Math.min(100 + look * 20, 500));
  }
}

/** A restart takes seconds; one that has not come back after this long has another cause, which is then told. */
const restartMs = 120_000;

/** Asks again for as long as the database is restarting. */
async function ridingOut<T>(question: () => Promise<T>): Promise<T> {
  for (const begunAt = performance.now(); ; await pause(500)) {
    try {
      return await question();
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() - begunAt > restartMs) throw error;
    }
  }
}

/** Workers are told by the name of their connections. */
async function isWorkerThere(services: Services): Promise<boolean> {
  const found = await services.db
    .sql`select 1 from pg_stat_activity where datname = current_database() and application_name = 'aivo-worker' limit 1`;
  return found.length > 0;
}

const exitCodes: Partial<Record<RunDetail["state"], 1 | 2>> = { failed: 1, cancelled: 1, held: 2 };

function shown(run: RunDetail): Answer {
  const lines = [
    ...table(
      ["field", "value"],
      [
        ["sync", run.id],
        ["number", String(run.number)],
        ["integration", `${run.integrationName} (${run.integrationId})`],
        ["kind", kindOf(run)],
        ["trigger", run.trigger],
        ["state", run.state],
        ...(run.undoOf ? [["takes back", `Sync ${run.undoOf.number} (${run.undoOf.id})`]] : []),
        ...(run.disconnectReason
          ? [
              ["disconnects", "deactivates what only this integration has, and ends it"],
              ["why", run.disconnectReason],
            ]
          : []),
        ...(run.versionChange ? versionRows(run.versionChange) : []),
        ...(run.undoReason ? [["why", run.undoReason]] : []),
        ...(run.takenBackBy ? [["taken back by", `Undo ${run.takenBackBy.number} (${run.takenBackBy.id})`]] : []),
        ...(run.retryOf ? [["tries again", `${run.retryOf} (try ${run.attempt})`]] : []),
        ["queued", run.queuedAt],
        ["took", tookOf(run)],
        ["waits for a decision", `${run.withheldCount} (${run.withheldOpened} new)`],
        ["issues", `${run.issueCount} (${run.issuesOpened} new, ${run.issuesResolved} resolved)`],
        ["changes", String(run.changeCount)],
      ],
    ),
    ...(run.failure
      ? ["", `Failed at ${run.failure.step} (${run.failure.code}): ${run.failure.message}`, `→ ${run.failure.remedy}`, `→ ${nextOf(run)}`]
      : []),
    ...(run.retriedAs ? ["", `Tried again by itself as sync ${run.retriedAs}`] : []),
    ...whatTheGuardSaid(run),
    ...decision(run),
  ];
  const became = run.input?.became;
  if (became) {
    const rows = Object.entries(became).map(([collection, of]) => [
      collection,
      of.read,
      of.again,
      ...rowFates.map((fate) => of[fate] ?? 0),
    ]);
    lines.push(
      "",
      "What became of the rows (read + again = the sum of the others):",
      ...table(["collection", "read", "again", ...rowFates], rows),
    );
  }
  const totals = run.totals;
  if (totals && run.kind === "undo") lines.push("", ...undoneTable(totals));
  else if (totals) {
    const rows = entities.map((entity) => {
      const { created, updated, deactivated, reactivated, linked, unchanged, skipped } = totals[entity];
      return [entity, created, updated, deactivated, reactivated, linked, unchanged, skipped];
    });
    lines.push("", ...table(["entity", "created", "updated", "deactivated", "reactivated", "linked", "unchanged", "skipped"], rows));
  }
  if (run.timeline.length > 0) {
    const rows = run.timeline.flatMap(({ phase, seconds, note }) => {
      const [first = null, ...others] = note?.split("\n") ?? [];
      return [[phase, seconds.toFixed(1), first], ...others.map((line) => ["", "", line])];
    });
    lines.push("", ...table(["phase", "seconds", "note"], rows));
  }
  return { json: { runId: run.id, ...run }, lines, exitCode: exitCodes[run.state] ?? 0 };
}

function nextOf({ next }: RunDetail): string {
  if ("at" in next) return `The next sync is scheduled for ${next.at}.`;
  const why = { manual: "the integration has no schedule", paused: "the integration is paused", removed: "the integration was removed" };
  return `No sync is scheduled: ${why[next.none]}.`;
}

/** Each finding with its detector, what to check, and a few of the changes behind it. */
function whatTheGuardSaid({ state, heldBecause, findings }: RunDetail): string[] {
  if (findings.length === 0) return heldBecause ? ["", "Held for review:", ...heldBecause.map((reason) => `  ${reason}`)] : [];
  const isWithheld = findings.some(({ level }) => level === "withhold");
  const heading = isWithheld
    ? "Withheld:"
    : state === "held"
      ? "Held for review:"
      : heldBecause
        ? "A sync would be held for review:"
        : "Worth knowing:";
  const each = findings.flatMap(({ detector, level, sentence, check, examples }) => [
    `  [${detector}] ${sentence}`,
    ...(level !== "note" ? [`    → ${check}`] : []),
    ...examples.map(({ label, entity, action, fields }) => `      ${entity} ${label}: ${inWords(fields) || action}`),
  ]);
  return ["", heading, ...each];
}

/** What to do about a plan that waits. */
function decision(run: RunDetail): string[] {
  const { id, isPlanCurrent, approvalRunId } = run;
  if (!hasPlanToDecide(run)) return [];
  if (approvalRunId !== null) return ["", `Approved. What came of it: sync show ${approvalRunId}`];
  return isPlanCurrent
    ? [
        "",
        `To apply this plan: sync approve ${id}`,
        ...(run.state === "held" ? [`Parts of it alone:  sync parts ${id}`] : []),
        `To refuse it:       sync discard ${id}`,
      ]
    : ["", "The roster has changed since this plan was made, so it cannot be applied any more. Run the sync again."];
}

function versionRows({ to, linked, created, merged, ambiguous, gone }: VersionChangeView): string[][] {
  return [
    ["goes over to", `OneRoster ${to}`],
    ...linkedBy.flatMap((by) => (linked[by] > 0 ? [[`found again, ${linkedWords[by]}`, String(linked[by])]] : [])),
    ["created", String(created)],
    ["two records, now one", String(merged)],
    ["cannot be told apart", String(ambiguous)],
    ["told no longer", String(gone)],
  ];
}

function tookOf({ startedAt, finishedAt }: Pick<RunListItem, "startedAt" | "finishedAt">): string | null {
  return startedAt && finishedAt ? `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s` : null;
}
