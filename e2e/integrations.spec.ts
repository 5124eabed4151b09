import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { awake, signIn } from "./support/district.ts";
import { integrationSentence } from "./support/integration-page.ts";
import { type SandboxServer, sandboxServer } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

async function fillCredentials(page: Page, sandbox: SandboxServer, password = sandbox.password): Promise<void> {
  await page.getByRole("textbox", { name: "Host" }).fill("127.0.0.1");
  await page.getByRole("textbox", { name: "Port" }).fill(sandbox.port);
  await page.getByRole("textbox", { name: "User name" }).fill("aivo");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("textbox", { name: "Remote directory" }).fill("/oneroster");
}

async function addIntegration(page: Page, sandbox: SandboxServer): Promise<void> {
  await page.getByRole("link", { name: "Add Integration" }).click();
  await page.getByRole("radio", { name: /OneRoster CSV/ }).check();
  await fillCredentials(page, sandbox);
  await page.getByRole("button", { name: "Test Connection" }).click();
  await page.getByRole("button", { name: "This is the right key" }).click();
  await expect(page.getByText("The connection works")).toBeVisible();
  await page.getByRole("button", { name: "Save integration" }).click();
  await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();
}

test("an admin connects a SIS, syncs it and follows one issue and one learner", async ({ page, open }) => {
  test.slow();
  const sandbox = await sandboxServer();
  await open("/integrations");
  await expect(page.getByText("No SIS is connected yet")).toBeVisible();

  await page.getByRole("link", { name: "Add Integration" }).click();
  await expect(page.getByRole("heading", { name: "Add Integration" })).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Which one is ours?" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("radio", { name: /OneRoster CSV/ }).check();
  await expect(page.getByRole("complementary", { name: "Using OneRoster CSV" })).toContainText("Set up an SFTP server");

  await test.step("an incomplete form says what is missing and keeps what is there", async () => {
    await page.getByRole("textbox", { name: "Host" }).fill("127.0.0.1");
    await page.getByRole("button", { name: "Test Connection" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "The credentials are not complete" })).toContainText("User name is missing");
    await expect(page.getByRole("textbox", { name: "Host" })).toHaveValue("127.0.0.1");
    await page.getByRole("button", { name: "Save integration" }).hover();
    await expect(page.getByRole("tooltip")).toContainText("confirm the host key");
  });

  await test.step("a wrong password fails at its step, with cause and remedy", async () => {
    await fillCredentials(page, sandbox, "not the password");
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByRole("button", { name: "This is the right key" }).click();
    await expect(page.getByText("Connection test failed")).toBeVisible();
    await expect(
      page.getByRole("list", { name: "Steps of the connection test" }).getByRole("listitem").filter({ hasText: "Sign-in" }),
    ).toContainText("What to do:");
  });

  await test.step("the right one passes and shows the first rows", async () => {
    await fillCredentials(page, sandbox);
    await expect(page.getByText("The form has changed since")).toBeVisible();
    await page
      .getByRole("button", { name: "This is the right key" })
      .or(page.getByRole("button", { name: "Test Connection" }))
      .last()
      .click();
    const key = page.getByRole("button", { name: "This is the right key" });
    const passed = page.getByText("The connection works");
    await expect(key.or(passed)).toBeVisible();
    if (await key.isVisible()) await key.click();
    await expect(passed).toBeVisible();
    await page.getByText(/^\d+ of \d+ steps passed$/).click();
    await page.getByText(/First \d+ rows of users\.csv/).click();
    await expect(page.getByRole("region", { name: "First rows of users.csv" })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("a schedule is read back in words before it is saved", async () => {
    await page.getByRole("radio", { name: /Custom/ }).check();
    const cron = page.getByRole("textbox", { name: "Cron expression" });
    await cron.fill("61 4 * * *");
    await expect(cron).toHaveAttribute("aria-invalid", "true");
    await cron.fill("30 4 * * 1-5");
    await expect(page.getByText("At 4:30 AM, Monday through Friday")).toBeVisible();
    await page.getByRole("button", { name: "Save integration" }).click();
    await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();
    await expect(page.getByText("At 4:30 AM, Monday through Friday (America/Chicago)")).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("a sync runs live and ends with totals", async () => {
    await page.getByRole("button", { name: "Run Sync Now" }).click();
    await expect(page.getByRole("heading", { level: 1, name: /^Sync \d+/ })).toBeVisible();
    await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: /^Sync 1: [\d,]+ learners and [\d,]+ teachers arrived\./ })).toBeVisible();
  });

  await test.step("from the cause to one record and its line", async () => {
    await page.getByRole("link", { name: "All of it, record by record" }).click();
    await expect(page).toHaveURL(/\/issues$/);
    await expect(page.getByText(/records or values did not come through/)).toBeVisible();
    await page.getByRole("listitem").getByRole("heading", { level: 2 }).first().getByRole("link").click();
    await expect(page.getByRole("table", { name: "Issues" })).toBeVisible();
    await page
      .getByRole("table", { name: "Issues" })
      .getByRole("link", { name: /, line \d+/ })
      .first()
      .click();
    await expect(page.getByRole("heading", { name: "How to fix it" })).toBeVisible();
    await expect(page.getByText("File and line")).toBeVisible();
  });

  await test.step("from a change to the learner in the roster", async () => {
    await page.getByRole("link", { name: /^Sync \d+$/ }).click();
    await page.getByRole("link", { name: /^Show all / }).click();
    await expect(page).toHaveURL(/\/changes$/);
    await page.getByRole("combobox", { name: "Entity" }).selectOption("learner");
    await expect(page).toHaveURL(/entity=learner/);
    const learner = page.getByRole("table", { name: "Changes" }).getByRole("rowheader").first().getByRole("link");
    const name = (await learner.textContent()) ?? "";
    await learner.click();
    await expect(page.getByRole("heading", { level: 1, name: /can sign in/ })).toBeVisible();
    await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  });
});

test("an unchanged SIS changes nothing, and the second of two clicks finds the first one's sync", async ({ page, context, open }) => {
  await open("/integrations");
  await addIntegration(page, await sandboxServer());
  const integrationUrl = page.url();

  await page.getByRole("button", { name: "Run Sync Now" }).click();
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();
  await page.goto(integrationUrl);
  const other = await context.newPage();
  await other.goto(integrationUrl);
  await awake(other);
  await Promise.all([page, other].map((one) => one.getByRole("button", { name: "Run Sync Now" }).click()));
  await Promise.all([page, other].map((one) => expect(one).toHaveURL(/\/runs\//)));
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();
  await expect(page.getByRole("heading", { name: /nothing changed, for the input was that of an earlier sync/ })).toBeVisible();
});

test("a preview changes nothing until it is approved", async ({ page, open }) => {
  await open("/integrations");
  await addIntegration(page, await sandboxServer());
  await page.getByRole("button", { name: "Preview changes" }).click();
  await expect(page.getByRole("heading", { name: "What the plan would do" })).toBeVisible();
  await page.getByRole("link", { name: /^Changes/ }).click();
  await page.getByRole("searchbox", { name: /Search changes/ }).fill("elementary");
  await expect(page).toHaveURL(/q=elementary/);
  await expect(page.getByRole("rowheader").first()).toContainText(/elementary/i);
  await page.getByRole("link", { name: "This preview" }).click();
  await page.getByRole("button", { name: "Approve and apply" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText(/[\d,]+ learners created/);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: /^Apply [\d,]+ changes/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();
});

test("schedule, limits, pause and removal", async ({ page, open }) => {
  await open("/integrations");
  await addIntegration(page, await sandboxServer());

  await page.getByRole("button", { name: "Change schedule" }).click();
  await page.getByRole("radio", { name: /Manual only/ }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Manual only").first()).toBeVisible();

  await page.getByRole("button", { name: "Change limits" }).click();
  const most = page.getByRole("textbox", { name: /^Most that may be deactivated at once/ });
  await most.fill("101");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Between 0 and 100")).toBeVisible();
  await most.fill("5");
  // Other groups of limits are closed until they are wanted.
  await page.getByText("Values that change for many at once").click();
  await expect(page.getByRole("textbox", { name: /^Most whose same field may change/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Waits for you above 5%")).toBeVisible();

  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Run Sync Now" })).toHaveAttribute("aria-disabled", "true");

  await page.getByRole("link", { name: "Disconnect" }).click();
  await page.getByRole("radio", { name: /^Leave them as they are/ }).check();
  await page.getByLabel("Why").fill("It was a trial");
  await page.getByRole("button", { name: "Disconnect OneRoster CSV" }).click();
  await expect(page.getByText("No SIS is connected yet")).toBeVisible();
});

test("a teacher is denied every page and every handler of Integrations", async ({ page }) => {
  const signIns = JSON.parse(await readFile(join(process.env.E2E_DATA_DIR ?? "", "demo-sign-ins.json"), "utf8"));
  await signIn(page, signIns.teacher);

  const id = "01a20cac-d8fa-7647-96fb-1f28003dd082";
  const run = `/integrations/${id}/runs/${id}`;
  const pages = [
    "/integrations",
    "/integrations/new",
    `/integrations/${id}`,
    `/integrations/${id}/edit`,
    run,
    `${run}/changes`,
    `${run}/issues`,
    `${run}/issues/1`,
  ];
  const handlers = [`/api/runs/${id}`, `/api/runs/${id}/issues`, `/api/runs/${id}/changes`, `/api/integrations/${id}/history`];
  for (const address of [...pages, ...handlers]) expect((await page.request.get(address)).status(), address).toBe(403);
  const tested = await page.request.post("/api/integrations/test", { data: { provider: "oneroster-csv", credentials: {} } });
  expect(tested.status()).toBe(403);
});
