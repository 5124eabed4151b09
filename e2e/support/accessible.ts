import { expect, type Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Fails on a violation of WCAG 2.2 AA, or one that hinders somebody seriously, in light, and of the colours in dark. For what a page shows only after something was
 * done to it: pages as they open are look.spec.ts's.
 */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessibleAsShown(page, colorScheme, colorScheme === "light" ? "all" : "colours");
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** What can differ between light and dark. */
const rulesOfColour = ["color-contrast", "link-in-text-block"];

/** The same for the page as it stands, or only for its colours, or for all but those: a phone has the same, and to weigh them takes the longest. */
export async function expectAccessibleAsShown(page: Page, how: string, what: "all" | "colours" | "layout" = "all"): Promise<void> {
  // axe looks into a frame only where it was brought into that one too.
  expect(page.frames()).toHaveLength(1);
  const options: RunOptions = {
    runOnly: what === "colours" ? { type: "rule", values: rulesOfColour } : { type: "tag", values: tags },
    rules: what === "layout" ? Object.fromEntries(rulesOfColour.map((rule) => [rule, { enabled: false }])) : {},
    // Of what passes, only that it does: to name every cell of a table that is in order takes longer than to look at it.
    resultTypes: ["violations"],
  };
  // Once for each document, however often it is looked at: half a megabyte of source.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async (given) => {
    // A colour on its way from light to dark is neither. What inherits it sets out when that has arrived.
    const underWay = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
    for (let moving = underWay(); moving.length > 0; moving = underWay()) for (const one of moving) one.finish();
    // Of the rows of a table that are built alike, down to what is blank in them, two are looked at: fifty take fifty times as long.
    const builtLike = new Map<string, number>();
    const alike = [...document.querySelectorAll("tbody > tr")].filter((row) => {
      const parts = [row, ...row.querySelectorAll("*")].map((part) =>
        [part.tagName, part.getAttribute("class"), part.getAttributeNames(), part.textContent?.trim() === ""].join(" "),
      );
      const build = parts.join("\n");
      builtLike.set(build, (builtLike.get(build) ?? 0) + 1);
      return (builtLike.get(build) ?? 0) > 2;
    });
    const found = await (window as unknown as { axe: typeof axe }).axe.run({ exclude: alike }, given);
    return found.violations.map(({ id, impact, tags: of, nodes }) => ({
      id,
      impact,
      tags: of,
      targets: nodes.map(({ target }) => target),
    }));
  }, options);
  const grave = violations.filter(
    ({ impact, tags: of }) => impact === "serious" || impact === "critical" || of.some((tag) => tag.startsWith("wcag")),
  );
  const told = grave.map(({ id, targets }) => `${how}: ${id} at ${targets.map((target) => target.join(" ")).join(", ")}`);
  expect(told).toEqual([]);
}
