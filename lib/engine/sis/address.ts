/**
 * The guard that stands before every connection to a host that an admin typed: names are resolved once, every address is
 * judged, and the caller connects to the very address that was judged, so that no second resolution can answer differently.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";

export interface TargetRequest {
  /** `sftp`, `https`. */
  readonly scheme: string;
  /** A name or an address in any spelling, IPv6 with or without brackets. */
  readonly host: string;
  readonly port: number;
  /** `scheme://host:port`, lower-case, that the operator trusts whatever address they have. */
  readonly trustedOrigins: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Target {
  /** What to connect to; already judged. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** The host as a name, for certificates and messages. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly isTrusted: boolean;
}

type Network = readonly [network: string, prefix: number];

/** IANA's special-purpose registries, and the clouds' metadata addresses. */
const refused: readonly (readonly [kind: string, networks: readonly Network[]])[] = [
  [
    "a cloud metadata address",
    [
      ["169.254.169.254", 32],
      ["168.63.129.16", 32],
      ["100.100.100.200", 32],
      ["fd00:ec2::254", 128],
    ],
  ],
  [
    "an unspecified address",
    [
      ["0.0.0.0", 8],
      ["::", 128],
    ],
  ],
  [
    "a loopback address",
    [
      ["127.0.0.0", 8],
      ["::1", 128],
    ],
  ],
  [
    "a private address",
    [
      ["10.0.0.0", 8],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
      ["fc00::", 7],
      ["fec0::", 10],
    ],
  ],
  [
    "a link-local address",
    [
      ["169.254.0.0", 16],
      ["fe80::", 10],
    ],
  ],
  ["a carrier's internal address", [["100.64.0.0", 10]]],
  [
    "a multicast address",
    [
      ["224.0.0.0", 4],
      ["ff00::", 8],
    ],
  ],
  [
    "a reserved address",
    [
      ["192.0.0.0", 24],
      ["192.0.2.0", 24],
      ["192.88.99.0", 24],
      ["198.18.0.0", 15],
      ["198.51.100.0", 24],
      ["203.0.113.0", 24],
      ["240.0.0.0", 4],
      // IPv4-compatible, local NAT64, discard-only, Teredo, documentation.
      ["::", 96],
      ["64:ff9b:1::", 48],
      ["100::", 64],
      ["2001::", 32],
      ["2001:db8::", 32],
      ["3fff::", 20],
    ],
  ],
];

// One list per family: a BlockList also applies IPv4 rules to mapped IPv6, which is done here by unwrapping first.
const lists = refused.map(([kind, networks]) => {
  const v4 = new BlockList();
  const v6 = new BlockList();
  for (const [network, prefix] of networks) {
    if (isIP(network) === 4) v4.addSubnet(network, prefix, "ipv4");
    else v6.addSubnet(network, prefix, "ipv6");
  }
  return { kind, v4, v6 };
});

/** What forbids connecting to an address ("a private address"), or null. IPv4 hidden in IPv6 is judged as IPv4. */
export function refusalOf(address: string): string | null {
  if (isIP(address) === 4) return lists.find(({ v4 }) => v4.check(address, "ipv4"))?.kind ?? null;
  const embedded = embeddedIpv4(address);
  if (embedded !== null) return refusalOf(embedded);
  return lists.find(({ v6 }) => v6.check(address, "ipv6"))?.kind ?? null;
}

/**
 * Resolves a host and judges all its addresses.
 * @throws RunFailure `name-resolution`, `address-refused` or `timeout`; RunCancelled when the signal is aborted
 */
export async function resolveTarget(request: TargetRequest): Promise<Target> {
  const { port, trustedOrigins, signal } = request;
  const scheme = request.scheme.toLowerCase();
  const host = canonicalHost(request.host);
  if (host === null) {
    throw new RunFailure({
      code: "name-resolution",
      step: "connect",
      message: `"${request.host}" is neither a host name nor an address.`,
      remedy: "Enter the server's name only, as in sftp.example.org, without a scheme, a path or a port.",
    });
  }
  const origin = (name: string) => `${scheme}://${name.includes(":") ? `[${name}]` : name}:${port}`;
  const isTrusted =
    trustedOrigins.has(origin(host)) ||
    trustedOrigins.has(
      origin(
        request.host
          .trim()
          .toLowerCase()
          .replace(/^\[|\]$/g, ""),
      ),
    );

  const addresses = isIP(host) === 0 ? await addressesOf(host, signal, request.timeoutMs ?? 10_000) : [host];
  for (const address of isTrusted ? [] : addresses) {
    const kind = refusalOf(address);
    if (kind === null) continue;
    throw new RunFailure({
      code: "address-refused",
      step: "connect",
      message:
        host === address
          ? `${host} is ${kind}, which Aivo does not connect to.`
          : `${host} resolves to ${address}, ${kind}, which Aivo does not connect to.`,
      remedy: `Enter the server's public name. If the server really is inside, Aivo's operator can allow it by trusting ${origin(host)} (docs/operations.md, trusted SIS origins).`,
    });
  }
  // IPv4 first: of two addresses it is the one that more networks can reach.
  const address = addresses.find((candidate) => isIP(candidate) === 4) ?? addresses[0];
  if (address === undefined) throw notFound(host);
  return { address, family: isIP(address) === 4 ? 4 : 6, port, host, addresses, isTrusted };
}

/** The host in its one spelling: `0x7f.1` as 127.0.0.1, names in ASCII and lower-case, IPv6 compressed and without brackets. Null if it is none. */
function canonicalHost(text: string): string | null {
  const trimmed = text.trim();
  const bare = trimmed.startsWith("[") && trimmed.endsWith("]") ? trimmed.slice(1, -1) : trimmed;
  if (bare.includes(":")) return isIP(bare) === 6 && !bare.includes("%") ? new URL(`http://[${bare}]/`).hostname.slice(1, -1) : null;
  if (bare === "" || /[\s/@?#\\%]/.test(bare)) return null;
  const url = URL.parse(`http://${bare}/`);
  if (url === null) return null;
  return url.hostname.replace(/\.$/, "");
}

async function addressesOf(host: string, signal: AbortSignal, timeoutMs: number): Promise<string[]> {
  if (signal.aborted) throw new RunCancelled();
  const timeout = AbortSignal.timeout(timeoutMs);
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new RunCancelled()), { once: true });
    timeout.addEventListener("abort", () =>
      reject(
        new RunFailure({
          code: "timeout",
          step: "connect",
          message: `The name service did not answer for ${host} within ${Math.round(timeoutMs / 1000)} seconds.`,
          remedy: "Try again in a few minutes. If it stays, ask whoever runs the server whether its name is still right.",
          transient: true,
        }),
      ),
    );
  });
  try {
    const found = await Promise.race([lookup(host, { all: true, order: "verbatim" }), interrupted]);
    return found.map(({ address }) => address);
  } catch (error) {
    if (error instanceof RunFailure || error instanceof RunCancelled) throw error;
    throw notFound(host, error);
  } finally {
    interrupted.catch(() => {});
  }
}

