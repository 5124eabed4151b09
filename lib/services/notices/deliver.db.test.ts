import { afterAll, beforeEach, expect, test } from "vitest";
import { closeIncidents, openIncident } from "#lib/engine/notices/incidents.ts";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { verifyAudit } from "#lib/platform/audit.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { deliverDue, letWaitPass } from "#lib/services/testing/deliveries.ts";
import { openMailbox } from "#lib/services/testing/mailbox.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { deliver, retrySeconds } from "./deliver.ts";
import { dispatchDeliveries } from "./dispatch.ts";
import { forgetOldNotices } from "./forget.ts";
import { listDeliveries, noticeSettings, openIncidents } from "./read.ts";
import { chooseNotices, repeatDelivery } from "./write.ts";

const mailbox = await openMailbox();
const variables = { AIVO_SMTP_URL: mailbox.url, AIVO_MAIL_FROM: "Aivo <aivo@example.org>", NEXTAUTH_URL: "https://aivo.example" };
const { services, close } = await testServices({ variables });
const { sql } = services.db;
afterAll(async () => {
  await close();
  await mailbox.close();
});
beforeEach(async () => {
  mailbox.mails.length = 0;
  mailbox.refuse(450, 0);
  await sql`delete from deliveries`;
});

const failure = { code: "connection", step: "connect", message: "Nothing listens at sftp.example.org.", remedy: "Check the address." };

async function district(admins = 1) {
  const districtId = await newDistrict(services.db);
  const scope = operatorScope(districtId);
  const people = [];
  for (let n = 0; n < admins; n++) {
    const email = `admin${n}-${districtId}@example.org`;
    people.push({ email, ...(await createAdmin(services, scope, { givenName: "Ann", familyName: `Admin${n}`, email })) });
  }
  const id = await newIntegration(services.db, districtId);
  const open = (details = failure) =>
    withDistrict(services.db, scope, (tx) => openIncident(tx, { kind: "failed", integrationId: id, runId: null, details }));
  const over = () =>
    withDistrict(services.db, scope, (tx) => closeIncidents(tx, { kinds: ["failed"], subject: id, runId: null, because: "overtaken" }));
  return { districtId, scope, id, people, open, over };
}

test("an incident arrives as one email to each admin, with a link, and one when it is over", async () => {
  const { open, over, people, id } = await district(2);
  await open();
  await open();
  expect(await deliverDue(services)).toEqual(["sent", "sent"]);
  await over();
  await deliverDue(services);
  const mails = mailbox.to(people[0]?.email ?? "");
  expect(mails.map(({ subject }) => subject)).toEqual(["Test SIS: a sync failed", "Test SIS: syncs get through again"]);
  expect(mailbox.mails).toHaveLength(4);
  const [mail] = mails;
  expect(mail?.body).toContain("Nothing listens at sftp.example.org.");
  expect(mail?.body).toContain("What to do: Check the address.");
  expect(mail?.body).toContain(`https://aivo.example/integrations/${id}`);
  expect(mail?.body).toContain("https://aivo.example/settings/notifications");
  expect(mail?.body).toContain("text/html");
  expect(new Set(mailbox.mails.map(({ messageId }) => messageId)).size).toBe(4);
});

test("what comes from outside is text in an email's HTML, not markup", async () => {
  const { open } = await district();
  await open({ ...failure, message: "<img src=x onerror=alert(1)> & co" });
  await deliverDue(services);
  const html = mailbox.mails[0]?.body.split("text/html")[1] ?? "";
  expect(html).not.toContain("<img");
  expect(html).toContain("&#60;img");
});

test("a server that says later is asked again, longer and longer, under the same id, until days have passed", async () => {
  const { open, districtId, scope } = await district();
  mailbox.refuse(450, 1);
  await open();
  expect(await deliverDue(services)).toEqual(["again"]);
  expect(await listDeliveries(services, scope)).toMatchObject([{ state: "waiting", attempts: 1, answer: "SMTP 450" }]);
  const [wait] =
    await sql`select extract(epoch from next_attempt_at - now())::int as seconds from deliveries where district_id = ${districtId}`;
  expect(wait?.seconds).toBeGreaterThan(50);
  expect(await deliverDue(services)).toEqual([]);
  await letWaitPass(services, districtId);
  expect(await deliverDue(services)).toEqual(["sent"]);
  expect(await listDeliveries(services, scope)).toMatchObject([{ state: "sent", attempts: 2, answer: "SMTP 250" }]);

  mailbox.refuse(451, 100);
  const { open: openOther, districtId: other, scope: others } = await district();
  await openOther();
  const became = [];
  for (let n = 0; n <= retrySeconds.email.length; n++) {
    await letWaitPass(services, other);
    became.push(...(await deliverDue(services)));
  }
  expect(became).toEqual([...retrySeconds.email.map(() => "again"), "given-up"]);
  const [given] = await listDeliveries(services, others);
  expect(given).toMatchObject({ state: "given-up", answer: "SMTP 451" });
  mailbox.refuse(450, 0);
  await repeatDelivery(services, others, given?.id ?? "");
  expect(await deliverDue(services)).toEqual(["sent"]);
  expect(await withDistrict(services.db, others, verifyAudit)).toMatchObject({ brokenAt: null });
});

