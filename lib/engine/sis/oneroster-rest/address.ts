const rosterPath = "/ims/oneroster/v1p1";

export interface RosterAddress {
  /** Where the collections are, without a slash at its end. */
  readonly root: string;
  /** What the admin's address is a base of; token addresses are looked for under it. */
  readonly base: string;
}

/** The rostering root of what an admin pasted: with or without the standard's path, with or without a slash, in a folder, at a port. */
export function rosterAddress(baseUrl: string): RosterAddress {
  const url = new URL(baseUrl.trim());
  const path = url.pathname.replace(/\/+$/, "");
  const at = path.toLowerCase().lastIndexOf(rosterPath);
  const isWhole = at !== -1 && at + rosterPath.length === path.length;
  const base = `${url.origin}${isWhole ? path.slice(0, at) : path}`;
  return { base, root: isWhole ? `${url.origin}${path}` : `${base}${rosterPath}` };
}

export interface TokenPlace {
  readonly tokenUrl: string;
  /** Below the interface itself, where every address asks to sign in: only an answer in OAuth's own words is a token address's. */
  readonly isGuarded: boolean;
}

/** Where vendors have their token address, likeliest first; on the base URL's own host, so that the secret goes nowhere else. */
export function tokenPlaces({ base, root }: RosterAddress): readonly TokenPlace[] {
  const open = ["/token", "/oauth/token", "/ims/oneroster/token"].map((path) => ({ tokenUrl: `${base}${path}`, isGuarded: false }));
  return [...open, { tokenUrl: `${root}/token`, isGuarded: true }];
}
