import type { Page } from "@playwright/test";

/** Renews a picture of the docs, as the page is now, where pictures are asked for (`npm run screenshots`). */
export async function pictureForDocs(page: Page, name: string): Promise<void> {
  if (process.env.AIVO_SCREENSHOTS) await page.screenshot({ path: `docs/images/${name}.png` });
}
