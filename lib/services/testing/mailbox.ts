import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Mail {
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  /** All parts, decoded. */
  readonly body: string;
}

export interface Mailbox {
  readonly url: string;
  readonly mails: Mail[];
  /** Answers so many of the next messages with this code instead. */
  refuse(code: number, times: number): void;
  to(address: string): readonly Mail[];
  close(): Promise<void>;
}

/** A real SMTP server on the loopback address that keeps what comes. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: Mail[] = [];
  let refusal = { code: 450, times: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (refusal.times > 0) {
          refusal = { ...refusal, times: refusal.times - 1 };
          return done(Object.assign(new Error("Not now"), { responseCode: refusal.code }));
        }
        const raw = Buffer.concat(chunks).toString("utf8");
        const header = (name: string) =>
          new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "im").exec(raw)?.[1]?.replace(/\r\n[ \t]/g, " ") ?? "";
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          messageId: header("message-id"),
          subject: header("subject"),
          body: quotedPrintable(raw),
        });
        done();
      });
    },
  });
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (code, times) => {
      refusal = { code, times };
    },
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
