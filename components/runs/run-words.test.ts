import { expect, it } from "vitest";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { EntityTotals, RunTotals } from "#lib/roster/totals.ts";
import { changedInWords, leftOutOf } from "./run-words.ts";

const none: EntityTotals = { created: 0, updated: 0, deactivated: 0, reactivated: 0, unchanged: 0, skipped: 0 };
const nothing = Object.fromEntries(entities.map((entity) => [entity, none])) as Record<Entity, EntityTotals>;
const run = (totals: Partial<RunTotals>, changeCount: number) => ({ totals: { ...nothing, ...totals }, changeCount });

it("says what a run changed, and what it found in Aivo and only linked", () => {
  const both = { learner: { ...none, created: 1200 }, teacher: { ...none, created: 34, deactivated: 1 } };
  expect(changedInWords(run(both, 1235))).toBe("1,234 created, 1 deactivated");
  expect(changedInWords(run(both, 1300))).toBe("1,234 created, 1 deactivated, 65 linked");
  expect(changedInWords(run({}, 9759))).toBe("9,759 linked");
  expect(changedInWords(run({}, 0))).toBe("Nothing changed");
  expect(changedInWords({ totals: null, changeCount: 0 })).toBe("");
});

it("counts what was left out over all entities", () => {
  expect(leftOutOf(run({ learner: { ...none, skipped: 2 }, membership: { ...none, skipped: 5 } }, 0))).toBe(7);
  expect(leftOutOf(null)).toBe(0);
});
