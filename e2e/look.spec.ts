import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { expectAccessibleAsShown } from "./support/accessible.ts";
import { awake, command, newDistrict, passwordFor, signIn } from "./support/district.ts";
import { pictureForDocs } from "./support/picture.ts";
import { choose } from "./support/record.ts";
import { headerOnly, rosterSet } from "./support/roster-set.ts";
import { connectSandbox } from "./support/sandbox.ts";
import { expect, sync, test } from "./support/test.ts";

/**
 * Every page, as it looks with a real district's roster: nothing hinders anybody seriously, and nothing is wider than the
 * screen. `npm run screenshots` keeps the pictures, and renews those of the docs.
 */
const looks = [
  { how: "light", scheme: "light", viewport: { width: 1280, height: 800 } },
  { how: "dark", scheme: "dark", viewport: { width: 1280, height: 800 } },
  { how: "phone", scheme: "light", viewport: { width: 390, height: 844 } },
] as const;

const judged = { light: "all", dark: "colours", phone: "layout" } as const;

/** One of the mistakes in the sample district's export. */
const cause = "email-shared";
const pictures = process.env.AIVO_SCREENSHOTS;
const inDocs = ["overview", "sync", "issue", "learners"];

test("every page of an integration and its syncs: light, dark, and on a phone", async ({ page }, testInfo) => {
  test.slow();
  await page.goto(paths.signIn());
  await look(page, "sign-in");
  const district = await newDistrict("Cedar Falls Unified");
  await signIn(page, district, paths.overview());
  await look(page, "welcome");
  await page.goto(paths.integrations());
  await look(page, "integrations-none");
  await page.goto(paths.newIntegration());
  await look(page, "add-integration");
  await page.getByRole("radio", { name: /OneRoster CSV/ }).check();
  await look(page, "add-oneroster-csv");

  const integration = await connectSandbox(district, testInfo.outputPath("integration.json"));
  const run = await sync(integration);
  await sync(integration);
  for (const [picture, address] of addresses(integration, run, cause)) {
    await page.goto(address);
    await look(page, picture);
  }
  await page.goto(paths.runIssues(integration, run, { code: cause }));
  await page.getByRole("table", { name: "Issues" }).getByRole("rowheader").first().getByRole("link").click();
  await expect(page.getByRole("heading", { name: "How to fix it" })).toBeVisible();
  await look(page, "issue");
});

test("every page of the roster, and what is left: light, dark, and on a phone", async ({ page, complaints }, testInfo) => {
  test.slow();
  // Of the page that does not exist, and of the one that is denied.
  complaints.expect(/status of 40[34]/);
  const district = await newDistrict("Cedar Falls Unified");
  await sync(await connectSandbox(district, testInfo.outputPath("integration.json")));
  await signIn(page, district, paths.overview());
  for (const kind of ["schools", "classrooms", "teachers", "learners"] as const) {
    await page.goto(paths.roster(kind));
    await look(page, kind);
    await page.getByRole("rowheader").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "What each SIS says" })).toBeVisible();
    await look(page, `${kind}-one`);
  }
  const learners: { id: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const [edited = "", barred = "", gone = ""] = learners.map(({ id }) => id);
  await command("person", "edit", edited, "--given-name", "Wilhelmina", "--email", "", "--grade", "05");
  await command("person", "bar", edited, "--reason", "Until the lost phone is found");
  await command("person", "deactivate", gone, "--reason", "Moved away last week");
  await command("person", "edit", barred, "--username", "another");
  for (const [picture, address] of [
    ["learner-edited", paths.rosterRecord("learners", edited)],
    ["learner-deactivated", paths.rosterRecord("learners", gone)],
    ["edits", paths.rosterEdits()],
  ] as const) {
    await page.goto(address);
    await look(page, picture);
  }
  await page.goto(paths.rosterRecord("learners", edited));
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await lookAsShown(page, "edit-form", "light");
  await page.goto("/nowhere");
  await look(page, "not-found");
  await page.goto(paths.overview());
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Open menu" }).click();
  await lookAsShown(page, "menu", "phone");
  await expectAccessibleAsShown(page, "menu, phone", "colours");

  const [{ email }] = await command("account", "list", "--district", district.id, "--role", "teacher");
  const teacher = await passwordFor(district, "teacher", email);
  await page.context().clearCookies();
  await signIn(page, teacher, paths.home());
  await look(page, "home");
  await page.goto(paths.overview());
  await look(page, "denied");
});

