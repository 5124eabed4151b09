import { randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's parameters for scrypt at about 32 MB and 60 ms; stored with each hash, so that they can be raised later. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const hashBytes = 32;

/**
 * Hashes a password as `scrypt:N:r:p:salt:hash`. With `besides`, the stored hash of another account with the same address, its salt
 * is used again: one derivation then tells which of the accounts a password opens.
 */
export async function hashPassword(password: string, besides: string | null = null): Promise<string> {
  const salt = parse(besides)?.salt ?? randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64"), hash.toString("base64")].join(":");
}

/** Compares in constant time. Without a stored hash it does the same work and says no, so that timing tells nothing about who exists. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [isRight] = await verifyPasswordAmong(password, [stored]);
  return isRight === true;
}

/**
 * Which of the stored hashes the password opens, with exactly one derivation however many there are, also for none. Accounts that
 * share an address share their salt; where they came to share it later, `turn` 0, 1, 2 … compares with those of one salt each.
 */
export async function verifyPasswordAmong(password: string, stored: readonly (string | null)[], turn = 0): Promise<readonly boolean[]> {
  const all = stored.map(parse);
  const ways = [...new Set(all.flatMap((one) => one?.way ?? []))];
  const way = ways[turn % Math.max(1, ways.length)];
  const { salt, ...its } = all.find((one) => one?.way === way && one !== null) ?? { salt: randomBytes(16), ...cost };
  const actual = await derive(password, salt, its);
  return all.map((one) => one !== null && one.way === way && one.hash.length === actual.length && timingSafeEqual(one.hash, actual));
}

const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password to be read out and typed once: four groups without letters that look alike, about 79 bits. */
export function oneTimePassword(): string {
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join("")).join("-");
}

interface Stored {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
  /** Parameters and salt: those of one way come from one derivation. */
  readonly way: string;
}

function parse(stored: string | null): Stored | null {
  const [scheme, N, r, p, salt = "", hash = ""] = (stored ?? "").split(":");
  if (scheme !== "scrypt") return null;
  const way = [N, r, p, salt].join(":");
  return { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64"), way };
}

function derive(password: string, salt: Buffer, { N, r, p }: Pick<Stored, "N" | "r" | "p">): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, hashBytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
