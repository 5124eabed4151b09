import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { parseNetworks } from "#lib/platform/client-address.ts";
import { knowClients } from "./client-address.ts";

const server = createServer((request, response) => response.end(request.headers["x-forwarded-for"]));
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());

const asked = async (forwardedFor?: string) => {
  const headers: Record<string, string> = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  return (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers })).text();
};

test("a request has the address of its connection, or what a trusted proxy says", async () => {
  const trustNobody = knowClients([]);
  expect(await asked()).toBe("127.0.0.1");
  expect(await asked("203.0.113.9")).toBe("127.0.0.1");
  trustNobody();
  knowClients(parseNetworks("127.0.0.0/8") ?? []);
  expect(await asked("203.0.113.9")).toBe("203.0.113.9");
  expect(await asked("203.0.113.9, evil")).toBe("127.0.0.1");
});
