import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { detectorIds } from "#lib/roster/guard/detector-ids.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";
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
