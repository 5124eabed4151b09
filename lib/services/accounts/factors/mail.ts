import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import { type Payload, type SignInNotice, soon } from "#lib/platform/jobs.ts";
import type { LinkSent } from "#lib/services/accounts/password-links.ts";
import { escaped, htmlPage } from "#lib/services/notices/compose.ts";
import { signInPage } from "#lib/services/notices/links.ts";
import { sendEmail } from "#lib/services/notices/mail.ts";
import type { Services } from "#lib/services/services.ts";

const words: Readonly<Record<SignInNotice, { readonly title: string; readonly line: string }>> = {
  "app-added": { title: "An authenticator app was added", line: "An authenticator app was added to your sign-in." },
  "app-removed": { title: "Your authenticator app was removed", line: "The authenticator app was removed from your sign-in." },
  "passkey-added": { title: "A passkey was added", line: "A passkey was added to your sign-in." },
  "passkey-removed": { title: "A passkey was removed", line: "A passkey was removed from your sign-in." },
  "recovery-code-used": {
    title: "A recovery code was used",
    line: "One of your recovery codes was used in the place of your second factor. It works no more.",
  },
  "recovery-codes-made": {
    title: "New recovery codes were made",
    line: "New recovery codes were made for you. Those from before work no more.",
  },
  "second-factor-reset": {
    title: "Your second factor was taken away",
    line: "Your second factor and recovery codes were taken away, by another admin or by whoever runs Aivo for you, and you were signed out everywhere. Your password signs you in; set a second factor up again.",
  },
};

/** Has somebody told of a change of their sign-in, where email is set up: a job in the caller's transaction, with ids alone. */
export async function tellOf(tx: Tx, services: Services, accountId: string, notice: SignInNotice): Promise<void> {
  if (services.env.mail === null) return;
  const noticeId = randomUUID();
  const options = { id: noticeId, group: { id: tx.districtId }, priority: soon };
  await services.jobs.send(tx, "sign-in-notice", { districtId: tx.districtId, accountId, notice, noticeId }, options);
}

/** For the worker. @throws Error when the mail server did not take it, so that the queue tries again */
export async function sendSignInNotice(
  services: Services,
  { districtId, accountId, notice, noticeId }: Payload<"sign-in-notice">,
): Promise<LinkSent> {
  const [to] = await withOwner(services.db, districtId, (tx) =>
    tx.orm
      .select({ email: accounts.email, district: districts.name })
      .from(accounts)
      .innerJoin(districts, and(eq(districts.id, accounts.districtId), isNull(districts.suspendedAt)))
      .where(and(eq(accounts.districtId, districtId), eq(accounts.id, accountId))),
  );
  if (!to || to.email === null) return "not-ours";
  const { title, line } = words[notice];
  const whose = `This is about your account of ${to.district} in Aivo.`;
  const advice = "If it was not you, change your password and tell another admin of your district.";
  const link = signInPage(services.env);
  const tried = await sendEmail(services.env, {
    to: to.email,
    messageId: `<${noticeId}@${new URL(services.env.publicUrl).hostname}>`,
    subject: `${title} · Aivo`,
    text: [title, "", line, "", whose, "", advice, "", link, ""].join("\n"),
    html: htmlPage(title, [
      ...[line, whose, advice].map((text) => `<p>${escaped(text)}</p>`),
      `<p><a href="${escaped(link)}">Your sign-in</a></p>`,
    ]),
  });
  if (tried.isSent) return "sent";
  if (tried.isFinal) return "refused";
  throw new Error(`The mail server did not take it: ${tried.answer}`);
}
