import { expect, test } from "vitest";
import type { HeldPart } from "#lib/services/runs/held-schema.ts";
import { chosenOf, firstChoices, withPart, withRecord } from "./choice.ts";

const part = (id: HeldPart["id"], count: number, isOdd = false): HeldPart => ({
  id,
  count,
  isOdd,
  title: id,
  note: null,
  whyWithAll: null,
  leftOut: "",
  filter: {},
});
const leaving = part("learners-leave", 3, true);
const details = part("details", 2);
const parts = [details, leaving];

test("what a look does not explain is out, and single records are chosen beside their part", () => {
  const first = firstChoices(parts);
  expect(chosenOf(parts, first)).toMatchObject({ without: [{ part: "learners-leave" }], checked: 1, stay: 0 });
  const some = withRecord(withRecord(first, leaving, "a", true), details, "b", false);
  expect(chosenOf(parts, some)).toEqual({
    without: [
      { part: "details", records: ["b"] },
      { part: "learners-leave", except: ["a"] },
    ],
    checked: 1,
    out: [],
    leftSingly: 1,
    takenSingly: 1,
    stay: 3,
  });
  expect(chosenOf(parts, withRecord(some, details, "b", true)).without).toEqual([{ part: "learners-leave", except: ["a"] }]);
});

test("once all records of a part are chosen singly the part is, and choosing the part forgets them", () => {
  const both = withRecord(withRecord(firstChoices(parts), details, "a", false), details, "b", false);
  expect(chosenOf(parts, both).without).toEqual([{ part: "details" }, { part: "learners-leave" }]);
  const one = withRecord(firstChoices(parts), details, "a", false);
  expect(chosenOf(parts, withPart(one, "details", true)).without).toEqual([{ part: "learners-leave" }]);
});
