import type { BrowserContext, Page } from "@playwright/test";
import { command } from "./support/district.ts";
import { hold } from "./support/hold.ts";
import { expect, test } from "./support/test.ts";

const refusal = (page: Page) => page.getByRole("alert").filter({ hasText: /\w/ });

async function enter(page: Page, { email, password }: { readonly email: string; readonly password: string }): Promise<void> {
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** A browser that runs nothing: what is sent is sent by it itself. */
const withoutScripts = test.extend<{ asleep: BrowserContext }>({
  asleep: async ({ browser, baseURL }, use) => {
    const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL ? { baseURL } : {}) });
    await use(context);
    await context.close();
  },
});

withoutScripts("signing in needs no JavaScript, and keeps the address of whoever is refused", async ({ asleep, district }) => {
  const page = await asleep.newPage();
  await page.goto("/sign-in?returnTo=%2Froster%2Fschools");
  await enter(page, { ...district, password: "not the password" });
  await expect(refusal(page)).toHaveText("Email or password is not right.");
  await expect(page.getByRole("textbox", { name: "Email" })).toHaveValue(district.email);
  expect(page.url()).not.toContain("not the password");
  await page.getByLabel("Password").fill(district.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/roster/schools");
});

withoutScripts("a one-time password is changed without JavaScript, and a link asked for", async ({ asleep, district }) => {
  const { password } = await command("account", "set-password", district.adminId);
  const page = await asleep.newPage();
  await page.goto("/sign-in");
  await enter(page, { email: district.email, password });
  await expect(page.getByRole("heading", { name: "Choose your password" })).toBeVisible();
  const choose = async (next: string, repeated: string) => {
    await page.getByLabel("New password", { exact: true }).fill(next);
    await page.getByLabel("New password again").fill(repeated);
    await page.getByRole("button", { name: "Choose this password" }).click();
  };
  await choose("a kettle on the stairs", "a kettle on the stair");
  await expect(refusal(page)).toBeVisible();
  await choose("a kettle on the stairs", "a kettle on the stairs");
  await expect(page).toHaveURL(/\/overview/);

  await asleep.clearCookies();
  await page.goto("/sign-in/forgot");
  await page.getByRole("textbox", { name: "Email" }).fill(district.email);
  await page.getByRole("button", { name: "Send a link" }).click();
  await expect(page.getByText("Look into your mailbox")).toBeVisible();
});

test("what is sent before the page is awake signs in, and the link's form waits for it", async ({ context, district }) => {
  // Of its own: the fixture's waits until it is awake.
  const page = await context.newPage();
  const wake = await hold(page, "**/_next/static/chunks/*.js");
  await page.goto("/sign-in?returnTo=%2Froster%2Fschools", { waitUntil: "commit" });
  await enter(page, district);
  await expect(page).toHaveURL("/roster/schools");

  await page.context().clearCookies();
  await page.goto("/choose-password#0123456789", { waitUntil: "commit" });
  await page.getByLabel("New password", { exact: true }).fill("a kettle on the stairs");
  await page.getByLabel("New password again").fill("a kettle on the stairs");
  await page.getByRole("button", { name: "Choose this password" }).click();
  wake();
  await expect(refusal(page)).toBeVisible();
  await expect(page).toHaveURL(/\/choose-password#0123456789$/);
});
