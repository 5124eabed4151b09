import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeEach, expect, test } from "vitest";
import { closeIncidents, openIncident } from "#lib/engine/notices/incidents.ts";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { parseKeyring } from "#lib/platform/crypto/keyring.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { resealAll } from "#lib/services/integrations/rotate-keys.ts";
import { retrySeconds } from "#lib/services/notices/deliver.ts";
import { listDeliveries } from "#lib/services/notices/read.ts";
import { repeatDelivery } from "#lib/services/notices/write.ts";
import { deliverDue, letWaitPass } from "#lib/services/testing/deliveries.ts";
import { openReceiver, type Received } from "#lib/services/testing/receiver.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { listWebhooks } from "./read.ts";
import { addWebhook, removeWebhook, rotateWebhookSecret, setWebhookKinds, testWebhook } from "./write.ts";

const receiver = await openReceiver();
const { services, close } = await testServices({
  variables: { AIVO_TRUSTED_SIS_ORIGINS: receiver.origin, NEXTAUTH_URL: "https://aivo.example" },
});
const { sql } = services.db;
afterAll(async () => {
  await close();
  await receiver.close();
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.answerWith();
  await sql`delete from deliveries`;
});

async function endpoint(path = "/hook", kinds: readonly string[] | null = null) {
  const districtId = await newDistrict(services.db);
  const scope = operatorScope(districtId);
  const integration = await newIntegration(services.db, districtId);
  const { id, secret } = await addWebhook(services, scope, { url: `${receiver.origin}${path}`, kinds });
  const about = { integrationId: integration, runId: null };
  const open = () =>
    withDistrict(services.db, scope, (tx) => openIncident(tx, { kind: "held", ...about, details: { changes: 12, deactivated: 9 } }));
  const fail = () =>
    withDistrict(services.db, scope, (tx) =>
      openIncident(tx, {
        kind: "failed",
        ...about,
        details: { code: "connection", message: "Nothing listens at sftp.example.org.", remedy: "" },
      }),
    );
  const over = () =>
    withDistrict(services.db, scope, (tx) =>
      closeIncidents(tx, { kinds: ["held"], subject: integration, runId: null, because: "approved" }),
    );
  return { districtId, scope, integration, id, secret, open, fail, over };
}

