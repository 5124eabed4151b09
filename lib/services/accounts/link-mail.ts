import type { Env } from "#lib/platform/env.ts";
import { escaped, htmlPage } from "#lib/services/notices/compose.ts";
import { choosePasswordPage } from "#lib/services/notices/links.ts";
import type { Email } from "#lib/services/notices/mail.ts";

export type LinkKind = "invitation" | "reset";

export interface LinkMail {
  readonly kind: LinkKind;
  readonly email: string;
  readonly district: string;
  readonly linkId: string;
  readonly token: string;
  readonly hours: number;
}

/** The email with a link to choose a password. */
export function linkMail(env: Pick<Env, "publicUrl">, { kind, email, district, linkId, token, hours }: LinkMail): Email {
  const title = kind === "invitation" ? `You are invited to ${district} in Aivo` : "Choose a new password for Aivo";
  const valid = hours === 1 ? "an hour" : `${hours / 24} days`;
  const lines =
    kind === "invitation"
      ? [`An admin of ${district} has made an account for you. Choose a password to sign in with.`]
      : [`Somebody asked for a new password for your account of ${district}. If it was not you, do nothing: your password stays as it is.`];
  const once = `The link works once, for ${valid}.`;
  const link = choosePasswordPage(env, token);
  return {
    to: email,
    messageId: `<${linkId}@${new URL(env.publicUrl).hostname}>`,
    subject: title,
    text: [title, "", ...lines, "", link, "", once, ""].join("\n"),
    html: htmlPage(title, [
      ...lines.map((line) => `<p>${escaped(line)}</p>`),
      `<p><a href="${escaped(link)}">Choose a password</a></p>`,
      `<p>${escaped(once)}</p>`,
    ]),
  };
}
