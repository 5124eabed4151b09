import fc from "fast-check";
import { expect, test } from "vitest";
import { SeenIds } from "./seen-ids.ts";

function mayRepeat(ids: Iterable<string>): boolean {
  const seen = new SeenIds();
  for (const id of ids) seen.add(id);
  return seen.mayRepeat;
}

test("an id that comes twice is told, wherever it comes", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 200 }), fc.nat(), fc.nat(), (ids, which, where) => {
      const id = ids[which % ids.length] as string;
      const at = where % (ids.length + 1);
      expect(mayRepeat([...ids.slice(0, at), id, ...ids.slice(at)])).toBe(true);
    }),
  );
});

test("ids as SISs make them are told apart: counted, of uuids' shape, or differing in one place", () => {
  const numbers = Array.from({ length: 300_000 }, (_, n) => n);
  expect(mayRepeat(numbers.map(String))).toBe(false);
  expect(mayRepeat(numbers.map((n) => `enrollment-${n}-2026`))).toBe(false);
  expect(mayRepeat(numbers.map((n) => `${n.toString(16).padStart(8, "0")}-0000-7000-8000-000000000000`))).toBe(false);
  expect(mayRepeat(numbers.map((n) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`))).toBe(false);
});

test("of too many it says that they may repeat", () => {
  const seen = new SeenIds();
  for (let n = 0; n < 2_200_000; n++) seen.add(`e${n}`);
  expect(seen.mayRepeat).toBe(true);
});
