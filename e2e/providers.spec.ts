import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { integrationSentence } from "./support/integration-page.ts";
import { type SandboxProviders, sandboxProviders } from "./support/sandbox-providers.ts";
import { expect, test } from "./support/test.ts";

/** Each provider from Add Integration to a finished sync, against the sandbox district's servers. */

const field = (page: Page, name: string) => page.getByRole("textbox", { name }).or(page.getByRole("combobox", { name }));
const steps = (page: Page) => page.getByRole("list", { name: /^Steps (of the connection test|that passed)$/ }).getByRole("listitem");
const step = (page: Page, name: string | RegExp) => steps(page).filter({ has: page.getByText(name) });

async function choose(page: Page, provider: string): Promise<void> {
  await page.getByRole("link", { name: "Add Integration" }).click();
  await page.getByRole("radio", { name: new RegExp(provider) }).check();
}

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await field(page, name).fill(value);
}

async function testConnection(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Test Connection" }).click();
}

/** What passed is folded to one line. */
async function works(page: Page): Promise<void> {
  await expect(page.getByText("The connection works")).toBeVisible();
  await page.getByText(/^\d+ of \d+ steps passed$/).click();
}

async function saveAs(page: Page, name: string): Promise<void> {
  await page.getByRole("radio", { name: /Manual only/ }).check();
  await page.getByRole("button", { name: "Save integration" }).click();
  await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();
  await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
}

async function runToTheEnd(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run Sync Now" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Sync \d+/ })).toBeVisible();
  // A whole district is read, over some dozens of requests.
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("heading", { level: 1, name: /\d learners/ })).toBeVisible();
}

