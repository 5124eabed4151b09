import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("what is in doubt waits by school, some is approved, some refused, and everybody else is up to date", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 60 }));
  const integration = await connect();
  await sync(integration);
  await ownSis.put(rosterSet({ learners: 30 }));
  await open(paths.integration(integration));
  await page.getByRole("button", { name: "Run Sync Now" }).click();
  await expect(page.getByText(/30 records wait for a decision\./)).toBeVisible();
  await expect(page.getByRole("heading", { name: "What was withheld" })).toBeVisible();
  await expectAccessible(page);

  await page.goto(paths.overview());
  await expect(page.getByRole("heading", { level: 1 })).toContainText("30 records wait for your decision");
  const health = page.getByRole("region", { name: "Who needs help" });
  await expect(health).toContainText("30 records wait for a decision");
  await expect(health).toContainText("Who would leave can still sign in");
  await health.getByRole("link", { name: /^Decide about / }).click();
  await expect(page.getByRole("heading", { level: 1, name: "30 changes wait for your decision." })).toBeVisible();
  await expectAccessible(page);

  // One school's, all at once: asked why first.
  await page.getByRole("button", { name: "Refuse: 10 learners would leave, Cedar Middle" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  // Or one by one.
  await page.getByRole("link", { name: /10 learners would leave.*Cedar Middle/ }).click();
  await expect(page.getByRole("table", { name: "Withheld changes" }).getByRole("rowheader")).toHaveCount(10);
  const [one, two] = await page.getByRole("checkbox", { name: /^Choose / }).all();
  await one?.check();
  await two?.check();
  await page.getByRole("button", { name: "Refuse 2 changes" }).click();
  const dialog = page.getByRole("alertdialog");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Refuse 2 changes" }).click();
  await expect(dialog).toContainText("Say why, so that others can follow it later");
  await dialog.getByLabel("Why").fill("They are at the branch campus");
  await dialog.getByRole("button", { name: "Refuse 2 changes" }).click();
  await expect(page.getByRole("table", { name: "Withheld changes" }).getByRole("rowheader")).toHaveCount(8);

  await page.getByRole("button", { name: "Approve 8 changes" }).click();
  await dialog.getByLabel("Why").fill("They moved away in summer");
  await dialog.getByRole("button", { name: "Approve: 8 records will leave" }).click();
  await expect(page.getByText("What was approved or decided")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    /^Approved sync 3: 8 learners left\.\s*20 records wait for a decision\.$/,
  );

  await page.goto(paths.withheld(integration, { state: "refused" }));
  await expect(page.getByText("They are at the branch campus").first()).toBeVisible();
  // Back in the SIS, nothing waits any more.
  await ownSis.put(rosterSet({ learners: 60 }));
  await sync(integration);
  await page.goto(paths.withheld(integration));
  await expect(page.getByRole("heading", { level: 1, name: "Nothing waits for your decision." })).toBeVisible();
  await expectAccessible(page);
});

test("with additions only somebody who leaves stays until an admin says so, and who is new comes in", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 30 }));
  const integration = await connect();
  await sync(integration);
  await open(paths.integration(integration));
  await page.getByRole("button", { name: "Change limits" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: /^Additions only/ }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/^Additions only; waits for you above/)).toBeVisible();

  await ownSis.put(rosterSet({ learners: 29 }));
  await sync(integration);
  await page.goto(paths.withheld(integration));
  await expect(page.getByRole("heading", { level: 1, name: "1 change waits for your decision." })).toBeVisible();
  await page.goto(paths.roster("learners", { q: "learner30@lakeside.example" }));
  await expect(page.getByRole("table", { name: "Learners" }).getByRole("rowheader")).toHaveCount(1);

  await ownSis.put(rosterSet({ learners: 31 }));
  await sync(integration);
  await page.goto(paths.roster("learners", { q: "learner31@lakeside.example" }));
  await expect(page.getByRole("table", { name: "Learners" }).getByRole("rowheader")).toHaveCount(1);
  await page.goto(paths.withheld(integration));
  await expect(page.getByRole("heading", { level: 1, name: "Nothing waits for your decision." })).toBeVisible();
});
