import { hash } from "node:crypto";

/** 64 bits of a text, in two halves, of which JavaScript can count. */
export interface ContentHash {
  readonly high: number;
  readonly low: number;
}

/**
 * Of a record's id and all that it says: an equal hash is the same record that says the same. Two that differ are taken
 * for the same once in 18 quintillion comparisons; a read of a million rows beside a million makes as many as a
 * trillion.
 */
export function contentHash(text: string): ContentHash {
  // As characters: twice as fast as by way of a buffer or of hexadecimal digits.
  const digest = hash("sha1", text, "binary");
  return { high: bitsAt(digest, 0), low: bitsAt(digest, 4) };
}

function bitsAt(digest: string, at: number): number {
  return (
    ((digest.charCodeAt(at) << 24) | (digest.charCodeAt(at + 1) << 16) | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3)) >>> 0
  );
}

/** As PostgreSQL's bigint reads it: a signed number in decimal. */
export function asBigint({ high, low }: ContentHash): string {
  return ((BigInt(high | 0) << 32n) | BigInt(low)).toString();
}
