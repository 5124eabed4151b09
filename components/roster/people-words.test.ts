import { expect, test } from "vitest";
import type { PersonRow } from "#lib/services/people/schema.ts";
import { peopleSentence, statusOf } from "./people-words.ts";

const nothing = { left: 0, absent: 0, misses: 0 };

test.each([
  [{ total: 16, told: { left: 1, absent: 1, misses: 1 } }, "16 learners: 1 who left can still sign in, 1 never arrived, 1 misses a class"],
  [{ total: 1464, told: { ...nothing, misses: 2 } }, "1,464 learners: 2 miss a class"],
  [{ total: 1, told: nothing }, "1 learner"],
  [{ total: 0, told: nothing }, "0 learners"],
])("the sentence of %j", (list, expected) => {
  expect(peopleSentence("learner", list)).toBe(expected);
});

const person = { status: "active", isBarred: false, hasLeft: false, missedCount: 0 } as PersonRow;

test.each([
  [{}, "Active", "usual"],
  [{ missedCount: 1 }, "Misses 1 class", "ask"],
  [{ missedCount: 2 }, "Misses 2 classes", "ask"],
  [{ hasLeft: true, missedCount: 1 }, "Left, can still sign in", "harm"],
  [{ isBarred: true, missedCount: 1 }, "Barred", "plain"],
  [{ status: "deactivated", missedCount: 1 }, "Deactivated", "plain"],
] as const)("somebody with %j", (of, words, weight) => {
  expect(statusOf({ ...person, ...of })).toEqual({ words, weight });
});
