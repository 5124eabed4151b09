import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { RunFailure } from "#lib/platform/errors.ts";

/**
 * Secrets at rest: AES-256-GCM under a keyring from the environment. The first key seals, all open, so that a key can be
 * rotated without an interruption: put the new one in front, restart, `keys rotate`, take the old one out.
 */
export interface Keyring {
  /** Id of the key that seals. */
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** What a sealed value belongs to; bound to it as additional data, so that it opens nowhere else. */
export interface SealContext {
  readonly integrationId: string;
  readonly field: string;
}

const ivBytes = 12;
const tagBytes = 16;

/** Reads `kid:base64,kid:base64`. @throws Error for a key that is not 32 bytes or an id used twice; the message holds no key */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(",")) {
    const [kid = "", encoded = ""] = entry.trim().split(":");
    const key = Buffer.from(encoded, "base64");
    if (kid === "" || key.length !== 32) throw new Error("AIVO_ENCRYPTION_KEYS must be kid:base64,kid:base64 with keys of 32 bytes");
    if (keys.has(kid)) throw new Error(`AIVO_ENCRYPTION_KEYS names the key ${kid} twice`);
    keys.set(kid, key);
  }
  const [current] = keys.keys();
  if (current === undefined) throw new Error("AIVO_ENCRYPTION_KEYS is empty");
  return { current, keys };
}

/** Seals one secret: `kid:base64(iv | tag | ciphertext)`. */
export function seal(keyring: Keyring, context: SealContext, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", keyOf(keyring, keyring.current), iv);
  cipher.setAAD(additionalData(context));
  const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return `${keyring.current}:${Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString("base64")}`;
}

/**
 * @throws RunFailure `configuration`: the key is not on the keyring, or the value was sealed for another integration or field,
 *   or was altered
 */
export function unseal(keyring: Keyring, context: SealContext, sealed: string): string {
  const separator = sealed.indexOf(":");
  const kid = sealed.slice(0, separator);
  const bytes = Buffer.from(sealed.slice(separator + 1), "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(keyring, kid), bytes.subarray(0, ivBytes));
    decipher.setAAD(additionalData(context));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString("utf8");
  } catch (error) {
    if (error instanceof RunFailure) throw error;
    throw new RunFailure({
      code: "configuration",
      step: "unseal credentials",
      message: `The stored ${context.field} cannot be opened with the key “${kid}”: it was altered, or the key is not the one that sealed it.`,
      remedy: "Enter the credentials again; or Aivo's operator checks the encryption keys against those in use before (docs/security.md).",
    });
  }
}

/** Whether a sealed value is under another key than the one that seals now. */
export function isStale(keyring: Keyring, sealed: string): boolean {
  return !sealed.startsWith(`${keyring.current}:`);
}

function keyOf(keyring: Keyring, kid: string): Buffer {
  const key = keyring.keys.get(kid);
  if (key) return key;
  throw new RunFailure({
    code: "configuration",
    step: "unseal credentials",
    message: `The credentials are sealed with the key “${kid}”, which Aivo does not have.`,
    remedy:
      "Enter the credentials again; or Aivo's operator puts that key back behind the current one and rotates the keys (docs/security.md).",
  });
}

/** JSON, so that no two contexts can read alike. */
function additionalData({ integrationId, field }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([integrationId, field]));
}
