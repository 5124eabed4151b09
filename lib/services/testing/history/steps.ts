import fc from "fast-check";
import { apply, changesBetween, edits, rowsOf } from "#lib/engine/sync/model/delta-histories.ts";
import { scopes } from "#lib/engine/sync/model/histories.ts";
import { ofClasses, ofPeople } from "#lib/engine/testing/by-hand.ts";
import type { SisState } from "#lib/engine/testing/sync.ts";
import { partIds } from "#lib/roster/plan-parts.ts";
import { inWordsOf, passNights, roleEdits } from "./apart.ts";
import { doByHand } from "./by-hand.ts";
import { decideOneClass } from "./classes.ts";
import { passDays } from "./days.ts";
import { decideOpenConflict, decideWithheld } from "./decisions.ts";
import { runOnce } from "./runs.ts";
import { disconnect, leaveOutOfScope, putFirst, setAdditionsOnly } from "./settings.ts";
import { undoLatest } from "./undo.ts";
import type { District, Sis } from "./world.ts";

/*
 * Test-only: what may happen in a district with two SISs, at random, and how each of it is done. A step that finds nothing to do does nothing.
 */

const some = <const T>(...values: T[]) => fc.constantFrom(...values);
const of = some(0, 0, 1);
const way = some("sync", "sync", "previews", "approves", "in-parts", "in-parts", "looks", "declines");
const parts = fc.oneof(fc.constant([...partIds]), fc.subarray([...partIds], { minLength: 1 }));
const kind = <K extends string>(name: K) => fc.constant(name);

const arbitraries = {
  sync: fc.record({
    step: kind("sync"),
    of,
    edits: edits.chain((some) => roleEdits.map((roles) => [...some, ...roles])),
    readsChanges: fc.boolean(),
    way,
    parts,
  }),
  undo: fc.record({ step: kind("undo"), of }),
  withheld: fc.record({
    step: kind("withheld"),
    of,
    answer: some("approve", "approve", "refuse", "approve-refused", "ask-again"),
    nth: fc.option(fc.nat({ max: 5 })),
  }),
  person: fc.record({
    step: kind("by-hand"),
    kind: some("edit", "edit", "edit", "release", "deactivate", "bring-back", "status-released"),
    entity: kind("account"),
    nth: fc.nat({ max: 5 }),
    values: fc.record(ofPeople, { requiredKeys: [] }),
  }),
  classroom: fc.record({
    step: kind("by-hand"),
    kind: some("edit", "edit", "release", "deactivate", "bring-back", "status-released"),
    entity: kind("classroom"),
    nth: fc.nat({ max: 3 }),
    values: fc.record(ofClasses, { requiredKeys: [] }),
  }),
  scope: fc.record({ step: kind("scope"), of, scope: scopes, way: fc.option(way), parts }),
  order: fc.record({ step: kind("order"), of }),
  conflict: fc.record({ step: kind("conflict"), nth: fc.nat({ max: 3 }), who: fc.oneof(some("new", "ignore"), fc.nat({ max: 3 })) }),
  class: fc.record({
    step: kind("class"),
    of,
    verdict: some("same", "another", "taken-back"),
    nth: fc.nat({ max: 2 }),
    whom: fc.option(fc.nat({ max: 3 })),
  }),
  additionsOnly: fc.record({ step: kind("additions-only"), of, isOn: some(true, true, false) }),
  disconnect: fc.record({ step: kind("disconnect"), of, people: some("leave", "deactivate"), isPreviewed: fc.boolean() }),
  days: fc.record({ step: kind("days"), days: fc.integer({ min: 1, max: 60 }), nights: fc.integer({ min: 0, max: 2 }) }),
};
const weights = {
  sync: 8,
  undo: 3,
  withheld: 6,
  person: 3,
  classroom: 1,
  scope: 2,
  order: 1,
  conflict: 2,
  class: 2,
  additionsOnly: 2,
  disconnect: 1,
  days: 2,
} satisfies Record<keyof typeof arbitraries, number>;
type Drawn<T> = T extends fc.Arbitrary<infer D> ? D : never;
export type Step = Drawn<(typeof arbitraries)[keyof typeof arbitraries]>;

const step: fc.Arbitrary<Step> = fc.oneof(
  ...(Object.keys(arbitraries) as (keyof typeof arbitraries)[]).map((name) => ({
    weight: weights[name],
    arbitrary: arbitraries[name] as fc.Arbitrary<Step>,
  })),
);
/** A history begins with a sync of each SIS, or nothing would be there that anything could happen to. */
export const mixedHistories: fc.Arbitrary<Step[]> = fc
  .tuple(arbitraries.sync, fc.array(step, { minLength: 5, maxLength: 11 }))
  .map(([first, steps]) => [{ ...first, way: "sync" as const }, ...steps]);

/** Takes the steps one by one. An export is made only of what some later step may take back. */
export async function live(world: District, history: readonly Step[]): Promise<void> {
  for (const [index, step] of history.entries()) {
    const later = history.slice(index + 1);
    for (const sis of world.sis) sis.isTakenBack = later.some((one) => one.step === "undo");
    await take(world, step);
  }
}

async function take(world: District, step: Step): Promise<void> {
  switch (step.step) {
    case "sync": {
      const sis = world.sis[step.of];
      sis.has = apply(sis.has, inWordsOf(sis, step.edits));
      const { has, known, speaks } = sis;
      const isChanges = known !== null && step.readsChanges;
      const rows = isChanges ? changesBetween(known, has) : rowsOf(has);
      const reads: SisState = { rows, version: speaks, ...(isChanges ? { mode: "delta" } : {}) };
      const run = await runOnce(world, sis, { state: reads }, step.way, step.parts);
      if (run?.state === "succeeded") sis.known = has;
      return;
    }
    case "undo":
      return undoLatest(
        world,
        oneWith(world, step.of, ({ runs }) => runs.length > 0),
      );
    case "withheld": {
      const waits = world.model.withheld ?? [];
      const sis = oneWith(world, step.of, ({ id }) => waits.some((one) => one.integration === id));
      return decideWithheld(world, sis, step);
    }
    case "by-hand":
      return doByHand(world, step);
    case "scope": {
      const sis = world.sis[step.of];
      await leaveOutOfScope(world, sis, step.scope);
      if (step.way && sis.known) await runOnce(world, sis, { state: { rows: {} }, fromMemory: true }, step.way, step.parts);
      return;
    }
    case "order":
      return putFirst(world, world.sis[step.of]);
    case "conflict":
      return decideOpenConflict(world, step);
    case "class":
      return decideOneClass(world, world.sis[step.of], step);
    case "additions-only":
      return setAdditionsOnly(world, world.sis[step.of], step.isOn);
    case "disconnect":
      return disconnect(world, world.sis[step.of], step.people, step.isPreviewed);
    case "days":
      await passNights(world, step.nights);
      return passDays(world, step.days);
  }
}

/** The SIS that is meant, or the other one, where that alone has something to do it with. */
function oneWith(world: District, of: 0 | 1, has: (sis: Sis) => boolean): Sis {
  const [meant, other] = [world.sis[of], world.sis[of === 0 ? 1 : 0]];
  return !has(meant) && has(other) ? other : meant;
}
