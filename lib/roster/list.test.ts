import { describe, expect, it } from "vitest";
import { readList, readText } from "./list.ts";

describe("readList", () => {
  it.each([
    [undefined, []],
    ["", []],
    [" , ,", []],
    ["a", ["a"]],
    ["a, b ,a,,\u00A0c\u200B", ["a", "b", "c"]],
    [
      ["a,b", " c ", "", "c"],
      ["a,b", "c"],
    ],
    [[], []],
  ])("%j holds %j", (value, items) => expect(readList(value)).toEqual(items));

  it("splits a huge cell", () => expect(readList("a,b,".repeat(200_000))).toEqual(["a", "b"]));
});

describe("readText", () => {
  it.each([
    [undefined, ""],
    [" a ", " a "],
    [["a"], "a"],
    [["a", "b"], "a,b"],
  ])("%j is %j", (value, text) => expect(readText(value)).toBe(text));
});
