import { z } from "zod";
import { listOf, operation, page, paged } from "#app/api/v1/operation.ts";
import { Problem } from "#app/api/v1/problems.ts";
import { Cause, Change, Issue, Run, RunStarted } from "#app/api/v1/schemas.ts";
import { collections, entities } from "#lib/roster/canonical.ts";
import { listChangesAfter } from "#lib/services/runs/changes.ts";
import { type ApprovedRun, approveRun, type DiscardedRun, discardRun } from "#lib/services/runs/decide-plan.ts";
import { changeActions, IssueFilter, issueStates, runOutcomes } from "#lib/services/runs/filters-schema.ts";
import { getIssue, listIssueGroups, listIssuesAfter } from "#lib/services/runs/issues.ts";
import { getRun, listRunsAfter } from "#lib/services/runs/read.ts";
import { requestPersonSync } from "#lib/services/runs/sync-person.ts";
import { type RequestedUndo, requestUndo } from "#lib/services/runs/undo.ts";
import { cancelRun, type RequestedRun, requestRun } from "#lib/services/runs/write.ts";

const tag = "Syncs";
const one = "/runs/{run}";
const reason = z.string().optional().meta({ description: "Why, for whoever reads it later" });

const RunRequest = z
  .strictObject({
    kind: z.enum(["sync", "preview"]).optional().meta({ description: "A preview plans and applies nothing; left out: sync" }),
    fromMemory: z.boolean().optional().meta({ description: "Ask the SIS nothing, and plan what it said before" }),
    duringBlackout: z.boolean().optional().meta({ description: "Also where today lies in a blackout" }),
    person: z.string().optional().meta({ description: "Only this person: an id in Aivo, or the SIS's" }),
  })
  .meta({ id: "RunRequest" });

type Requested = RequestedRun | RequestedUndo | ApprovedRun;

const whyNot: Readonly<Record<Extract<Requested, { ok: false }>["reason"], string>> = {
  "already-running": "A sync of this integration is under way.",
  "already-approved": "This plan was approved already.",
  "not-waiting": "This sync does not wait for a decision.",
  paused: "The integration is paused. Resume it first.",
  blackout: "Today lies in a blackout. Send duringBlackout to sync all the same.",
};

/** @throws Problem `conflict` with why there is no run, and the run that is in the way */
function started(requested: Requested): { runId: string } {
  if (requested.ok) return { runId: requested.runId };
  throw new Problem("conflict", whyNot[requested.reason], "runId" in requested ? { fields: { runId: requested.runId } } : {});
}

const locationOf = ({ runId }: { runId: string }) => `/runs/${runId}`;

