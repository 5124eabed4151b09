import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { FaultBoard } from "#sandbox/http/faults.ts";
import { html, page } from "#sandbox/http/html.ts";
import { parameter } from "#sandbox/http/query.ts";
import { type Reply, type Request, startHttp } from "#sandbox/http/server.ts";
import { type CaughtMail, readMail } from "./read-mail.ts";

export interface MailServer {
  /** `smtp://127.0.0.1:port` */
  readonly smtpUrl: string;
  readonly smtpPort: number;
  /** The mailbox's page. */
  readonly url: string;
  mails(): readonly CaughtMail[];
  close(): Promise<void>;
}

const kept = 200;
const maxBytes = 1024 * 1024;

/** A real SMTP server that sends nothing on, and a page that shows what came, latest first. */
export async function startMailServer(
  options: { readonly ports?: { readonly smtp: number; readonly page: number } } = {},
): Promise<MailServer> {
  const mails: CaughtMail[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    size: maxBytes,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : "";
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push(readMail(Buffer.concat(chunks).toString("latin1"), { from, to }, new Date()));
        if (mails.length > kept) mails.shift();
        done();
      });
    },
  });
  const listening = smtp.listen(options.ports?.smtp ?? 0, "127.0.0.1");
  await Promise.race([once(listening, "listening"), once(smtp, "error").then(([error]) => Promise.reject(error))]);
  // A client that goes away is not the server's trouble.
  smtp.on("error", () => {});
  const web = await startHttp({
    name: "mail",
    port: options.ports?.page ?? 0,
    now: () => new Date(),
    faults: new FaultBoard(),
    endpointOf: (path) => path.slice(1),
    errorBody: (_status, message) => ({ message }),
    answer: (request) => answer(mails, request),
  }).catch(async (error: unknown) => {
    await new Promise<void>((closed) => smtp.close(() => closed()));
    throw error;
  });
  const { port } = listening.address() as AddressInfo;
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    smtpPort: port,
    url: web.url,
    mails: () => mails,
    close: async () => {
      await Promise.all([web.close(), new Promise<void>((closed) => smtp.close(() => closed()))]);
    },
  };
}

function answer(mails: readonly CaughtMail[], { method, path, query, origin }: Request): Reply {
  // Another site in the same browser must not read it under a name of its own.
  if (!/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin)) return { status: 403, body: { message: "Only on this machine" } };
  const to = parameter(query, "to");
  const shown = mails.filter((mail) => to === undefined || mail.to.includes(to));
  if (method === "GET" && path === "/api/mails") return { status: 200, body: { mails: shown } };
  if (method === "GET" && path === "/") return { status: 200, body: page("Mailbox", mailbox(shown)) };
  return { status: 404, body: { message: "Not found" } };
}

function mailbox(mails: readonly CaughtMail[]): string {
  const list = mails.toReversed().map(
    ({ at, to, subject, text }) => `<section><h2>${html(subject)}</h2>
      <p class="quiet">To ${html(to.join(", "))} · ${html(at.replace("T", " ").slice(0, 19))} UTC</p><div>${textOf(text)}</div></section>`,
  );
  return `<h1>Mailbox</h1><p class="quiet">What Aivo sends by email arrives here, whoever it is to, and goes no further. Load the page again for what is new.</p>
    ${list.length === 0 ? "<section><p>No email has come yet.</p></section>" : list.join("")}`;
}

/** Lines as lines, addresses as links. */
function textOf(text: string): string {
  return html(text)
    .replace(/https?:&#47;&#47;\S+|https?:\/\/\S+/g, (url) => `<a href="${url}">${url}</a>`)
    .trim()
    .split(/\r?\n\r?\n/)
    .map((paragraph) => `<p>${paragraph.replace(/\r?\n/g, "<br>")}</p>`)
    .join("");
}
