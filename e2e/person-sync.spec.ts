import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { addIntegration, command } from "./support/district.ts";
import { openOrigins } from "./support/record.ts";
import { rosterSet } from "./support/roster-set.ts";
import { sandboxProviders } from "./support/sandbox-providers.ts";
import { expect, sync, test } from "./support/test.ts";

test("an admin syncs one person from their page, and one whom nobody knows is refused in words", async ({
  page,
  open,
  district,
}, testInfo) => {
  test.slow();
  const { oneRoster } = await sandboxProviders();
  const written = { name: "OneRoster API", provider: "oneroster-rest", credentials: oneRoster };
  const integration = await addIntegration(district, written, testInfo.outputPath("integration.json"));
  await sync(integration);
  const learners: { id: string; status: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const someone = learners.find(({ status }) => status === "active")?.id ?? "";

  await open(paths.rosterRecord("learners", someone));
  const button = page.getByRole("button", { name: /^Sync .+ Now from OneRoster API$/ });
  await test.step("nothing to change says so, with a link to the sync", async () => {
    await button.click();
    await expect(page.getByText("Nothing to change", { exact: true })).toBeVisible();
    await expect(page.getByRole("status", { name: "What has changed" })).toContainText("Aivo already has what the SIS says of this person");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Open the sync" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Sync 2 for one person: Aivo already has what the SIS says/);
    await expect(page.getByText("Only one person was read:").first()).toBeVisible();
    await expectAccessible(page);
  });
  await test.step("the history names it, and the integration's last sync is the one before", async () => {
    await page.goto(paths.integration(integration));
    await expect(page.getByRole("link", { name: "Sync 2 for one person" })).toBeVisible();
    await expectAccessible(page);
  });
  await test.step("the command line does the same, and says when the SIS knows nobody by an id", async () => {
    const again = await command("sync", "person", integration, someone, "--wait");
    expect([again.state, again.forOnePerson, again.changeCount]).toEqual(["succeeded", true, 0]);
    const nobody = await command("sync", "person", integration, "nobody-at-all");
    await page.goto(paths.run(integration, nobody.runId));
    await expect(page.getByText("The SIS has nobody with this id").first()).toBeVisible();
    await expect(page.getByText("Check the id as the SIS writes it").first()).toBeVisible();
    await expectAccessible(page);
  });
});

test("for files, the page says why one person cannot be synced alone", async ({ page, open, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 12, withMistakes: true }));
  const run = await sync(await connect());
  const learners: { id: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  await open(paths.rosterRecord("learners", learners[0]?.id ?? ""));
  await openOrigins(page);
  await expect(page.getByText("OneRoster CSV comes as files with everybody in them")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Sync / })).toHaveCount(0);
  const { issues }: { issues: { seq: number; collection: string; externalId: string | null }[] } = await command("sync", "issues", run);
  const about = issues.find(({ collection, externalId }) => collection === "users" && externalId !== null);
  const { integrationId } = await command("sync", "show", run);
  await page.goto(paths.runIssue(integrationId, run, about?.seq ?? -1));
  await expect(page.getByText("OneRoster CSV comes as files with everybody in them")).toBeVisible();
});
