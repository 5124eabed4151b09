import { validLaterSet } from "#lib/engine/testing/sis/later-sets.ts";
import { validSet } from "#lib/engine/testing/sis/sets.ts";
import { expectAccessible } from "./support/accessible.ts";
import { expect, sync, test } from "./support/test.ts";

test("a SIS of OneRoster 1.2 is named as such, read as the district says, and not mixed with 1.1", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(validLaterSet());
  const integration = await connect();
  await open(`/integrations/${integration}`);
  await expect(page.getByRole("button", { name: "Change names, roles and words" })).toHaveCount(0);

  await test.step("the test of the connection says the version", async () => {
    await page.getByRole("link", { name: "Edit and test" }).click();
    await page.getByRole("button", { name: "Test Connection" }).click();
    await expect(page.getByText("The connection works")).toBeVisible();
    await page.getByText(/^\d+ of \d+ steps passed$/).click();
    const steps = page.getByRole("list", { name: "Steps that passed" }).getByRole("listitem");
    await expect(steps.filter({ hasText: "Manifest and version" })).toContainText("OneRoster 1.2, told by oneroster.version 1.2");
    await expect(page.getByText(/First \d+ rows of roles\.csv/)).toBeVisible();
  });

  await test.step("so do the sync and the integration", async () => {
    const run = await sync(integration);
    await page.goto(`/integrations/${integration}/runs/${run}`);
    await page.getByText("Read to the last row").click();
    await expect(page.getByText("OneRoster 1.2, told by oneroster.version 1.2 (manifest.csv).").first()).toBeVisible();
    await page.goto(`/integrations/${integration}`);
    await expect(page.getByText("SFTP File Transfer (OneRoster 1.2)")).toBeVisible();
  });

  await test.step("what is left to the district is set where it stands, and what is wrong is said at its field", async () => {
    await expect(page.getByText("People by their legal names")).toBeVisible();
    await page.getByRole("button", { name: "Change names, roles and words" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: /names that they prefer/ }).check();
    await dialog.getByRole("textbox", { name: /^User ids that tell/ }).fill("studentUniqueId");
    await dialog
      .getByRole("group", { name: /^Roles of people/ })
      .getByRole("button", { name: "Add a word" })
      .click();
    await dialog.getByRole("textbox", { name: "Word 1, Roles of people" }).fill("coach");
    await dialog.getByRole("combobox", { name: "Meaning of word 1, Roles of people" }).selectOption("A teacher");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog.getByText(/a word of the SIS's own begins with ext:/)).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole("textbox", { name: "Word 1, Roles of people" }).fill("ext:coach");
    await page.setViewportSize({ width: 320, height: 640 });
    const isWithin = await dialog.evaluate((box) => box.scrollWidth <= box.clientWidth);
    expect(isWithin).toBe(true);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText("People by the names that they prefer")).toBeVisible();
    await expect(page.getByText("1 own word of the SIS with a meaning here.")).toBeVisible();
    await expect(page.getByText("Records with the same studentUniqueId are one person.")).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  await test.step("a set of 1.1 ends the sync with what to do, and changes nothing", async () => {
    await ownSis.put(validSet());
    await page.getByRole("button", { name: "Run Sync Now" }).click();
    await expect(page.getByRole("heading", { level: 1, name: /and nothing was changed\.$/ })).toBeVisible();
    await expect(page.getByText(/sends OneRoster 1\.1 now/).first()).toBeVisible();
    await expect(page.getByText(/Choose Change version on the integration's page/).first()).toBeVisible();
  });
});
