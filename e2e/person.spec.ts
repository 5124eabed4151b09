import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { csvOf } from "#lib/engine/testing/sis/sets.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { pictureForDocs } from "./support/picture.ts";
import { learnerEmail, rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("a learner who misses a class: the sentence, the chain, the nearest id, what each SIS says, and what happened", async ({
  page,
  open,
  connect,
  ownSis,
  district,
}) => {
  test.slow();
  const files = rosterSet({ learners: 12 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  // Two characters of "c-s1-3" are swapped.
  const wrong = csvOf([["x1", "", "", "c-1s-3", "s1", "u1", "student", "false", "", ""]]);
  await ownSis.put({ ...files, "enrollments.csv": String(files["enrollments.csv"]) + wrong });
  await sync(integration);
  const learners: { id: string; email: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const id = learners.find(({ email }) => email === learnerEmail(1))?.id ?? "";

  await open(paths.rosterRecord("learners", id));
  await test.step("the chain breaks where it does, and the cause is named", async () => {
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(
      /^Lee can sign in and is in 1 of 2 classes\.\s*The 2nd is not in classes\.csv\.$/,
    );
    const classes = page.getByRole("list", { name: "2 classes" });
    await expect(classes.getByRole("listitem").filter({ hasText: "Breaks here:" })).toContainText("class c-1s-3 is not in classes.csv");
    await expect(page.getByRole("list", { name: "Lee Pupil001" })).toContainText("By SIS id u1");
    await expect(page.getByRole("list", { name: "Lee Pupil001" }).getByText("Breaks here:")).toHaveCount(0);
    await pictureForDocs(page, "person");
    await lookAround(page);
  });
  await test.step("by keyboard from the sentence to the cause, which names the nearest id", async () => {
    await page.getByRole("link", { name: "The 2nd is not in classes.csv." }).focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/#lost$/);
    const lost = page.locator("#lost");
    await expect(lost).toContainText("New");
    await expect(lost).toContainText(/enrollments\.csv, line \d+ names it; classes\.csv has no such class\./);
    await expect(lost).toContainText("c-s1-3 is Mathematics 1-3, Period 3: two characters may be swapped.");
    await expect(page.getByRole("table", { name: "Classrooms, now" }).getByRole("row", { name: /c-1s-3/ })).toContainText("missing");
  });
  await test.step("an edit stands in the table beside what the SIS says, and is given back from there", async () => {
    await command("person", "edit", id, "--given-name", "Leonie");
    await page.goto(paths.rosterRecord("learners", id));
    await expect(page.getByRole("heading", { level: 1 })).toContainText("First name is edited.");
    const firstName = page.getByRole("table", { name: "What each SIS says" }).getByRole("row", { name: /^First name/ });
    await expect(firstName.getByRole("cell")).toHaveText([/Leonieedited/, /Lee$/]);
    await expectAccessible(page);
    await firstName.getByRole("button", { name: "Give first name back to the SIS" }).press("Enter");
    await expect(firstName.getByRole("cell")).toHaveText([/Lee$/, /same$/]);
    await expect(page.getByText("First name: Lee → Leonie")).toBeVisible();
    await expect(page.getByText("1 enrollment did not come through", { exact: true })).toBeVisible();
    await expect(page.getByText("Arrived, in 1 class")).toBeVisible();
  });
  await test.step("the menu is opened, gone through and left by keyboard, and a dialog gives the focus back", async () => {
    const more = page.getByRole("button", { name: "More actions" });
    await more.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Bar from signing in" })).toBeFocused();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("alertdialog");
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
    // Focused a moment before it is the layer on top, above the message of what was done before.
    await expect(dialog).toHaveCSS("pointer-events", "auto");
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(more).toBeFocused();
  });
  await test.step("the class and the school tell the same", async () => {
    await page.getByRole("table", { name: "Classrooms, now" }).getByRole("link", { name: "Mathematics 1-1" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 learner and 1 teacher.");
    await expect(page.getByRole("list", { name: "2 enrollments" })).toContainText("2 matched");
    await lookAround(page);
    await page.getByRole("link", { name: "Birch Elementary" }).first().click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("4 learners and 4 teachers in 4 classes.");
    await lookAround(page);
  });
});

/** In light and dark, and nothing wider than the narrowest phone. */
async function lookAround(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
}
