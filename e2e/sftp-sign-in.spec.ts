import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { integrationSentence } from "./support/integration-page.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, test } from "./support/test.ts";

const box = (page: Page, name: string) => page.getByRole("textbox", { name });
const step = (page: Page, name: string) =>
  page.getByRole("list", { name: "Steps of the connection test" }).getByRole("listitem").filter({ hasText: name });
const testConnection = (page: Page) => page.getByRole("button", { name: "Test Connection" }).click();
const works = (page: Page) => expect(page.getByText("The connection works")).toBeVisible();

async function syncs(page: Page, learners: number): Promise<void> {
  await page.getByRole("button", { name: "Run Sync Now" }).click();
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();
  await page.goto(paths.roster("learners"));
  await expect(page.getByText(`${learners} learners`, { exact: true })).toBeVisible();
}

test("an SFTP integration signs in with a private key and its passphrase", async ({ page, open, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 4 }));
  await open(paths.newIntegration({ provider: "oneroster-csv" }));
  await test.step("a button that cannot be used yet says why when the keyboard comes to it", async () => {
    await page.getByRole("radio", { name: "Daily at 2 AM" }).focus();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Test Connection" })).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Save integration" })).toBeFocused();
    await expect(page.getByRole("tooltip")).toContainText("confirm the host key");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("tooltip")).toHaveCount(0);
  });

  const { host, port, username, directory } = ownSis.credentials;
  await box(page, "Host").fill(String(host));
  await box(page, "Port").fill(String(port));
  await box(page, "User name").fill(String(username));
  await page.getByRole("radio", { name: /Private key/ }).check();
  const key = { name: "id_ed25519", mimeType: "application/octet-stream", buffer: Buffer.from(ownSis.lockedKey.privateKey) };
  await page.getByLabel("File of the private key").setInputFiles(key);
  await expect(box(page, "Private key")).toHaveValue(ownSis.lockedKey.privateKey);
  await box(page, "Remote directory").fill(String(directory));

  await test.step("without its passphrase, and with another, the key stays shut", async () => {
    await testConnection(page);
    await page.getByRole("button", { name: "This is the right key" }).click();
    await expect(step(page, "Sign-in")).toContainText("protected by a passphrase, and none was entered");
    await box(page, "Passphrase").fill("not the passphrase");
    await testConnection(page);
    await expect(step(page, "Sign-in")).toContainText("The passphrase does not open the private key.");
  });

  await box(page, "Passphrase").fill(ownSis.lockedKey.passphrase);
  await testConnection(page);
  await works(page);
  await page.getByRole("button", { name: "Save integration" }).click();
  await expect(page.getByText("A private key, encrypted")).toBeVisible();
  await syncs(page, 4);
});

test("stored SFTP credentials are edited without being shown, and go nowhere new", async ({
  page,
  open,
  connect,
  ownSis,
  sisServer,
  district,
}) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const moved = sisServer.directory(`${district.id}-moved`);
  await moved.put(rosterSet({ learners: 5 }));
  const integration = await connect();
  await open(paths.editIntegration(integration));
  await expect(page.getByRole("radio", { name: /Private key/ })).toBeChecked();
  await expect(box(page, "Private key")).toHaveValue("");
  await expect(box(page, "Private key")).toHaveAccessibleDescription(/Stored, and never shown/);

  await test.step("for another user the key has to be entered again", async () => {
    await box(page, "User name").fill("somebody-else");
    await testConnection(page);
    await expect(page.getByRole("alert").filter({ hasText: "The credentials are not complete" })).toBeVisible();
    await expect(box(page, "Private key")).toHaveAccessibleDescription(
      /with User name changed, a stored secret would be sent somewhere new/,
    );
    await box(page, "User name").fill(String(ownSis.credentials.username));
  });

  await test.step("another directory is read with the key that is stored", async () => {
    await page.getByRole("textbox", { name: "Name in Aivo" }).fill("Lakeside SFTP");
    await box(page, "Remote directory").fill(String(moved.credentials.directory));
    await testConnection(page);
    await works(page);
    await page.getByRole("button", { name: "Save connection" }).click();
    await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();
    await expect(page.getByText(String(moved.credentials.directory))).toBeVisible();
    await syncs(page, 5);
  });

  await test.step("and another key takes the place of the stored one", async () => {
    await page.goto(paths.editIntegration(integration));
    await box(page, "Private key").fill(ownSis.lockedKey.privateKey);
    await box(page, "Passphrase").fill(ownSis.lockedKey.passphrase);
    await testConnection(page);
    await works(page);
    await page.getByRole("button", { name: "Save connection" }).click();
    await expect(page.getByText("A private key, encrypted")).toBeVisible();
    await page.goto(paths.editIntegration(integration));
    await expect(box(page, "Private key")).toHaveValue("");
    await expect(box(page, "Passphrase")).toHaveAccessibleDescription(/Stored, and never shown/);
    await testConnection(page);
    await works(page);
  });
});
