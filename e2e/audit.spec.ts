import { readFile } from "node:fs/promises";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("the audit log is filtered, unfolded, downloaded and verified", async ({ page, open, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect({ name: '=HYPERLINK("http://evil.example")' });
  const run = await sync(integration);
  await open("/audit-log");
  const table = page.getByRole("table", { name: "Audit log" });
  const entries = table.getByRole("rowheader");
  await expect(entries.first()).toHaveText("Robin Marsh signed in");
  await expect(entries.filter({ hasText: "set the district up" })).toHaveCount(1);

  await page.getByRole("combobox", { name: "Action" }).selectOption("Sync requested");
  await expect(page).toHaveURL(/action=run-requested/);
  await expect(entries).toHaveText([/^The operator asked for Sync 1 of /]);
  await page.getByRole("combobox", { name: "Who" }).selectOption("Somebody not signed in");
  await expect(page.getByText("No entries match")).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/audit-log");
  await page.getByRole("combobox", { name: "Who" }).selectOption(`Robin Marsh (${district.email})`);
  await expect(page).toHaveURL(/actor=/);
  await expect(entries.filter({ hasText: "set the district up" })).toHaveCount(0);
  await expect(entries.first()).toHaveText("Robin Marsh signed in");

  await page.goto("/audit-log?to=2001-01-01");
  await expect(page.getByText("No entries match")).toBeVisible();
  await expect(page.getByLabel("To", { exact: true })).toHaveValue("2001-01-01");
  await page.getByLabel("To", { exact: true }).fill("2101-01-01");
  await page.getByLabel("To", { exact: true }).press("Enter");
  await expect(entries.first()).toBeVisible();

  await page.goto("/audit-log?action=run-succeeded");
  const hash = table.getByText(/^[0-9a-f]{64}$/);
  await expect(hash).toBeHidden();
  await table.getByText(/^\d+$/).click();
  await expect(hash).toBeVisible();
  await expectAccessible(page);
  await table.getByRole("link", { name: /^Sync/ }).click();
  await expect(page).toHaveURL(new RegExp(run));

  await page.goto("/audit-log?action=integration-created");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CSV" }).click()]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("Integration added");
  expect(lines[1]).toContain(`"'=HYPERLINK(`);

  await page.getByRole("button", { name: "Verify chain" }).click();
  await expect(page.getByRole("alertdialog")).toContainText(/The chain is whole: \d+ entries verified/);
  await expectAccessible(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Close" }).click();
  // Downloading and verifying are in the log themselves, and the command line agrees.
  await page.goto("/audit-log");
  await expect(entries.filter({ hasText: "downloaded the audit log" })).toHaveCount(1);
  await expect(entries.filter({ hasText: "verified the audit log" })).toHaveCount(1);
  expect(await command("audit", "verify", "--district", district.id)).toMatchObject({ ok: true });
});
