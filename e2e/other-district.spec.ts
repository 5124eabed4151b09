import { expectAccessible } from "./support/accessible.ts";
import { integrationSentence } from "./support/integration-page.ts";
import { sandboxProviders } from "./support/sandbox-providers.ts";
import { expect, test } from "./support/test.ts";

test("an integration that has synced refuses the credentials of another district, at the field", async ({ page, open, complaints }) => {
  complaints.expect(/status of 422/);
  const { classLink } = await sandboxProviders();
  const field = (name: string) => page.getByRole("textbox", { name });
  await open("/integrations");
  await page.getByRole("link", { name: "Add Integration" }).click();
  await page.getByRole("radio", { name: /ClassLink/ }).check();
  await field("Client ID").fill("aivo");
  await field("Client Secret").fill(classLink.partnerKey);
  await field("Tenant ID").fill(classLink.tenantId);
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(page.getByText("The connection works")).toBeVisible();
  await page.getByRole("radio", { name: /Manual only/ }).check();
  await page.getByRole("button", { name: "Save integration" }).click();
  await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Run Sync Now" }).click();
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible({ timeout: 60_000 });

  await page.getByRole("link", { name: "ClassLink" }).first().click();
  await page.getByRole("link", { name: "Edit and test" }).click();
  await field("Tenant ID").fill("1000");
  await field("Client Secret").fill(classLink.partnerKey);
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(field("Tenant ID")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("alert").filter({ hasText: "Tenant ID" })).toContainText("This integration rosters another district");
  await expectAccessible(page);

  await field("Tenant ID").fill(classLink.tenantId);
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(page.getByText("The connection works")).toBeVisible();
});
