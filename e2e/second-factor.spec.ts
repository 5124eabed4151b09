import type { Browser, Page } from "@playwright/test";
import { generateSync } from "otplib";
import { expectAccessible } from "./support/accessible.ts";
import { awake, command, fillSignIn, type OwnDistrict, type SignIn, signIn, withPassword } from "./support/district.ts";
import { mailsTo } from "./support/mailbox.ts";
import { expect, test } from "./support/test.ts";

/** Chromium's own authenticator in software, with the finger of whoever holds it on it. */
async function giveAuthenticator(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  await client.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Codes of one app, each asked for once: a code works once, and the steps next to now are let through. */
function codesOf(secret: string) {
  let last = 0;
  return () => {
    // A step behind, so that there are three; not where the next one begins before the code is sent.
    const step = Math.max(last + 1, Math.floor((Date.now() + 15_000) / 30_000) - 1);
    last = step;
    return generateSync({ secret, epoch: step * 30 });
  };
}

/** Sets an app up under Your sign-in; resolves to its codes and the recovery codes. */
async function setUpApp(page: Page) {
  await page.goto("/settings/password");
  await page.getByRole("button", { name: "Set up app" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up an authenticator app" });
  await expect(dialog.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  const secret = (await dialog.locator("code").textContent()) ?? "";
  const code = codesOf(secret);
  await expectAccessible(page);
  await dialog.getByLabel("Code of the app").fill(code());
  await dialog.getByRole("button", { name: "Add this app" }).click();
  const shown = page.getByRole("alertdialog", { name: "Your recovery codes" });
  await expect(shown.getByRole("listitem")).toHaveCount(10);
  const recovery = await shown.getByRole("listitem").allTextContents();
  await expectAccessible(page);
  await shown.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByRole("button", { name: "Remove the authenticator app" })).toBeVisible();
  return { code, recovery };
}

async function enterPassword(page: Page, who: SignIn, address = "/sign-in"): Promise<void> {
  await page.goto(address);
  await fillSignIn(page, who);
  await expect(page.getByRole("heading", { level: 1, name: "One more thing" })).toBeVisible();
  await awake(page);
}

async function another(browser: Browser, who: SignIn): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, who);
  return page;
}

test("an app's code is asked for after the password, and a recovery code stands in for it once", async ({
  page,
  open,
  district,
  browser,
}) => {
  test.slow();
  await open("/settings/password");
  const { code, recovery } = await setUpApp(page);

  const context = await browser.newContext();
  const other = await context.newPage();
  await enterPassword(other, district, "/audit-log");
  expect((await context.request.get("/api/audit-log/export")).status()).toBe(401);
  await expectAccessible(other);
  await other.getByLabel("Code of the app").fill("000000");
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "not right" })).toBeFocused();
  await other.getByLabel("Code of the app").fill(code());
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other).toHaveURL("/audit-log");
  await expect(other.getByText("showed who they are by a code of their app").first()).toBeVisible();

  await context.clearCookies();
  await enterPassword(other, district);
  await other.getByRole("button", { name: "Use a recovery code" }).click();
  await other.getByLabel("Recovery code").fill("no-such-code");
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "none of your recovery codes" })).toBeVisible();
  await other.getByLabel("Recovery code").fill(recovery[0] ?? "");
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Bring your roster in" })).toBeVisible();
  await expect
    .poll(async () => (await mailsTo(district.email)).map(({ subject }) => subject))
    .toEqual(["An authenticator app was added · Aivo", "A recovery code was used · Aivo"]);
  await other.goto("/settings/password");
  await expect(other.getByText("9 of 10 left")).toBeVisible();
  await context.close();
});

test("a passkey is added, signs in and is removed, with the keyboard alone", async ({ page, open, district }) => {
  test.slow();
  await giveAuthenticator(page);
  await open("/settings/password");
  await page.getByRole("button", { name: "Add passkey" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("Name").fill("Office laptop");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "I have kept them" }).press("Enter");
  await expect(page.getByText("Office laptop")).toBeVisible();

  await page.context().clearCookies();
  await enterPassword(page, district, "/settings/password");
  await page.getByRole("button", { name: "Use a passkey" }).press("Enter");
  await expect(page).toHaveURL("/settings/password");
  await awake(page);
  await page.getByRole("button", { name: "Remove the passkey Office laptop" }).press("Enter");
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove the passkey Office laptop" }).press("Enter");
  await expect(page.getByText("Office laptop")).toHaveCount(0);
  await expect(page.getByText("Recovery codes", { exact: true })).toHaveCount(0);
});

/** Makes a change in the settings of the safety limits as far as the question who it is. */
async function typeWebhook(page: Page): Promise<void> {
  await page.goto("/settings/webhooks");
  await page.getByRole("button", { name: "Add webhook" }).click();
  await page.getByRole("dialog", { name: "Add webhook" }).getByLabel("Address").fill("https://tickets.invalid/hook");
  await page.getByRole("dialog", { name: "Add webhook" }).getByRole("button", { name: "Add webhook" }).click();
}

