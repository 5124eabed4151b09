import fc from "fast-check";
import { expect, test } from "vitest";
import { slipsBetween } from "./slips.ts";

test("a letter replaced, missing, too many, or swapped with its neighbour is one slip", () => {
  for (const [wrong, right, slips] of [
    ["baker", "baker", 0],
    ["bakre", "baker", 1],
    ["bakar", "baker", 1],
    ["baer", "baker", 1],
    ["bakker", "baker", 1],
    ["lnua", "luna", 1],
    ["fihsre", "fisher", 2],
    ["", "ab", 2],
  ] as const)
    expect(slipsBetween(wrong, right).whole, wrong).toBe(slips);
});

test("what is not typed to its end is as far as from the beginning that it is", () => {
  expect(slipsBetween("fihs", "fisher")).toEqual({ whole: 3, beginning: 1 });
  expect(slipsBetween("fish", "fisher")).toEqual({ whole: 2, beginning: 0 });
});

test("counted up to a limit, it is the same below it", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 3 }), (one, other, most) => {
      const { whole, beginning } = slipsBetween(one, other);
      expect(slipsBetween(other, one).whole).toBe(whole);
      expect(slipsBetween(one, other, most)).toEqual({ whole: Math.min(whole, most + 1), beginning: Math.min(beginning, most + 1) });
    }),
  );
});
