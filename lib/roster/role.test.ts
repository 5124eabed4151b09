import { expect, it } from "vitest";
import { readRole } from "./role.ts";

it.each([
  ["teacher", "teacher"],
  ["Teacher", "teacher"],
  [" STUDENT\u00A0", "learner"],
])("%j is rostered as %s", (text, role) => expect(readRole(text)).toEqual({ rostered: role }));

it.each(["administrator", "aide", "guardian", "parent", "proctor", "relative"])("a %s is not rostered", (word) => {
  expect(readRole(word.toUpperCase())).toEqual({ rostered: null, word });
});

it.each(["", "principal", "teachers", "learner", "toString"])("%j is not guessed", (text) => expect(readRole(text)).toBeUndefined());
