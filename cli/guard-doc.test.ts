import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guardDocument } from "#cli/guard-doc.ts";

describe("docs/guard.md", () => {
  it("is what lib/roster/guard says (else: node cli/guard-doc.ts > docs/guard.md)", () => {
    expect(readFileSync(new URL("../docs/guard.md", import.meta.url), "utf8")).toBe(guardDocument());
  });
});
