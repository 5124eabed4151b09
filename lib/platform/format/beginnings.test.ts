import fc from "fast-check";
import { expect, test } from "vitest";
import { beginnings, beginsWithAll } from "./beginnings.ts";

const marked = (text: string, ...words: string[]) =>
  beginnings(text, words)
    .map(({ text: piece, isSought }) => (isSought ? `[${piece}]` : piece))
    .join("");

test("marks what begins a word, in any case and order, and the longest that does", () => {
  expect(marked("Anika Banerjee", "ban")).toBe("Anika [Ban]erjee");
  expect(marked("Claire Baker", "bak", "cla")).toBe("[Cla]ire [Bak]er");
  expect(marked("Concert Band, Period 6", "ban", "band", "6")).toBe("Concert [Band], Period [6]");
  expect(marked("Urban O'Brien-Smith", "ban", "bri", "smith")).toBe("Urban O'[Bri]en-[Smith]");
  expect(marked("Zoë Ångström", "zoë", "ång")).toBe("[Zoë] [Ång]ström");
  expect(marked("", "a")).toBe("");
});

const word = fc.stringMatching(/^[a-zé]{1,8}$/);

test("whatever is marked, the pieces are the text", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(word), (text, words) => {
      expect(
        beginnings(text, words)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }),
  );
});

test("the beginnings of a text's words find it, in any order", () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 6 }).chain((words) =>
        fc.record({
          words: fc.constant(words),
          sought: fc
            .shuffledSubarray(words, { minLength: 1 })
            .chain((some) => fc.tuple(...some.map((one) => fc.integer({ min: 1, max: one.length }).map((length) => one.slice(0, length))))),
        }),
      ),
      ({ words, sought }) => {
        expect(beginsWithAll(words.join(" "), sought)).toBe(true);
        expect(beginsWithAll(words.join(" "), [...sought, "0"])).toBe(false);
      },
    ),
  );
});
