import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { choose } from "./support/record.ts";
import { learnerEmail, rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("why somebody is in Aivo, never arrived, and does not see a class", async ({ page, open, connect, ownSis, district }) => {
  const files = rosterSet({ learners: 9, withMistakes: true });
  // A seat in a class that the SIS never sends; and one of the mistakes is somebody whose role nobody knows.
  const ghost = "e-ghost,,,c-ghost,s3,u9,student,,,\r\n";
  await ownSis.put({ ...files, "enrollments.csv": `${String(files["enrollments.csv"])}${ghost}` });
  await sync(await connect());

  await test.step("one search finds who never arrived, and says where they were left", async () => {
    await open(paths.why());
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Why");
    await page.getByRole("searchbox", { name: "Name, number, email or id" }).fill("moe role");
    const people = page.getByRole("table", { name: "People" });
    await expect(people.getByText("Left out")).toBeVisible();
    await expectAccessible(page);
    await people.getByRole("link", { name: "Moe Role" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moe Role");
    await expect(page.getByText("Moe Role is not in Aivo.")).toBeVisible();
    const chain = page.getByRole("list", { name: "Lakeside SIS", exact: true });
    await expect(chain.getByRole("listitem").filter({ hasText: "Breaks here: Not matched" })).toContainText("What to do:");
    await expect(chain).toContainText(/users\.csv, line \d+/);
    await expectAccessible(page);
    await chain.getByRole("link", { name: "Look at the issue" }).click();
    await page.getByRole("link", { name: "Why?" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moe Role");
  });
  await test.step("of who arrived each link is a tick, and each class says what is seen of it", async () => {
    const { accountId } = await command("why", learnerEmail(9), "--district", district.id);
    await page.goto(paths.rosterRecord("learners", accountId));
    await choose(page, "Why, and what they see");
    await expect(page.getByRole("list", { name: "Lakeside SIS", exact: true }).getByText("Breaks here")).toHaveCount(0);
    await expect(page.getByRole("table", { name: "Classes" })).toContainText("sees it, and it is open");
    await expect(page.getByRole("table", { name: "Enrollments that did not arrive" })).toContainText("c-ghost");
    await page.getByRole("table", { name: "Classes" }).getByRole("link").first().click();
    await expect(page.getByText(/sees it, and it is open\.$/)).toBeVisible();
    await expectAccessible(page);
  });
  await test.step("of a class that never arrived it is said where the chain breaks; of another that no SIS says it", async () => {
    await page.getByRole("combobox", { name: "Class" }).selectOption("c-ghost (did not arrive)");
    const ghostly = page.getByRole("list", { name: /and c-ghost$/ });
    await expect(ghostly.getByRole("listitem").filter({ hasText: "Breaks here: The class" })).toContainText("has sent nothing of it");
    await page.getByRole("searchbox", { name: "Another class" }).fill("mathematics 1-1");
    await page.getByRole("list", { name: "Classes found" }).getByRole("link").first().click();
    await expect(page.getByText(/does not see it\.$/)).toBeVisible();
    await expect(page.getByText("Enroll them in the SIS.").first()).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});