test("what weighs asks who it is where the sign-in has changed since, and goes on with what was typed", async ({
  page,
  open,
  district,
  browser,
}) => {
  test.slow();
  await open("/settings/password");
  const before = await another(browser, district);
  const { code } = await setUpApp(page);

  await test.step("by the second factor", async () => {
    await typeWebhook(before);
    const asked = before.getByRole("dialog", { name: "Confirm that it is you" });
    await expect(asked).toContainText("to have messages sent to a webhook");
    await expectAccessible(before);
    await before.keyboard.press("Escape");
    await expect(asked).toBeHidden();
    const dialog = before.getByRole("dialog", { name: "Add webhook" });
    await expect(dialog.getByRole("alert")).toContainText("Confirm that it is you");
    await expect(dialog.getByLabel("Address")).toHaveValue("https://tickets.invalid/hook");
    await dialog.getByRole("button", { name: "Add webhook" }).click();
    await asked.getByLabel("Code of the app").fill(code());
    await asked.getByRole("button", { name: "Confirm" }).click();
    await expect(asked).toBeHidden();
    // What was asked goes on: the address is judged, by which it is seen that the action ran.
    await expect(dialog.getByRole("alert")).not.toContainText("Confirm that it is you");
  });

  await test.step("by the password, once there is no second factor any more", async () => {
    await page.getByRole("button", { name: "Remove the authenticator app" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove the authenticator app" }).click();
    await expect(page.getByRole("button", { name: "Set up app" })).toBeVisible();
    await before.goto("/settings/team");
    await before.getByRole("button", { name: "Add admin" }).click();
    const form = before.getByRole("dialog", { name: "Add admin" });
    await form.getByLabel("First name").fill("Ada");
    await form.getByLabel("Last name").fill("Reyes");
    await form.getByLabel("Email").fill(`ada-${district.id}@lakeside.example`);
    await form.getByRole("button", { name: "Add admin" }).click();
    const asked = before.getByRole("dialog", { name: "Confirm that it is you" });
    await asked.getByLabel("Your password").fill("not the password");
    await asked.getByRole("button", { name: "Confirm" }).click();
    await expect(asked.getByRole("alert")).toContainText("This is not your password.");
    await asked.getByLabel("Your password").fill(district.password);
    await asked.getByRole("button", { name: "Confirm" }).click();
    await expect(before.getByText("Ada Reyes").first()).toBeVisible();
    await expect(form).toBeHidden();
  });
  await before.context().close();
});

async function secondAdmin(district: OwnDistrict): Promise<SignIn & { readonly id: string }> {
  const email = `second-${district.id}@lakeside.example`;
  const names = ["--given-name", "Noor", "--family-name", "Haddad"];
  const { id, password } = await withPassword("admin", "create", "--district", district.id, "--email", email, ...names);
  return { id, email, password };
}

test("a district demands one: who has none sets it up on the way in, and who has lost it is helped by another admin", async ({
  page,
  open,
  district,
  browser,
}) => {
  test.slow();
  const noor = await secondAdmin(district);
  await open("/settings/team");
  await expect(page.getByText("2 admins sign in with the password alone.")).toBeVisible();
  await setUpApp(page);
  await page.goto("/settings/team");
  await page.getByRole("button", { name: "Demand it of all admins" }).click();
  await expectAccessible(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Demand it of all admins" }).click();
  await expect(page.getByText("Demanded. 1 admin will set one up at the next sign-in.")).toBeVisible();
  expect(await command("account", "second-factor", district.adminId)).toMatchObject({ isDemanded: true, recoveryCodesLeft: 10 });

  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const theirs = await context.newPage();
  await giveAuthenticator(theirs);
  await theirs.goto("/settings/team");
  await fillSignIn(theirs, noor);
  await expect(theirs.getByRole("heading", { level: 1, name: "Set up a second factor" })).toBeVisible();
  await awake(theirs);
  await expectAccessible(theirs);
  await theirs.getByRole("button", { name: "Passkey" }).click();
  await theirs.getByLabel("Name").fill("Phone");
  await theirs.getByRole("button", { name: "Make the passkey" }).click();
  await theirs.getByRole("button", { name: "I have kept them" }).click();
  await expect(theirs).toHaveURL("/settings/team");

  await page.reload();
  await page.getByRole("button", { name: "Reset the second factor of Noor Haddad" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Reset second factor" }).click();
  await expect(page.getByText("Noor Haddad signs in with the password alone").first()).toBeVisible();
  expect((await context.request.get("/api/audit-log/export")).status()).toBe(401);
  await expect
    .poll(async () => (await mailsTo(noor.email)).map(({ subject }) => subject))
    .toContain("Your second factor was taken away · Aivo");
  await page.goto("/audit-log");
  await expect(page.getByText("took the second factor away from").first()).toBeVisible();
  await context.close();

  await command("district", "second-factor", district.id, "optional");
  await command("account", "reset-second-factor", district.adminId);
  const again = await another(browser, district);
  await again.context().close();
});
