import { readFile } from "node:fs/promises";
import { expectAccessible } from "./support/accessible.ts";
import { command, signIn, withPassword } from "./support/district.ts";
import { learnerEmail, rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("a district admin has it recorded who looks, and sees on a learner's page that an auditor did", async ({
  page,
  open,
  connect,
  ownSis,
  district,
  browser,
}) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  await sync(await connect());
  const { people } = await command("find", learnerEmail(1), "--district", district.id);
  const learner: string = people[0].accountId;

  await open("/settings");
  const card = page.getByRole("region", { name: "Record who looks at people’s data" });
  await expect(card).toContainText("Off.");
  await expectAccessible(page);
  await card.getByRole("button", { name: "Record it" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Record it" }).click();
  await expect(card).toContainText("On. Everybody who is shown");

  const ari = `ari-${district.id}@lakeside.example`;
  const names = ["--given-name", "Ari", "--family-name", "Stone", "--role", "auditor"];
  const auditor = await withPassword("admin", "create", "--district", district.id, "--email", ari, ...names);
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, { email: ari, password: auditor.password }, `/roster/learners/${learner}`);
  await expect(other.getByRole("heading", { level: 1 })).toBeVisible();
  await other.goto("/roster/learners");
  await expect(other.getByRole("table").getByRole("rowheader")).toHaveCount(3);
  // An auditor reads how it is set, and does not set it.
  await other.goto("/settings");
  await expect(other.getByText("On. Everybody who is shown")).toBeVisible();
  await expect(other.getByRole("button", { name: "Stop recording" })).toHaveCount(0);
  await context.close();

  await page.goto(`/roster/learners/${learner}`);
  const looks = page.getByRole("list", { name: "Who looked" }).getByRole("listitem");
  await expect(looks.filter({ hasText: "Ari Stone in a learner’s page" })).toHaveCount(1);
  await expect(looks.filter({ hasText: "Ari Stone in the list of learners" })).toHaveCount(1);
  await expectAccessible(page);
  await page.getByRole("link", { name: /^(All who looked|More about these)$/ }).click();
  const table = page.getByRole("table", { name: "Who looked" });
  await expect(table.getByRole("rowheader").filter({ hasText: "Ari Stone" })).toHaveCount(2);
  await expect(table.getByRole("row").filter({ hasText: "the list of learners" })).toContainText(
    "Lee Pupil001, Lee Pupil002, Lee Pupil003",
  );
  await page.getByRole("combobox", { name: "Who" }).selectOption({ label: `Robin Marsh (${district.email})` });
  await expect(table.getByRole("rowheader").filter({ hasText: "Ari Stone" })).toHaveCount(0);
  await expectAccessible(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CSV" }).click()]);
  const csv = await readFile(await download.path(), "utf8");
  expect(csv).toContain(learner);
  expect(csv).not.toContain(learnerEmail(1));

  const told = await command("audit", "views", "--person", learner);
  expect(told.views.map(({ actorId, door }: { actorId: string; door: string }) => [actorId, door])).toContainEqual([
    auditor.id,
    "/roster/learners/[id]",
  ]);
});
