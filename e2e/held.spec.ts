import type { Locator, Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { pictureForDocs } from "./support/picture.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** Half of the learners are missing, and one has another address. */
function night(): ReturnType<typeof rosterSet> {
  const files = rosterSet({ learners: 15 });
  return { ...files, "users.csv": String(files["users.csv"]).replace("learner1@lakeside.example", "renamed@lakeside.example") };
}

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 90; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("It was not reached by the keyboard");
}

test("a held night is decided in three steps from Today, by keyboard alone: open, check, approve", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 40 }));
  const integration = await connect({ safety: { ...defaultSafety, withholdDoubtful: false } });
  await sync(integration);
  await ownSis.put(night());
  const held = await command("sync", "run", integration, "--wait");
  expect(held.state).toBe("held");

  await open(paths.overview());
  await tabTo(page, page.locator(`main a[href="${paths.run(integration, held.id)}"]`).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Half of the users file is missing.");
  await expect(page.getByText("0 of 2 parts are checked.").first()).toBeVisible();
  await expectAccessible(page);
  await pictureForDocs(page, "plan");

  await tabTo(page, page.getByRole("checkbox", { name: /^1 person gets another name, email, number or school/ }));
  await page.keyboard.press("Space");
  await expect(page.getByText("1 of 2 parts are checked.").first()).toBeVisible();

  await tabTo(page, page.getByRole("textbox", { name: "Why" }));
  await page.keyboard.type("The export was cut off");
  await tabTo(page, page.getByRole("button", { name: "Approve the 1 Part" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();

  // The address is there, and nobody left: whoever is missing waits.
  await page.goto(`${paths.roster("learners")}?q=renamed`);
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(1);
  await page.goto(paths.roster("learners"));
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(40);
  await page.goto(paths.withheld(integration));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("25 changes wait for your decision.");
  await expect(page.getByText("Left out of an approval").first()).toBeVisible();
});

test("of a part single records are chosen, found by name: they leave, and the others wait", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 40 }));
  const integration = await connect({ safety: { ...defaultSafety, withholdDoubtful: false } });
  await sync(integration);
  await ownSis.put(night());
  const held = await command("sync", "run", integration, "--wait");
  const listed = await command("sync", "parts", held.id, "--part", "learners-leave", "--search", "pupil017");
  expect(listed).toMatchObject({ total: 1, rows: [{ label: "Lee Pupil017" }] });
  await open(paths.run(integration, held.id));
  await page.getByRole("button", { name: /^Choose among: 25 learners/ }).click();
  const records = page.getByRole("region", { name: /^Records: 25 learners/ });
  await expect(records.getByRole("checkbox")).toHaveCount(25);
  await expectAccessible(page);
  await records.getByRole("searchbox").fill("pupil017");
  await expect(records.getByRole("checkbox")).toHaveCount(1);
  await records.getByRole("checkbox", { name: /Pupil017/ }).check();
  await expect(page.getByText("0 of 2 parts are checked, and 1 record of what is not.").first()).toBeVisible();
  await expect(page.getByText("only 1 of 25")).toBeVisible();
  await page.getByRole("textbox", { name: "Why" }).fill("One of them has moved away");
  await page.getByRole("button", { name: "Approve What Is Checked" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();
  await page.goto(paths.roster("learners"));
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(39);

  await page.goto(paths.withheld(integration));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("25 changes wait for your decision.");
});

test("a held night is looked at on a phone, and refused", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 40 }));
  const integration = await connect({ safety: { ...defaultSafety, withholdDoubtful: false } });
  await sync(integration);
  await ownSis.put(night());
  const held = await command("sync", "run", integration, "--wait");
  await page.setViewportSize({ width: 320, height: 640 });
  await open(paths.run(integration, held.id));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Half of the users file is missing.");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Decide" }).click();
  await page.getByRole("textbox", { name: "Why" }).fill("The export was cut off");
  await page.getByRole("button", { name: "Refuse: Change Nothing" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("the plan was refused");
  await page.goto(paths.roster("learners"));
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(40);
});
