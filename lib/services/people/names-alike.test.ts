import fc from "fast-check";
import { expect, test } from "vitest";
import { neighboursOf } from "#lib/roster/nearest-id.ts";
import { beginningsAlike, isName, namesAlike, plainName, textsAlike } from "./names-alike.ts";

test("a name is compared without case, accents, signs and blanks", () => {
  for (const [name, plain] of [
    ["O’Brien", "obrien"],
    ["de la Cruz", "delacruz"],
    ["Ångström", "angstrom"],
    ["Łukasz", "lukasz"],
    ["Đặng", "dang"],
    ["Strauß", "strauss"],
  ] as const)
    expect(plainName(name), name).toBe(plain);
});

test("numbers, addresses and initials are no names", () => {
  expect(["s-1042", "a@b.example", "jo", "o'", "b."].filter(isName)).toEqual([]);
  expect(["lee", "o’n-s", "Đỗn"].filter(isName)).toHaveLength(3);
});

test("the nearest first; two slips only in a long word; a part of a name as well as all of it", () => {
  const near = (word: string, ...names: string[]) => namesAlike(word, names).map(({ part }) => part);
  expect(near("bakre", "Bakerly", "Barker", "Baker", "Smith")).toEqual(["Baker", "Bakerly", "Barker"]);
  expect(near("garzai", "Garcia")).toEqual([]);
  expect(near("hernadnes", "Hernandez")).toEqual(["Hernandez"]);
  expect(near("curz", "de la Cruz")).toEqual(["Cruz"]);
  expect(near("delacurz", "de la Cruz")).toEqual(["de la Cruz"]);
});

test("whatever is one slip away from a word begins as one of its beginnings does", () => {
  const word = fc.stringMatching(/^[a-z]{3,7}$/);
  fc.assert(
    fc.property(
      word.chain((one) => fc.record({ one: fc.constant(one), other: fc.constantFrom(...neighboursOf(one).keys()) })),
      ({ one, other }) => {
        expect(beginningsAlike(one).some((start) => other.startsWith(start))).toBe(true);
      },
    ),
  );
  expect(beginningsAlike("bakre").length).toBeLessThan(150);
});

test("of a list, the texts by which something is found, as they were written", () => {
  const names = ["Algebra 1", "Algebra 2", "Concert Band 7", "North Middle"];
  expect(textsAlike("Algbera 1", names)).toEqual(["Algebra 1"]);
  expect(textsAlike("algbera", names)).toEqual(["Algebra"]);
  expect(textsAlike("bnad, Concert", names)).toEqual(["Band, Concert"]);
  expect(textsAlike("cnocert  Band", names)).toEqual(["Concert  Band"]);
  expect(textsAlike("nroth", names)).toEqual(["North"]);
  expect(textsAlike("chemistry", names)).toEqual([]);
});