function notFound(host: string, cause?: unknown): RunFailure {
  const temporary = cause instanceof Error && "code" in cause && cause.code === "EAI_AGAIN";
  return new RunFailure(
    {
      code: "name-resolution",
      step: "connect",
      message: temporary ? `The name service could not say where ${host} is.` : `There is no server with the name ${host}.`,
      remedy: temporary
        ? "Try again in a few minutes; Aivo also tries again at the next sync."
        : "Check the host for typing mistakes; the SIS vendor's instructions name it.",
      transient: temporary,
    },
    { cause },
  );
}

/** The IPv4 address inside a mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96), 6to4 (2002::/16) or NAT64 (64:ff9b::/96) one. */
function embeddedIpv4(address: string): string | null {
  const groups = groupsOf(address);
  const v4 = (high = 0, low = 0) => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  const startsWith = (...prefix: number[]) => prefix.every((group, index) => groups[index] === group);
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0xffff, 0) || startsWith(0x64, 0xff9b, 0, 0, 0, 0))
    return v4(groups[6], groups[7]);
  if (startsWith(0x2002)) return v4(groups[1], groups[2]);
  return null;
}

/** The eight groups of an IPv6 address. The URL parser writes a dotted tail as groups. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1).split("::");
  const numbers = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const before = numbers(head);
  const after = numbers(tail ?? "");
  return tail === undefined ? before : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