/** As the receiver verifies it, with a library of somebody else's. */
function verified(secret: string, { body, headers }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

test("an incident is posted with ids, kinds, numbers and an address, signed as Standard Webhooks are", async () => {
  const { districtId, integration, secret, open, fail, over } = await endpoint();
  await open();
  await over();
  await fail();
  expect(await deliverDue(services)).toEqual(["sent", "sent", "sent"]);
  // They leave side by side; when each was said is part of it.
  const sent = receiver.received
    .map((one) => verified(secret, one) as { readonly timestamp: string })
    .sort((a, b) => a.timestamp.localeCompare(b.timestamp));
  expect(sent).toEqual([
    {
      type: "incident.opened",
      timestamp: expect.any(String),
      data: {
        districtId,
        kind: "held",
        incidentId: expect.any(String),
        integrationId: integration,
        runId: null,
        code: null,
        because: null,
        counts: { changes: 12, deactivated: 9 },
        days: {},
        url: `https://aivo.example/integrations/${integration}`,
      },
    },
    expect.objectContaining({ type: "incident.closed", data: expect.objectContaining({ kind: "held", because: "approved" }) }),
    expect.objectContaining({ type: "incident.opened", data: expect.objectContaining({ kind: "failed", code: "connection", counts: {} }) }),
  ]);
  expect(JSON.stringify(sent)).not.toContain("sftp.example.org");
  const [first] = receiver.received;
  expect(first?.headers["content-type"]).toBe("application/json");
  expect(() => new Webhook(`whsec_${randomBytes(32).toString("base64")}`).verify(first?.body ?? "", first?.headers as never)).toThrow();
  expect(() => verified(secret, { ...(first as Received), body: first?.body.replace("incident.", "accident.") ?? "" })).toThrow();
});

test("after a rotation the secret before signs as well, for a day", async () => {
  const { scope, id, secret, open, fail, districtId } = await endpoint();
  const { secret: next } = await rotateWebhookSecret(services, scope, id);
  await open();
  await deliverDue(services);
  for (const one of [secret, next]) expect(verified(one, receiver.received[0] as Received)).toMatchObject({ type: "incident.opened" });
  expect(await listWebhooks(services, scope)).toMatchObject([{ previousUntil: expect.any(String) }]);
  await sql`update webhook_endpoints set previous_until = now() - interval '1 second' where district_id = ${districtId}`;
  await fail();
  await deliverDue(services);
  expect(verified(next, receiver.received[1] as Received)).toMatchObject({ data: { kind: "failed" } });
  expect(() => verified(secret, receiver.received[1] as Received)).toThrow();
  const stored = await sql`select secrets::text from webhook_endpoints where district_id = ${districtId}`;
  for (const one of [secret, next]) expect(JSON.stringify(stored)).not.toContain(one.slice(6));
});

test("a receiver that fails is asked again under the same id, until it is marked; a success takes the mark away", async () => {
  const { districtId, scope, secret, open, fail } = await endpoint();
  receiver.answerWith(500, 302, 0);
  await open();
  for (const answer of ["HTTP 500", "HTTP 302", "ECONNRESET"]) {
    await letWaitPass(services, districtId);
    expect(await deliverDue(services)).toEqual(["again"]);
    expect(await listDeliveries(services, scope)).toMatchObject([{ state: "waiting", answer }]);
  }
  await letWaitPass(services, districtId);
  expect(await deliverDue(services)).toEqual(["sent"]);
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  for (const one of receiver.received) verified(secret, one);

  receiver.answerWith(...Array(20).fill(503));
  await fail();
  const became = [];
  for (let n = 0; n <= retrySeconds.webhook.length; n++) {
    await letWaitPass(services, districtId);
    became.push(...(await deliverDue(services)));
  }
  expect(became).toEqual([...retrySeconds.webhook.map(() => "again"), "given-up"]);
  expect(await listWebhooks(services, scope)).toMatchObject([{ failingSince: expect.any(String) }]);
  receiver.answerWith();
  const [given] = await listDeliveries(services, scope);
  await repeatDelivery(services, scope, given?.id ?? "");
  expect(await deliverDue(services)).toEqual(["sent"]);
  expect(await listWebhooks(services, scope)).toMatchObject([{ failingSince: null }]);
  // What was delivered can be sent again, too, and has its id.
  const id = receiver.received.at(-1)?.headers["webhook-id"];
  await repeatDelivery(services, scope, given?.id ?? "");
  await deliverDue(services);
  expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(id);
});

test("one that says it is gone is given up at once", async () => {
  const { scope, open } = await endpoint();
  receiver.answerWith(410);
  await open();
  expect(await deliverDue(services)).toEqual(["given-up"]);
  expect(await listWebhooks(services, scope)).toMatchObject([{ failingSince: expect.any(String) }]);
});

test.each([
  ["http://hooks.example.org/x", "not encrypted"],
  ["https://127.0.0.1:8443/x", "loopback"],
  ["https://10.1.2.3/x", "private"],
  ["https://[::ffff:169.254.169.254]/x", "metadata"],
  ["https://0x7f.1/x", "loopback"],
  ["https://user:secret@hooks.example.org/x", "user name"],
  ["ftp://hooks.example.org/x", "not encrypted"],
  ["hooks", "https://"],
])("the address %s is refused", async (url, why) => {
  const scope = operatorScope(await newDistrict(services.db));
  await expect(addWebhook(services, scope, { url })).rejects.toThrow(why);
});

test("an address that the operator does not trust any more is refused when it is sent to", async () => {
  const { open, scope } = await endpoint();
  await open();
  const wary = { ...services, env: { ...services.env, trustedOrigins: new Set<string>() } };
  expect(await deliverDue(wary)).toEqual(["again"]);
  expect(await listDeliveries(services, scope)).toMatchObject([{ answer: "address-refused" }]);
  expect(receiver.received).toEqual([]);
});

test("an endpoint gets the kinds that were chosen; a test goes to it alone; what is removed gets nothing", async () => {
  const { scope, id, secret, open, fail } = await endpoint("/hook", ["failed"]);
  await open();
  expect(await deliverDue(services)).toEqual([]);
  await fail();
  expect(await deliverDue(services)).toEqual(["sent"]);
  await expect(setWebhookKinds(services, scope, id, [])).rejects.toMatchObject({ code: "invalid" });
  await setWebhookKinds(services, scope, id, null);
  const other = await addWebhook(services, scope, { url: `${receiver.origin}/other` });
  await testWebhook(services, scope, id);
  await deliverDue(services);
  expect(receiver.received.map(({ path }) => path)).toEqual(["/hook", "/hook"]);
  expect(verified(secret, receiver.received[1] as Received)).toMatchObject({ type: "endpoint.test", data: { kind: "test", counts: {} } });
  await expect(addWebhook(services, scope, { url: `${receiver.origin}/other` })).rejects.toMatchObject({ code: "conflict" });
  await testWebhook(services, scope, other.id);
  await removeWebhook(services, scope, other.id);
  expect(await deliverDue(services)).toEqual([]);
});

test("secrets of webhooks go under the new key with those of integrations", async () => {
  const { secret, open } = await endpoint();
  const fresh = `next:${randomBytes(32).toString("base64")}`;
  const both = { ...services, keyring: parseKeyring(`${fresh},${services.env.encryptionKeys}`) };
  expect((await resealAll(both)).secrets).toBeGreaterThan(0);
  expect((await resealAll(both)).secrets).toBe(0);
  await open();
  expect(await deliverDue({ ...services, keyring: parseKeyring(fresh) })).toEqual(["sent"]);
  expect(verified(secret, receiver.received[0] as Received)).toBeTruthy();
});

test("another district's webhooks are neither seen nor used", async () => {
  const { id } = await endpoint();
  const stranger = operatorScope(await newDistrict(services.db));
  expect(await listWebhooks(services, stranger)).toEqual([]);
  for (const act of [rotateWebhookSecret, removeWebhook, testWebhook])
    await expect(act(services, stranger, id)).rejects.toMatchObject({ code: "not-found" });
});
