import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { hold } from "./support/hold.ts";
import { pictureForDocs } from "./support/picture.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("why somebody is missing is two actions from anywhere, by keyboard alone; and what is found, opened and done", async ({
  page,
  open,
  connect,
  ownSis,
}) => {
  await ownSis.put(rosterSet({ learners: 9, withMistakes: true }));
  const integration = await connect();
  await sync(integration);
  const field = page.getByRole("combobox", { name: "Find a person, class, school or sync" });
  const found = page.getByRole("listbox", { name: "Found" });
  const marked = found.getByRole("option", { selected: true });
  const ask = async (text: string) => {
    await page.keyboard.press("Control+k");
    await expect(field).toBeFocused();
    await page.keyboard.type(text);
  };

  await test.step("its field is there before the search itself, and keeps what is typed meanwhile", async () => {
    await open(paths.auditLog());
    const release = await hold(page, "**/_next/static/chunks/*.js");
    await ask("tess");
    await expect(found).toHaveCount(0);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await ask("tess");
    release();
    await expect(marked).toContainText("Tess Teacher");
    await expect(field).toBeFocused();
    await page.keyboard.type(" teach");
    await expect(field).toHaveValue("tess teach");
    await expect(marked).toContainText("Tess Teacher");
    await page.keyboard.press("Escape");
    await page.unroute("**/_next/static/chunks/*.js");
  });
  await test.step("opened and typed into, it shows who never arrived and why; Enter opens the chain", async () => {
    await open(paths.auditLog());
    await ask("role, moe");
    await expect(marked).toHaveText("Moe Rolenever arrived");
    await expect(page.getByRole("region", { name: "About it" })).toContainText("Value outside the vocabulary");
    await expect(page.getByRole("list", { name: "Lakeside SIS" }).getByRole("listitem")).toHaveText([
      /^The SIS says/,
      /^Aivo read/,
      /^Breaks here: Not matched/,
      /^Not in Aivo/,
    ]);
    await expect(page.getByRole("dialog").getByRole("status", { name: "Results" })).toHaveText(/^\d+ results?$/);
    await expectAccessible(page);
    await pictureForDocs(page, "search");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moe Role");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
  await test.step("arrow keys move the mark around, Escape closes and gives the focus back", async () => {
    await page.getByRole("button", { name: "Find a person, class, school or sync" }).focus();
    await page.keyboard.press("Enter");
    await expect(field).toBeFocused();
    await page.keyboard.type("tess");
    await expect(marked).toContainText("Tess Teacher");
    const first = await marked.textContent();
    await page.keyboard.press("ArrowDown");
    await expect(marked).not.toHaveText(first ?? "");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect(marked).toContainText("anywhere");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Find a person, class, school or sync" })).toBeFocused();
  });
  await test.step("of a person the syncs that changed them", async () => {
    await ask("tess teacher");
    await expect(found.getByRole("option", { name: /^Sync 1: Tess Teacher\S* new/ }).first()).toBeVisible();
    await page.keyboard.press("Escape");
  });
  await test.step("asked for again before it has given the focus back", async () => {
    await ask("");
    await field.evaluate(async (shown) => {
      const press = (on: Element, key: string, ctrlKey = false) =>
        on.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true }));
      press(shown, "Escape");
      // It closes within the task; what gives the focus back is a task of its own.
      while (shown.isConnected) await Promise.resolve();
      press(document.body, "k", true);
    });
    await page.keyboard.type("tess");
    await expect(field).toBeFocused();
    await expect(field).toHaveValue("tess");
    await page.keyboard.press("Escape");
  });
  await test.step("a class, a school, a sync and a page of the help", async () => {
    for (const [text, label, heading] of [
      ["sync 1", "Sync 1: Lakeside SIS", /./],
      ["cedar", "Cedar Middle", /./],
      ["id-missing", "id-missing", "Issues"],
    ] as const) {
      await ask(text);
      await expect(marked).toContainText(label);
      await page.keyboard.press("Enter");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    }
    await expect(page).toHaveURL(`${paths.help("issues")}#id-missing`);
    await expectAccessible(page);
  });
  await test.step("an action does what it says: it asks whom, or whether, before", async () => {
    await ask("bar a person");
    await expect(marked).toContainText("Bar a person from signing in");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("combobox", { name: "Bar from signing in: whom?" })).toBeFocused();
    await page.keyboard.type("pupil004");
    await expect(marked).toContainText("Lee Pupil004");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByText("Lee Pupil004").first()).toBeVisible();
    await ask("run sync lakeside");
    await expect(marked).toContainText("Run Sync Now: Lakeside SIS");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Run a sync of Lakeside SIS now?" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`${paths.integration(integration)}/runs/`));
  });
  await test.step("a name or number that is mistyped leads to who was meant, here, in a list and on the page of why", async () => {
    await ask("tess taecher");
    await expect(found.getByRole("group", { name: "Nobody is called “tess taecher”. Did you mean" })).toBeVisible();
    await expect(marked).toContainText("Tess Teacher");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.goto(paths.roster("teachers", { q: "Taecher" }));
    await expectAccessible(page);
    await page.getByRole("link", { name: "Teacher11" }).click();
    await expect(page.getByRole("searchbox", { name: "Search teachers" })).toHaveValue("Teacher11");
    await expect(page.getByRole("table", { name: "Teachers" }).getByRole("rowheader")).toContainText("Teacher11");
    await page.goto(paths.why({ q: "roel, moe" }));
    await expectAccessible(page);
    await page.getByRole("link", { name: "Moe Role" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moe Role");
  });
  await test.step("what is found is nobody, on a phone as well, without scrolling sideways", async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByRole("button", { name: "Find a person, class, school or sync" }).click();
    await page.keyboard.type("zzzz");
    await expect(found.getByRole("option")).toHaveText([/^Everybody with “zzzz” anywhere/]);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });
});

test("the help opens from an issue at its heading, and leads from page to page", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 3, withMistakes: true }));
  const integration = await connect();
  const run = await sync(integration);
  await open(paths.runIssues(integration, run, { code: "value-unknown" }));
  await page.getByRole("table", { name: "Issues" }).getByRole("rowheader").first().getByRole("link").click();
  await page.getByRole("link", { name: "About this issue" }).click();
  await expect(page).toHaveURL(new RegExp(`${paths.help("issues")}#[a-z-]+$`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Issues");
  const { hash } = new URL(page.url());
  await expect(page.locator(hash)).toBeInViewport();

  await page.getByRole("navigation", { name: "Help" }).getByRole("link", { name: "Clever", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Clever");
  await expect(page).toHaveURL(paths.help("providers/clever"));
  await expectAccessible(page);
  await page.getByRole("banner").first().getByRole("link", { name: "Help" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Help");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectAccessible(page);
  await page.goto(paths.help("providers/oneroster-csv"));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
