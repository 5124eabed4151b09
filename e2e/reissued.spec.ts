import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** The same people and classes, by other ids. */
function reissued(files: ReturnType<typeof rosterSet>): ReturnType<typeof rosterSet> {
  // Twice, since of two ids that stand side by side the first takes the comma.
  const anew = (text: unknown, id: RegExp) => [1, 2].reduce((now) => now.replace(id, "$1new-$2"), String(text));
  return {
    ...files,
    "classes.csv": anew(files["classes.csv"], /(^|,)(c-s\d-\d)(?=,)/gm),
    "users.csv": anew(files["users.csv"], /(^)([ut]\d+)(?=,)/gm),
    "enrollments.csv": anew(files["enrollments.csv"], /(,)(c-s\d-\d|[ut]\d+)(?=,)/gm),
  };
}

test("a SIS gives its ids anew: the sync says so and waits, and nobody loses account, class or history", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  const files = rosterSet({ learners: 30 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  await open("/roster/classrooms");
  await page.getByRole("table").getByRole("rowheader").first().getByRole("link").click();
  await page.waitForURL(/\/classrooms\/[0-9a-f-]{36}$/);
  const classroom = page.url();

  await ownSis.put(reissued(files));
  const held = await command("sync", "run", integration, "--wait");
  expect(held).toMatchObject({
    state: "held",
    findings: [{ detector: "reissued-ids", numbers: { learner: 30, teacher: 12, classroom: 12 } }],
  });
  await page.goto(`/integrations/${integration}/runs/${held.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("54 ids were re-issued.");
  const why = page.getByRole("region", { name: "Why it waits" });
  await expect(why.getByText(/^The SIS re-issued 54 ids: 30 learners, 12 teachers, 12 classrooms/)).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });

  await page.getByRole("textbox", { name: "Why" }).fill("The SIS was moved to another server");
  await page.getByRole("button", { name: "Approve All" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();
  await page.goto(classroom);
  await expect(page.getByText("Matched by equal values").first()).toBeVisible();
  await page.goto("/roster/learners");
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(30);
  const again = await command("sync", "run", integration, "--wait");
  expect(again).toMatchObject({ state: "succeeded", changeCount: 0 });
});

test("of a SIS that sends neither addresses nor numbers one decision keeps everybody", async ({ page, open, connect, ownSis }) => {
  const bare = (text: unknown) => String(text).replace(/,5\d{3},learner\d+@lakeside\.example,/g, ",,,");
  const whole = rosterSet({ learners: 12 });
  const files = { ...whole, "users.csv": bare(whole["users.csv"]) };
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  const people = reissued(files);
  const ids = (text: unknown) => String(text).replace(/new-(t\d+|c-)/g, "$1");
  await ownSis.put({
    ...files,
    "users.csv": ids(people["users.csv"]),
    "enrollments.csv": ids(people["enrollments.csv"]),
  });
  await sync(integration);

  await open("/conflicts");
  await expect(page.getByText("12 records of Lakeside SIS have only the name and school of somebody in Aivo")).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole("button", { name: "All are the same people" }).click();
  const dialog = page.getByRole("alertdialog");
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Why" }).fill("The SIS was moved to another server");
  await dialog.getByRole("button", { name: "Keep 12 accounts under the new ids" }).click();
  await expect(page.getByText("Nothing to decide")).toBeVisible();
  // Until the decision is followed, each stands beside the account that it may be.
  await expect(async () => {
    await page.goto("/roster/learners");
    await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(12, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await page.goto("/audit-log");
  await expect(page.getByRole("rowheader", { name: /decided who a record is/ })).toHaveCount(1);
});

test("a class whose new id an admin does not believe in is declined, and comes as a new one", async ({ page, open, connect, ownSis }) => {
  const files = rosterSet({ learners: 30 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  await ownSis.put(reissued(files));
  const held = await command("sync", "run", integration, "--wait");
  await open(`/integrations/${integration}/runs/${held.id}`);

  const section = page.getByRole("region", { name: "Classes by other ids" });
  await expect(section.getByText("12 classes", { exact: true })).toBeVisible();
  const search = section.getByRole("searchbox", { name: "Search these classes" });
  await search.fill("c-s1-1");
  const found = section.getByRole("checkbox", { description: /new-c-s1-1 in the SIS/ });
  await expect(found).toHaveCount(1);
  await found.check();
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  const button = section.getByRole("button", { name: "It is another class: read again" });
  await button.click();
  await expect(section.getByText("Say why, so that others can follow it later")).toBeVisible();
  await section.getByRole("textbox", { name: "Why" }).fill("It is another course");
  await button.click();
  await expect(section.getByText("11 classes", { exact: true })).toBeVisible();

  await page.goto("/audit-log");
  await expect(page.getByRole("rowheader", { name: /1 class of the SIS/ })).toHaveCount(1);
});