test("a recipient whom the server does not have is given up at once; one who is no admin any more gets nothing", async () => {
  const { open, over, people, districtId } = await district();
  mailbox.refuse(550, 1);
  await open();
  expect(await deliverDue(services)).toEqual(["given-up"]);
  await over();
  await sql`update accounts set status = 'deactivated' where district_id = ${districtId} and id = ${people[0]?.id ?? ""}`;
  expect(await deliverDue(services)).toEqual(["given-up"]);
  expect(mailbox.mails).toEqual([]);
});

test("a worker that is lost after sending leaves it to be sent once more under the same id; a late one changes nothing", async () => {
  const { open, districtId, scope } = await district();
  await open();
  await dispatchDeliveries(services);
  const [job] = await services.jobs.boss.fetch<{ districtId: string; deliveryId: string; attempt: number }>("deliver");
  if (!job) throw new Error("no job");
  expect(await deliver(services, job.data)).toBe("sent");
  // As if it had not come to note it: while it may still be at work, nobody else takes the message.
  await sql`
    update deliveries set state = 'waiting', sent_at = null, next_attempt_at = now() + interval '5 minutes'
    where district_id = ${districtId}`;
  expect(await deliverDue(services)).toEqual([]);
  await letWaitPass(services, districtId);
  expect(await deliverDue(services)).toEqual(["sent"]);
  expect(mailbox.mails).toHaveLength(2);
  expect(new Set(mailbox.mails.map(({ messageId }) => messageId)).size).toBe(1);
  expect(await deliver(services, job.data)).toBe("not-ours");
  expect(await listDeliveries(services, scope)).toMatchObject([{ state: "sent", attempts: 2 }]);
});

test("without an SMTP server nothing waits to be sent later", async () => {
  const { open, scope, people } = await district();
  const silent = { ...services, env: { ...services.env, mail: null } };
  await open();
  expect(await deliverDue(silent)).toEqual(["off"]);
  expect(await noticeSettings(silent, scope, people[0]?.id ?? "")).toMatchObject({ isMailOn: false });
  expect(await deliverDue(services)).toEqual([]);
  expect(mailbox.mails).toEqual([]);
});

test("of one district a few are handed out at a time and some hundreds in an hour; the others have their turns", async () => {
  const { districtId } = await district();
  const other = await district();
  const many = (count: number) => sql`
    with notice as (insert into notices (district_id, kind, phase, details) values (${districtId}, 'failed', 'opened', '{}') returning id)
    insert into deliveries (district_id, notice_id, channel, recipient_id, next_attempt_at)
    select ${districtId}, id, 'email', uuidv7(), now() - interval '1 hour' from notice, generate_series(1, ${count}::int)`;
  await many(400);
  await other.open();
  expect(await dispatchDeliveries(services)).toBe(21);
  let taken = 20;
  for (let more = -1; more !== 0; taken += more) more = await dispatchDeliveries(services);
  expect(taken).toBe(300);
  const [left] = await sql`select count(*)::int as count from deliveries where district_id = ${districtId} and next_attempt_at <= now()`;
  expect(left?.count).toBe(0);
  const jobs = await services.jobs.boss.fetch("deliver", { batchSize: 500 });
  expect(jobs).toHaveLength(301);
});

test("two who hand out at once hand out each message once", async () => {
  const { districtId, open } = await district(8);
  await open();
  await Promise.all(Array.from({ length: 6 }, () => dispatchDeliveries(services)));
  const jobs = await services.jobs.boss.fetch("deliver", { batchSize: 50 });
  expect(jobs).toHaveLength(8);
  const [row] = await sql`select max(attempts) as attempts from deliveries where district_id = ${districtId}`;
  expect(row?.attempts).toBe(1);
});

test("what an admin chooses is kept kind by kind; the bell shows what is open, worst first", async () => {
  const { scope, people, open, id } = await district();
  const admin = people[0]?.id ?? "";
  expect((await noticeSettings(services, scope, admin)).choices).toMatchObject({ failed: true, digest: true });
  await chooseNotices(services, scope, admin, { failed: false });
  await chooseNotices(services, scope, admin, { digest: false });
  expect((await noticeSettings(services, scope, admin)).choices).toMatchObject({ failed: false, digest: false, held: true });
  await expect(chooseNotices(services, scope, admin, { nonsense: true })).rejects.toMatchObject({ code: "invalid" });
  await withDistrict(services.db, scope, (tx) =>
    openIncident(tx, { kind: "held", integrationId: id, runId: null, details: { changes: 10, deactivated: 4 } }),
  );
  await open();
  expect((await openIncidents(services, scope)).map(({ title }) => title)).toEqual([
    "Test SIS: a sync failed",
    "Test SIS: a sync waits for your review",
  ]);
  expect(await deliverDue(services)).toEqual(["sent"]);
});

test("messages and incidents that are over go after a while; what is open stays", async () => {
  const { districtId, open, over, scope } = await district();
  await open();
  await over();
  await open();
  await sql`update notices set created_at = now() - interval '91 days' where district_id = ${districtId}`;
  await sql`update incidents set closed_at = now() - interval '91 days' where district_id = ${districtId} and closed_at is not null`;
  expect(await forgetOldNotices(services)).toBe(3);
  expect(await listDeliveries(services, scope)).toEqual([]);
  const rows = await sql`select closed_at from incidents where district_id = ${districtId}`;
  expect(rows).toEqual([{ closed_at: null }]);
});
