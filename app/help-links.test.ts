import { join } from "node:path";
import type { Token } from "marked";
import { describe, expect, test } from "vitest";
import { failureHeadings } from "#components/help/failure-headings.ts";
import { helpPage, helpPages } from "#lib/services/help/read.ts";
import { helpHref, helpImageHref } from "./help-links.ts";

const docs = join(import.meta.dirname, "../docs");

describe("links", () => {
  test("of every page lead to a page and a heading that are there", async () => {
    const pages = await helpPages(docs);
    const there = new Set(
      pages.flatMap(({ page, sections }) => sections.map(({ anchor }) => `/help/${page}${anchor === "" ? "" : `#${anchor}`}`)),
    );
    for (const { page, tokens } of pages)
      for (const href of tokens.flatMap(linksIn)) {
        const to = helpHref(page, href);
        const full = to?.startsWith("#") ? `/help/${page}${to}` : to;
        if (full?.startsWith("/")) expect(there.has(full), `${page}: ${href} → ${full}`).toBe(true);
      }
  });

  test("from a sync that failed lead to its provider's guide, and to a heading that is there", async () => {
    for (const [provider, anchor] of Object.entries(failureHeadings)) {
      const { sections } = await helpPage(docs, `providers/${provider}`);
      expect(
        sections.map((section) => section.anchor),
        provider,
      ).toContain(anchor);
    }
  });

  test("are rewritten from where the page stands; what is not served leads nowhere", () => {
    expect(helpHref("providers/clever", "../issues.md#id-missing")).toBe("/help/issues#id-missing");
    expect(helpHref("issues", "decisions/001-plan-then-apply.md")).toBe("/help/decisions/001-plan-then-apply");
    expect(helpHref("issues", "#id-missing")).toBe("#id-missing");
    expect(helpHref("issues", "https://www.imsglobal.org/")).toBe("https://www.imsglobal.org/");
    for (const href of ["../lib/roster/issue-codes.ts", "javascript:alert(1)", "//elsewhere.example/docs/a.txt"])
      expect(helpHref("issues", href)).toBeNull();
    expect(helpImageHref("providers/clever", "../images/sync.png")).toBe("/api/help/images/sync.png");
    expect(helpImageHref("issues", "https://elsewhere.example/a.png")).toBeNull();
  });
});

function linksIn(token: Token): string[] {
  const {
    tokens = [],
    items = [],
    header = [],
    rows = [],
  } = token as {
    tokens?: Token[];
    items?: Token[];
    header?: { tokens: Token[] }[];
    rows?: { tokens: Token[] }[][];
  };
  const inner = [...tokens, ...items, ...[...header, ...rows.flat()].flatMap((cell) => cell.tokens)];
  return [...(token.type === "link" ? [String(token.href)] : []), ...inner.flatMap(linksIn)];
}
