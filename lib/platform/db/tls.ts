/**
 * How what goes to the database is protected on the way. local: it does not leave the machine. verified: encrypted, to a server that has
 * proved its name. unverified: encrypted, to whoever answers. open: not at all. unsaid: the address leaves the machine and does not say.
 */
export type Transport = "local" | "verified" | "unverified" | "open" | "unsaid";

/** By libpq's names (PostgreSQL manual, "SSL Support"). What falls back to nothing, such as `prefer`, says nothing. */
const modes: Readonly<Record<string, Transport>> = {
  "verify-full": "verified",
  "verify-ca": "verified",
  require: "unverified",
  disable: "open",
};

/** Whether a host, as it stands in a URL, is this machine. */
export const isLoopback = (hostname: string) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/** @param url a postgres:// URL; an address without a host, or with a path as its host, is a socket of this machine */
export function transportOf(url: string): Transport {
  const { hostname, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode");
  const host = searchParams.get("host") ?? decodeURIComponent(hostname);
  const said = mode === null ? undefined : modes[mode];
  if (host === "" || host.startsWith("/") || isLoopback(host)) return said === "verified" || said === "unverified" ? said : "local";
  return said ?? "unsaid";
}

/** What is wrong with an address whose transport is `unsaid`. */
export const transportWords =
  "leads to another machine and must say how that is protected: add ?sslmode=verify-full (in a network that nobody else can read: ?sslmode=disable)";

/** What is to be said of a transport, and what to do about it; null: nothing. */
export function transportWarning(transport: Transport): { readonly found: string; readonly remedy: string } | null {
  return warnings[transport];
}

const warnings: Readonly<Record<Transport, { readonly found: string; readonly remedy: string } | null>> = {
  local: null,
  verified: null,
  unverified: { found: "encrypted, but the server's name is not checked", remedy: "Use sslmode=verify-full." },
  open: { found: "not encrypted", remedy: "Use sslmode=verify-full, unless nobody else can read that network." },
  unsaid: { found: "not said to be protected", remedy: "Use sslmode=verify-full." },
};

/**
 * The address as node-postgres, which the queue connects by, takes it: its `require` verifies, where libpq's and our other driver's does not, and
 * its `verify-ca` warns that it means `verify-full`, as it does to both.
 */
export function forNodePostgres(url: string): string {
  const changed = new URL(url);
  const mode = changed.searchParams.get("sslmode");
  if (mode === "require") changed.searchParams.set("sslmode", "no-verify");
  if (mode === "verify-ca") changed.searchParams.set("sslmode", "verify-full");
  return changed.href;
}
