import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText, cutText, isInvisible, isStorable, quoteValue } from "./text.ts";

describe("cleanText", () => {
  it.each([
    ["  a b ", "a b"],
    ["\uFEFFid", "id"],
    ["\u00A0id\u00A0", "id"],
    ["\u200Bid\u200D\u2060", "id"],
    ["\r\nid\t", "id"],
    ["\u3000\u2003\u00AD", ""],
    ["", ""],
  ])("%j becomes %j", (text, clean) => expect(cleanText(text)).toBe(clean));

  it("keeps what is inside, and the variation selector that ends a name", () => {
    expect(cleanText("a\u200B\u00A0b")).toBe("a\u200B\u00A0b");
    expect(cleanText("葛\u{E0100}")).toBe("葛\u{E0100}");
    expect(cleanText("❤\uFE0F")).toBe("❤\uFE0F");
  });

  it("trims at least what JavaScript trims, and is idempotent", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const clean = cleanText(text);
        expect(clean.trim()).toBe(clean);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });

  it("calls every whitespace and control character invisible, and nothing of ASCII that is seen", () => {
    for (let code = 0; code < 0x10000; code++) {
      const isBlank = /[\s\p{Cc}]/u.test(String.fromCharCode(code));
      if (isBlank) expect(isInvisible(code), code.toString(16)).toBe(true);
      if (code > 0x20 && code < 0x7f) expect(isInvisible(code)).toBe(false);
    }
  });
});

describe("what a database can store", () => {
  it("has no NUL and no lone surrogate", () => {
    expect(isStorable("Ünï 🏫")).toBe(true);
    expect(isStorable("a\0b")).toBe(false);
    expect(isStorable("a\uD83C")).toBe(false);
  });

  it("is what a quoted value is, however broken the value", () => {
    expect(quoteValue("a\0b")).toBe("a␀b");
    expect(quoteValue("x".repeat(500))).toHaveLength(200);
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => isStorable(quoteValue(text))));
  });

  it("is not halved by cutting", () => expect(cutText("ab🏫", 3)).toBe("ab"));
});
