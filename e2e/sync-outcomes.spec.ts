import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { expectAccessible } from "./support/accessible.ts";
import { awake } from "./support/district.ts";
import { headerOnly, rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

const runNow = (page: Page) => page.getByRole("button", { name: "Run Sync Now" });
const learners = (page: Page) => page.getByRole("navigation", { name: "Roster" }).getByRole("link", { name: /^Learners/ });

async function rosterHolds(page: Page, count: number): Promise<void> {
  await page.goto("/roster/learners");
  await expect(learners(page)).toHaveText(`Learners${count}`);
}

async function downloaded(page: Page): Promise<string[]> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CSV" }).click()]);
  return (await readFile(await download.path(), "utf8")).trim().split("\r\n");
}

test("a second sync of the same files says that nothing was written", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 6 }));
  const integration = await connect();
  const first = await sync(integration);
  await open(`/integrations/${integration}`);
  await runNow(page).click();
  await expect(
    page.getByRole("heading", { level: 1, name: "Sync 2: nothing changed, for the input was that of an earlier sync, byte for byte." }),
  ).toBeVisible();
  await expect(page.getByRole("heading", { name: "What changed" })).toHaveCount(0);
  await page.getByRole("link", { name: "an earlier sync" }).click();
  await expect(page).toHaveURL(new RegExp(first));
});

