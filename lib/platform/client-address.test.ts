import { expect, test } from "vitest";
import { clientAddressOf, parseNetworks } from "./client-address.ts";

const trusted = parseNetworks("10.0.0.0/8, 2001:db8:aaaa::/48,192.0.2.1") ?? [];

test.each([
  ["nobody is trusted but who is named", "198.51.100.7", "203.0.113.9", "198.51.100.7"],
  ["one proxy", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["a single address", "192.0.2.1", "203.0.113.9", "203.0.113.9"],
  ["its neighbor", "192.0.2.2", "203.0.113.9", "192.0.2.2"],
  ["within IPv6", "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["IPv6", "2001:db8:aaaa::1", "2001:db8:1::9", "2001:db8:1::9"],
  ["two proxies, and what the client made up", "10.1.2.3", "1.1.1.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"],
  ["only proxies", "10.1.2.3", "10.4.5.6", "10.4.5.6"],
  ["no header", "10.1.2.3", "", "10.1.2.3"],
  ["what is no address", "10.1.2.3", "203.0.113.9, evil", "10.1.2.3"],
  ["no peer", undefined, "203.0.113.9", "unknown"],
])("%s", (_, peer, forwardedFor, address) => {
  expect(clientAddressOf(peer, forwardedFor, trusted)).toBe(address);
});

test.each(["evil", "10.0.0.0/99", "10.0.0.0/8,"])("networks of %j", (list) => {
  expect(parseNetworks(list) === null).toBe(list !== "10.0.0.0/8,");
});
