import { expect, test } from "vitest";
import type { PersonValue } from "./people-changed-schema.ts";
import { type PersonChange, personChangeWords } from "./people-changed-words.ts";

const classes = (...names: string[]) => names.map((name) => ({ id: name, name }));
const value = (field: string, before: string | null, after: string | null, isShort = false): PersonValue => ({
  field,
  before,
  after,
  isName: false,
  isShort,
});
const said = (change: Partial<PersonChange>) =>
  personChangeWords({ turn: null, formerName: null, joined: [], left: [], values: [], ...change });

test("what changed for somebody is one line", () => {
  expect(said({ turn: "created", joined: classes("Art", "Band", "Choir") })).toBe("new, in 3 classes");
  expect(said({ turn: "created" })).toBe("new");
  expect(said({ turn: "reactivated", joined: classes("Art"), formerName: "Luna Fisher" })).toBe("back, in 1 class; was Luna Fisher");
  expect(said({ turn: "deactivated", left: classes("Art", "Band") })).toBe("left");
  expect(said({ formerName: "Thiago Garcia" })).toBe("was Thiago Garcia");
  expect(said({ joined: classes("Band 7") })).toBe("joined Band 7");
  expect(said({ left: classes("Technology 8") })).toBe("left Technology 8");
  expect(said({ joined: classes("Band 7", "Art 7"), left: classes("Technology 8") })).toBe("joined 2 classes, left Technology 8");
  expect(said({ formerName: "Bo Lee", left: classes("Technology 8") })).toBe("was Bo Lee; left Technology 8");
});

test("whose classes all move to one room moved there", () => {
  const from = classes("Grade 3 Science, Room 301", "Grade 3 Art, Room 301");
  expect(said({ left: from, joined: classes("Grade 3 Art, Room 304", "Grade 3 Science, Room 304") })).toBe("moved to Room 304");
  expect(said({ left: from, joined: classes("Grade 3 Art, Room 304", "Grade 3 Science, Room 302") })).toBe(
    "joined 2 classes, left 2 classes",
  );
  expect(said({ left: from, joined: classes("Grade 4 Art, Room 304", "Grade 3 Science, Room 304") })).toBe(
    "joined 2 classes, left 2 classes",
  );
});

test("values are told where they fit the line", () => {
  expect(said({ values: [value("Grade", "Grade 5", "Grade 6", true)] })).toBe("now Grade 6, was Grade 5");
  expect(said({ values: [value("Email", "a@example.org", "b@example.org")] })).toBe("another email");
  expect(said({ values: [{ ...value("Middle name", "Ann", "Bo"), isName: true }] })).toBe("another middle name");
  expect(said({})).toBe("details changed");
  expect(said({ values: [value("Student number", "17", null)] })).toBe("no student number any more");
  expect(said({ values: [value("Email", null, "b@example.org"), value("Grade", "Grade 5", "Grade 6", true)] })).toBe("2 values changed");
});
