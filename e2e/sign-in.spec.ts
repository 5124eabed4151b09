import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { command, fillSignIn, signIn, withPassword } from "./support/district.ts";
import { expect, test } from "./support/test.ts";

const refusal = (page: Page) => page.getByRole("alert").filter({ hasText: /\w/ });

// What a browser reports of every refused sign-in.
const unauthorized = /status of 401/;

test("a wrong password and an unknown address are refused in the same words", async ({ page, district, complaints }) => {
  complaints.expect(unauthorized);
  await page.goto("/sign-in");
  await fillSignIn(page, { ...district, password: "not the password" });
  await expect(refusal(page)).toHaveText("Email or password is not right.");
  await expect(refusal(page)).toBeFocused();
  await expectAccessible(page);

  await fillSignIn(page, { email: `nobody-${district.id}@lakeside.example`, password: "not the password" });
  await expect(refusal(page)).toHaveText("Email or password is not right.");
  await expect(page.getByRole("textbox", { name: "Email" })).toHaveValue(/nobody/);

  await fillSignIn(page, district);
  await expect(page.getByRole("heading", { name: "Bring your roster in", level: 1 })).toBeVisible();
});

test("the address that was asked for opens after signing in, and only one of this portal", async ({ page, district }) => {
  await page.goto("/audit-log?action=signed-in");
  await expect(page).toHaveURL(/\/sign-in\?returnTo=/);
  await fillSignIn(page, district);
  await expect(page).toHaveURL("/audit-log?action=signed-in");
  await expect(page.getByRole("heading", { name: "Audit log", level: 1 })).toBeVisible();

  for (const elsewhere of ["https://evil.example/", "//evil.example/", "/\\evil.example", "/sign-in", "javascript:alert(1)"]) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?returnTo=${encodeURIComponent(elsewhere)}`);
    await fillSignIn(page, district);
    await expect(page, elsewhere).toHaveURL("/overview");
  }
});

test("signing out ends the session, also for who has kept its cookie", async ({ page, open, browser }) => {
  await open("/settings");
  await page.getByRole("button", { name: "Account: Robin Marsh" }).click();
  await expectAccessible(page);
  const stolen = await browser.newContext({ storageState: await page.context().storageState() });
  expect((await stolen.request.get("/api/audit-log/export")).status()).toBe(200);
  const answer = page.waitForResponse((response) => response.url().endsWith("/api/auth/signout"));
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  expect((await (await answer).allHeaders())["clear-site-data"]).toBe('"cache", "storage"');
  await expect(page).toHaveURL("/sign-in");
  expect((await stolen.request.get("/api/audit-log/export")).status()).toBe(401);
  await stolen.close();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Sign in to Aivo" })).toBeVisible();
  expect((await page.request.get("/api/audit-log/export")).status()).toBe(401);
});

test("after too many wrong passwords the right one has to wait", async ({ page, district, complaints }) => {
  complaints.expect(unauthorized);
  const { csrfToken } = await (await page.request.get("/api/auth/csrf")).json();
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    const form = { csrfToken, email: district.email, password: `guess ${attempt}`, json: "true" };
    const answer = await page.request.post("/api/auth/callback/credentials", { form });
    expect(answer.status()).toBe(401);
  }
  await page.goto("/sign-in");
  await fillSignIn(page, district);
  await expect(refusal(page)).toContainText("Too many attempts. Wait a quarter of an hour");
});

test("a deactivated account is signed out at its next request and cannot sign in again", async ({
  page,
  browser,
  district,
  complaints,
}) => {
  complaints.expect(unauthorized);
  const email = `second-${district.id}@lakeside.example`;
  const second = await withPassword("admin", "create", "--district", district.id, "--email", email);
  const own = await browser.newContext();
  const held = await own.newPage();
  await signIn(held, { email, password: second.password }, "/roster/schools");
  await expect(held.getByRole("heading", { name: "Schools", level: 1 })).toBeVisible();

  await command("account", "deactivate", second.id);
  await held.getByRole("link", { name: "Audit log" }).click();
  await expect(held.getByRole("heading", { name: "Sign in to Aivo" })).toBeVisible();
  expect((await own.request.get("/api/audit-log/export")).status()).toBe(401);
  await own.close();

  await page.goto("/sign-in");
  await fillSignIn(page, { email, password: second.password });
  await expect(refusal(page)).toContainText("This account is deactivated");
  await fillSignIn(page, { email, password: "not the password" });
  await expect(refusal(page)).toHaveText("Email or password is not right.");
});

test("a one-time password opens nothing until another one is chosen", async ({ page, district }) => {
  const { password } = await command("account", "set-password", district.adminId);
  await page.goto("/roster/schools");
  await fillSignIn(page, { email: district.email, password });
  await expect(page.getByRole("heading", { name: "Choose your password" })).toBeVisible();
  await expectAccessible(page);
  expect((await page.request.get("/api/audit-log/export")).status()).toBe(401);
  await page.goto("/overview");
  await expect(page.getByRole("heading", { name: "Choose your password" })).toBeVisible();
  await page.goto("/sign-in?returnTo=%2Froster%2Fschools");
  const choose = async (next: string) => {
    await page.getByLabel("New password", { exact: true }).fill(next);
    await page.getByLabel("New password again").fill(next);
    await page.getByRole("button", { name: "Choose this password" }).click();
  };
  await choose(password);
  await expect(refusal(page)).toContainText("differs from the one-time password");
  await choose("a kettle on the stairs");
  await expect(page.getByRole("heading", { name: "Schools", level: 1 })).toBeVisible();
});
