import { expectAccessible } from "./support/accessible.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("an admin undoes the latest sync: sees what goes and what stays, gives a reason, and resumes", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 6 }));
  const integration = await connect();
  const first = await sync(integration);
  await ownSis.put(rosterSet({ learners: 8 }));
  const run = await sync(integration);

  await open("/roster/learners");
  const rows = page.getByRole("table").getByRole("rowheader");
  await expect(rows).toHaveCount(8);

  await page.goto(`/integrations/${integration}/runs/${first}`);
  await expect(page.getByRole("heading", { level: 1, name: /^Sync 1: / })).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo this sync" })).toHaveCount(0);

  await page.goto(`/integrations/${integration}/runs/${run}`);
  await page.getByRole("button", { name: "Undo this sync" }).click();
  const dialog = page.getByRole("dialog", { name: "Undo Sync 2?" });
  await expect(dialog.getByText("2 learners: go again")).toBeVisible();
  await expectAccessible(page);
  const confirm = dialog.getByRole("button", { name: /^Take back \d+ changes$/ });
  await confirm.click();
  await expect(dialog.getByText("Say why, so that others can follow it later")).toBeVisible();
  await dialog.getByLabel("Why").fill("The export had two learners of another school");
  await confirm.click();

  await expect(page.getByRole("heading", { level: 1, name: /^Undo 3: Sync 2 was taken back: removed 2 learners/ })).toBeVisible();
  await expect(page.getByText("“The export had two learners of another school”")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Sync 2", exact: true }).click();
  await expect(page.getByText("Taken back", { exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Undo 3" })).toBeVisible();
  await page.goto("/roster/learners");
  await expect(rows).toHaveCount(6);

  await page.goto("/overview");
  await expect(page.getByRole("region", { name: "Who needs help" })).toContainText("Sync 2 was taken back");
  await page.goto("/integrations");
  await expect(page.getByText("Sync 2 was taken back")).toBeVisible();
  await page.goto(`/integrations/${integration}`);
  await expect(page.getByText("Paused: Sync 2 was taken back")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("Paused: Sync 2 was taken back")).toHaveCount(0);
  await sync(integration);
  await page.goto("/roster/learners");
  await expect(rows).toHaveCount(8);
});
