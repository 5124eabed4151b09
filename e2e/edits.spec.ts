import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { choose } from "./support/record.ts";
import { learnerEmail, rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

test("an admin edits a learner, who stays edited through syncs, and gives the edit back", async ({
  page,
  open,
  connect,
  ownSis,
  district,
}) => {
  const files = rosterSet({ learners: 6 });
  await ownSis.put(files);
  const integration = await connect();
  await sync(integration);
  const learners: { id: string; email: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const idOf = (n: number) => learners.find(({ email }) => email === learnerEmail(n))?.id ?? "";

  await open(paths.rosterRecord("learners", idOf(1)));
  const dialog = page.getByRole("dialog");
  await test.step("what cannot be read, or is somebody else's, is refused at its field", async () => {
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await expectAccessible(page);
    await dialog.getByRole("textbox", { name: "First name" }).fill("Wilhelmina");
    await dialog.getByRole("textbox", { name: "Email" }).fill(learnerEmail(2));
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog.getByRole("alert")).toContainText("Another active account has this address");
    await dialog.getByRole("textbox", { name: "Email" }).fill(learnerEmail(1));
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Wilhelmina can sign in");
  });
  await test.step("the page says who edited it and what the SIS says, also after the SIS said something else", async () => {
    const firstName = page.getByRole("table", { name: "What each SIS says" }).getByRole("row", { name: /^First name/ });
    await expect(firstName.getByRole("cell")).toHaveText([/Wilhelminaedited/, /Lee$/]);
    await firstName.getByRole("button", { name: "Give first name back to the SIS" }).focus();
    await expect(page.getByRole("tooltip")).toHaveText(/Edited by Robin Marsh on .* The SIS says “Lee”\./);
    await ownSis.put({ ...files, "users.csv": String(files["users.csv"]).replace(/\bLee\b/, "Leonora") });
    await sync(integration);
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Wilhelmina can sign in");
    await expect(firstName.getByRole("cell")).toHaveText([/Wilhelminaedited/, /Leonora$/]);
    await expect(page.getByText("First name: Lee → Wilhelmina")).toBeVisible();
    await expect(page.getByText("The SIS says something else; the edit stays")).toBeVisible();
    await expectAccessible(page);
  });
  await test.step("it is listed, and goes back with one click", async () => {
    await page.goto(paths.rosterEdits());
    await expect(page.getByRole("row", { name: /Wilhelmina Pupil001/ })).toContainText("Leonora");
    await page.getByRole("combobox", { name: "Against the SIS" }).selectOption("Same as the SIS");
    await expect(page.getByText("No edits match")).toBeVisible();
    await page.goto(paths.rosterEdits());
    await expectAccessible(page);
    await page.getByRole("button", { name: "Give first name of Wilhelmina Pupil001 back to the SIS" }).click();
    await expect(page.getByText("Nothing is edited")).toBeVisible();
    await page.goto(paths.rosterRecord("learners", idOf(1)));
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Leonora can sign in");
    const run = await sync(integration);
    expect((await command("sync", "show", run)).changeCount).toBe(0);
  });
  await test.step("a learner is barred, deactivated and given back", async () => {
    await choose(page, "Bar from signing in");
    await page.getByRole("button", { name: "Bar Leonora Pupil001" }).click();
    await expect(page.getByRole("alertdialog").getByRole("alert")).toContainText("Say why");
    await page.getByRole("textbox", { name: "Why" }).fill("Until the phone is found");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Bar Leonora Pupil001" }).click();
    await expect(page.getByText(/Barred from signing in since/)).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Leonora cannot sign in, barred by Robin Marsh,");
    await choose(page, "Allow to sign in");
    await expect(page.getByText(/Barred from signing in since/)).toBeHidden();

    await choose(page, "Deactivate");
    await page.getByRole("textbox", { name: "Why" }).fill("Moved away");
    await page.getByRole("button", { name: "Deactivate Leonora Pupil001" }).click();
    await expect(page.getByText("The SIS has this learner.")).toBeVisible();
    await sync(integration);
    await page.reload();
    await page.getByRole("button", { name: "Give status back to the SIS" }).click();
    await expect(page.getByText("The SIS has this learner.")).toBeHidden();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Leonora can sign in");
  });
  await test.step("a classroom is edited and archived", async () => {
    await page.goto(paths.roster("classrooms"));
    await page.getByRole("rowheader").getByRole("link").first().click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("Numbers");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("learner");
    await expect(page.getByText("Numbers", { exact: true }).first()).toBeVisible();
    await choose(page, "Archive");
    await page.getByRole("textbox", { name: "Why" }).fill("Merged");
    await page.getByRole("button", { name: "Archive Numbers" }).click();
    await expect(page.getByText("Nobody sees it; its members go on following the SIS.")).toBeVisible();
    await expectAccessible(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Archived by Robin Marsh: nobody sees it.");
    await choose(page, "Bring back");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("learner");
  });
});
