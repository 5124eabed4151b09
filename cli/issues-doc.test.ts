import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { issuesDocument } from "#cli/issues-doc.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";

describe("docs/issues.md", () => {
  it("is what lib/roster/issue-codes.ts says (else: node cli/issues-doc.ts > docs/issues.md)", () => {
    expect(readFileSync(new URL("../docs/issues.md", import.meta.url), "utf8")).toBe(issuesDocument());
  });

  it("has a heading for each code, and each table row points to one", () => {
    const headings = [...issuesDocument().matchAll(/^### (.+)$/gm)].map((match) => match[1]);
    const links = [...issuesDocument().matchAll(/\]\(#(.+?)\)/g)].map((match) => match[1]);
    expect(headings.toSorted()).toEqual(Object.keys(issueCodes).toSorted());
    expect(links.toSorted()).toEqual(headings.toSorted());
  });
});
