import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { awake, command } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/**
 * A dozen pages beside the pictures of them in e2e/pixels: a layout that breaks is seen. `npx playwright test e2e/pixels.spec.ts
 * --update-snapshots` draws them anew, to be looked at before they are committed. What is another every day is covered.
 */
const varying = "time, [data-varies]";

async function expectLikeItsPicture(page: Page, picture: string, look: "light" | "dark" | "phone" = "light"): Promise<void> {
  await page.setViewportSize(look === "phone" ? { width: 390, height: 844 } : { width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: look === "dark" ? "dark" : "light", reducedMotion: "reduce" });
  await awake(page);
  await expect(page).toHaveScreenshot(`${picture}-${look}.png`, {
    animations: "disabled",
    caret: "hide",
    mask: [page.locator(varying)],
    maskColor: "#888888",
    // What letters' edges come to on another machine; a line that has moved is more.
    maxDiffPixelRatio: 0.015,
  });
}

test("lists, a person, a class, a school, settings and forms look as they did", async ({ page, connect, ownSis, open, district }) => {
  test.slow();
  await page.goto(paths.signIn());
  await expectLikeItsPicture(page, "sign-in");
  await expectLikeItsPicture(page, "sign-in", "dark");
  await ownSis.put(rosterSet({ learners: 40, withMistakes: true }));
  const integration = await connect({ schedule: "0 2 * * *" });
  await sync(integration);
  const [learner] = (await command("account", "list", "--district", district.id, "--role", "learner")).filter(
    ({ email }: { email: string }) => email === "learner5@lakeside.example",
  );
  await open(paths.roster("learners"));
  await expectLikeItsPicture(page, "learners");
  await expectLikeItsPicture(page, "learners", "dark");
  await expectLikeItsPicture(page, "learners", "phone");
  await page.goto(paths.roster("schools"));
  await expectLikeItsPicture(page, "schools");
  await page.goto(paths.roster("classrooms"));
  await expectLikeItsPicture(page, "classrooms");
  await page.goto(paths.rosterRecord("learners", learner.id));
  await expectLikeItsPicture(page, "learner");
  await expectLikeItsPicture(page, "learner", "phone");
  await page.goto(paths.newIntegration());
  await page.getByRole("radio", { name: /OneRoster CSV/ }).check();
  await expectLikeItsPicture(page, "add-integration");
  await page.goto(paths.settings());
  await expectLikeItsPicture(page, "settings");
  await page.goto(paths.help());
  await expectLikeItsPicture(page, "help");
  await page.goto(paths.overview());
  await expectLikeItsPicture(page, "today");
});