test("what ends: retention, somebody who is held, and a disconnection before it happens: light, dark, and on a phone", async ({
  page,
  connect,
  ownSis,
  district,
}) => {
  test.slow();
  await ownSis.put(rosterSet({ learners: 12 }));
  const integration = await connect();
  await sync(integration);
  const learners: { id: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const [held, erased] = learners;
  await command("retention", "hold", held?.id ?? "", "--reason", "A complaint is open; ask the district's counsel before you release it");
  const { name } = await command("person", "erase", erased?.id ?? "", "--preview");
  await command("person", "erase", erased?.id ?? "", "--name", name, "--reason", "The family asked for it");
  await signIn(page, district, paths.retention());
  await look(page, "retention");
  await page.goto(paths.rosterRecord("learners", held?.id ?? ""));
  await look(page, "learner-held");
  await page.goto(paths.rosterRecord("learners", learners[2]?.id ?? ""));
  await choose(page, "Erase");
  await expect(page.getByRole("dialog")).toBeVisible();
  await lookAsShown(page, "erase", "light");
  await page.goto(paths.disconnect(integration));
  await page.getByRole("radio", { name: /^Deactivate/ }).check();
  await look(page, "disconnect");
  const words = ["--people", "deactivate", "--reason", "The contract ended", "--preview", "--wait"];
  const { run } = await command("integration", "remove", integration, ...words);
  await page.goto(paths.run(integration, run.id));
  await look(page, "disconnect-preview");
});

test("what an admin is told, and where: light, dark, and on a phone", async ({ page, connect, ownSis, district }) => {
  test.slow();
  await ownSis.put(headerOnly(rosterSet({ learners: 3 }), "users.csv"));
  const integration = await connect({ schedule: "0 2 * * *" });
  await signIn(page, district, paths.webhooks());
  await look(page, "webhooks-none");
  await command("sync", "run", integration, "--wait");
  const days = ["--from", "2098-12-20", "--to", "2099-01-04", "--note", "Winter break"];
  await command("integration", "blackout", "add", integration, ...days, "--whole-district");
  // Nothing listens there: the test waits to be tried again.
  const url = `http://127.0.0.1:${process.env.E2E_SILENT_PORT}/aivo`;
  const { id } = await command("webhook", "add", "--district", district.id, "--url", url, "--kinds", "failed,held");
  await command("webhook", "test", id);
  await page.goto(paths.webhooks());
  await expect(page.getByRole("table", { name: "Deliveries" })).toContainText("after 1 try");
  await look(page, "webhooks");
  await page.goto(paths.notifications());
  await look(page, "notifications");
  await page.goto(paths.integration(integration));
  await look(page, "integration-blackout");
  for (const { how, scheme, viewport } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.goto(paths.notifications());
    await page.getByRole("button", { name: /^Notifications: 1 thing/ }).click();
    await lookAsShown(page, "bell", how);
  }
});

function addresses(integration: string, run: string, code: string): readonly (readonly [string, string])[] {
  return [
    ["overview", paths.overview()],
    ["conflicts", paths.conflicts()],
    ["api", paths.apiAccess()],
    ["api-reference", paths.apiReference()],
    ["why", paths.why({ q: "an" })],
    ["integrations", paths.integrations()],
    ["integration", paths.integration(integration)],
    ["edit-integration", paths.editIntegration(integration)],
    ["sync", paths.run(integration, run)],
    ["changes", paths.runChanges(integration, run)],
    ["issues", paths.runIssues(integration, run)],
    ["issues-of-cause", paths.runIssues(integration, run, { code })],
    ["audit-log", paths.auditLog()],
    ["settings", paths.settings()],
    ["team", paths.team()],
    ["password", paths.password()],
  ];
}

async function look(page: Page, picture: string): Promise<void> {
  await awake(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const { how, scheme, viewport } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await lookAsShown(page, picture, how);
  }
  await page.setViewportSize(looks[0].viewport);
}

async function lookAsShown(page: Page, picture: string, how: (typeof looks)[number]["how"]): Promise<void> {
  if (pictures) {
    await mkdir(join(pictures, how), { recursive: true });
    await page.screenshot({ path: join(pictures, how, `${picture}.png`), fullPage: true });
  }
  if (how === "light" && inDocs.includes(picture)) await pictureForDocs(page, picture);
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overhang, `${picture} is wider than the screen`).toBeLessThanOrEqual(0);
  await expectAccessibleAsShown(page, `${picture}, ${how}`, judged[how]);
}
