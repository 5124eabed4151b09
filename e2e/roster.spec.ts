import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { hold } from "./support/hold.ts";
import { openOrigins } from "./support/record.ts";
import { learnerEmail, rosterSet, teacherEmail } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("lists are searched, filtered, sorted and paged, and the address says how", async ({ page, open, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 120 }));
  await sync(await connect());
  const accounts: { id: string; email: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const left = accounts.find((account) => account.email === learnerEmail(1));
  await command("account", "deactivate", left?.id ?? "");

  await open("/roster");
  await expect(page).toHaveURL("/roster/schools");
  const names = page.getByRole("rowheader").getByRole("link");
  await expect(names).toHaveText(["Birch Elementary", "Cedar Middle", "Dogwood High"]);
  await page.getByRole("columnheader", { name: "Learners" }).getByRole("link").click();
  await expect(page).toHaveURL(/sort=learners/);
  await expect(names.first()).toHaveText("Birch Elementary");
  await expect(page.getByRole("row", { name: /^Birch/ })).toContainText("39");

  await test.step("learners: pages, grade, school, search, status", async () => {
    await page
      .getByRole("navigation", { name: "Roster" })
      .getByRole("link", { name: /^Learners/ })
      .click();
    const pages = page.getByRole("navigation", { name: "Pages of learners" });
    await expect(pages).toContainText("1–50 of 119 learners");
    await expect(names.first()).toHaveText("Pupil002, Lee");
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveURL(/page=2/);
    await expect(names.first()).toHaveText("Pupil052, Lee");
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(pages).toContainText("101–119 of 119");
    await expect(pages.getByRole("button", { name: "Next" })).toBeDisabled();

    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await expect(page).toHaveURL(/direction=desc/);
    await expect(names.first()).toHaveText("Pupil120, Lee");
    await page.getByRole("combobox", { name: "Grade" }).selectOption("Grade 7");
    await expect(page).toHaveURL(/grade=07/);
    await expect(page.getByText("40 learners", { exact: true })).toBeVisible();
    await page.getByRole("combobox", { name: "School" }).selectOption("Dogwood High");
    await expect(page.getByText("No learners match")).toBeVisible();
    await test.step("what is chosen before the cleared list is there does not bring the filters back", async () => {
      await page.getByRole("searchbox", { name: "Search learners" }).fill("typed, not searched yet");
      const release = await holdNavigations(page);
      await page.getByRole("link", { name: "Clear search and filters" }).click();
      await expect(page.getByRole("combobox", { name: "Grade" })).toHaveValue("");
      await expect(page.getByRole("searchbox", { name: "Search learners" })).toHaveValue("");
      await page.getByRole("combobox", { name: "School" }).selectOption("Dogwood High");
      await release();
      await expect(page).toHaveURL(/\/roster\/learners\?school=[^&]+$/);
    });
    await expect(names.first()).toHaveText("Pupil003, Lee");

    await page.getByRole("searchbox", { name: "Search learners" }).fill("Pupil015, Lee");
    await page.getByRole("searchbox", { name: "Search learners" }).press("Enter");
    await expect(page.getByRole("status", { name: "What has changed" })).toHaveText("1 learner found");
    await page.getByRole("searchbox", { name: "Search learners" }).fill("5012");
    await expect(page).toHaveURL(/q=5012/);
    await expect(names).toHaveText(["Pupil012, Lee"]);
    const shared = page.url();
    await page.goto("/roster/learners?status=deactivated");
    await expect(names).toHaveText(["Pupil001, Lee"]);
    await expect(page.getByRole("combobox", { name: "Status" })).toHaveValue("deactivated");
    await page.getByRole("searchbox", { name: "Search learners" }).fill(learnerEmail(50).toUpperCase());
    await expect(page.getByText("No learners match")).toBeVisible();
    await page.getByRole("combobox", { name: "Status" }).selectOption("All");
    await expect(names).toHaveText(["Pupil050, Lee"]);
    await page.goto(shared);
    await expect(names).toHaveText(["Pupil012, Lee"]);
    await expect(page.getByRole("searchbox", { name: "Search learners" })).toHaveValue("5012");
  });

  await test.step("classrooms and teachers", async () => {
    await page
      .getByRole("navigation", { name: "Roster" })
      .getByRole("link", { name: /^Classrooms/ })
      .click();
    await expect(names).toHaveCount(12);
    await page.getByRole("combobox", { name: "School" }).selectOption("Cedar Middle");
    await expect(names).toHaveCount(4);
    await page.getByRole("searchbox", { name: "Search classrooms" }).fill("m23");
    await expect(names).toHaveText([/^Mathematics 2-3/]);
    await page.goto("/roster/teachers?sort=email&direction=desc");
    await expect(names.first()).toHaveText("Teacher9, Tess");
    await page.getByRole("searchbox", { name: "Search teachers" }).fill(teacherEmail(12));
    await expect(names).toHaveText(["Teacher12, Tess"]);
  });
});

