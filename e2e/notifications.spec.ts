import type { Page } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { openReceiver } from "#lib/services/testing/receiver.ts";
import { expectAccessible } from "./support/accessible.ts";
import { command } from "./support/district.ts";
import { mailsTo } from "./support/mailbox.ts";
import { headerOnly, rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

const bell = (page: Page) => page.getByRole("button", { name: /^Notifications: / });

test("a sync that fails rings the bell and sends one email, and one when it is over; an admin chooses what", async ({
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
  await open("/settings/notifications");
  await expect(bell(page)).toHaveAccessibleName("Notifications: nothing is open");
  await expect(page.getByText(`It goes to ${district.email}.`)).toBeVisible();
  await page.getByRole("checkbox", { name: "The week in short" }).uncheck();
  await page.getByRole("button", { name: "Save notifications" }).click();
  await expect(page.getByText("Notifications saved").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "The week in short" })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: "A sync failed" })).toBeChecked();

  await ownSis.put(headerOnly(files, "users.csv"));
  for (let night = 0; night < 2; night++) await command("sync", "run", integration, "--wait");
  await expect.poll(async () => (await mailsTo(district.email)).map(({ subject }) => subject)).toEqual(["Lakeside SIS: a sync failed"]);
  const [mail] = await mailsTo(district.email);
  expect(mail?.text).toContain("users.csv");
  expect(mail?.text).toContain(`/integrations/${integration}/runs/`);
  expect(mail?.text).not.toMatch(/Pupil|Teacher\d/);
  await page.reload();
  await expect(bell(page)).toHaveAccessibleName("Notifications: 1 thing is open");
  await expect(page.getByRole("table", { name: "Messages to you" })).toContainText("Lakeside SIS: a sync failed");
  await bell(page).click();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Lakeside SIS: a sync failed" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /and nothing was changed\.$/ })).toBeVisible();

  await ownSis.put(files);
  await sync(integration);
  await expect
    .poll(async () => (await mailsTo(district.email)).map(({ subject }) => subject))
    .toEqual(["Lakeside SIS: a sync failed", "Lakeside SIS: syncs get through again"]);
  await page.reload();
  await expect(bell(page)).toHaveAccessibleName("Notifications: nothing is open");
  expect(await command("notification", "open", "--district", district.id)).toEqual([]);
  await page.goto("/settings/notifications");
  await page.getByRole("button", { name: "Send again: Lakeside SIS: a sync failed" }).click();
  await expect.poll(async () => (await mailsTo(district.email)).map(({ messageId }) => messageId)).toContainEqual(mail?.messageId);
  await expect.poll(async () => (await mailsTo(district.email)).length).toBe(3);
});

test("a webhook is added, tested, verified by its receiver, rotated, sent again and removed", async ({ page, open, district }) => {
  const receiver = await openReceiver(Number(process.env.E2E_HOOK_PORT));
  try {
    await open("/settings/webhooks");
    await page.getByRole("button", { name: "Add webhook" }).click();
    const dialog = page.getByRole("dialog", { name: "Add webhook" });
    const address = dialog.getByRole("textbox", { name: "Address" });
    await address.fill("https://10.0.0.7/hook");
    await dialog.getByRole("button", { name: "Add webhook" }).click();
    await expect(dialog.getByText(/a private address, which Aivo does not connect to/).first()).toBeVisible();
    await expectAccessible(page);
    await address.fill(`${receiver.origin}/${district.id}`);
    await dialog.getByRole("button", { name: "Add webhook" }).click();
    const issued = page.getByRole("alertdialog", { name: "The signing secret" });
    const secret = (await issued.getByRole("code").textContent()) ?? "";
    await expectAccessible(page);
    await issued.getByRole("button", { name: "I have copied it" }).click();
    await expect(page.getByText(secret)).toHaveCount(0);

    await page.getByRole("button", { name: /^Send test to/ }).click();
    const verified = (one: string, at: number) => {
      const { body, headers } = receiver.received[at] ?? { body: "", headers: {} };
      return new Webhook(one).verify(body, headers as Record<string, string>);
    };
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(verified(secret, 0)).toMatchObject({ type: "endpoint.test", data: { districtId: district.id } });
    const deliveries = page.getByRole("table", { name: "Deliveries" });
    await expect(deliveries.getByText("Sent", { exact: true })).toBeVisible();
    await expect(deliveries).toContainText("HTTP 204 after 1 try");
    await expectAccessible(page);

    await page.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Make a new secret" }).click();
    const next = (await issued.getByRole("code").textContent()) ?? "";
    expect(next).not.toBe(secret);
    await issued.getByRole("button", { name: "I have copied it" }).click();
    await expect(page.getByText(/The secret before signs as well until/)).toBeVisible();
    receiver.answerWith(500);
    await deliveries.getByRole("button", { name: /^Send again/ }).click();
    await expect.poll(() => receiver.received.length, { timeout: 60_000 }).toBe(3);
    for (const one of [secret, next]) expect(verified(one, 2)).toMatchObject({ type: "endpoint.test" });
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);

    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove this webhook" }).click();
    await expect(page.getByText("No webhook yet")).toBeVisible();
  } finally {
    await receiver.close();
  }
});

test("blackout dates move the next run and make a sync by hand ask first", async ({ page, open, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect({ schedule: "0 2 * * *" });
  const day = (ahead: number) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: "America/Chicago", dateStyle: "short" }).format(new Date(Date.now() + ahead * 86_400_000));
  await open(`/integrations/${integration}`);
  const card = page.getByRole("region", { name: "Blackout dates" });
  await card.getByRole("button", { name: "Add dates" }).click();
  const dialog = page.getByRole("dialog", { name: "Add blackout dates" });
  await dialog.getByLabel("First day").fill(day(3));
  await dialog.getByLabel("Last day").fill(day(0));
  await dialog.getByRole("textbox", { name: "Note" }).fill("Winter break");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("The last day is before the first")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("First day").fill(day(0));
  await dialog.getByLabel("Last day").fill(day(9));
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(card.getByText("Winter break")).toBeVisible();
  await expect(page.locator(`time[datetime^="${day(10)}"]`).first()).toBeVisible();
  await expect(page.getByText(/^Blackout until /)).toBeVisible();

  await page.getByRole("button", { name: "Run Sync Now" }).click();
  const asks = page.getByRole("dialog", { name: "Sync during a blackout?" });
  await expect(asks).toContainText("Winter break");
  await expectAccessible(page);
  await asks.getByRole("button", { name: "Cancel" }).click();
  await expect(asks).toHaveCount(0);
  await expect(page).toHaveURL(`/integrations/${integration}`);
  await page.getByRole("button", { name: "Run Sync Now" }).click();
  await asks.getByRole("button", { name: "Run Sync Now all the same" }).click();
  await expect(page).toHaveURL(/\/runs\//);
  await expect(page.getByRole("heading", { name: "How it went" })).toBeVisible();

  await page.goto(`/integrations/${integration}`);
  await card.getByRole("button", { name: /^Remove the blackout of/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove it" }).click();
  await expect(card.getByText("None", { exact: true })).toBeVisible();
  const days = ["--from", day(1), "--to", day(2), "--note", "Testing"];
  const again = await command("integration", "blackout", "add", integration, ...days, "--whole-district");
  await page.reload();
  await expect(card.getByText("All integrations")).toBeVisible();
  expect(await command("integration", "blackout", "list", integration)).toMatchObject([{ id: again.id, integrationId: null }]);
  await command("integration", "blackout", "remove", again.id);
});
