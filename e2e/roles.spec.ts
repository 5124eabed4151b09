import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command, maxRetries, type OwnDistrict, signIn, withPassword } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** What the portal is for those who may do a part of it: nothing leads them to where they may not go. Whether they are let in there is denied.spec.ts's. */

async function signInAs(page: Page, district: OwnDistrict, role: string, address: string, ...more: string[]): Promise<void> {
  const email = `${role}-${district.id}@lakeside.example`;
  const names = ["--given-name", "Ari", "--family-name", "Stone", "--role", role];
  const { password } = await withPassword("admin", "create", "--district", district.id, "--email", email, ...names, ...more);
  await signIn(page, { email, password }, address);
}

/** Of one kind of page the first that is met. */
const kindOf = (address: string) =>
  address
    .replace(/^\/help\/.*/, "/help/PAGE")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replace(/\?.*|#.*|\/\d+$/g, "");

/** Follows every link from the start page on, and from the pages that it leads to; resolves to the kinds of pages that were met. */
async function walk(page: Page): Promise<readonly string[]> {
  const met = new Set<string>();
  const next = [paths.root()];
  for (let address = next.shift(); address !== undefined; address = next.shift()) {
    const answer = await page.request.get(address, { maxRetries });
    const text = await answer.text();
    expect
      .soft({ address, isRefused: answer.status() >= 400 || text.includes("NEXT_HTTP_ERROR_FALLBACK;403") })
      .toEqual({ address, isRefused: false });
    for (const [, href = ""] of text.matchAll(/<a\s[^>]*?href="(\/[^"]*)"/g)) {
      const link = href.replaceAll("&amp;", "&");
      if (met.has(kindOf(link))) continue;
      met.add(kindOf(link));
      next.push(link);
    }
  }
  return [...met];
}

test("no page leads an integration admin, an auditor or a school admin to what their role does not include", async ({
  page,
  connect,
  ownSis,
  district,
}) => {
  test.slow();
  await ownSis.put(rosterSet({ learners: 9, withMistakes: true }));
  const integration = await connect();
  await sync(integration);
  const { classrooms } = await command("classrooms", "--district", district.id);
  const school: string = classrooms[0].school.id;
  const runs = `/integrations/ID/runs/ID`;
  for (const { role, more, meets, isSpared } of [
    {
      role: "integration-admin",
      more: [],
      meets: [paths.overview(), runs, paths.newIntegration()],
      isSpared: [paths.auditLog(), paths.team()],
    },
    { role: "auditor", more: [], meets: [paths.overview(), runs, paths.auditLog(), paths.team()], isSpared: [paths.newIntegration()] },
    { role: "school-admin", more: ["--school", school], meets: ["/roster/learners/ID"], isSpared: [paths.overview(), runs] },
  ]) {
    await test.step(role, async () => {
      await signInAs(page, district, role, paths.root(), ...more);
      const met = await walk(page);
      expect(met).toEqual(expect.arrayContaining(meets));
      expect(met.filter((one) => isSpared.includes(one))).toEqual([]);
      await page.context().clearCookies();
    });
  }
});

test("a page that a role does not include says so within the portal, and leads to the start page", async ({
  page,
  complaints,
  district,
}) => {
  complaints.expect(/status of 403/);
  await signInAs(page, district, "integration-admin", paths.team());
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your role does not include this page");
  await expect(page.getByRole("main")).toHaveCount(1);
  await expect(page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Today" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBe(0);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Go to my start page" }).click();
  await expect(page).toHaveURL(paths.overview());
});

test("the search of a school admin is not called one for syncs, which it does not find", async ({ page, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  await sync(await connect());
  const { classrooms } = await command("classrooms", "--district", district.id);
  await signInAs(page, district, "school-admin", paths.root(), "--school", classrooms[0].school.id);
  const name = "Find a person, class or school";
  await expect(page.getByRole("button", { name, exact: true })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name, exact: true })).toBeFocused();
});

test("an auditor reads of a plan that waits what becomes of it, and is asked nothing", async ({ page, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 40 }));
  const integration = await connect({ safety: { ...defaultSafety, withholdDoubtful: false } });
  await sync(integration);
  await ownSis.put(rosterSet({ learners: 15 }));
  const held = await command("sync", "run", integration, "--wait");
  await signInAs(page, district, "auditor", paths.overview());
  await expect(page.getByRole("heading", { level: 1 })).toContainText("waits for a decision");
  await page.goto(paths.integration(integration));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("waits for a decision");
  await page.goto(paths.run(integration, held.id));
  await expect(page.getByText("Waits for a decision.")).toBeVisible();
  const decision = page.getByRole("region", { name: "The decision" });
  await expect(decision).toContainText("A district admin or an integration admin makes it.");
  await expect(decision).toContainText("If nobody decides");
  await expect(decision.getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
  await expectAccessible(page);
});
