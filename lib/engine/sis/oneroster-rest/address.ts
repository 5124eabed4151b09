import type { OneRosterVersion } from "#lib/roster/version-change.ts";

export interface RosterAddress {
  /** What the admin's address is a base of; token addresses are looked for under it. */
  readonly base: string;
  /** The version that the address itself names; null where it may have either. */
  readonly version: OneRosterVersion | null;
  /** Where the collections of each version are, without a slash at its end; likeliest first, all on the address's own host. */
  readonly roots: Readonly<Record<OneRosterVersion, readonly [string, ...string[]]>>;
}

const standard = "/ims/oneroster";
const below: Readonly<Record<OneRosterVersion, string>> = { "1.1": "/v1p1", "1.2": "/rostering/v1p2" };

/** How an address may end, longest first, and the version that this names. */
const endings: readonly (readonly [ending: string, version: OneRosterVersion | null])[] = [
  [`${standard}/v1p2/rostering/v1p2`, "1.2"],
  [`${standard}/rostering/v1p2`, "1.2"],
  ["/rostering/v1p2", "1.2"],
  [`${standard}/v1p2`, "1.2"],
  [`${standard}/v1p1`, "1.1"],
  [standard, null],
];

/** The rostering roots of what an admin pasted: with or without the standard's path, with or without a slash, in a folder, at a port. */
export function rosterAddress(baseUrl: string): RosterAddress {
  const url = new URL(baseUrl.trim());
  const path = url.pathname.replace(/\/+$/, "");
  const whole = `${url.origin}${path}`;
  const [ending, version] = endings.find(([end]) => path.toLowerCase().endsWith(end)) ?? ["", null];
  const base = whole.slice(0, whole.length - ending.length);
  // What was typed is kept, whatever its case.
  const usual = `${base}${ending.startsWith(standard) ? whole.slice(base.length, base.length + standard.length) : standard}`;
  const roots = { "1.1": `${usual}${below["1.1"]}`, "1.2": `${usual}${below["1.2"]}` } as const;
  if (version === null) return { base, version, roots: { "1.1": [roots["1.1"]], "1.2": [roots["1.2"]] } };
  // Google's documents have the rostering service below an address that ends in v1p2.
  if (ending === `${standard}/v1p2`)
    return { base, version, roots: { "1.1": [roots["1.1"]], "1.2": [roots["1.2"], `${whole}${below["1.2"]}`] } };
  return { base, version, roots: { "1.1": [roots["1.1"]], "1.2": [roots["1.2"]], [version]: [whole] } };
}

export interface TokenPlace {
  readonly tokenUrl: string;
  /** Below the interface itself, where every address asks to sign in: only an answer in OAuth's own words is a token address's. */
  readonly isGuarded: boolean;
}

/** Where vendors have their token address, likeliest first; on the base URL's own host, so that the secret goes nowhere else. */
export function tokenPlaces({ base }: Pick<RosterAddress, "base">, root: string): readonly TokenPlace[] {
  const open = ["/token", "/oauth/token", "/ims/oneroster/token"].map((path) => ({ tokenUrl: `${base}${path}`, isGuarded: false }));
  return [...open, { tokenUrl: `${root}/token`, isGuarded: true }];
}
