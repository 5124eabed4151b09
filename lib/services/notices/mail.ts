import { createTransport } from "nodemailer";
import type { Env } from "#lib/platform/env.ts";
import type { Tried } from "./deliver.ts";

export interface Email {
  readonly to: string;
  /** The same whenever this message is sent, so that a mailbox can tell a repetition. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const patienceMs = 20_000;

/** Hands one email to the operator's SMTP server. Never throws: what went wrong is a code, without anybody's address. */
export async function sendEmail({ mail }: Pick<Env, "mail">, email: Email): Promise<Tried> {
  if (mail === null) return { isSent: false, answer: "email is off", isFinal: false };
  const transport = createTransport({
    url: mail.smtpUrl,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
    // Nothing of a message is a reason to open a file or a page of the worker's network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    // Answers to no machine's out-of-office note.
    const headers = { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" };
    const { response } = await transport.sendMail({ from: mail.from, ...email, headers });
    return { isSent: true, answer: `SMTP ${/^\d{3}/.exec(response)?.[0] ?? "accepted"}` };
  } catch (error) {
    const { responseCode, code, command } = error as { responseCode?: number; code?: string; command?: string };
    // The server will not have this recipient or this message; that a sign-in fails is put right by the operator.
    const isFinal = responseCode !== undefined && responseCode >= 550 && responseCode <= 554 && command !== "CONN" && code !== "EAUTH";
    return { isSent: false, answer: responseCode ? `SMTP ${responseCode}` : (code ?? "failed"), isFinal };
  } finally {
    transport.close();
  }
}
