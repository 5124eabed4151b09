import { expect } from "vitest";
import { modelEnd } from "#lib/engine/sync/model/ended.ts";
import { asScope, type Scope } from "#lib/roster/scope.ts";
import { disconnectIntegration } from "#lib/services/integrations/disconnect.ts";
import { getOrder, setOrder } from "#lib/services/integrations/order.ts";
import { setSafety } from "#lib/services/integrations/write.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { setScope } from "#lib/services/scope/write.ts";
import { foldedBy } from "./apart.ts";
import { execute } from "./runs.ts";
import { type District, markChanged, newReader, type Sis, settle } from "./world.ts";

export async function leaveOutOfScope(world: District, sis: Sis, scope: Scope): Promise<void> {
  await setScope(world.services, world.scope, sis.id, scope);
  markChanged(world);
  await settle(world, { ...world.model, scopes: { ...world.model.scopes, [sis.id]: asScope(scope) } });
}

/** Whose values win from now on. */
export async function putFirst(world: District, sis: Sis): Promise<void> {
  const { order } = await getOrder(world.services, world.scope);
  await setOrder(world.services, world.scope, { order: [sis.id, ...order.filter((id) => id !== sis.id)] });
  markChanged(world);
  await settle(world, world.model);
}

export async function setAdditionsOnly(world: District, sis: Sis, additionsOnly: boolean): Promise<void> {
  await setSafety(world.services, world.scope, sis.id, { additionsOnly });
  const others = (world.model.additionsOnly ?? []).filter((id) => id !== sis.id);
  await settle(world, { ...world.model, additionsOnly: additionsOnly ? [...others, sis.id] : others });
}

/** Ends an integration, and has another one read the same SIS from then on. */
export async function disconnect(world: District, sis: Sis, people: "leave" | "deactivate", isPreviewed: boolean): Promise<void> {
  const { services, scope } = world;
  const expected = modelEnd(world.model, sis.id, people, await foldedBy(world, sis));
  const isPreview = isPreviewed && people === "deactivate";
  const ended = await disconnectIntegration(services, scope, sis.id, { people, reason: "Another SIS" }, { isPreview });
  if (!ended.ok) throw new Error(ended.reason);
  if (ended.runId !== null) {
    const run = await execute(world, { ok: true, runId: ended.runId }, { rows: {} });
    expect(run.state, JSON.stringify(run.failure)).toBe(isPreview ? "previewed" : "succeeded");
    if (isPreview) {
      await settle(world, world.model);
      const approval = await execute(world, await approveRun(services, scope, run.id), { rows: {} });
      expect(approval.state, JSON.stringify(approval.failure)).toBe("succeeded");
      expect(approval.totals).toEqual(run.totals);
    }
  }
  markChanged(world);
  await settle(world, expected);
  Object.assign(sis, { id: await newReader(services, scope.districtId, sis.speaks), known: null, runs: [] });
  const { order } = await getOrder(services, scope);
  world.model = { ...world.model, integrations: order };
}
