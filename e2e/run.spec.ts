import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { addIntegration, command } from "./support/district.ts";
import { pictureForDocs } from "./support/picture.ts";
import { sandboxProviders } from "./support/sandbox-providers.ts";
import { expect, test } from "./support/test.ts";

/** A sync as it goes and as its record, against a SIS that takes its time and fails once. */
test("a sync fills its waterfall while it goes, and stays as its record with the people first", async ({
  page,
  open,
  district,
}, testInfo) => {
  test.slow();
  const { oneRoster, break: breakSis } = await sandboxProviders();
  const written = { name: "OneRoster API", provider: "oneroster-rest", credentials: oneRoster };
  const integration = await addIntegration(district, written, testInfo.outputPath("integration.json"));
  const h1 = page.getByRole("heading", { level: 1 });
  const lane = (name: string | RegExp) => page.getByRole("listitem").filter({ hasText: name });
  await open(paths.integration(integration));
  // Not the orgs: they are asked first for which version of OneRoster this is.
  await breakSis({ kind: "status-500", server: "oneroster-rest", endpoint: "courses", times: 1 });
  await breakSis({ kind: "slow", server: "oneroster-rest", endpoint: "enrollments", times: 1, delayMs: 12_000 });

  await test.step("while it goes it says what it reads, how much, and that nothing has changed", async () => {
    await page.getByRole("button", { name: "Run Sync Now" }).click();
    await expect(h1).toContainText(/^Sync 1 is reading enrollments/, { timeout: 30_000 });
    await expect(h1).toContainText("Nothing has changed in Aivo yet.");
    await expect(lane(/^courses/)).toContainText(/The SIS answered with an error, read on after/i);
    await expect(lane(/^Read from the SIS, under way/)).toBeVisible();
    await expect(lane(/^Normalize, not begun/)).toBeVisible();
    await expectAccessible(page);
    await pictureForDocs(page, "sync-under-way");
    await page.setViewportSize({ width: 320, height: 700 });
    const overhang = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(overhang).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  await test.step("its end is announced, and the people take the page", async () => {
    await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("status", { name: "What has changed" })).toHaveText("Sync 1 has ended: Succeeded.");
    await expect(h1).toHaveText(/^Sync 1: [\d,]+ learners and [\d,]+ teachers arrived\./);
    await expect(page.getByText("1 retry", { exact: true })).toBeVisible();
    await expect(lane(/^users/)).toContainText(/[\d,]{3,}/);
    await expectAccessible(page);
  });

  await test.step("the seal opens and says why the read is known to be complete", async () => {
    await page.getByText("Read to the last row").click();
    await expect(page.getByText(/page.*records.*total [\d,]+ reached/).first()).toBeVisible();
    await expect(page.getByRole("region", { name: "Left out on purpose" })).toBeVisible();
    await page.getByText("Age and content of each").click();
    await expect(page.getByText(/^SHA-256 [0-9a-f]{64}$/)).toHaveCount(6);
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  await test.step("the next night has a line a person, whose classes open under it", async () => {
    const { advance } = await sandboxProviders();
    await advance(3);
    const run = await command("sync", "run", integration, "--wait");
    await page.goto(paths.run(integration, run.id));
    await expect(h1).toHaveText(/^Sync 2: .*\d.*(arrived|left|changed)/);
    const fold = page.getByRole("button", { name: /^(\d+ classes|\d+ in|\d+ out)/ }).first();
    await fold.click();
    await expect(fold).toHaveAttribute("aria-expanded", "true");
    await expectAccessible(page);
    await page.getByRole("link", { name: /^Show all / }).click();
    await expect(page.getByRole("heading", { level: 3 }).first()).toBeVisible();
    await page.getByRole("link", { name: "Record by record" }).click();
    await expect(page.getByRole("table", { name: "Changes" })).toBeVisible();
    await expectAccessible(page);
  });
});
