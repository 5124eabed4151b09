import { expectAccessible } from "./support/accessible.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("an admin says who is whom after two learners exchanged ids", async ({ page, open, connect, ownSis }) => {
  const files = rosterSet({ learners: 6 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  const exchanged = String(files["users.csv"]).replace(/^u([12]),/gm, (_, n) => (n === "1" ? "u2," : "u1,"));
  await ownSis.put({ ...files, "users.csv": exchanged });
  const run = await sync(integration);

  await open(`/integrations/${integration}/runs/${run}/issues?code=match-takeover`);
  await page
    .getByRole("link", { name: /^users\.csv, line/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Record that seems to be somebody else");
  const persons = page.getByRole("table", { name: "The person in Aivo and the person in the SIS" });
  await expect(persons.getByRole("row", { name: /^Student number/ })).toHaveText(/500[12]→ 500[12]/);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });

  await page.getByRole("button", { name: "Decide" }).click();
  await expect(page.getByText("Choose who it is", { exact: true })).toBeVisible();
  await expect(page.getByText("Say why, so that others can follow it later", { exact: true })).toBeVisible();
  for (const next of [true, false]) {
    await page.getByRole("radio", { name: /^It is somebody else/ }).check();
    await page.getByRole("textbox", { name: "Why" }).fill("The office exchanged two ids");
    await page.getByRole("button", { name: "Decide" }).click();
    await expect(page.getByText(/by .*: “The office exchanged two ids”/)).toBeVisible();
    if (next) await page.getByRole("link", { name: /^(Next|Previous)$/ }).click();
    if (next) await expect(page.getByRole("button", { name: "Decide" })).toBeVisible();
  }
  await expectAccessible(page);

  const followed = await sync(integration);
  await page.goto(`/integrations/${integration}/runs/${followed}/issues?code=match-takeover`);
  await expect(page.getByText("No issue matches")).toBeVisible();
  await page.goto("/audit-log");
  await expect(page.getByRole("rowheader", { name: /decided who a record is/ })).toHaveCount(2);
});
