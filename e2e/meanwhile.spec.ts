import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { awake } from "./support/district.ts";
import { hold } from "./support/hold.ts";
import { integrationSentence } from "./support/integration-page.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** What goes on elsewhere while a form is open: the network goes, another admin saves, the session ends. */

const said = (page: Page) => page.getByRole("alert").filter({ hasText: /\w/ });
const dialog = (page: Page) => page.getByRole("dialog");

test("what was typed stays where the server does not answer, and is saved once it does", async ({ page, open, context, complaints }) => {
  complaints.expect(/ERR_INTERNET_DISCONNECTED|Failed to fetch/);
  await open(paths.newIntegration({ provider: "oneroster-rest" }));
  const arrive = await hold(page, (url) => url.pathname === new URL(page.url()).pathname, { times: 1 });
  await page.getByRole("button", { name: "Fill in the sandbox’s" }).click();
  await page.getByRole("textbox", { name: "Name in Aivo" }).fill("Typed before the network went");
  await expect(page.getByRole("button", { name: "Test Connection" })).toHaveAttribute("aria-busy", "true");
  await expect(page.getByRole("textbox", { name: "Base URL" })).toBeDisabled();
  arrive();
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(page.getByText("The connection works")).toBeVisible();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Save integration" }).click();
  await expect(said(page)).toContainText("cannot say whether this was done");
  await expect(page.getByRole("textbox", { name: "Name in Aivo" })).toHaveValue("Typed before the network went");
  await expect(page.getByRole("textbox", { name: "Base URL" })).not.toHaveValue("");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Save integration" }).click();
  await expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Change schedule" }).click();
  await page.getByRole("radio", { name: /Every 6 hours/ }).check();
  await context.setOffline(true);
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(said(page)).toContainText("cannot say whether this was done");
  await expect(page.getByRole("radio", { name: /Every 6 hours/ })).toBeChecked();
  await context.setOffline(false);
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByText("Schedule saved").first()).toBeVisible();
});

test("what another admin saves while a form is open is not taken back by it", async ({ page, open, context, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 12 }));
  const integration = await connect();
  await sync(integration);
  await open(paths.integration(integration));
  const other = await context.newPage();
  const openBoth = async (address: string) => {
    for (const one of [page, other]) {
      await one.goto(address);
      await awake(one);
    }
  };

  await openBoth(paths.integration(integration));
  for (const one of [page, other]) await one.getByRole("button", { name: "Change limits" }).click();
  const most = /^Most that may be deactivated at once/;
  const ofSchool = /^Most of one school that may be deactivated at once/;
  await other.getByRole("textbox", { name: ofSchool }).fill("33");
  await other.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(dialog(other)).toBeHidden();
  await page.getByRole("textbox", { name: most }).fill("7");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Waits for you above 7%")).toBeVisible();
  await page.getByRole("button", { name: "Change limits" }).click();
  await expect(page.getByRole("textbox", { name: ofSchool })).toHaveValue("33");

  await openBoth(paths.settings());
  await other.getByRole("textbox", { name: /Keep data/ }).fill("700");
  await other.getByRole("button", { name: "Save settings" }).click();
  await expect(other.getByText("Settings saved").first()).toBeVisible();
  await page.getByRole("textbox", { name: "District name" }).fill("Named meanwhile");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "District name" })).toHaveValue("Named meanwhile");
  await expect(page.getByRole("textbox", { name: /Keep data/ })).toHaveValue("700");

  // A scope is chosen as a whole, by the numbers that were shown with it.
  await openBoth(paths.integrationScope(integration));
  await other.getByRole("checkbox", { name: /^Courses/ }).check();
  await other.getByRole("button", { name: "Save scope" }).click();
  await expect(other.getByText("The next sync applies this scope")).toBeVisible();
  await page.getByRole("checkbox", { name: /^Cedar Middle/ }).check();
  await page.getByRole("button", { name: "Save scope" }).click();
  await expect(said(page)).toContainText("Somebody has changed the scope since this page was opened");
  await expect(page.getByRole("checkbox", { name: /^Cedar Middle/ })).toBeChecked();
  await page.reload();
  await expect(page.getByRole("checkbox", { name: /^Courses/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Cedar Middle/ })).not.toBeChecked();
});

test("an address whose search has a NUL opens without it", async ({ page, open }) => {
  await open(paths.overview());
  for (const address of ["/roster/learners?q=%00", "/why?q=%00", "/conflicts?q=a%00b"]) {
    expect((await page.goto(address))?.status(), address).toBe(200);
    await expect(page).not.toHaveURL(/%00/);
    await expect(page.getByRole("heading", { level: 1 })).not.toContainText("could not be loaded");
  }
});
