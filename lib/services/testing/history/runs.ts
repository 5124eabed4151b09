import { expect } from "vitest";
import type { ClaimedRun } from "#lib/engine/sync/lease.ts";
import { partsOf, withoutParts } from "#lib/engine/sync/model/cut.ts";
import { describeModel } from "#lib/engine/sync/model/load.ts";
import { modelSync } from "#lib/engine/sync/model/plan.ts";
import type { Model } from "#lib/engine/sync/model/types.ts";
import { executeNow, type SisState } from "#lib/engine/testing/sync.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { PartId } from "#lib/roster/plan-parts.ts";
import { approveRun, discardRun } from "#lib/services/runs/decide-plan.ts";
import { readParts } from "#lib/services/runs/parts.ts";
import { declineReissuedClasses, readReissuedClasses } from "#lib/services/runs/reissued.ts";
import { cancelRun, requestRun } from "#lib/services/runs/write.ts";
import { foldedBy } from "./apart.ts";
import { withClassDecision } from "./classes.ts";
import { type District, exportBefore, markChanged, type Sis, settle } from "./world.ts";

/** How a plan comes to be applied; `looks`: it is previewed, and discarded; `declines`: so are classes that it takes for others, and it is made again. */
export type Way = "sync" | "previews" | "approves" | "in-parts" | "looks" | "declines";

/** What a run reads: what the SIS says, or what was remembered of it. */
export interface Reading {
  readonly state: SisState;
  readonly fromMemory?: boolean;
}

type Requested = { readonly ok: true; readonly runId: string } | { readonly ok: false; readonly reason: string };

export async function execute(world: District, requested: Requested, state: SisState): Promise<ClaimedRun> {
  if (!requested.ok) throw new Error(requested.reason);
  return executeNow(world.services.db, world.scope.districtId, requested.runId, state);
}

/** Runs a sync in one of the ways, and holds what it does against the model: applied is what was previewed, and what the model says. */
export async function runOnce(world: District, sis: Sis, { state, fromMemory = false }: Reading, way: Way, parts: readonly PartId[] = []) {
  const { services, scope } = world;
  const before = world.model;
  const planned = modelSync(before, sis.id, state, await foldedBy(world, sis));
  const request = (kind: "sync" | "preview") => requestRun(services, scope, sis.id, { trigger: "manual", kind, fromMemory });
  const exported = await exportBefore(world, sis);
  const note = (run: ClaimedRun, expected: Model | null) => settleRun(world, sis, { run, expected, exported });
  if (way === "sync") return note(await execute(world, await request("sync"), state), planned);

  const preview = await execute(world, await request("preview"), state);
  if (way === "declines" && planned && (await declineOne(world, sis, preview)))
    return runOnce(world, sis, { state, fromMemory }, "approves");
  expect(preview.state, JSON.stringify(preview.failure)).toBe(planned ? "previewed" : "failed");
  await settle(world, before);
  if (!planned) return null;
  const shown = await changesOf(world, preview);
  if (way === "looks") {
    expect(await discardRun(services, scope, preview.id)).toEqual({ ok: true });
    return null;
  }
  if (way === "previews") {
    const run = await execute(world, await request("sync"), state);
    expect(run.totals).toEqual(preview.totals);
    expect((await changesOf(world, run)).map(nameless).sort()).toEqual(shown.map(nameless).sort());
    return note(run, planned);
  }
  const plan = { before, after: planned, integration: sis.id };
  const found = await withDistrict(services.db, scope, (tx) => readParts(tx, preview));
  const counts = [...partsOf(plan)].map(([id, records]) => ({ id, count: records.size }));
  expect(sorted(found.parts.map(({ id, count }) => ({ id, count })))).toEqual(sorted(counts));
  const without = way === "in-parts" ? found.parts.flatMap(({ id, whyWithAll }) => (parts.includes(id) && !whyWithAll ? [id] : [])) : [];
  const decision = { without, shown: found.hash, reason: "Looked at them" };
  const run = await execute(world, await approveRun(services, scope, preview.id, "manual", decision), { rows: {} });
  const applied = await changesOf(world, run);
  // Of whose values some are left out, the change is a part of what was shown.
  if (without.length === 0) expect(applied).toEqual(shown);
  else expect(applied.map(({ record }) => record).filter((id) => !shown.some(({ record }) => record === id))).toEqual([]);
  return note(run, withoutParts(plan, without));
}

/** Holds what a run left against the model, and remembers it as one that can be taken back. */
export async function settleRun(
  world: District,
  sis: Sis,
  { run, expected, exported }: { readonly run: ClaimedRun; readonly expected: Model | null; readonly exported: string | null },
): Promise<ClaimedRun> {
  const before = world.model;
  expect(run.state, JSON.stringify(run.failure)).toBe(expected ? "succeeded" : "failed");
  await settle(world, expected ?? before);
  const isSame = JSON.stringify(describeModel(before)) === JSON.stringify(describeModel(world.model));
  if (run.changeCount === 0) expect(isSame || run.sourceChangeCount > 0).toBe(true);
  if (run.changeCount === 0 && isSame) return run;
  const stampBefore = world.stamp;
  markChanged(world);
  if (run.changeCount > 0) {
    const stamps = { before: stampBefore, after: world.stamp };
    const released = run.kind === "approval" && run.planRunId === null;
    sis.runs.push({ run, released, exported, before, after: world.model, integration: sis.id, knownBefore: sis.known, stamps });
  }
  return run;
}

/** Says of one of the classes that the plan takes for one of Aivo's that it is another, which discards the plan. */
async function declineOne(world: District, sis: Sis, { id }: ClaimedRun): Promise<boolean> {
  const { services, scope } = world;
  const { classes } = await readReissuedClasses(services, scope, id);
  const [meant] = [...classes].sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
  if (!meant) return false;
  const { externalId, id: classroom } = meant;
  const again = await declineReissuedClasses(services, scope, id, { externalIds: [externalId], reason: "Another class" });
  if (!again.ok) throw new Error(again.reason);
  expect(await cancelRun(services, scope, again.runId)).toMatchObject({ ok: true });
  await settle(world, withClassDecision(world.model, { integration: sis.id, externalId, classroom, verdict: "another" }));
  markChanged(world);
  return true;
}

interface Change {
  readonly record: string;
  readonly what: string;
}

async function changesOf(world: District, run: ClaimedRun): Promise<Change[]> {
  const rows = await world.services.db.sql<Change[]>`
    select record_id as record, concat_ws(' ', entity, action, external_id, before, after) as what from run_changes
    where district_id = ${world.scope.districtId} and run_id = ${run.id} and action <> 'left-alone' order by 2, 1`;
  return [...rows];
}

/** Without the ids that a plan gives to what it brings, which are others each time. */
const nameless = ({ what }: Change) => what.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id");
const sorted = (parts: { id: PartId; count: number }[]) => parts.sort((a, b) => (a.id < b.id ? -1 : 1));
