import { expect, it } from "vitest";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { EntityTotals, RunTotals } from "#lib/roster/totals.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import { changedInWords, headlineOf, leftOutOf } from "./run-words.ts";

const none: EntityTotals = { created: 0, updated: 0, deactivated: 0, reactivated: 0, linked: 0, unchanged: 0, skipped: 0 };
const nothing = Object.fromEntries(entities.map((entity) => [entity, none])) as Record<Entity, EntityTotals>;
const run = (totals: Partial<RunTotals>, changeCount: number) => ({ totals: { ...nothing, ...totals }, changeCount });

it("says what a run changed, and what it found in Aivo and only linked", () => {
  const both = { learner: { ...none, created: 1200 }, teacher: { ...none, created: 34, deactivated: 1 } };
  expect(changedInWords(run(both, 1235))).toBe("1,234 created, 1 deactivated");
  expect(changedInWords(run(both, 1300))).toBe("1,234 created, 1 deactivated, 65 linked");
  expect(changedInWords(run({}, 9759))).toBe("9,759 linked");
  expect(changedInWords(run({ learner: { ...none, linked: 12 } }, 12))).toBe("12 linked");
  expect(changedInWords(run({}, 0))).toBe("Nothing changed");
  expect(changedInWords({ totals: null, changeCount: 0 })).toBe("");
});

it("says of a plan that links what Aivo has already that it would link it", () => {
  const preview = (totals: Partial<RunTotals>, changeCount: number) =>
    headlineOf({ state: "previewed", kind: "preview", sameAsRunId: null, ...run(totals, changeCount) } as RunDetail);
  const linked = { learner: { ...none, linked: 600 }, membership: { ...none, linked: 9249 } };
  expect(preview(linked, 9849)).toBe("A sync now would link 9,849 records that Aivo has already to the SIS; no value would change.");
  expect(preview({ ...linked, teacher: { ...none, created: 3 } }, 9852)).toBe(
    "A sync now would create 3 teachers; link 600 learners and 9,249 class memberships. Nothing has changed yet.",
  );
  expect(preview({}, 0)).toBe("A sync now would change nothing.");
});

it("counts what was left out over all entities", () => {
  expect(leftOutOf(run({ learner: { ...none, skipped: 2 }, membership: { ...none, skipped: 5 } }, 0))).toBe(7);
  expect(leftOutOf(null)).toBe(0);
});
