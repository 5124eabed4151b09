import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/accessible.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

const heightsOf = (page: Page) =>
  page
    .getByRole("rowheader")
    .evaluateAll((cells) => [...new Set(cells.map((cell) => Math.round(cell.closest("tr")?.getBoundingClientRect().height ?? 0)))]);
const hidesNothing = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

test("a list has a line a row, and columns and density that the address keeps", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 60, withMistakes: true }));
  await sync(await connect());
  await page.setViewportSize({ width: 1280, height: 800 });
  await open("/roster/learners");

  await test.step("one line a row, under a head that stays", async () => {
    expect(await heightsOf(page)).toEqual([40]);
    await page.mouse.wheel(0, 1200);
    const head = page.getByRole("columnheader", { name: "Grade" });
    await expect.poll(async () => (await head.boundingBox())?.y).toBe(56);
    expect((await head.boundingBox())?.height).toBe(32);
  });

  await test.step("columns and density, by keyboard, and after a reload", async () => {
    await page.getByRole("button", { name: "Columns" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitemcheckbox", { name: "Grade" })).toBeChecked();
    await expectAccessible(page);
    await page.getByRole("menuitemcheckbox", { name: "Grade" }).focus();
    await page.keyboard.press("Space");
    await expect(page).toHaveURL(/hide=grade/);
    await expect(page.getByRole("columnheader", { name: "Grade" })).toHaveCount(0);
    await page.getByRole("menuitemradio", { name: "Compact" }).click();
    await expect(page).toHaveURL(/density=compact/);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Columns" })).toBeFocused();
    await page.reload();
    await expect(page.getByRole("columnheader", { name: "Grade" })).toHaveCount(0);
    expect(await heightsOf(page)).toEqual([32]);
    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await expect(page).toHaveURL(/direction=desc/);
    await expect(page).toHaveURL(/hide=grade/);
  });

  await test.step("typing keeps up: the focus stays, and the last word counts", async () => {
    await page.goto("/roster/learners");
    const search = page.getByRole("searchbox", { name: "Search learners" });
    await search.pressSequentially("pupil012", { delay: 20 });
    await expect(page.getByRole("rowheader")).toHaveCount(1);
    await expect(search).toBeFocused();
    await expect(search).toHaveValue("pupil012");
    await expect(page.getByRole("rowheader").locator("mark")).toHaveText("Pupil012");
  });

  await test.step("who never arrived is a row, and leads to why", async () => {
    await page.goto("/roster/learners?status=absent");
    const row = page.getByRole("row", { name: /Role, Moe/ });
    await expect(page.getByText("1 learner: 1 never arrived")).toBeVisible();
    await expect(row.getByText("Never arrived: an unknown value")).toBeVisible();
    await expect(row.getByText(/users\.csv, line \d+/)).toBeVisible();
    await expectAccessible(page);
    await row.getByRole("link", { name: "Role, Moe" }).focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/why\/person\?who=/);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });

  await test.step("the file has the same list", async () => {
    await page.goto("/roster/learners?status=absent");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
    expect(download.suggestedFilename()).toMatch(/^learners-\d{4}-\d\d-\d\d\.csv$/);
  });
});

test("on a phone rows are cards of two lines, and nothing is out of sight", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 12, withMistakes: true }));
  await sync(await connect());
  await page.setViewportSize({ width: 320, height: 800 });
  await open("/roster/learners");
  const row = page.getByRole("row", { name: /Pupil002, Lee/ });
  await expect(row).toContainText("Active");
  await expect(row).toContainText("Grade 7");
  await expectAccessible(page);
  for (const list of ["/roster/learners", "/roster/teachers", "/roster/classrooms", "/roster/schools", "/roster/edits", "/audit-log"]) {
    await page.goto(list);
    expect([list, await hidesNothing(page)]).toEqual([list, true]);
  }
});
