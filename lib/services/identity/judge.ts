import { type Preset, presets } from "./presets-schema.ts";
import type { IdentityRefusal } from "./schema.ts";

/** What a provider said of whoever signed in, once its signature, issuer, audience, time and nonce have been checked. */
export type Claims = Readonly<Record<string, unknown>>;

export interface Expected {
  readonly preset: Preset;
  readonly tenant: string | null;
  readonly matchBy: "email" | "sis-id";
  readonly sisIdClaim: string | null;
}

/** Whom the provider vouches for. `email` is one that it has verified; null: it has not, or told none. */
export interface Vouched {
  readonly subject: string;
  readonly email: string | null;
  readonly sisId: string | null;
  /** When they showed the provider who they are; null: it does not say. */
  readonly authenticatedAt: Date | null;
}

export type Judged = { readonly ok: true; readonly who: Vouched } | { readonly ok: false; readonly reason: IdentityRefusal };

/** Of the right tenant, with an address that the provider vouches for or an id of the SIS; nothing is made up for what is missing. */
export function judgeClaims(claims: Claims, { preset, tenant, matchBy, sisIdClaim }: Expected): Judged {
  const facts = presets[preset];
  const subject = claims.sub;
  if (typeof subject !== "string" || subject === "" || subject.length > 255) return { ok: false, reason: "not-valid" };
  if (facts.tenant !== null && (tenant === null || textOf(claims, facts.tenant.claim)?.toLowerCase() !== tenant.toLowerCase()))
    return { ok: false, reason: "other-tenant" };
  const email = isVerified(claims[facts.verifiedClaim], facts.verifiedClaim) ? emailOf(claims.email) : null;
  const sisId = matchBy === "sis-id" && sisIdClaim !== null ? textOf(claims, sisIdClaim) : null;
  if (matchBy === "email" && email === null) return { ok: false, reason: "unverified" };
  if (matchBy === "sis-id" && sisId === null && email === null) return { ok: false, reason: "no-sis-id" };
  const { auth_time: seconds } = claims;
  const authenticatedAt = typeof seconds === "number" && Number.isSafeInteger(seconds) ? new Date(seconds * 1000) : null;
  return { ok: true, who: { subject, email, sisId, authenticatedAt } };
}

/** What is still to be asked for at the userinfo endpoint: providers differ in what they put into the token. */
export function lacks(claims: Claims, { preset, matchBy, sisIdClaim }: Expected): boolean {
  const facts = presets[preset];
  const needed = [facts.tenant?.claim, matchBy === "sis-id" ? sisIdClaim : "email", matchBy === "email" ? facts.verifiedClaim : null];
  return needed.some((claim) => typeof claim === "string" && claimOf(claims, claim) === undefined);
}

/** Microsoft writes a true `xms_edov` as true, 1, "1" or "true"; of `email_verified` the standard knows true alone. */
function isVerified(value: unknown, claim: "email_verified" | "xms_edov"): boolean {
  return value === true || (claim === "xms_edov" && (value === 1 || value === "1" || value === "true"));
}

function emailOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const email = value.trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 320 ? email : null;
}

/** ClassLink writes one claim now in this case and now in that. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  const found = Object.keys(claims).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : claims[found];
}

function textOf(claims: Claims, name: string): string | null {
  const value = claimOf(claims, name);
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : typeof value === "string" ? value.trim() : "";
  return text === "" || text.length > 255 ? null : text;
}
