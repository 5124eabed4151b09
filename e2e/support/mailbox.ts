import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface CaughtMail {
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

/** What the sandbox's mailbox caught for an address, oldest first. */
export async function mailsTo(address: string): Promise<readonly CaughtMail[]> {
  const ports = JSON.parse(await readFile(join(process.env.E2E_DATA_DIR ?? "", "sandbox", "ports.json"), "utf8"));
  const answer = await fetch(`http://127.0.0.1:${ports.mail}/api/mails?to=${encodeURIComponent(address)}`);
  return ((await answer.json()) as { mails: CaughtMail[] }).mails;
}
