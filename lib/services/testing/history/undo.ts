import { expect } from "vitest";
import { changedSince, modelUndo } from "#lib/engine/sync/model/undo.ts";
import { resumeIntegration } from "#lib/services/integrations/write.ts";
import { previewUndo, requestUndo } from "#lib/services/runs/undo.ts";
import { exportedRoster } from "#lib/services/testing/undo.ts";
import { execute } from "./runs.ts";
import { type District, markChanged, type Sis, settle } from "./world.ts";

/** Takes the latest run of an integration back, if there is one. What is left alone is what was listed before. */
export async function undoLatest(world: District, sis: Sis): Promise<void> {
  const { services, scope } = world;
  const latest = sis.runs.pop();
  if (!latest) return;
  const preview = await previewUndo(services, scope, latest.run.id, 1000);
  const request = { reason: "It was wrong", shown: preview.shown };
  const run = await execute(world, await requestUndo(services, scope, latest.run.id, request), { rows: {} });
  expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
  const rows = await services.db.sql<{ id: string }[]>`
    select record_id as id from run_changes where district_id = ${scope.districtId} and run_id = ${run.id} and action = 'left-alone'`;
  const left = new Set(rows.map(({ id }) => id));
  expect(left).toEqual(new Set(preview.leftAlone.map(({ recordId }) => recordId)));
  for (const id of changedSince(latest, world.model)) expect(left).toContain(id);
  await settle(world, modelUndo(world.model, latest, left));
  if (world.stamp === latest.stamps.after) {
    expect([...left]).toEqual([]);
    expect(await exportedRoster(services, scope.districtId, world.folder)).toBe(latest.exported);
  }
  if (left.size === 0 && world.stamp === latest.stamps.after) world.stamp = latest.stamps.before;
  else markChanged(world);
  sis.known = latest.knownBefore;
  await resumeIntegration(services, scope, sis.id);
}
