import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { csvOf } from "#lib/engine/testing/sis/sets.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command, passwordFor, signIn } from "./support/district.ts";
import { learnerEmail, rosterSet, teacherEmail } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** It is never the same day in both of these; the second is a day ahead, for an hour two. */
const west = "Pacific/Pago_Pago";
const east = "Pacific/Kiritimati";

/** A day so many from today, where the day begins first. */
function dayFrom(days: number): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: east }).format(new Date());
  return new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The small district with a term that ended, one that comes, and Fall, whose last day is today in the west and was yesterday in the east. */
function files() {
  const set = rosterSet({ learners: 12 });
  const termOf: Readonly<Record<string, string>> = { "c-s1-1": "fall", "c-s1-2": "spring", "c-s2-1": "summer" };
  const classes = String(set["classes.csv"]).replace(/^(c-s\d-\d),.*$/gm, (line, id) => line.replace(",t1,", `,${termOf[id] ?? "t1"},`));
  const term = (id: string, title: string, from: number, to: number) => [
    id,
    "",
    "",
    title,
    "term",
    dayFrom(from),
    dayFrom(to),
    "y1",
    "2027",
  ];
  const seat = (who: string, where: string, role: string, end = "") => [
    `x-${who}-${where}`,
    "",
    "",
    where,
    "s1",
    who,
    role,
    "false",
    "",
    end,
  ];
  return {
    ...set,
    "classes.csv": classes,
    "academicSessions.csv":
      String(set["academicSessions.csv"]) +
      csvOf([term("summer", "Summer School", -90, -30), term("fall", "Fall", -29, -1), term("spring", "Spring", 20, 120)]),
    "enrollments.csv":
      String(set["enrollments.csv"]) +
      csvOf([
        seat("u1", "c-s1-2", "student"),
        seat("u1", "c-s1-3", "student"),
        seat("u1", "c-s1-4", "student", dayFrom(-10)),
        seat("t1", "c-s1-2", "teacher"),
      ]),
  };
}

test.use({ timezone: west });

test("classes come and go by their terms, in the district's zone", async ({ page, open, connect, ownSis, district }) => {
  test.slow();
  await ownSis.put(files());
  await open(paths.overview());
  const integration = await connect();
  await sync(integration);

  await test.step("the list shows what is now and comes, and counts what has ended", async () => {
    await page.goto(paths.roster("classrooms"));
    const when = page.getByRole("combobox", { name: "When" });
    await expect(when.locator("option")).toHaveText(["Not ended (11)", "Now (10)", "Upcoming (1)", "Ended (1)", "All (12)"]);
    await expect(page.getByRole("row", { name: /Mathematics 1-2/ })).toContainText("Upcoming");
    await expect(page.getByRole("row", { name: /Mathematics 2-1/ })).toHaveCount(0);
    await look(page, "classrooms-when");
    await when.selectOption("ended");
    await expect(page.getByRole("row", { name: /Mathematics 2-1/ })).toContainText("Summer School");
    await expect(page.getByRole("row", { name: /Mathematics 1-2/ })).toHaveCount(0);
    await page.getByRole("link", { name: "Mathematics 2-1" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Ended .*, with \d+ learners? and 1 teacher\.$/);
    await look(page, "classroom-ended");
  });

  const learners: { id: string; email: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const learner = learners.find(({ email }) => email === learnerEmail(1))?.id ?? "";
  await test.step("a person's page groups them", async () => {
    await page.goto(paths.rosterRecord("learners", learner));
    await expect(page.getByRole("heading", { level: 1 })).toContainText("is in 2 classes.");
    await page.getByRole("tab", { name: "Upcoming 1" }).click();
    await expect(page.getByRole("table", { name: "Classrooms, upcoming" })).toContainText("Mathematics 1-2");
    await page.getByRole("tab", { name: "Ended 1" }).click();
    await expect(page.getByRole("table", { name: "Classrooms, ended" })).toContainText("until ");
    await look(page, "person-when");
  });

  await test.step("on the day after its last a class is archived, and the overview says so", async () => {
    await page.goto(paths.settings());
    await moveTo(page, east);
    await page.goto(paths.overview());
    // A worker looks at the calendar once a minute.
    await expect(async () => {
      await page.reload();
      await expect(page.getByText(/Fall ended on .*: 1 classroom is archived\./)).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 200_000, intervals: [5_000] });
    await look(page, "overview-turned");
    await page.getByRole("link", { name: "Show the classrooms" }).click();
    await expect(page.getByRole("row", { name: /Mathematics 1-1/ })).toContainText("Ended");
    await expectAccessible(page);
    await page.goto(paths.auditLog({ action: "classes-turned" }));
    await expect(page.getByRole("table")).toContainText("began or ended by");
  });

  const { classrooms } = await command("classrooms", "--district", district.id, "--when", "upcoming");
  const answer = await command("can-see", "--person", learner, "--classroom", classrooms[0].id);
  expect(answer).toMatchObject({ sight: "announced", when: "upcoming" });

  await test.step("learners are told of what comes, teachers prepare it, and both look back", async () => {
    for (const [role, email, says] of [
      ["learner", learnerEmail(1), "Opens on that day."],
      ["teacher", teacherEmail(1), "You can prepare it; learners see that it comes."],
    ] as const) {
      await page.context().clearCookies();
      await signIn(page, await passwordFor(district, role, email), paths.home());
      await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Now", "Upcoming", "Ended"]);
      await expect(page.getByRole("listitem").filter({ hasText: "Mathematics 1-2" })).toContainText(says);
      await expect(page.getByRole("listitem").filter({ hasText: "Mathematics 1-1" })).toContainText("Kept to look back at.");
      await look(page, `home-${role}`);
    }
  });
});

async function moveTo(page: Page, zone: string): Promise<void> {
  await page.getByRole("combobox", { name: "Time zone" }).selectOption(zone);
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved").first()).toBeVisible();
}

/** Nothing hinders anybody, nothing is wider than a phone; with AIVO_SCREENSHOTS, pictures of it. */
async function look(page: Page, picture: string): Promise<void> {
  await expectAccessible(page);
  const folder = process.env.AIVO_SCREENSHOTS;
  for (const [how, colorScheme, width, height] of [
    ["dark", "dark", 1280, 800],
    ["phone", "light", 390, 844],
    ["light", "light", 1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overhang, `${picture} is wider than the screen`).toBeLessThanOrEqual(0);
    if (!folder) continue;
    await mkdir(join(folder, how), { recursive: true });
    await page.screenshot({ path: join(folder, how, `${picture}.png`), fullPage: true });
  }
}
