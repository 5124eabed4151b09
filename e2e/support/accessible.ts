import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

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

/** The same for the page as it stands, or only for its colours. */
export async function expectAccessibleAsShown(page: Page, how: string, what: "all" | "colours" = "all"): Promise<void> {
  // Of what passes, only that it does: to name every cell of a table that is in order takes longer than to look at it.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
  const { violations } = await (what === "all" ? axe.withTags(rules) : axe.withRules(rulesOfColour)).analyze();
  const grave = violations.filter(
    ({ impact, tags }) => impact === "serious" || impact === "critical" || tags.some((tag) => tag.startsWith("wcag")),
  );
  const told = grave.map(({ id, nodes }) => `${how}: ${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  expect(told).toEqual([]);
}
