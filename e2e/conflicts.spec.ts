import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("conflicts are a to-do list: decided, followed, and taken back", async ({ page, open, connect, ownSis, district }) => {
  const files = rosterSet({ learners: 6 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  const exchanged = String(files["users.csv"]).replace(/^u([12]),/gm, (_, n) => (n === "1" ? "u2," : "u1,"));
  await ownSis.put({ ...files, "users.csv": exchanged });
  await sync(integration);

  await test.step("the overview counts them, and each shows both sides", async () => {
    await open(paths.overview());
    await expect(page.getByText("2 people in the SIS may be others whom Aivo knows")).toBeVisible();
    await page.getByRole("link", { name: "Say Who They Are" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Conflicts");
    await expect(page.getByRole("table", { name: "Conflicts" }).getByRole("rowheader")).toHaveCount(2);
    await expectAccessible(page);
    await page.getByRole("combobox", { name: "Kind" }).selectOption("Teachers");
    await expect(page.getByText("No conflicts match")).toBeVisible();
    await page.goto(paths.conflicts());
    await page.getByRole("rowheader").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "The SIS says" })).toBeVisible();
    await expect(page.getByText("differs").first()).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  });
  await test.step("what is not complete is refused at its fields", async () => {
    await page.getByRole("button", { name: "Decide" }).click();
    await expect(page.getByText("Choose who it is", { exact: true })).toBeVisible();
    await expect(page.getByText("Say why, so that others can follow it later", { exact: true })).toBeVisible();
  });
  await test.step("both are said to be somebody else than their id says, and the next sync follows", async () => {
    for (const _ of [1, 2]) {
      await page.goto(paths.conflicts());
      await page.getByRole("rowheader").getByRole("link").first().click();
      await page.getByRole("radio", { name: /^Somebody new/ }).check();
      await page.getByRole("textbox", { name: "Why" }).fill("The office exchanged two ids");
      await page.getByRole("button", { name: "Decide" }).click();
      await expect(page.getByText("Noted. The next sync follows it.", { exact: true })).toBeVisible();
    }
    await expect(page.getByText("Nothing to decide")).toBeVisible();
    await page.goto(paths.conflicts({ state: "decided" }));
    const decisions = page.getByRole("table", { name: "Decisions" });
    await expect(decisions.getByText("Next sync")).toHaveCount(2);
    await sync(integration);
    await page.reload();
    await expect(decisions.getByText("Followed")).toHaveCount(2);
    await expectAccessible(page);
  });
  await test.step("one is taken back: it is asked again, and another account is found and chosen", async () => {
    await page.getByRole("button", { name: "Take back" }).first().click();
    await page.getByRole("textbox", { name: "Why" }).fill("It was too quick");
    await page.getByRole("button", { name: "Take the decision back" }).click();
    await expect(page.getByRole("table", { name: "Decisions" }).getByRole("rowheader")).toHaveCount(1);
    await sync(integration);
    const [conflict] = (await command("conflicts", "list", "--district", district.id)).conflicts;
    expect(conflict.code).toBe("match-takeover");
    await page.goto(paths.conflict(conflict.integrationId, conflict.seq, { q: "Pupil006" }));
    await expect(page.getByRole("heading", { name: "Found by “Pupil006”" })).toBeVisible();
    await page.getByRole("radio", { name: /^The account of .* Pupil006/ }).check();
    await page.getByRole("textbox", { name: "Why" }).fill("It is not");
    await page.getByRole("button", { name: "Decide" }).click();
    await expect(page.getByText(/Another record of this SIS, u6, leads to that account/)).toBeVisible();
    await page
      .getByRole("radio", { name: /^The account of / })
      .first()
      .check();
    await page.getByRole("checkbox", { name: "Apply now" }).check();
    await page.getByRole("button", { name: "Decide" }).click();
    await expect(page.getByText("What was approved or decided")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible({ timeout: 60_000 });
    await page.goto(paths.conflicts());
    await expect(page.getByText("Nothing to decide")).toBeVisible();
    await page.goto(paths.auditLog());
    await expect(page.getByRole("rowheader", { name: "Took back who a record is" })).toHaveCount(1);
  });
});

test("an admin says whose values win, sees what that changes, and whose each value is", async ({
  page,
  open,
  connect,
  ownSis,
  district,
}) => {
  const files = rosterSet({ learners: 6 });
  await ownSis.put(files);
  const first = await connect();
  await sync(first);
  const named = String(files["users.csv"]).replace(/\bLee\b/, "Leonora");
  await ownSis.put({ ...files, "users.csv": named });
  const second = await connect({ name: "Second SIS", safety: { maxFirstMatches: 100 } });
  await sync(second);
  const [learner] = (await command("account", "list", "--district", district.id, "--role", "learner")).filter(
    ({ email }: { email: string }) => email === "learner1@lakeside.example",
  );

  await open(paths.rosterRecord("learners", learner.id));
  await expect(page.getByText("Lakeside SIS decides")).toBeVisible();
  await page.goto(paths.integrations());
  await page.getByRole("link", { name: "Whose values win" }).click();
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "People" }).selectOption("Second SIS first");
  await page.getByRole("button", { name: "Show what would change" }).click();
  await expect(page.getByText("People: 18 records supplied by another integration")).toBeVisible();
  await expect(page.getByText("Values that would be other ones: First name 1.")).toBeVisible();
  await page.getByRole("checkbox", { name: "Apply now" }).check();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save the order" }).click();
  await expect(page.getByText("Saved, and being applied").first()).toBeVisible();
  await expect
    .poll(async () => (await command("integration", "order", "--district", district.id)).kinds.account?.[0], { timeout: 30_000 })
    .toBe(second);
  await page.goto(paths.rosterRecord("learners", learner.id));
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(/^Leonora /, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByText("Second SIS decides")).toBeVisible();

  // For a single field the first integration comes first again: by keyboard, in its kind.
  await page.goto(paths.integrationOrder());
  const summary = page.getByText("People: All fields follow this order");
  await summary.focus();
  await page.keyboard.press("Enter");
  const fields = page.getByRole("group", { name: "People, single fields" });
  await fields.getByRole("combobox", { name: "Name", exact: true }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByText("Name: Lakeside SIS first")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show what would change" }).click();
  await expect(page.getByText("People, Name: of 18 records supplied by another integration")).toBeVisible();
  await page.getByRole("checkbox", { name: "Apply now" }).check();
  await page.getByRole("button", { name: "Save the order" }).click();
  await expect(page.getByText("Saved, and being applied").first()).toBeVisible();
  await page.goto(paths.rosterRecord("learners", learner.id));
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).not.toContainText(/^Leonora /, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByText("Lakeside SIS, first for name").first()).toBeVisible();
  await expectAccessible(page);
  await page.goto(paths.auditLog());
  await expect(page.getByText("People, Name: as all fields → Lakeside SIS, Second SIS").first()).toBeVisible();
});
