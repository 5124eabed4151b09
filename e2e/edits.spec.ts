import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
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
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelmina Pupil001");
  });
  await test.step("the page says who edited it and what the SIS says, also after the SIS said something else", async () => {
    await expect(page.getByText(/Edited by .* The SIS says “Lee”/)).toBeVisible();
    await ownSis.put({ ...files, "users.csv": String(files["users.csv"]).replace(/\bLee\b/, "Leonora") });
    await sync(integration);
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelmina Pupil001");
    await expect(page.getByText(/Edited by .* The SIS says “Leonora”/)).toBeVisible();
    await expect(page.getByRole("heading", { name: "Changes by admins" })).toBeVisible();
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
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Leonora Pupil001");
    const run = await sync(integration);
    expect((await command("sync", "show", run)).changeCount).toBe(0);
  });
  await test.step("a learner is barred, deactivated and given back", async () => {
    await page.getByRole("button", { name: "Bar", exact: true }).click();
    await page.getByRole("button", { name: "Bar Leonora Pupil001" }).click();
    await expect(page.getByRole("alertdialog").getByRole("alert")).toContainText("Say why");
    await page.getByRole("textbox", { name: "Why" }).fill("Until the phone is found");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Bar Leonora Pupil001" }).click();
    await expect(page.getByText(/Barred from signing in since/)).toBeVisible();
    await page.getByRole("button", { name: "Allow to sign in" }).click();
    await expect(page.getByText(/Barred from signing in since/)).toBeHidden();

    await page.getByRole("button", { name: "Deactivate", exact: true }).click();
    await page.getByRole("textbox", { name: "Why" }).fill("Moved away");
    await page.getByRole("button", { name: "Deactivate Leonora Pupil001" }).click();
    await expect(page.getByText("The SIS has this learner.")).toBeVisible();
    await sync(integration);
    await page.reload();
    await page.getByRole("button", { name: "Give status back to the SIS" }).click();
    await expect(page.getByText("The SIS has this learner.")).toBeHidden();
    await expect(page.getByRole("button", { name: "Deactivate", exact: true })).toBeVisible();
  });
  await test.step("a classroom is edited and archived", async () => {
    await page.goto(paths.roster("classrooms"));
    await page.getByRole("rowheader").getByRole("link").first().click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("Numbers");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Numbers");
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByRole("textbox", { name: "Why" }).fill("Merged");
    await page.getByRole("button", { name: "Archive Numbers" }).click();
    await expect(page.getByText("Nobody sees it; its members go on following the SIS.")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Bring back" }).click();
    await expect(page.getByRole("button", { name: "Archive" })).toBeVisible();
  });
});