export const runOperations = [
  operation({
    id: "listRuns",
    method: "GET",
    path: "/integrations/{integration}/runs",
    tag,
    summary: "List an integration's syncs, latest first",
    scope: "read:runs",
    query: z.strictObject({ ...paged, outcome: z.enum(runOutcomes).optional() }),
    answer: listOf(Run),
    run: ({ services, scope, param, query }) =>
      page(
        "runs",
        "id",
        query,
        (after, limit) => listRunsAfter(services, scope, param("integration"), { outcome: query.outcome, after, limit }),
        (row) => row.id,
      ),
  }),
  operation({
    id: "startRun",
    method: "POST",
    path: "/integrations/{integration}/runs",
    tag,
    summary: "Run a sync now",
    description: "Answers at once; ask for the sync until it has ended. A sync that the guard holds ends as held.",
    scope: "write:runs",
    body: RunRequest,
    status: 202,
    answer: RunStarted,
    location: locationOf,
    run: async ({ services, scope, param, body: { person, kind, ...rest } }) => {
      const id = param("integration");
      const request = { trigger: "api", fromMemory: rest.fromMemory === true, duringBlackout: rest.duringBlackout === true } as const;
      if (person !== undefined) return started(await requestPersonSync(services, scope, id, person, request));
      return started(await requestRun(services, scope, id, { ...request, kind: kind ?? "sync" }));
    },
  }),
  operation({
    id: "getRun",
    method: "GET",
    path: one,
    tag,
    summary: "One sync: state, totals, failure",
    scope: "read:runs",
    answer: Run,
    run: ({ services, scope, param }) => getRun(services, scope, param("run")),
  }),
  operation({
    id: "cancelRun",
    method: "POST",
    path: `${one}/cancel`,
    tag,
    summary: "Cancel a sync",
    description: "At once while it is queued, at the next step while it reads and plans. Nothing has changed then.",
    scope: "write:runs",
    answer: z.object({ state: z.enum(["cancelled", "stopping"]) }),
    run: async ({ services, scope, param }) => {
      const cancelled = await cancelRun(services, scope, param("run"));
      if (cancelled.ok) return { state: cancelled.state };
      throw new Problem("conflict", cancelled.reason === "too-late" ? "It is being applied: too late to cancel." : "It has ended already.");
    },
  }),
  operation({
    id: "approveRun",
    method: "POST",
    path: `${one}/approve`,
    tag,
    summary: "Apply the plan of a held sync or a preview",
    description: "Exactly that plan, or nothing where the roster has changed since. Leaving parts of it out is done in the portal.",
    scope: "write:runs",
    body: z.strictObject({ reason }).meta({ id: "Approval" }),
    status: 202,
    answer: RunStarted,
    location: locationOf,
    run: async ({ services, scope, param, body }) =>
      started(await approveRun(services, scope, param("run"), "api", { reason: body.reason ?? null })),
  }),
  operation({
    id: "discardRun",
    method: "POST",
    path: `${one}/discard`,
    tag,
    summary: "Refuse the plan of a held sync or a preview",
    scope: "write:runs",
    body: z.strictObject({ reason }).meta({ id: "Refusal" }),
    answer: null,
    run: async ({ services, scope, param, body }) => {
      const discarded: DiscardedRun = await discardRun(services, scope, param("run"), body.reason ?? null);
      if (!discarded.ok) throw new Problem("conflict", whyNot[discarded.reason]);
    },
  }),
  operation({
    id: "undoRun",
    method: "POST",
    path: `${one}/undo`,
    tag,
    summary: "Take a sync back",
    description: "A sync of its own does it; the integration is paused by it.",
    scope: "write:runs",
    body: z.strictObject({ reason }).meta({ id: "Undo" }),
    status: 202,
    answer: RunStarted,
    location: locationOf,
    run: async ({ services, scope, param, body }) =>
      started(await requestUndo(services, scope, param("run"), { reason: body.reason ?? null }, "api")),
  }),
  operation({
    id: "listCauses",
    method: "GET",
    path: `${one}/causes`,
    tag,
    summary: "Why records did not come through, counted by cause",
    scope: "read:runs",
    query: z.strictObject({}),
    answer: z.object({ data: z.array(Cause) }),
    run: async ({ services, scope, param }) => ({ data: await listIssueGroups(services, scope, param("run")) }),
  }),
  operation({
    id: "listIssues",
    method: "GET",
    path: `${one}/issues`,
    tag,
    summary: "List what did not come through",
    scope: "read:runs",
    query: z.strictObject({
      ...paged,
      state: z.enum(issueStates).optional(),
      code: IssueFilter.shape.code,
      collection: z.enum(collections).optional(),
    }),
    answer: listOf(Issue),
    run: ({ services, scope, param, query }) =>
      page(
        "issues",
        "seq",
        query,
        (after, limit) => listIssuesAfter(services, scope, param("run"), query, { after: after ?? 0, limit }),
        (row) => row.seq,
      ),
  }),
  operation({
    id: "getIssue",
    method: "GET",
    path: `${one}/issues/{issue}`,
    tag,
    summary: "One issue",
    scope: "read:runs",
    answer: Issue,
    run: ({ services, scope, param }) => {
      const seq = Number(param("issue"));
      if (!Number.isSafeInteger(seq) || seq < 1) throw new Problem("not-found", "This sync has no such issue.");
      return getIssue(services, scope, param("run"), seq);
    },
  }),
  operation({
    id: "listChanges",
    method: "GET",
    path: `${one}/changes`,
    tag,
    summary: "List what a sync changed, or would change",
    scope: "read:runs",
    query: z.strictObject({ ...paged, entity: z.enum(entities).optional(), action: z.enum(changeActions).optional() }),
    answer: listOf(Change),
    run: ({ services, scope, param, query }) =>
      page(
        "changes",
        "seq",
        query,
        (after, limit) => listChangesAfter(services, scope, param("run"), query, { after: after ?? 0, limit }),
        (row) => row.seq,
      ),
  }),
];
