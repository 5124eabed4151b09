import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { detectorIds } from "#lib/roster/guard/detector-ids.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";
import { asked } from "./asked.ts";
import { parsePage } from "./parse.ts";
import { helpPage, helpPages } from "./read.ts";
import { helpGroups } from "./schema.ts";
import { searchHelp } from "./search.ts";

const docs = join(import.meta.dirname, "../../../docs");

test("every page of docs/ is one of the help, by group, and each has a title", async () => {
  const pages = await helpPages(docs);
  const files = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  expect(pages.map(({ page }) => `${page}.md`).sort()).toEqual(files.sort());
  const groups = pages.map(({ group }) => helpGroups.indexOf(group));
  expect(groups).toEqual([...groups].sort());
  for (const { title, page } of pages) expect(title, page).not.toBe(page);
  expect(pages[0]).toMatchObject({ page: "issues", title: "Issues" });
});

test("every issue's code and every detector is a heading to link to", async () => {
  const anchorsOf = async (page: string) => (await helpPage(docs, page)).sections.map(({ anchor }) => anchor);
  expect(await anchorsOf("issues")).toEqual(expect.arrayContaining(Object.keys(issueCodes)));
  expect(await anchorsOf("guard")).toEqual(expect.arrayContaining([...detectorIds]));
});

test("pages are found by title, then by heading, then by what they say", async () => {
  expect((await searchHelp(docs, "issues"))[0]).toMatchObject({ page: "issues", anchor: "" });
  expect((await searchHelp(docs, "id-missing"))[0]).toMatchObject({ page: "issues", anchor: "id-missing" });
  expect((await searchHelp(docs, "a sourcedId cannot be told from any other")).map(({ anchor }) => anchor)).toContain("id-missing");
  expect(await searchHelp(docs, "")).toEqual([]);
  expect(await searchHelp(docs, "zzzzzz")).toEqual([]);
});

test("what an admin would type leads to the section that answers it", async () => {
  const firstFor = async (text: string) => {
    const [hit] = await searchHelp(docs, text);
    return hit && `${hit.page}#${hit.anchor}`;
  };
  expect(await firstFor("duplicate")).toBe("conflicts#what-is-a-conflict");
  expect(await firstFor("missing student")).toBe("why#");
  expect(await firstFor("student missing")).toBe("why#");
  expect(await firstFor("locked out")).toBe("second-factor#somebody-has-lost-all-of-theirs");
  expect(await firstFor("can't log in")).toBe("sign-in#the-only-way-in");
  expect(await firstFor("rollover")).toBe("guard#rollover");
  expect(await firstFor("snow day")).toBe("notifications#blackout-dates");
  expect(await firstFor("1.2")).toBe("providers/moving#from-oneroster-11-to-12");
  const pages = await helpPages(docs);
  const there = pages.flatMap(({ page, sections }) => sections.map(({ anchor }) => `${page}#${anchor}`));
  for (const [words, page, anchor] of asked) expect(there, words).toContain(`${page}#${anchor}`);
});

test("what is written for builders comes after what is written for admins", async () => {
  const groups = async (text: string) => {
    const hits = await searchHelp(docs, text);
    const pages = await helpPages(docs);
    return hits.map((hit) => pages.find(({ page }) => page === hit.page)?.group === "Decisions");
  };
  for (const text of ["password", "held", "undo", "role"]) {
    const isDecision = await groups(text);
    expect(isDecision.length, text).toBeGreaterThan(0);
    expect(isDecision, text).toEqual([...isDecision].sort());
  }
});

test("headings of one name get numbers, and a comment says nothing", () => {
  const { title, sections, tokens } = parsePage("x", "# One *two*\n\n<!-- no -->\n\n## Same `a`\n\nText\n\n## Same `a`\n");
  expect(title).toBe("One two");
  expect(sections.map(({ anchor, text }) => [anchor, text.trim()])).toEqual([
    ["", ""],
    ["same-a", "text"],
    ["same-a-1", ""],
  ]);
  expect(tokens.filter(({ type }) => type === "heading")).toMatchObject([{ anchor: "same-a" }, { anchor: "same-a-1" }]);
});
