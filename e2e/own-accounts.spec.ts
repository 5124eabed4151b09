import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import type { OpenIdProvider } from "#lib/services/testing/openid-provider.ts";
import { expectAccessible } from "./support/accessible.ts";
import { awake, command, fillSignIn, type OwnDistrict } from "./support/district.ts";
import { signInThere, startOpenIdProvider } from "./support/openid-provider.ts";
import { learnerEmail, rosterSet, teacherEmail } from "./support/roster-set.ts";
import { test as base, expect, sync } from "./support/test.ts";

const test = base.extend<object, { readonly provider: OpenIdProvider }>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are asked for from the pattern
    async ({}, use, { parallelIndex }) => {
      const provider = await startOpenIdProvider(parallelIndex);
      await use(provider);
      await provider.close();
    },
    { scope: "worker" },
  ],
});

const label = "Lakeside’s accounts";
const goOn = (page: Page) => page.getByRole("link", { name: `Continue with ${label}` });

async function setUp(page: Page, provider: OpenIdProvider): Promise<void> {
  await page.getByRole("button", { name: "Add accounts" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Where the accounts are").selectOption({ label: "Another OpenID provider" });
  await dialog.getByLabel("Name on the sign-in page").fill(label);
  await dialog.getByLabel("Issuer").fill(provider.issuer);
  await dialog.getByLabel("Client ID").fill(provider.client.clientId);
  await dialog.getByLabel("Client secret").fill(provider.client.clientSecret);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: label })).toBeVisible();
}

async function comeIn(page: Page, district: OwnDistrict, account: string, returnTo?: string): Promise<void> {
  await page.context().clearCookies();
  const query = new URLSearchParams({ district: district.id, ...(returnTo === undefined ? {} : { returnTo }) });
  await page.goto(`${paths.signIn()}?${query}`);
  await goOn(page).click();
  await signInThere(page, account);
}

