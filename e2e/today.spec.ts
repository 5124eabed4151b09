import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("Today says in one sentence how things stand, for whom, and what changed", async ({ page, open, connect, ownSis }) => {
  await open(paths.overview());
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bring your roster in");
  const steps = page.getByRole("region", { name: "First steps" });
  await expect(steps).toContainText("1 of 7 done");
  await expect(steps.getByRole("link", { name: "Add Integration" })).toHaveAttribute("href", paths.newIntegration());
  await expect(steps.getByRole("link", { name: "Choose who hears of failures" })).toHaveAttribute("href", paths.notifications());
  await expectAccessible(page);

  const files = rosterSet({ learners: 12 });
  await ownSis.put(files);
  const integration = await connect();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing has been synced yet.");
  await expect(steps.getByRole("listitem").filter({ hasText: "Add an integration (done)" })).toBeVisible();
  await sync(integration);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/^12 learners match your SIS as of .*\. Nobody needs help\.$/);
  await expect(steps.getByRole("listitem").filter({ hasText: "Run the first sync (done)" })).toBeVisible();
  await expect(page.getByText("Nobody. Everything that the SIS says came through.")).toBeVisible();

  await test.step("what changed, for whom: nothing to click", async () => {
    const users = String(files["users.csv"])
      .replace(/^(u1,.*),Lee,/m, "$1,Leonora,")
      .replace(/^u2,.*\r\n/m, "");
    await ownSis.put({ ...files, "users.csv": users });
    await sync(integration);
    await page.reload();
    const changed = page.getByRole("region", { name: /^Who changed (last night|today)$/ });
    await expect(changed.getByRole("heading", { level: 3 }).first()).toBeVisible();
    await expect(changed.getByRole("listitem").filter({ hasText: "Lee Pupil002" })).toContainText("left");
    await expectAccessible(page);
  });

  await test.step("a cause is acknowledged, with why and who, and taken back", async () => {
    await ownSis.put(rosterSet({ learners: 12, withMistakes: true }));
    await sync(integration);
    await page.reload();
    const help = page.getByRole("region", { name: "Who needs help" });
    await expect(page.getByRole("heading", { level: 1 })).not.toContainText("Nobody needs help");
    const cause = help.getByRole("listitem").first();
    await expect(cause.getByText("New", { exact: true })).toBeVisible();
    await cause.getByRole("button", { name: /^Acknowledge or assign/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Acknowledge" }).click();
    await expect(dialog.getByText("Say what is being done, so that others can follow it")).toBeVisible();
    await expectAccessible(page);
    await dialog.getByLabel("What is being done").fill("Asked the registrar");
    await dialog.getByLabel("Who sees to it").selectOption({ index: 1 });
    await dialog.getByRole("button", { name: "Assign" }).click();
    await expect(help.getByText(/“Asked the registrar”/)).toBeVisible();
    await expectAccessible(page);
    await help.getByRole("button", { name: /^Change/ }).click();
    await dialog.getByRole("button", { name: "Take It Back" }).click();
    await expect(help.getByText(/“Asked the registrar”/)).toHaveCount(0);
  });
});

test("the nights are one stop for Tab, with arrow keys inside, and say the same as a table", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 5 }));
  const integration = await connect();
  const run = await sync(integration);
  await open(paths.overview());
  const band = page.getByRole("region", { name: "The last 30 nights" });
  await expect(band.getByRole("link")).toHaveCount(1);
  const night = band.getByRole("link", { name: /: first import, \d+ arrived$/ });
  await expect(night).toHaveAttribute("tabindex", "0");
  await night.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(night).toBeFocused();
  await expect(band.getByRole("table").getByRole("row")).toHaveCount(2);
  await expect(band.getByRole("row").last()).toContainText("First import");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(paths.run(integration, run));
});
