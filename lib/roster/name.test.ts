import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLabelTooLong, maxLabelLength, normaliseLabel } from "./name.ts";
import { isStorable } from "./text.ts";

describe("normaliseLabel", () => {
  it.each([
    [" Mary  Ann ", "Mary Ann"],
    ["Mary\u00A0Ann", "Mary Ann"],
    ["Mary\r\nAnn", "Mary Ann"],
    ["Mary \u200B Ann", "Mary Ann"],
    ["Ma\u00ADry", "Mary"],
    ["\u202EMary", "Mary"],
    ["Jose\u0301", "José"],
    ["O'Neil-Smith, Jr.", "O'Neil-Smith, Jr."],
    ["علی\u200Cرضا", "علی\u200Cرضا"],
    ["a\0b", "ab"],
    [" \t ", ""],
    ["", ""],
  ])("%j becomes %j", (text, label) => expect(normaliseLabel(text)).toBe(label));

  it("cuts at 255 characters and says so", () => {
    expect(normaliseLabel("x".repeat(300))).toHaveLength(maxLabelLength);
    expect(isLabelTooLong("x".repeat(300))).toBe(true);
    expect(isLabelTooLong(` ${"x".repeat(255)} `)).toBe(false);
    expect(normaliseLabel(`${"x".repeat(254)} y`)).toBe("x".repeat(254));
  });

  it("is idempotent and storable for any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", minLength: 200, maxLength: 400 })), (text) => {
        const label = normaliseLabel(text);
        expect(normaliseLabel(label)).toBe(label);
        expect(isStorable(label)).toBe(true);
        expect(label.length).toBeLessThanOrEqual(maxLabelLength);
        expect(label.includes("  ")).toBe(false);
      }),
    );
  });

  it("takes time in proportion to the text", () => expect(normaliseLabel(`a${" ".repeat(2_000_000)}b`)).toBe("a b"));
});
