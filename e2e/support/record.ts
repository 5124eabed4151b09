import type { Page } from "@playwright/test";

/** Chooses what a record's page has behind its three dots. */
export async function choose(page: Page, entry: string): Promise<void> {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

/** Opens what a record's page folds: ids, and where the values came from. */
export async function openOrigins(page: Page): Promise<void> {
  await page.getByText("Ids and where the values came from").click();
}
