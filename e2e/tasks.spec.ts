import type { Locator, Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { awake, command, fillSignIn } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/**
 * What an admin comes for, with what it takes: an action is a press of a control or shortcut that is in sight or reached by Tab, or something
 * typed into one field. Adding an integration is add-integration.spec.ts's.
 */
function counted(page: Page) {
  let actions = 0;
  const act = (done: Promise<void>) => {
    actions += 1;
    return done;
  };
  return {
    count: () => actions,
    click: async (control: Locator) => {
      await expect(control).toBeInViewport({ ratio: 1 });
      await act(control.click());
    },
    press: (key: string) => act(page.keyboard.press(key)),
    type: (text: string) => act(page.keyboard.type(text)),
  };
}

/** Tab by Tab, as somebody gets there who has no other way; no action of its own. */
async function reach(page: Page, control: Locator): Promise<void> {
  for (let presses = 0; presses < 90; presses++) {
    if (await control.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(control).toBeFocused();
}

test.use({ viewport: { width: 1280, height: 800 } });

test("why is this student missing: two actions from anywhere, by hand and by keyboard", async ({ page, open, connect, ownSis }) => {
  test.slow();
  await ownSis.put(rosterSet({ learners: 9, withMistakes: true }));
  const integration = await connect();
  const run = await sync(integration);
  await open(paths.overview());
  const opener = page.getByRole("button", { name: "Find a person, class, school or sync" });
  const field = page.getByRole("combobox", { name: "Find a person, class, school or sync" });
  const about = page.getByRole("region", { name: "About it" });
  const answered = async () => {
    await expect(page.getByRole("listbox", { name: "Found" }).getByRole("option", { selected: true })).toContainText("Moe Role");
    await expect(about).toContainText("Value outside the vocabulary");
    await expect(about).toBeInViewport();
  };
  for (const address of [
    paths.overview(),
    paths.roster("learners"),
    paths.run(integration, run),
    paths.integration(integration),
    paths.team(),
    paths.help("why"),
  ]) {
    await test.step(address, async () => {
      await page.goto(address);
      const hand = counted(page);
      await hand.click(opener);
      await expect(field).toBeFocused();
      await hand.type("role, moe");
      await answered();
      expect(hand.count()).toBe(2);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);

      const keyboard = counted(page);
      await keyboard.press("Control+k");
      await expect(field).toBeFocused();
      await keyboard.type("role, moe");
      await answered();
      expect(keyboard.count()).toBe(2);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    });
  }
});

test("what changed last night, and for whom: nothing to do but to sign in", async ({ page, connect, ownSis, district }) => {
  const files = rosterSet({ learners: 12 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  await ownSis.put({ ...files, "users.csv": String(files["users.csv"]).replace(/^u2,.*\r\n/m, "") });
  await sync(integration);
  await page.goto(paths.signIn());
  await fillSignIn(page, district);
  await expect(page).toHaveURL(paths.overview());
  await awake(page);
  const changed = page.getByRole("region", { name: /^Who changed (last night|today)$/ });
  await expect(changed).toContainText("Lee Pupil002");
  await expect(changed.getByRole("listitem").filter({ hasText: "Lee Pupil002" })).toContainText("left");
  await expect(changed.getByRole("heading", { level: 2 })).toBeInViewport();
  await expect(changed.getByText("Lee Pupil002")).toBeInViewport();
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
});

for (const [how, byKeyboard] of [
  ["by hand", false],
  ["by keyboard alone", true],
] as const) {
  test(`a held night is decided with three actions, ${how}: open it, say why, approve`, async ({ page, open, connect, ownSis }) => {
    await ownSis.put(rosterSet({ learners: 40 }));
    const integration = await connect({ safety: { ...defaultSafety, withholdDoubtful: false } });
    await sync(integration);
    await ownSis.put(rosterSet({ learners: 15 }));
    const held = await command("sync", "run", integration, "--wait");
    expect(held.state).toBe("held");
    await open(paths.overview());
    const { click, press, type, count } = counted(page);
    const go = async (control: Locator) => {
      if (!byKeyboard) return click(control);
      await reach(page, control);
      await press("Enter");
    };
    await go(page.locator(`main a[href="${paths.run(integration, held.id)}"]`).first());
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Half of the users file is missing.");
    await awake(page);
    const why = page.getByRole("textbox", { name: "Why" });
    await expect(why).toBeInViewport();
    await (byKeyboard ? reach(page, why) : why.focus());
    await type("They have moved to the new school");
    await go(page.getByRole("button", { name: "Approve All" }));
    await expect(page.getByRole("heading", { level: 1, name: /^Approved sync \d+: / })).toBeVisible();
    expect(count()).toBe(3);
    await page.goto(paths.roster("learners"));
    await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(15);
  });
}
