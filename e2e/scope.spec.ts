import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { openOrigins } from "./support/record.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("a school is left out with its numbers before, previewed and applied without the SIS, and taken in again", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 30 }));
  const integration = await connect();
  await sync(integration);
  await open(paths.integration(integration));
  await expect(page.getByText("Everything that the SIS sends comes through.")).toBeVisible();
  await page.getByRole("link", { name: "Change scope" }).click();
  await expect(page.getByRole("heading", { name: "Scope", level: 1 })).toBeVisible();
  await expectAccessible(page);

  const means = page.getByRole("region", { name: "What this means" });
  await expect(means).toContainText("Leaves nothing out.");
  await page.getByRole("checkbox", { name: /^Cedar Middle/ }).check();
  await expect(means).toContainText(/Leaves 10 learners, 4 teachers, 4 classes, \d+ memberships and 1 school out\./);
  await expect(means).toContainText("they stay as they are");
  await means.getByRole("radio", { name: /^Withdraw/ }).check();
  await expect(means).toContainText("they are withdrawn, unless another integration has them");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await means.getByRole("radio", { name: /^Leave as they are/ }).check();
  await means.getByRole("button", { name: "Save scope" }).click();
  await expect(page.getByText("The next sync applies this scope")).toBeVisible();
  await expectAccessible(page);

  // The SIS is not asked: it has nothing any more.
  await ownSis.put({});
  await page.getByRole("button", { name: "Preview changes" }).click();
  await page.getByText("The SIS was not asked").click();
  await expect(page.getByText("Not in scope")).toBeVisible();
  await expect(page.getByText(/10 learners, \d+ class memberships/)).toBeVisible();
  await page.goto(paths.integrationScope(integration));
  await page.getByRole("button", { name: "Apply now" }).click();
  await expect(page.getByText("The SIS was not asked")).toBeVisible();
  await page.goto(paths.integration(integration));
  await expect(page.getByText(/Left out: 1 school/)).toBeVisible();

  await page.goto(paths.roster("learners", { q: "learner2@lakeside.example" }));
  await page.getByRole("link", { name: /^Pupil002/ }).click();
  await openOrigins(page);
  await expect(page.getByText(/Left out of scope since .*This integration leaves it as it was\./)).toBeVisible();
  await expectAccessible(page);

  await page.goto(paths.integrationScope(integration));
  await page.getByRole("checkbox", { name: /^Cedar Middle/ }).uncheck();
  await expect(means).toContainText(/Brings 10 learners, .* back\./);
  await means.getByRole("button", { name: "Save scope" }).click();
  await page.getByRole("button", { name: "Apply now" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("nothing changed");
  await page.goto(paths.integration(integration));
  await expect(page.getByText("Everything that the SIS sends comes through.")).toBeVisible();
});
