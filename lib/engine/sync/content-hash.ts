import { hash } from "node:crypto";

/**
 * 64 bits of a text, as a signed number in decimal: as PostgreSQL's bigint reads it. Two texts of one record that differ are taken for the
 * same once in 18 quintillion changes.
 */
export function contentHash(text: string): string {
  const digest = hash("sha1", text, "hex");
  const high = Number.parseInt(digest.slice(0, 8), 16) | 0;
  const low = Number.parseInt(digest.slice(8, 16), 16);
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}
