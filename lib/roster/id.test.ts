import { describe, expect, it } from "vitest";
import { readId } from "./id.ts";

describe("readId", () => {
  it.each([
    ["00123", "00123"],
    [" 00123 ", "00123"],
    ["\uFEFF00123", "00123"],
    ["\u00A0a|b c\u200B", "a|b c"],
    ["{6F4283DC-F831-4437-A9A3-E030C7AF0493}", "{6F4283DC-F831-4437-A9A3-E030C7AF0493}"],
    ["1e3", "1e3"],
    ["", ""],
    [" \u200B ", ""],
  ])("%j is %j", (text, id) => expect(readId(text)).toBe(id));

  it("refuses what cannot be stored unchanged", () => {
    expect(readId("x".repeat(255))).toBe("x".repeat(255));
    expect(readId("x".repeat(256))).toBeNull();
    expect(readId("a\0b")).toBeNull();
    expect(readId("a\uDC00")).toBeNull();
  });
});
