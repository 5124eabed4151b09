import type { Locator } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { command, fillSignIn } from "./support/district.ts";
import { choose } from "./support/record.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("an admin sees what is erased next, holds somebody with a reason, and releases them", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  await sync(await connect());
  await open("/settings");
  await page.getByRole("link", { name: "See what is erased next" }).click();
  await expect(page.getByText(/^Nobody is erased by the next job/)).toBeVisible();
  await expect(page.getByText("Nobody is held")).toBeVisible();
  await expectAccessible(page);

  await page.goto("/roster/learners");
  const link = page.getByRole("table").getByRole("rowheader").first().getByRole("link");
  const name = await fullNameIn(link);
  await link.click();
  await page.waitForURL(/learners\/[0-9a-f-]{36}/);
  await choose(page, "Hold from erasure");
  await page.getByRole("alertdialog").getByLabel("Why").fill("A complaint is open");
  await page.getByRole("alertdialog").getByRole("button", { name: /^Hold/ }).click();
  await expect(page.getByText(/^Held from erasure since/)).toBeVisible();
  await page.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("menuitem", { name: /^Erase/ })).toHaveAttribute("aria-disabled", "true");
  await expectAccessible(page);

  await page.goto("/settings/retention");
  await expect(page.getByRole("table", { name: "Held from erasure" }).getByText("A complaint is open")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: `Release: ${name}` }).click();
  await expect(page.getByText("Nobody is held")).toBeVisible();
});

test("an admin exports one person's data and erases it: the next sync leaves them out until they are let in again", async ({
  page,
  open,
  connect,
  ownSis,
  district,
}) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect();
  await sync(integration);
  await open("/roster/learners");
  const rows = page.getByRole("table").getByRole("rowheader");
  await expect(rows).toHaveCount(3);
  const name = await fullNameIn(rows.first().getByRole("link"));
  await rows.first().getByRole("link").click();
  await page.waitForURL(/learners\/[0-9a-f-]{36}/);
  const download = page.waitForEvent("download");
  await choose(page, "Export their data");
  expect((await download).suggestedFilename()).toMatch(/^person-.*\.zip$/);

  await choose(page, "Erase");
  const dialog = page.getByRole("dialog", { name: `Erase ${name}?` });
  await expect(dialog.getByText("Still in Lakeside SIS")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Why").fill("The family asked for it");
  await dialog.getByRole("textbox", { name: /^Type/ }).fill("somebody else");
  await dialog.getByRole("button", { name: `Erase ${name}` }).click();
  await expect(dialog.getByText("Type the name exactly as it stands above")).toBeVisible();
  await dialog.getByRole("textbox", { name: /^Type/ }).fill(name);
  await dialog.getByRole("button", { name: `Erase ${name}` }).click();
  await expect(rows).toHaveCount(2);

  await sync(integration);
  await page.reload();
  await expect(rows).toHaveCount(2);
  await page.goto("/settings/retention");
  await expect(page.getByRole("table", { name: "Left out by syncs" }).getByText("The family asked for it")).toBeVisible();
  await page.getByRole("button", { name: /^Let in again/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Let it in again" }).click();
  await expect(page.getByText("Nothing is left out")).toBeVisible();
  await sync(integration);
  await page.goto("/roster/learners");
  await expect(rows).toHaveCount(3);
  expect((await command("audit", "verify", "--district", district.id)).ok).toBe(true);
});

test("of a suspended district nobody can sign in, and the sign-in page says why", async ({ page, open, district, complaints }) => {
  complaints.expect(/status of 401/);
  await open("/overview");
  await command("district", "suspend", district.id, "--reason", "The contract ended");
  await page.goto("/overview");
  await expect(page.getByRole("heading", { name: /Sign in/ })).toBeVisible();
  await fillSignIn(page, district);
  await expect(page.getByText(/^Your district is suspended/)).toBeVisible();
});

/** "Lee Pupil001" of a list's "Pupil001, Lee". */
async function fullNameIn(link: Locator): Promise<string> {
  return ((await link.textContent()) ?? "").split(", ").reverse().join(" ");
}
