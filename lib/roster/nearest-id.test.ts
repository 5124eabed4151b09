import fc from "fast-check";
import { expect, test } from "vitest";
import { neighboursOf, slipInWords } from "./nearest-id.ts";

/** Optimal string alignment by its table, for obviousness. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, at) => [at, ...Array<number>(b.length).fill(0)]);
  for (let at = 0; at <= b.length; at += 1) (rows[0] ?? [])[at] = at;
  const get = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const least = Math.min(get(i - 1, j) + 1, get(i, j - 1) + 1, get(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (rows[i] ?? [])[j] = isSwap ? Math.min(least, get(i - 2, j - 2) + 1) : least;
    }
  }
  return get(a.length, b.length);
}

const id = (signs: string) => fc.string({ unit: fc.constantFrom(...signs), minLength: 1, maxLength: 12 });

test("nothing that is further than one slip is found, nor the id itself", () => {
  fc.assert(
    fc.property(id("0123456789-ab"), (one) => {
      for (const other of neighboursOf(one).keys()) expect(distance(one, other)).toBe(1);
    }),
    { numRuns: 40 },
  );
});

test("every id that is one slip away is found", () => {
  const digits = "0123456789";
  const edit = fc.record({ at: fc.nat(), sign: fc.constantFrom(...digits), kind: fc.constantFrom("swap", "put", "insert", "remove") });
  fc.assert(
    fc.property(id(digits), edit, (one, { at, sign, kind }) => {
      const n = at % one.length;
      const other = {
        swap: one.slice(0, n) + (one[n + 1] ?? "") + one[n] + one.slice(n + 2),
        put: one.slice(0, n) + sign + one.slice(n + 1),
        insert: one.slice(0, n) + sign + one.slice(n),
        remove: one.slice(0, n) + one.slice(n + 1),
      }[kind];
      fc.pre(other !== one && other !== "");
      expect(neighboursOf(one).has(other)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a swap is called a swap, and what no hand typed has no neighbours", () => {
  expect(neighboursOf("301-108-40").get("301-108-04")).toBe("swapped");
  expect(neighboursOf("301-108-0").get("301-108-04")).toBe("left-out");
  expect(neighboursOf("301-108-044").get("301-108-04")).toBe("added");
  expect(slipInWords("swapped", "301-108-40")).toBe("two digits may be swapped");
  expect(slipInWords("replaced", "MATH-1")).toBe("one character may be mistyped");
  expect(neighboursOf("").size).toBe(0);
  expect(neighboursOf("6f9619ff-8b86-d011-B42D-00c04fc964ff6f9619ff").size).toBe(0);
});
