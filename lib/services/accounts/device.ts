import Bowser from "bowser";
import ipaddr from "ipaddr.js";

/** "Chrome on Windows", of a User-Agent header; null where it says nothing that is known. Versions are nobody's business. */
export function deviceOf(userAgent: string): string | null {
  if (userAgent === "") return null;
  const { browser, os } = Bowser.parse(userAgent.slice(0, 500));
  const named = [browser.name, os.name].filter((name) => name !== undefined && name !== "");
  return named.length === 0 ? null : named.join(" on ");
}

/** How much of an address is kept: enough to tell one's own network from another, too little to tell a house. */
const keptBits = { ipv4: 24, ipv6: 48 } as const;

/** The network of an address as a prefix, "198.51.100.0/24"; null for what is no address. */
export function placeOf(address: string): string | null {
  if (!ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  const bits = keptBits[parsed.kind()];
  const Kind = parsed.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${Kind.networkAddressFromCIDR(`${parsed.toString()}/${bits}`).toString()}/${bits}`;
}
