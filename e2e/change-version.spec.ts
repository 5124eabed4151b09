import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { inLaterVersion } from "./support/later-set.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("a SIS goes over to OneRoster 1.2: the night stops, Change version says who is who, and nobody is created or deactivated", async ({
  page,
  open,
  connect,
  ownSis,
}, testInfo) => {
  const files = rosterSet({ learners: 30 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  await ownSis.put(inLaterVersion(files));
  expect(await command("sync", "run", integration, "--wait")).toMatchObject({ state: "failed", failure: { code: "version-changed" } });

  await open(paths.integration(integration));
  await expect(page.getByText("The SIS sends OneRoster 1.2 now; nothing was changed")).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: testInfo.outputPath("callout.png"), fullPage: true });
  await page.getByRole("button", { name: "Change version" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);

  const card = page.getByRole("region", { name: "The people in OneRoster 1.2" });
  await expect(card).toBeVisible({ timeout: 60_000 });
  await expect(card.getByText(/^Found again by the id of before/)).toBeVisible();
  await expect(card.locator("dd")).toHaveText(["42", "0", "0", "0", "0"]);
  await expectAccessible(page);
  await page.screenshot({ path: testInfo.outputPath("preview.png"), fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.screenshot({ path: testInfo.outputPath("preview-phone.png"), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: testInfo.outputPath("preview-dark.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });

  await page.getByRole("button", { name: /^Change to OneRoster 1\.2/ }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Apply/ })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+ of the change to OneRoster 1\.2: / })).toBeVisible({
    timeout: 60_000,
  });
  await page.screenshot({ path: testInfo.outputPath("applied.png"), fullPage: true });
  expect(await command("sync", "run", integration, "--wait")).toMatchObject({ state: "succeeded", changeCount: 0 });
});
