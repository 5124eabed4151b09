import { expect, test } from "vitest";
import { completeTotals, type RunTotals } from "#lib/roster/totals.ts";
import { arrivalsOf, hasOthers, type Reach } from "./touched.ts";

const run = (learner: object, teacher: object = {}): Reach["runs"][number] => {
  const totals = completeTotals({} as RunTotals);
  return {
    id: "run",
    kind: "sync",
    changes: 60_000,
    totals: { ...totals, learner: { ...totals.learner, ...learner }, teacher: { ...totals.teacher, ...teacher } },
  };
};

test("very many new people of a run are told by number, and nobody is looked through for where there are no others", () => {
  const first: Reach = { by: "records", runs: [run({ created: 9_000 }, { created: 4_000 })] };
  expect(arrivalsOf(first).map(({ count, role, turn, schools, isByPerson }) => [count, role, turn, schools, isByPerson])).toEqual([
    [9_000, "learner", "new", null, true],
    [4_000, "teacher", "new", null, true],
  ]);
  expect(hasOthers(first, arrivalsOf(first))).toBe(false);
  const rollover: Reach = { by: "records", runs: [run({ created: 9_000, updated: 1 }, { created: 3_999, deactivated: 7_000 })] };
  expect(arrivalsOf(rollover).map(({ count }) => count)).toEqual([9_000]);
  expect(hasOthers(rollover, arrivalsOf(rollover))).toBe(true);
});

test("they are looked through where classes are too, and where somebody new may have changed in another run of the day", () => {
  expect(arrivalsOf({ by: "classes", runs: [run({ created: 9_000 })] })).toEqual([]);
  expect(arrivalsOf({ by: "records", runs: [run({ created: 9_000 }), run({ updated: 3 })] })).toEqual([]);
});
