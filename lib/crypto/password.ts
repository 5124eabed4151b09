import { randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's parameters for scrypt at about 32 MB and 60 ms; stored with each hash, so that they can be raised later. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const hashBytes = 32;

/** Hashes a password as `scrypt:N:r:p:salt:hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64"), hash.toString("base64")].join(":");
}

/** Compares in constant time. Without a stored hash it does the same work and says no, so that timing tells nothing about who exists. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt = "", hash = ""] = (stored ?? "").split(":");
  if (scheme !== "scrypt") {
    await derive(password, randomBytes(16), cost);
    return false;
  }
  const expected = Buffer.from(hash, "base64");
  const actual = await derive(password, Buffer.from(salt, "base64"), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password to be read out and typed once: four groups without letters that look alike, about 79 bits. */
export function oneTimePassword(): string {
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join("")).join("-");
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, hashBytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
