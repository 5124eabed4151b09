import { join } from "node:path";
import { expect, test } from "vitest";
import { helpPage } from "#lib/services/help/read.ts";
import { problems } from "./problems.ts";

test("every type of problem leads to a heading of the documentation", async () => {
  const { sections } = await helpPage(join(import.meta.dirname, "../../../docs"), "api");
  const anchors = sections.map(({ anchor }) => anchor);
  expect(anchors).toEqual(expect.arrayContaining(Object.keys(problems)));
  for (const [type, { status }] of Object.entries(problems))
    expect(sections.find(({ anchor }) => anchor === type)?.text.trim()).toMatch(new RegExp(`^status ${status}\\.`));
});
