import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { fillSignIn, signIn } from "./support/district.ts";
import { expect, test } from "./support/test.ts";

const summary = (page: Page) => page.getByRole("alert").filter({ hasText: /\w/ });

test("a district changes its name, time zone and retention period", async ({ page, open, connect }) => {
  const integration = await connect({ schedule: "0 2 * * *" });
  await open("/settings");

  await page.getByRole("textbox", { name: /Keep data/ }).fill("soon");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("textbox", { name: /Keep data/ })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("textbox", { name: /Keep data/ })).toHaveValue("soon");
  await expect(summary(page)).toContainText("Enter a number of days");
  await expectAccessible(page);

  await page.getByRole("textbox", { name: "District name" }).fill("Lakeside Unified");
  await expect(page.getByRole("combobox", { name: "Time zone" })).toHaveValue("America/Chicago");
  await page.getByRole("combobox", { name: "Time zone" }).selectOption({ label: "Kathmandu" });
  await page.getByRole("textbox", { name: /Keep data/ }).fill("90");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("banner").first()).toContainText("Lakeside Unified");
  await expect(page.getByRole("textbox", { name: /Keep data/ })).toHaveValue("90");

  // The schedule runs at two in the morning over there: 20:15 the day before in UTC.
  await page.goto(`/integrations/${integration}`);
  await expect(page.getByText(/Asia\/Kathmandu/).first()).toBeVisible();
  await expect(page.locator("time[datetime*='T20:15:00']").first()).toBeVisible();
});

test("an added admin signs in with the one-time password, is given another one, and is deactivated", async ({
  page,
  browser,
  open,
  district,
}) => {
  const email = `jo-${district.id}@lakeside.example`;
  await open("/settings/team");
  await expect(page.getByRole("button", { name: "Deactivate Robin Marsh" })).toHaveAttribute("aria-disabled", "true");

  await page.getByRole("button", { name: "Add admin" }).click();
  const dialog = page.getByRole("dialog", { name: "Add admin" });
  await dialog.getByRole("textbox", { name: "First name" }).fill("Jo");
  await dialog.getByRole("textbox", { name: "Last name" }).fill("Field");
  await dialog.getByRole("textbox", { name: "Email" }).fill(district.email);
  await dialog.getByRole("button", { name: "Add admin" }).click();
  await expect(summary(page)).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "First name" })).toHaveValue("Jo");
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Email" }).fill(email);
  await dialog.getByRole("button", { name: "Add admin" }).click();

  const issued = page.getByRole("alertdialog", { name: "Password for Jo Field" });
  const first = (await issued.getByRole("code").textContent()) ?? "";
  await expectAccessible(page);
  await issued.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText(first)).toHaveCount(0);

  const own = await browser.newContext();
  const theirs = await own.newPage();
  await signIn(theirs, { email, password: first }, "/overview");
  await expect(theirs.getByRole("button", { name: "Account: Jo Field" })).toBeVisible();

  await page.getByRole("button", { name: "New password for Jo Field" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Make a new password" }).click();
  const second = (await issued.getByRole("code").textContent()) ?? "";
  expect(second).not.toBe(first);
  await issued.getByRole("button", { name: "I have copied it" }).click();
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await fillSignIn(theirs, { email, password: second });
  await expect(theirs.getByRole("heading", { name: "Bring your roster in", level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Deactivate Jo Field" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("signed out everywhere at once");
  await expectAccessible(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Deactivate Jo Field" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: email })).toContainText("Deactivated");
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await own.close();

  await page.getByRole("button", { name: "Reactivate Jo Field" }).click();
  await expect(page.getByRole("button", { name: "Deactivate Jo Field" })).toBeVisible();
});

test("an admin changes the own password, which ends every session", async ({ page, browser, open, district }) => {
  const own = await browser.newContext();
  const elsewhere = await own.newPage();
  await signIn(elsewhere, district, "/overview");
  await open("/settings/password");

  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password", { exact: true }).fill("a lantern at the harbor");
  await page.getByLabel("New password again").fill("a lantern at the harbour");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("New password again")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await page.getByLabel("New password again").fill("a lantern at the harbor");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");

  await page.getByLabel("Current password").fill(district.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expectAccessible(page);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await own.close();
  await fillSignIn(page, { email: district.email, password: "a lantern at the harbor" });
  await expect(page.getByRole("heading", { name: "Bring your roster in", level: 1 })).toBeVisible();
});
