import { createTransport } from "nodemailer";
import { afterAll, expect, test } from "vitest";
import { get } from "#sandbox/testing.ts";
import { startMailServer } from "./server.ts";

const server = await startMailServer();
afterAll(() => server.close());

test("what is sent arrives in the mailbox, whoever it is to, as text", async () => {
  const transport = createTransport(server.smtpUrl);
  const text = `Größe über allem: ${"lang ".repeat(40)}\n\nhttp://localhost:3000/overview\n\n<b>no markup</b>`;
  await transport.sendMail({
    from: "a@example.org",
    to: "b@example.org",
    subject: "Schön: ein Test mit ünïcode",
    text,
    html: "<p>Größe</p>",
  });
  await transport.sendMail({ from: "a@example.org", to: "c@example.org", subject: "Second", text: "plain" });
  transport.close();
  expect(server.mails().map(({ subject, to }) => [subject, ...to])).toEqual([
    ["Schön: ein Test mit ünïcode", "b@example.org"],
    ["Second", "c@example.org"],
  ]);
  expect(server.mails()[0]?.text.replaceAll("\r\n", "\n").trim()).toBe(text);
  expect(server.mails()[0]?.html).toContain("Größe");
  const { mails } = (await get(`${server.url}/api/mails?to=c%40example.org`)).body as { mails: unknown[] };
  expect(mails).toMatchObject([{ subject: "Second", text: expect.stringContaining("plain") }]);
  const shown = await (await fetch(server.url)).text();
  expect(shown).toContain('<a href="http://localhost:3000/overview">');
  expect(shown).not.toContain("<b>no markup");
  expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404);
});
