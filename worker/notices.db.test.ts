import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, expect, test } from "vitest";
import { startWorkerProcess, type WorkerUnderTest } from "#cli/sis/testing.ts";
import { openIncident } from "#lib/engine/notices/incidents.ts";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { openMailbox } from "#lib/services/testing/mailbox.ts";
import { openReceiver } from "#lib/services/testing/receiver.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { addWebhook } from "#lib/services/webhooks/write.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-worker-"));
const mailbox = await openMailbox();
const receiver = await openReceiver();
const { services, variables, close } = await testServices({
  variables: {
    AIVO_DATA_DIR: folder,
    AIVO_SMTP_URL: mailbox.url,
    AIVO_MAIL_FROM: "aivo@example.org",
    AIVO_TRUSTED_SIS_ORIGINS: receiver.origin,
  },
});
const workers: WorkerUnderTest[] = [];
afterAll(async () => {
  for (const worker of workers) {
    worker.process.kill("SIGTERM");
    await worker.ended;
  }
  await close();
  await mailbox.close();
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

test("two workers send each message once, by email and to webhooks, and take up what could not be sent", { timeout: 240_000 }, async () => {
  const districts: { scope: DistrictScope; secret: string; path: string; id: string }[] = [];
  for (let n = 0; n < 4; n++) {
    const scope = operatorScope(await newDistrict(services.db));
    for (const who of ["ann", "bo"])
      await createAdmin(services, scope, { givenName: who, familyName: "Admin", email: `${who}-${scope.districtId}@example.org` });
    const { secret } = await addWebhook(services, scope, { url: `${receiver.origin}/${n}` });
    districts.push({ scope, secret, path: `/${n}`, id: await newIntegration(services.db, scope.districtId) });
  }
  receiver.answerWith(500);
  workers.push(await startWorkerProcess(variables), await startWorkerProcess(variables));
  for (const { scope, id } of districts)
    for (const kind of ["failed", "held"] as const)
      await withDistrict(services.db, scope, (tx) => openIncident(tx, { kind, integrationId: id, runId: null, details: { changes: 1 } }));
  const states = async () => {
    const rows = await services.db.sql<
      { state: string; count: number }[]
    >`select state, count(*)::int as count from deliveries group by state`;
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  await expect.poll(states, { timeout: 120_000, interval: 500 }).toEqual({ sent: 24 });
  expect(mailbox.mails).toHaveLength(16);
  expect(new Set(mailbox.mails.map(({ messageId }) => messageId)).size).toBe(16);
  const posted = receiver.received.map((one) => {
    const { secret } = districts.find(({ path }) => path === one.path) ?? { secret: "" };
    return (new Webhook(secret).verify(one.body, one.headers as Record<string, string>) as { data: { incidentId: string } }).data
      .incidentId;
  });
  // The one that was answered with an error came again, and no other.
  expect(posted).toHaveLength(9);
  expect(new Set(posted).size).toBe(8);
});