test("an export whose users are gone fails with file, cause and remedy, and changes nothing", async ({ page, open, connect, ownSis }) => {
  const files = rosterSet({ learners: 6 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  await ownSis.put(headerOnly(files, "users.csv"));
  await open(`/integrations/${integration}`);
  await runNow(page).click();
  await expect(page.getByRole("heading", { level: 1, name: /and nothing was changed\.$/ })).toBeVisible();
  await expect(page.getByText(/^Failed at: /)).toBeVisible();
  await expect(page.getByText(/users\.csv/).first()).toBeVisible();
  await expect(page.getByText("What to do", { exact: true })).toBeVisible();
  await expectAccessible(page);
  const failed = page.url();
  await rosterHolds(page, 6);
  await page.goto("/overview");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("The last sync failed");
  await expect(page.getByRole("region", { name: "Who needs help" })).toContainText("could not be synced");

  await ownSis.put(files);
  await page.goto(failed);
  await runNow(page).click();
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();
  await page.goto(`/integrations/${integration}`);
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Failed");
  await expect(page).toHaveURL(/outcome=failed/);
  await expect(page.getByRole("table", { name: "Sync history" }).getByRole("rowheader")).toHaveCount(1);
});

test("a mass withdrawal is held until an admin approves it by its numbers", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 40 }));
  const integration = await connect({ safety: { ...defaultSafety, withholdDoubtful: false } });
  await sync(integration);
  await ownSis.put(rosterSet({ learners: 15 }));
  await open(`/integrations/${integration}`);
  await runNow(page).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Half of the users file is missing.");
  await expect(page.getByText("Waits for your decision.")).toBeVisible();
  const why = page.getByRole("region", { name: "Why it waits" });
  await expect(why.getByText("The sync would deactivate 25 of 40 learners (63%); the limit is 10%.")).toBeVisible();
  await expect(why.getByText(/^users has \d+ rows, 25 fewer than the last time/)).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "25 learners can no longer sign in" })).not.toBeChecked();
  await expectAccessible(page);
  const held = page.url();
  await rosterHolds(page, 40);
  await page.goto("/overview");
  await expectAccessible(page);

  await page.goto(held);
  await page.getByRole("button", { name: "Approve All" }).click();
  await expect(page.getByText("Say why, so that others can follow it later")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Why" }).fill("The campus was closed");
  await page.getByRole("button", { name: "Approve All" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();
  await rosterHolds(page, 15);
  await page.goto(held);
  await expect(page.getByRole("link", { name: "approved" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve All" })).toHaveCount(0);
});

test("a preview is discarded, made again and applied", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 5 }));
  const integration = await connect();
  await open(`/integrations/${integration}`);
  await page.getByRole("button", { name: "Preview changes" }).click();
  await page.getByRole("button", { name: "Discard plan" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Discard \d+ planned changes$/ })
    .click();
  await expect(page.getByText(/the plan was refused, or overtaken by a later sync/)).toBeVisible();
  await rosterHolds(page, 0);

  await page.goto(`/integrations/${integration}`);
  await page.getByRole("button", { name: "Preview changes" }).click();
  await page.getByRole("button", { name: "Approve and apply" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Apply \d+ changes$/ })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();
  await rosterHolds(page, 5);

  // Where there is nothing to apply, nothing is asked.
  await page.goto(`/integrations/${integration}`);
  await page.getByRole("button", { name: "Preview changes" }).click();
  await expect(page.getByText("A sync now would change nothing.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Approve and apply|Discard plan/ })).toHaveCount(0);
});

test("a sync under way is found by a second tab, and cancelled", async ({ page, context, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 5 }));
  const integration = await connect();
  const address = `/integrations/${integration}`;
  await open(address);
  const second = await context.newPage();
  await second.goto(address);
  await awake(second);

  ownSis.stall();
  await runNow(page).click();
  await expect(page.getByRole("heading", { name: "How it goes" })).toBeVisible();
  await expectAccessible(page);
  await runNow(second).click();
  await expect(second.getByText("A sync is already running. This is its page.").first()).toBeVisible();
  await expect(second).toHaveURL(page.url());

  await page.getByRole("button", { name: "Cancel sync" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel this sync" }).click();
  await expect(page.getByText("Sync 1 was canceled before anything was changed.")).toBeVisible();
  await expect(second.getByText("Sync 1 was canceled before anything was changed.")).toBeVisible();
  await rosterHolds(page, 0);
});

test("a paused integration runs nothing until it is resumed", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect({ schedule: "0 2 * * *" });
  await open(`/integrations/${integration}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused: nothing runs until somebody resumes it.")).toBeVisible();
  await runNow(page).hover();
  await expect(page.getByRole("tooltip")).toContainText("Resume it to run a sync");
  await runNow(page).press("Enter");
  await expect(page).toHaveURL(`/integrations/${integration}`);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(runNow(page)).not.toHaveAttribute("aria-disabled", "true");
  await runNow(page).click();
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();
});

test("issues lead from the cause to the record, and downloads hold what is filtered", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 6, withMistakes: true }));
  const integration = await connect();
  const run = await sync(integration);
  await open(`/integrations/${integration}/runs/${run}/issues`);
  await expect(page.getByRole("heading", { name: "Grade not recognized" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Email address not valid" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Value outside the vocabulary", exact: true })).toBeVisible();
  const all = await downloaded(page);
  expect(all).toHaveLength(4);

  await page.getByRole("link", { name: "Grade not recognized" }).click();
  await expect(page).toHaveURL(/code=grade-unknown/);
  await expect(page.getByRole("table", { name: "Issues" }).getByRole("rowheader")).toHaveText(["users.csv, line 20"]);
  const filtered = await downloaded(page);
  expect(filtered).toHaveLength(2);
  expect(filtered[1]).toContain(",'=1+2,");

  await page.getByRole("link", { name: "users.csv, line 20" }).click();
  const facts = page.getByRole("definition");
  await expect(facts).toHaveText(["users.csv, line 20", "Mia Formula", /^m1/, "grades", /^=1\+2/, /\w/]);
  await expect(page.getByRole("heading", { name: "How to fix it" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "The rule" })).toBeVisible();
  await page.getByRole("link", { name: "Mia Formula" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Mia can sign in");

  await page.goto(`/integrations/${integration}/runs/${run}/changes?entity=learner&q=Pupil003`);
  await expect(page.getByRole("table", { name: "Changes" }).getByRole("rowheader")).toHaveCount(1);
  const changes = await downloaded(page);
  expect(changes.length).toBeGreaterThan(1);
  for (const line of changes.slice(1)) expect(line).toContain("Pupil003");

  await page.goto(`/integrations/${integration}`);
  const history = await downloaded(page);
  expect(history).toHaveLength(2);
});