test("an admin sets the district's accounts up and signs in with them; so do a teacher and a learner", async ({
  page,
  open,
  connect,
  ownSis,
  district,
  provider,
}) => {
  test.slow();
  await ownSis.put(rosterSet({ learners: 12 }));
  await sync(await connect());
  const claimsOf = (email: string) => ({ email, email_verified: true });
  provider.accounts.set(`admin-${district.id}`, claimsOf(district.email));
  provider.accounts.set(`teacher-${district.id}`, claimsOf(teacherEmail(1)));
  provider.accounts.set(`learner-${district.id}`, claimsOf(learnerEmail(4)));
  provider.accounts.set(`stranger-${district.id}`, claimsOf("stranger@lakeside.example"));
  provider.accounts.set(`unverified-${district.id}`, { email: teacherEmail(2), email_verified: false });

  await test.step("settings", async () => {
    await open(paths.signInSettings());
    await expect(page.getByText("Passwords only")).toBeVisible();
    await expectAccessible(page);
    await setUp(page, provider);
    await page.getByRole("button", { name: `Test ${label}` }).click();
    await expect(page.getByRole("alertdialog")).toContainText("The provider answers");
    await page.getByRole("alertdialog").getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Make it the only way" }).hover();
    await expectAccessible(page);
  });
  await test.step("the admin signs out, and in through it, to the page that was asked for", async () => {
    await page.getByRole("button", { name: "Account: Robin Marsh" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/sign-in");
    await comeIn(page, district, `admin-${district.id}`, paths.auditLog());
    await expect(page).toHaveURL(paths.auditLog());
    await awake(page);
    await expect(page.getByText("signed in with the district's own account").first()).toBeVisible();
    await page.context().clearCookies();
    await page.goto(`/sign-in?district=${district.id}&returnTo=${encodeURIComponent("//evil.example/")}`);
    await goOn(page).click();
    await signInThere(page, `admin-${district.id}`);
    await expect(page).toHaveURL(paths.overview());
  });
  await test.step("a teacher and a learner arrive at their classrooms", async () => {
    for (const [account, name] of [
      [`teacher-${district.id}`, "Tess Teacher1"],
      [`learner-${district.id}`, "Lee Pupil004"],
    ] as const) {
      await comeIn(page, district, account);
      await expect(page).toHaveURL(paths.home());
      await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
    }
  });
  await test.step("whom Aivo does not know, and whom the provider does not vouch for, are told so", async () => {
    await comeIn(page, district, `stranger-${district.id}`);
    await expect(page.getByText("Nobody in Aivo has this account")).toBeVisible();
    await awake(page);
    await expectAccessible(page);
    await comeIn(page, district, `unverified-${district.id}`);
    await expect(page.getByText("does not vouch for your email address")).toBeVisible();
  });
  await test.step("a deactivated teacher is refused", async () => {
    const teachers: { id: string; email: string }[] = await command("account", "list", "--district", district.id, "--role", "teacher");
    await command("account", "deactivate", teachers.find(({ email }) => email === teacherEmail(1))?.id ?? "");
    await comeIn(page, district, `teacher-${district.id}`);
    await expect(page.getByText("This account is deactivated")).toBeVisible();
  });
});

test("by the domain of what is typed, whoever it is; and the only way refuses a password", async ({
  page,
  open,
  district,
  provider,
  complaints,
}) => {
  test.slow();
  // What a browser reports of every refused sign-in.
  complaints.expect(/status of 401/);
  const subject = `admin-${district.id}`;
  provider.accounts.set(subject, { email: district.email, email_verified: true });
  await open(paths.signInSettings());
  await setUp(page, provider);
  const domain = `d${district.id}.example`;
  await page.getByRole("textbox", { name: "Domains" }).fill("elsewhere.example");
  await page.getByRole("button", { name: "Save domains" }).click();
  await expect(page.getByText("is not the domain of your own address")).toBeVisible();
  await command("sign-in", "domains", "--district", district.id, "--set", domain);

  await page.context().clearCookies();
  await page.goto(paths.signIn());
  await expect(goOn(page)).toHaveCount(0);
  for (const who of ["nobody", "somebody-else"]) {
    await page.getByRole("textbox", { name: "Email" }).fill(`${who}@${domain}`);
    await page.getByLabel("Password").focus();
    await expect(goOn(page)).toBeVisible();
  }
  await expectAccessible(page);
  await goOn(page).click();
  await signInThere(page, subject);
  await expect(page).toHaveURL(paths.overview());

  await page.goto(paths.signInSettings());
  await page.getByRole("button", { name: "Make it the only way" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Make it the only way" }).click();
  await expect(page.getByText("are the only way to sign in")).toBeVisible();

  await page.context().clearCookies();
  await page.goto(paths.signIn());
  await fillSignIn(page, district);
  await expect(page.getByRole("alert").filter({ hasText: /\w/ })).toContainText("signs in with its own accounts, not with a password");
  await page.getByRole("textbox", { name: "Email" }).fill(`nobody@${domain}`);
  await page.getByRole("textbox", { name: "Email" }).blur();
  await expect(page.getByText("Your district signs in with its own accounts only.")).toBeVisible();
  await expect(page.getByLabel("Password")).toHaveCount(0);
  await expectAccessible(page);

  await command("sign-in", "passwords", "--district", district.id, "--on");
  await page.goto(paths.signIn());
  await fillSignIn(page, district);
  await expect(page).toHaveURL(paths.overview());
});

test("what comes back in another browser, twice, or with nothing signs nobody in", async ({ page, browser, open, district, provider }) => {
  const subject = `admin-${district.id}`;
  provider.accounts.set(subject, { email: district.email, email_verified: true });
  await open(paths.signInSettings());
  await setUp(page, provider);
  await page.context().clearCookies();
  let back = "";
  page.on("request", (request) => {
    if (request.url().includes(paths.api.signInCallback())) back = request.url();
  });
  await comeIn(page, district, subject);
  await expect(page).toHaveURL(paths.overview());
  const elsewhere = await browser.newContext();
  for (const [context, address] of [
    [page.context(), back],
    [elsewhere, back],
    [elsewhere, paths.api.signInCallback()],
  ] as const) {
    const answer = await context.request.get(address, { maxRedirects: 0 });
    expect(answer.status()).toBe(303);
    expect(answer.headers().location).toContain("/sign-in?refused=expired");
    expect(answer.headers()["cache-control"]).toBe("no-store");
    expect(answer.headers()["set-cookie"] ?? "").not.toContain("aivo-session=");
  }
  await elsewhere.close();
});
