import ipaddr from "ipaddr.js";

export type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Networks of a list such as "10.0.0.0/8, 2001:db8::/32, 192.0.2.1". Null where one is none. */
export function parseNetworks(list: string): readonly Network[] | null {
  const parts = list
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  try {
    return parts.map((part) => {
      if (part.includes("/")) return ipaddr.parseCIDR(part);
      const address = ipaddr.parse(part);
      return [address, address.kind() === "ipv4" ? 32 : 128];
    });
  } catch {
    return null;
  }
}

/**
 * Who asks: the other end of the connection; or, as long as that is a trusted proxy, whom it says it asks for, from the last hop to the
 * first. What anybody else wrote into `X-Forwarded-For` is not believed, and neither is what is no address.
 */
export function clientAddressOf(peer: string | undefined, forwardedFor: string, trusted: readonly Network[]): string {
  const hops = forwardedFor
    .split(",")
    .map((hop) => hop.trim())
    .filter(Boolean);
  let address = normal(peer ?? "");
  while (address !== null && isAmong(address, trusted)) {
    const before = normal(hops.pop() ?? "");
    if (before === null) break;
    address = before;
  }
  return address ?? "unknown";
}

/** An IPv4 address within an IPv6 one is the IPv4 address. */
function normal(address: string): string | null {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : null;
}

function isAmong(address: string, networks: readonly Network[]): boolean {
  const parsed = ipaddr.parse(address);
  return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match([network, bits] as never));
}
