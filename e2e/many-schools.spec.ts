import { paths } from "#app/paths.ts";
import { csvOf } from "#lib/engine/testing/sis/sets.ts";
import { maxRetries } from "./support/district.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** A district of the three schools and forty more. */
function files() {
  const set = rosterSet({ learners: 12 });
  const more = Array.from({ length: 40 }, (_, n) => [`more${n}`, "", "", `Elm School ${n + 1}`, "school", `${2000 + n}`, "d1"]);
  return { ...set, "orgs.csv": String(set["orgs.csv"]) + csvOf(more) };
}

test("a list of a district of many schools comes without their names, and is filtered by each of them", async ({
  page,
  open,
  connect,
  ownSis,
  complaints,
}) => {
  await ownSis.put(files());
  await sync(await connect());
  await open(paths.roster("learners"));
  const html = await (await page.request.get(paths.roster("learners"), { maxRetries })).text();
  expect(html).not.toContain("Elm School");
  const schools = page.getByRole("combobox", { name: "School" });
  await expect(schools.getByRole("option")).toHaveText([
    "All schools",
    "Birch Elementary",
    "Cedar Middle",
    "Dogwood High",
    ...Array.from({ length: 40 }, (_, n) => `Elm School ${n + 1}`).sort(),
  ]);
  await schools.selectOption("Cedar Middle");
  await expect(page).toHaveURL(/\?school=/);
  await expect(page.getByText("4 learners", { exact: true })).toBeVisible();

  await page.reload();
  await expect(schools.locator("option:checked")).toHaveText("Cedar Middle");
  // Where the others cannot be had, the chosen one is there all the same.
  complaints.expect(/Failed to load resource/);
  await page.route(`**${paths.api.schoolOptions()}`, (route) => route.abort());
  await page.reload();
  await expect(schools.getByRole("option")).toHaveText(["All schools", "Cedar Middle"]);
  await expect(schools.locator("option:checked")).toHaveText("Cedar Middle");
  await schools.selectOption("All schools");
  await expect(page.getByText("12 learners", { exact: true })).toBeVisible();
});
