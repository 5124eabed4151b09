import { expect, it } from "vitest";
import type { Cause } from "#lib/services/runs/causes-schema.ts";
import { causeCount, causeNames, causeState, causesInWords } from "./cause-words.ts";
import { classMoves, foldedInWords } from "./class-moves.ts";

const cause: Cause = {
  code: "id-missing",
  title: "Record without an id",
  severity: "error",
  count: 2,
  opened: 0,
  state: "continuing",
  nights: 3,
  people: 2,
  names: ["Zoë Bell", "Mateo Barnes"],
};

it("says since when a cause is there, and of whom", () => {
  expect(causeState(cause)).toEqual({ label: "3rd night", tone: "neutral" });
  expect(causeState({ ...cause, nights: 11 }).label).toBe("11th night");
  expect(causeState({ ...cause, state: "new", opened: 2, nights: 1 })).toEqual({ label: "New", tone: "warn" });
  expect(causeState({ ...cause, code: "withdrawals-suspended", nights: 22 })).toEqual({ label: "22nd night", tone: "bad" });
  expect(causeState({ ...cause, state: "resolved", nights: null })).toEqual({ label: "Resolved", tone: "good" });
  expect(causeCount(cause)).toBe("2 people");
  expect(causeCount({ people: 0, count: 1 })).toBe("1 record");
  expect(causeNames(cause)).toBe("Zoë Bell and Mateo Barnes");
  expect(causeNames({ ...cause, people: 11 })).toBe("Zoë Bell, Mateo Barnes and 9 more");
  expect(causesInWords([cause, { ...cause, state: "new" }, { ...cause, state: "resolved" }])).toBe("1 new, 1 continuing, 1 resolved");
});

it("pairs a class with the one it takes the place of", () => {
  const named = (...names: string[]) => names.map((name) => ({ id: name, name }));
  expect(classMoves(named("Science, Room 304", "Band 7"), named("Science, Room 303", "Art, Room 1"))).toEqual([
    { name: "Science", before: "Room 303", after: "Room 304" },
    { name: "Band 7", before: null, after: "joined" },
    { name: "Art, Room 1", before: "left", after: null },
  ]);
  expect(foldedInWords(7, 0, true)).toBe("7 classes");
  expect(foldedInWords(7, 7, false)).toBe("7 in, 7 out");
  expect(foldedInWords(0, 1, false)).toBe("1 out");
  expect(foldedInWords(0, 0, true)).toBe("");
});
