import type { Locator, Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { integrationSentence } from "./support/integration-page.ts";
import { sandboxServer } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

/** Add Integration with the sandbox's credentials, which the demo offers to fill in. */

const fill = (page: Page) => page.getByRole("button", { name: "Fill in the sandbox’s" });
const tryIt = (page: Page) => page.getByRole("button", { name: "Test Connection" });
const save = (page: Page) => page.getByRole("button", { name: "Save integration" });
const works = (page: Page) => expect(page.getByText("The connection works")).toBeVisible();
const saved = (page: Page) => expect(page.getByRole("heading", { name: integrationSentence, level: 1 })).toBeVisible();

test.use({ viewport: { width: 1280, height: 800 } });

test("five clicks, and nothing to scroll for, from the list to a saved integration", async ({ page, open }) => {
  const { password } = await sandboxServer();
  let clicks = 0;
  /** Of what is in sight as the page stands. */
  const click = async (control: Locator) => {
    await expect(control).toBeInViewport({ ratio: 1 });
    await control.click();
    clicks += 1;
  };
  await open(paths.integrations());
  const steps = page.getByRole("region", { name: "First steps" });
  await expect(steps).toContainText("1 of 7 done");

  await click(page.getByRole("link", { name: "Add Integration" }));
  await expect(page.getByRole("heading", { name: "Add Integration" })).toBeVisible();
  await click(page.getByRole("radio", { name: /OneRoster CSV/ }));
  await expect(page.getByText("Missing: Host, User name, Password")).toBeInViewport();
  expect(await page.content()).not.toContain(password);
  await click(fill(page));
  await expect(page.getByText("Not tested yet")).toBeInViewport();
  await click(tryIt(page));
  await works(page);
  await expect(page.getByText(/^(\d+) of \1 steps passed$/)).toBeVisible();
  await expect(page.getByRole("list", { name: "Steps that passed" })).toBeHidden();
  await expect(save(page)).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  await click(save(page));
  await saved(page);
  expect(clicks).toBe(5);

  await page.goto(paths.integrations());
  await expect(steps).toContainText("4 of 7 done");
  await expect(steps.getByRole("link", { name: "Preview Changes" })).toBeVisible();
  await expectAccessible(page);
});

test("the same by keyboard alone", async ({ page, open }) => {
  /** Tab by Tab, as somebody gets there who has no other way. */
  const reach = async (control: Locator) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await control.evaluate((one) => one === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    await expect(control).toBeFocused();
  };
  await open(paths.integrations());
  await reach(page.getByRole("link", { name: "Add Integration" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Add Integration" })).toBeFocused();
  await reach(page.getByRole("radio", { name: /^Clever/ }));
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("radio", { name: /OneRoster CSV/ })).toBeChecked();
  await reach(fill(page));
  await page.keyboard.press("Enter");
  await expect(page.getByText("Not tested yet")).toBeVisible();
  await reach(tryIt(page));
  await page.keyboard.press("Enter");
  await works(page);
  await expect(page.getByRole("status", { name: "What has changed" })).toHaveText("The test passed");
  await reach(save(page));
  await page.keyboard.press("Enter");
  await saved(page);
});

test("what failed stands open with its remedy, and saving without a passed test asks first", async ({ page, open }) => {
  await open(paths.newIntegration({ provider: "oneroster-rest" }));
  await fill(page).click();
  await expect(page.getByRole("textbox", { name: "Base URL" })).not.toHaveValue("");
  await page.getByRole("textbox", { name: "Client Secret" }).fill("not the secret");
  await tryIt(page).click();
  const failed = page.getByRole("list", { name: "Steps of the connection test" }).getByRole("listitem").filter({ hasText: "Sign-in" });
  await expect(failed).toContainText("What to do:");
  await expect(failed).toBeInViewport();
  await expect(page.getByText("The test failed: Sign-in")).toBeInViewport();
  await page.getByText(/^\d+ of \d+ steps passed$/).click();
  await expectAccessible(page);
  await save(page).click();
  await expect(page.getByRole("alertdialog", { name: "Save without a passed test?" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(save(page)).toBeFocused();
});

test("whoever signs in or is lost finds a page that hinders nobody, and the product's own signs", async ({
  page,
  request,
  complaints,
  open,
}) => {
  complaints.expect(/status of 404/);
  await page.goto(paths.signIn());
  await expectAccessible(page);
  for (const [relation, type] of [
    ["icon", /^image\/(svg|x-icon|vnd)/],
    ["apple-touch-icon", /^image\/png/],
    ["manifest", /^application\/manifest\+json/],
  ] as const) {
    const link = page.locator(`head link[rel="${relation}"]`).last();
    const answer = await request.get((await link.getAttribute("href")) ?? "");
    expect(answer.status(), relation).toBe(200);
    expect(answer.headers()["content-type"], relation).toMatch(type);
  }
  await open(paths.overview());
  await page.goto("/integrations/nowhere/at/all");
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await expectAccessible(page);
});
