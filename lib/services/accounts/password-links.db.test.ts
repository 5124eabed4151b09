import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { openMailbox } from "#lib/services/testing/mailbox.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import {
  choosePasswordByLink,
  forgetOldLinks,
  inviteAdmin,
  linkHours,
  requestReset,
  sendLinkMail,
  sendPasswordLink,
} from "./password-links.ts";
import { loadSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { createAdmin, deactivateAccount, setPassword } from "./write.ts";

const mailbox = await openMailbox();
const clock = { now: new Date("2026-11-03T12:00:00Z") };
const variables = { AIVO_SMTP_URL: mailbox.url, AIVO_MAIL_FROM: "Aivo <aivo@example.org>", NEXTAUTH_URL: "https://aivo.example" };
const { services, close } = await testServices({ now: () => clock.now, variables });
afterAll(async () => {
  await close();
  await mailbox.close();
});

const hour = 3_600_000;
const later = (ms: number) => {
  clock.now = new Date(clock.now.getTime() + ms);
};
const own = "seven harbors in the rain";
const next = "a kettle on the stairs";
const choice = { next, repeated: next };
let people = 0;

async function admin() {
  const scope = operatorScope(await newDistrict(services.db));
  const email = `link${++people}@example.org`;
  const { id } = await createAdmin(services, scope, { email, password: own });
  const asAdmin = requireAdmin({ kind: "account", accountId: id, districtId: scope.districtId, role: "admin", isConfirmed: true });
  return { scope, email, id, asAdmin };
}

/** Does the jobs that wait, as a worker does, and gives the tokens that an address was sent. */
async function tokensOf(email: string): Promise<readonly string[]> {
  const jobs = await services.db.sql<{ data: { districtId: string; linkId: string } }[]>`
    delete from pgboss.job where name = 'password-link' returning data`;
  for (const { data } of jobs) await sendLinkMail(services, typeof data === "string" ? JSON.parse(data) : data);
  return mailbox.to(email).map(({ body }) => /choose-password#(\S+)/.exec(body)?.[1] ?? "");
}
const ask = (email: string, address = `192.0.2.${++people % 250}`) => requestReset(services, { email, address });
const from = (email: string, password: string) => signIn(services, { email, password, address: `198.51.100.${++people % 250}` });

test("a forgotten password: a link, once, within the hour; every session ends", async () => {
  const { scope, email } = await admin();
  const before = await from(email, own);
  await ask(` ${email.toUpperCase()} `);
  const [token = ""] = await tokensOf(email);
  const rows = await services.db.sql`select * from password_links where district_id = ${scope.districtId}`;
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(token.split(".")[1]);
  expect(before.ok && (await loadSession(services, before.session))).not.toBeNull();
  await expect(choosePasswordByLink(services, token, { next: "short", repeated: "short" })).rejects.toMatchObject({ code: "invalid" });
  await expect(choosePasswordByLink(services, token, { next: email, repeated: email })).rejects.toMatchObject({ code: "invalid" });
  await choosePasswordByLink(services, token, choice);
  expect(before.ok && (await loadSession(services, before.session))).toBeNull();
  expect((await from(email, own)).ok).toBe(false);
  const after = await from(email, next);
  expect(after.ok && (await loadSession(services, after.session))).not.toBeNull();
  await expect(choosePasswordByLink(services, token, choice)).rejects.toMatchObject({ code: "precondition" });
  const actions = await services.db.sql<{ action: string; actor_kind: string }[]>`
    select action, actor_kind from audit_entries where district_id = ${scope.districtId} and action like 'password%' order by seq`;
  expect(actions).toMatchObject([
    { action: "password-link-sent", actor_kind: "anonymous" },
    { action: "password-changed", actor_kind: "account" },
  ]);
});

test("of two who choose at once by one link, one does", async () => {
  const { scope, email } = await admin();
  await ask(email);
  const [token = ""] = await tokensOf(email);
  const other = "a lantern under the bridge";
  const tried = await Promise.allSettled([
    choosePasswordByLink(services, token, choice),
    choosePasswordByLink(services, token, { next: other, repeated: other }),
  ]);
  expect(tried.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(tried.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "precondition" } });
  const [chosen, refused] = tried[0].status === "fulfilled" ? [next, other] : [other, next];
  expect([(await from(email, chosen)).ok, (await from(email, refused)).ok]).toEqual([true, false]);
  const changes = await services.db.sql`select from audit_entries where district_id = ${scope.districtId} and action = 'password-changed'`;
  expect(changes).toHaveLength(1);
});

test.each([
  ["too late", async () => later(linkHours.reset * hour)],
  ["after the account was deactivated", ({ scope, id }: Awaited<ReturnType<typeof admin>>) => deactivate(scope, id)],
  ["after another password was set", ({ scope, id }: Awaited<ReturnType<typeof admin>>) => setPassword(services, scope, id)],
])("a link does nothing %s", async (_, happens) => {
  const one = await admin();
  await ask(one.email);
  const [token = ""] = await tokensOf(one.email);
  await happens(one);
  await expect(choosePasswordByLink(services, token, choice)).rejects.toMatchObject({ code: "precondition" });
  expect((await from(one.email, next)).ok).toBe(false);
});

async function deactivate(scope: ReturnType<typeof operatorScope>, id: string): Promise<void> {
  await createAdmin(services, scope, { email: `another${++people}@example.org` });
  await deactivateAccount(services, scope, id);
}

test.each(["", "x", "x.y", `${crypto.randomUUID()}.${"a".repeat(43)}`, "'; drop table accounts; --.x"])("%j is no link", async (token) => {
  await expect(choosePasswordByLink(services, token, choice)).rejects.toMatchObject({ code: "precondition" });
});

test("an unknown address leaves nothing behind, a deactivated account gets nothing, and nobody gets more than three in an hour", async () => {
  const counts = async () =>
    (
      await services.db
        .sql`select (select count(*)::int from password_links) as links, (select count(*)::int from audit_entries) as entries,
      (select count(*)::int from pgboss.job where name = 'password-link') as jobs`
    )[0];
  const before = await counts();
  await ask("nobody-there@example.org");
  await ask("");
  expect(await counts()).toEqual(before);
  const { scope, id, email } = await admin();
  for (let times = 0; times < 5; times++) await ask(email);
  expect(await tokensOf(email)).toHaveLength(3);
  await expect(sendPasswordLink(services, scope, id)).rejects.toMatchObject({ code: "precondition" });
  later(hour);
  await deactivate(scope, id);
  await ask(email);
  expect(await tokensOf(email)).toHaveLength(3);
  later(24 * hour);
  await forgetOldLinks(services);
  expect(await services.db.sql`select from password_links where district_id = ${scope.districtId}`).toHaveLength(0);
});

test("an admin invites another, who signs in with what they chose, and was told no password", async () => {
  const { scope, asAdmin, email: taken } = await admin();
  const email = `invited${++people}@example.org`;
  await expect(inviteAdmin(services, asAdmin, { email: taken })).rejects.toMatchObject({ code: "conflict" });
  const { id } = await inviteAdmin(services, asAdmin, { email, givenName: "Jo", familyName: "Field" });
  const [first = ""] = await tokensOf(email);
  expect(mailbox.to(email)[0]?.subject).toContain("You are invited to");
  later(6 * 24 * hour);
  expect(await sendPasswordLink(services, asAdmin, id)).toEqual({ kind: "invitation" });
  const [, second = ""] = await tokensOf(email);
  await choosePasswordByLink(services, first, choice);
  expect(await from(email, next)).toMatchObject({ ok: true, account: { accountId: id, districtId: scope.districtId } });
  await expect(choosePasswordByLink(services, second, choice)).rejects.toMatchObject({ code: "precondition" });
  expect(await sendPasswordLink(services, asAdmin, id)).toEqual({ kind: "reset" });
  const stranger = await admin();
  await expect(sendPasswordLink(services, stranger.asAdmin, id)).rejects.toMatchObject({ code: "not-found" });
});

test("a mail server that is away is asked again, and only the latest token works", async () => {
  const { email } = await admin();
  await tokensOf(email);
  await ask(email);
  const [job] = await services.db.sql<{ data: { districtId: string; linkId: string } }[]>`
    delete from pgboss.job where name = 'password-link' returning data`;
  const data = typeof job?.data === "string" ? JSON.parse(job.data) : job?.data;
  mailbox.refuse(450, 1);
  await expect(sendLinkMail(services, data)).rejects.toThrow("SMTP 450");
  expect(await sendLinkMail(services, data)).toBe("sent");
  expect(await sendLinkMail(services, data)).toBe("sent");
  const [first = "", second = ""] = await tokensOf(email);
  await expect(choosePasswordByLink(services, first, choice)).rejects.toMatchObject({ code: "precondition" });
  await choosePasswordByLink(services, second, choice);
  expect(await sendLinkMail(services, data)).toBe("not-ours");
});