test("OneRoster API: what the test finds out is kept, shown again, and may be changed", async ({ page, open }) => {
  const { oneRoster } = await sandboxProviders();
  await open("/integrations");
  await choose(page, "OneRoster API");
  await expect(page.getByRole("complementary", { name: "Using OneRoster API" }).getByRole("img")).toHaveAccessibleName(/base URL/);
  await expectAccessible(page);

  await test.step("an incomplete form is told at its fields, without asking the server", async () => {
    await field(page, "Base URL").fill("sis.example.org");
    await testConnection(page);
    await expect(page.getByRole("alert").filter({ hasText: "The credentials are not complete" })).toContainText(
      "Base URL begins with https://",
    );
    await expect(field(page, "Client ID")).toHaveAttribute("aria-invalid", "true");
  });

  await test.step("a test in steps, with samples", async () => {
    await fill(page, { "Base URL": oneRoster.baseUrl, "Client ID": oneRoster.clientId, "Client Secret": oneRoster.clientSecret });
    await testConnection(page);
    await works(page);
    await expect(step(page, /^Sign-in/)).toContainText("OAuth 2.0");
    await page.getByText(/First \d+ records of \/users/).click();
    await expect(page.getByRole("region", { name: "First records of /users" })).toBeVisible();
    await page.getByText(/^Advanced/).click();
    await expect(field(page, "Authentication")).toContainText("Found out by the test: OAuth 2.0");
    await expectAccessible(page);
  });

  await saveAs(page, "OneRoster API");
  // What the test found out is kept.
  await expect(page.getByText("OAuth 2.0, client credentials")).toBeVisible();

  await test.step("the first sync reads everything and proves it", async () => {
    await runToTheEnd(page);
    await page.getByText("Read to the last row").click();
    await expect(page.getByText(/total [\d,]+ reached/).first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("how often everything is read can be changed", async () => {
    await page.getByRole("link", { name: "OneRoster API" }).first().click();
    await expect(page.getByText("everything at least every 7 days")).toBeVisible();
    await page.getByRole("button", { name: "Change the full read" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: /Full read/ }).fill("40");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog.getByText("Between 0 and 31")).toBeVisible();
    await dialog.getByRole("textbox", { name: /Full read/ }).fill("14");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("everything at least every 14 days")).toBeVisible();
  });

  await test.step("an edit that would send the secret elsewhere asks for it, and says so at the field", async () => {
    await page.getByRole("link", { name: "Edit and test" }).click();
    await field(page, "Base URL").fill("https://elsewhere.example.org");
    await testConnection(page);
    await expect(page.getByRole("alert").filter({ hasText: "Client Secret" })).toContainText("with Base URL changed");
    await field(page, "Base URL").fill(oneRoster.baseUrl);
    await page.getByText(/^Advanced/).click();
    await field(page, "Authentication").selectOption("OAuth 1.0a, signed requests");
    await testConnection(page);
    await works(page);
    await expect(step(page, /^Sign-in/)).toContainText("OAuth 1.0a");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save connection" }).click();
    await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();
    await expect(page.getByText("OAuth 1.0a, signed requests")).toBeVisible();
  });
});

test("ClassLink, looked up at its proxy by the tenant's number", async ({ page, open }) => {
  const { classLink } = await sandboxProviders();
  await open("/integrations");
  await choose(page, "ClassLink");
  await expectAccessible(page);
  await fill(page, { "Client ID": "aivo", "Client Secret": classLink.partnerKey, "Tenant ID": classLink.tenantId });
  await testConnection(page);
  await works(page);
  await expect(step(page, /^Way in/)).toContainText("looked up at ClassLink's proxy");
  await saveAs(page, "ClassLink");
  await runToTheEnd(page);
});

test("ClassLink, straight to the district's server, and back to a provider that was left", async ({ page, open }) => {
  const { direct, tenantId } = (await sandboxProviders()).classLink;
  await open("/integrations");
  await choose(page, "ClassLink");
  await fill(page, {
    "Client ID": direct.clientId,
    "Client Secret": direct.clientSecret,
    "Tenant ID": tenantId,
    "Server URL": direct.serverUrl,
  });
  await page.getByRole("radio", { name: /OneRoster API/ }).check();
  await expect(field(page, "Base URL")).toBeVisible();
  await page.getByRole("radio", { name: /ClassLink/ }).check();
  await expect(field(page, "Server URL")).toHaveValue(direct.serverUrl);
  await testConnection(page);
  await works(page);
  await expect(step(page, /^Sign-in/)).toContainText("signed with HMAC-");
  await saveAs(page, "ClassLink");
  await expect(page.getByText(/^HMAC-SHA/)).toBeVisible();
  await runToTheEnd(page);
});

test.describe("Clever", () => {
  let sandbox: SandboxProviders;
  test.beforeEach(async () => {
    sandbox = await sandboxProviders();
    await sandbox.act("clever-withdraw");
  });
  // The demo's own integration is let in again.
  test.afterEach(() => sandbox.act("clever-authorize"));

  async function agree(page: Page, decision: "Authorize" | "Cancel"): Promise<void> {
    await expect(page.getByRole("heading", { name: "Authorize Aivo" })).toBeVisible();
    await page.getByRole("button", { name: decision }).click();
  }

  test("save, authorize in Clever, sync; reconnect when Clever lets Aivo in no more", async ({ page, open }) => {
    test.slow();
    const { clientId, clientSecret, districtId } = sandbox.clever;
    await open("/integrations");
    await choose(page, "Clever");
    await expect(
      page.getByRole("complementary", { name: "Getting Clever credentials" }).getByRole("img", { name: /there and back/ }),
    ).toBeVisible();
    await expectAccessible(page);
    await fill(page, { "Client ID": clientId, "Client Secret": clientSecret, "District ID": districtId });
    await testConnection(page);
    await expect(page.getByText("Waits to be authorized in Clever")).toBeVisible();
    await expect(page.getByText("Connection test failed")).toBeHidden();
    await expect(step(page, /^Authorization/)).toContainText("Clever has no authorization");
    await expect(step(page, /^Authorization/)).toContainText("choose Authorize with Clever");
    await saveAs(page, "Clever");

    await test.step("the way to Clever and back, given up once", async () => {
      await expect(page.getByText("Clever has to let Aivo in first")).toBeVisible();
      await expectAccessible(page);
      await page.getByRole("button", { name: "Authorize with Clever" }).click();
      await agree(page, "Cancel");
      await expect(page.getByText("The authorization was canceled in Clever")).toBeVisible();
      await page.getByRole("button", { name: "Authorize with Clever" }).click();
      await agree(page, "Authorize");
      await expect(page.getByText("Authorized with Clever")).toBeVisible();
      await expectAccessible(page);
    });
    const integrationUrl = page.url().split("?")[0] ?? "";
    await runToTheEnd(page);

    await test.step("a test shows each list, and what may be switched on", async () => {
      await page.goto(`${integrationUrl}/edit`);
      await testConnection(page);
      await works(page);
      await expect(step(page, /^District/)).toContainText("as configured");
    });

    await test.step("withdrawn in Clever: nothing changes, and Reconnect goes on where the last sync ended", async () => {
      await sandbox.act("clever-withdraw");
      await sandbox.advance(1);
      await page.goto(integrationUrl);
      await page.getByRole("button", { name: "Run Sync Now" }).click();
      await expect(page.getByRole("heading", { level: 1, name: /and nothing was changed\.$/ })).toBeVisible();
      await page.goto(integrationUrl);
      await expect(page.getByText("Clever does not let Aivo in any more")).toBeVisible();
      await expectAccessible(page);
      await page.getByRole("button", { name: "Reconnect" }).click();
      await agree(page, "Authorize");
      await expect(page.getByText("Authorized with Clever")).toBeVisible();
      await page.goto(integrationUrl);
      await expect(page.getByText("The credentials were changed since the last sync")).toBeVisible();
      await expect(page.getByText("Clever does not let Aivo in any more")).toBeHidden();
      await runToTheEnd(page);
      await expect(page.getByText("Read every change since the last sync")).toBeVisible();
    });
  });
});