test("from a school to its classroom, its people and the line of the file they came from", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 24 }));
  const run = await sync(await connect());
  await open("/roster/schools");
  await page.getByRole("link", { name: "Birch Elementary" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("8 learners and 4 teachers in 4 classes.");
  await expect(page.getByRole("listitem").filter({ hasText: "Grade 3" })).toContainText("8");
  await expect(page.getByText("orgs.csv, line 3").first()).toBeVisible();

  await page.getByRole("table", { name: "Classrooms" }).getByRole("link", { name: "Mathematics 1-2" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 learners and 1 teacher.");
  await expect(page.getByRole("table", { name: "Teachers" }).getByRole("rowheader").getByRole("link")).toHaveText(["Teacher2, Tess"]);
  await expect(page.getByRole("table", { name: "Learners" }).getByRole("rowheader").getByRole("link")).toHaveText([
    "Pupil004, Lee",
    "Pupil016, Lee",
  ]);
  await expect(page.getByText("classes.csv, line 3").first()).toBeVisible();

  await page.getByRole("link", { name: "Pupil016, Lee" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Lee can sign in and is in 1 class.");
  await expect(page.getByText(learnerEmail(16))).toBeVisible();
  await expect(page.getByText("No. 5016")).toBeVisible();
  await expect(page.getByRole("table", { name: "Classrooms, now" }).getByRole("rowheader")).toHaveText([/^Mathematics 1-2/]);
  await expect(page.getByText("By SIS id u16")).toBeVisible();
  await expect(page.getByText("users.csv, line 29").first()).toBeVisible();
  await openOrigins(page);
  await expect(page.getByText("Created in Aivo for it")).toBeVisible();
  await page.getByRole("link", { name: /^sync \d+, ended/ }).click();
  await expect(page).toHaveURL(new RegExp(run));

  await page.goto("/roster/teachers");
  await page.getByRole("link", { name: "Teacher2, Tess" }).click();
  await expect(page.getByRole("table", { name: "Classrooms, now" }).getByRole("rowheader")).toHaveText([/^Mathematics 1-2/]);
  await expect(page.getByText("users.csv, line 3").first()).toBeVisible();
});

test("a learner who left and one who never was are told apart", async ({ page, open, connect, ownSis, complaints }) => {
  await ownSis.put(rosterSet({ learners: 4 }));
  const integration = await connect();
  await sync(integration);
  await ownSis.put(rosterSet({ learners: 3 }));
  await sync(integration);
  await open("/roster/learners?status=deactivated");
  await page.getByRole("link", { name: "Pupil004, Lee" }).click();
  await expect(page.getByText(/^Deactivated .* by a sync/)).toBeVisible();
  await expect(page.getByText(/^Cannot sign in\. The data/)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Lee left Lakeside SIS and cannot sign in.");
  await page.getByRole("tab", { name: "Left 1" }).click();
  await expect(page.getByRole("table", { name: "Classrooms, left" })).toContainText("Enrollment ended");
  await expect(page.getByText("No longer listed")).toBeVisible();
  await openOrigins(page);
  await expect(page.getByText("No longer sent")).toBeVisible();
  await expectAccessible(page);

  complaints.expect(/status of 404/);
  const answer = await page.goto(`/roster/learners/${integration}`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

/** Keeps what the server answers to navigations within the page from arriving until it is released. */
async function holdNavigations(page: Page): Promise<() => Promise<void>> {
  const release = await hold(page, (url) => url.searchParams.has("_rsc"));
  return async () => {
    release();
    await page.unrouteAll({ behavior: "wait" });
  };
}
