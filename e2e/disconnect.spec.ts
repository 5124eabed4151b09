import { expectAccessible } from "./support/accessible.ts";
import { openOrigins } from "./support/record.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("an admin disconnects and deactivates: sees the numbers, each person before it happens, and what it came to", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 4 }));
  const integration = await connect();
  await sync(integration);

  await open(`/integrations/${integration}`);
  await page.getByRole("link", { name: "Disconnect" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Disconnect Lakeside SIS" })).toBeVisible();
  await expect(page.getByRole("row", { name: /^Learners 4 0 0$/i })).toBeVisible();
  await expect(page.getByText("It cannot be undone: credentials and decisions are erased.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Disconnect Lakeside SIS" }).click();
  await expect(page.getByText("Choose what becomes of its people").first()).toBeVisible();
  await page.getByRole("radio", { name: /^Deactivate who and what only/ }).check();
  await page.getByLabel("Why").fill("The contract ended");
  await page.getByRole("button", { name: "Preview what is deactivated" }).click();

  await expect(page.getByText("What disconnecting would do")).toBeVisible();
  await expect(page.getByText("“The contract ended”")).toBeVisible();
  const approve = page.getByRole("button", { name: /^Disconnect and deactivate \d+$/ });
  await expect(approve).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: /^Changes/ }).click();
  await expect(page.getByText("Deactivated", { exact: true }).first()).toBeVisible();
  await page.getByRole("link", { name: "This preview" }).click();
  await approve.click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Apply and deactivate/ })
    .click();
  await expect(page.getByText("Disconnected", { exact: true })).toBeVisible();
  await expectAccessible(page);

  await page.goto("/integrations");
  await expect(page.getByText("No SIS is connected yet")).toBeVisible();
  await page.goto("/roster/learners?status=active");
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(0);
});

test("an admin disconnects and leaves the people: they stay, and their pages say since when nobody speaks for them", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect();
  await sync(integration);
  await open(`/integrations/${integration}/disconnect`);
  await page.getByRole("radio", { name: /^Leave them as they are/ }).check();
  await page.getByLabel("Why").fill("Another SIS comes in summer");
  await page.getByRole("button", { name: "Disconnect Lakeside SIS" }).click();
  await expect(page.getByText("No SIS is connected yet")).toBeVisible();
  await page.goto("/roster/learners");
  const rows = page.getByRole("table").getByRole("rowheader");
  await expect(rows).toHaveCount(3);
  await rows.first().getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("No SIS speaks for Lee since Lakeside SIS was disconnected.");
  await openOrigins(page);
  await expect(page.getByText(/^Unmanaged since/)).toBeVisible();
  await expectAccessible(page);
});
