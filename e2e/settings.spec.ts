import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { awake, fillSignIn, signIn } from "./support/district.ts";
import { mailsTo } from "./support/mailbox.ts";
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

/** The way to choose a password that the latest email to an address has. */
async function linkTo(address: string, nth: number): Promise<string> {
  await expect.poll(async () => (await mailsTo(address)).length, { timeout: 30_000 }).toBe(nth);
  const link = /https?:\S+\/choose-password#\S+/.exec((await mailsTo(address)).at(-1)?.text ?? "")?.[0] ?? "";
  return link.replace(/^https?:\/\/[^/]+/, "");
}

async function chooseAt(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link);
  await awake(page);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("New password again").fill(password);
  await page.getByRole("button", { name: "Choose this password" }).click();
}

test("an admin is invited by email, sent a link to a new password, and deactivated", async ({ page, browser, open, district }) => {
  test.slow();
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
  await expect(page.getByText("Jo Field is invited").first()).toBeVisible();
  await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: email })).toContainText("Invited");

  const own = await browser.newContext();
  const theirs = await own.newPage();
  const invitation = await linkTo(email, 1);
  await chooseAt(theirs, invitation, "password1234567");
  await expect(summary(theirs)).toContainText("easy to guess");
  await expectAccessible(theirs);
  await chooseAt(theirs, invitation, "a kettle on the stairs");
  await expect(theirs.getByText("Your password is changed")).toBeVisible();
  await fillSignIn(theirs, { email, password: "a kettle on the stairs" });
  await expect(theirs.getByRole("button", { name: "Account: Jo Field" })).toBeVisible();
  const again = await own.newPage();
  await chooseAt(again, invitation, "another kettle on the stairs");
  await expect(summary(again)).toContainText("This link has been used or is too old");

  await page.reload();
  await page.getByRole("button", { name: "New password for Jo Field" }).click();
  await expectAccessible(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Send the link" }).click();
  await chooseAt(again, await linkTo(email, 2), "a lamp on the landing");
  await expect(again.getByText("Your password is changed")).toBeVisible();
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await fillSignIn(theirs, { email, password: "a lamp on the landing" });
  await expect(theirs.getByRole("heading", { name: "Bring your roster in", level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Deactivate Jo Field" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("signed out everywhere at once");
  await expectAccessible(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Deactivate Jo Field" }).click();
  await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: email })).toContainText("Deactivated");
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await own.close();

  await page.getByRole("button", { name: "Reactivate Jo Field" }).click();
  await expect(page.getByRole("button", { name: "Deactivate Jo Field" })).toBeVisible();
});

test("a forgotten password is replaced by a link, and who has no account is told the same", async ({ page, district }) => {
  for (const email of [`nobody-${district.id}@lakeside.example`, district.email]) {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await expect(page.getByRole("button", { name: "Send a link" })).toBeVisible();
    await awake(page);
    await page.getByRole("textbox", { name: "Email" }).fill(email);
    await page.getByRole("button", { name: "Send a link" }).click();
    await expect(page.getByText("If an account with this address signs in with a password")).toBeVisible();
  }
  await expectAccessible(page);
  await chooseAt(page, await linkTo(district.email, 1), "a kettle on the stairs");
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await fillSignIn(page, { email: district.email, password: "a kettle on the stairs" });
  await expect(page.getByRole("button", { name: "Account: Robin Marsh" })).toBeVisible();
  expect(await mailsTo(`nobody-${district.id}@lakeside.example`)).toEqual([]);
});

test("the own sessions are listed, and ended one by one or all but this", async ({ page, browser, open, district }) => {
  const elsewhere = await Promise.all(Array.from({ length: 3 }, async () => (await browser.newContext()).newPage()));
  for (const one of elsewhere) await signIn(one, district, "/overview");
  await open("/settings/password");
  const listed = page.getByRole("listitem").filter({ hasText: "Last seen" });
  await expect(listed).toHaveCount(4);
  await expect(listed.filter({ hasText: "This one" })).toHaveCount(1);
  await expect(listed.first()).toContainText("Chrome");
  await expectAccessible(page);
  await page
    .getByRole("button", { name: /^End the session on/ })
    .first()
    .click();
  await expect(listed).toHaveCount(3);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(listed).toHaveCount(1);
  for (const one of elsewhere) {
    await one.reload();
    await expect(one).toHaveURL(/\/sign-in/);
    await one.context().close();
  }
  await page.reload();
  await expect(listed).toHaveCount(1);
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
