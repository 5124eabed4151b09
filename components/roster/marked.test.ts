import { expect, test } from "vitest";
import { markBeginnings } from "./marked.ts";

const shown = (text: string, search: string) =>
  markBeginnings(text, search)
    .map(({ text: part, isMarked }) => (isMarked ? `[${part}]` : part))
    .join("");

test.each([
  ["Baker, Claire", "ba", "[Ba]ker, Claire"],
  ["Baker, Barbara", "BA", "[Ba]ker, [Ba]rbara"],
  ["Baker, Claire", "claire baker", "[Baker], [Claire]"],
  ["García-Lopez, Ana", "lop garcia", "[García]-[Lop]ez, Ana"],
  ["Barnes, Siobhán", "siobhan", "Barnes, [Siobhán]"],
  ["Sebastian, Abe", "ba", "Sebastian, Abe"],
  ["Baker, Claire", "", "Baker, Claire"],
])("%s, looked for by %j", (text, search, expected) => {
  expect(shown(text, search)).toBe(expected);
});
