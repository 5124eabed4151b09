/** A name that leads elsewhere at each look-up: public while it is judged, inside when it is connected to. */
import dns from "node:dns/promises";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTcp, resolveUrl } from "#lib/engine/sis/http/connect.ts";
import { createHttpClient } from "#lib/engine/sis/http.ts";
import { failureOf, impatience } from "#lib/engine/testing/sis/rest.ts";

const { lookup } = dns;
const says: string[][] = [];
let asked = 0;
beforeEach(() => {
  asked = 0;
  const answer = async () => {
    asked++;
    return (says.shift() ?? ["127.0.0.1"]).map((address) => ({ address, family: 4 }));
  };
  dns.lookup = answer as unknown as typeof lookup;
  syncBuiltinESMExports();
});
afterEach(() => {
  dns.lookup = lookup;
  syncBuiltinESMExports();
});

const options = { trustedOrigins: new Set<string>(), signal: new AbortController().signal, connectTimeoutMs: 1_000 };
const url = new URL("https://sis.example/users");

test("what was judged is what is connected to, and the name is not asked for again", async () => {
  says.push(["93.184.216.34"], ["127.0.0.1"]);
  const target = await resolveUrl(url, options);
  expect([target.address, asked]).toEqual(["93.184.216.34", 1]);
  const server = createServer((socket) => socket.end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  (await openTcp({ ...target, address: "127.0.0.1", port }, options)).destroy();
  server.close();
  expect(asked).toBe(1);
});

test("each connection is judged anew, and one inner address among public ones is enough to refuse it", async () => {
  const client = createHttpClient({
    context: { signal: options.signal, trustedOrigins: options.trustedOrigins, now: () => new Date() },
    patience: impatience(),
  });
  for (const addresses of [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"]]) {
    says.push(addresses);
    expect(await failureOf(client.json({ url, step: "read" }))).toMatchObject({ code: "address-refused" });
  }
  client.close();
});
