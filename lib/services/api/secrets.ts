import { createHash, randomBytes } from "node:crypto";

/**
 * A token is `aivo_`, the district's id and 32 random bytes: the district, so that one look-up by primary key finds it wherever the
 * district lies; the prefix, so that scanners of repositories know what they have found.
 */
const tokenPrefix = "aivo_";
const clientPrefix = "aivoapp_";
const secretPrefix = "aivosecret_";
const randomLength = 32;
const idLength = 16;

export interface MadeSecret {
  readonly secret: string;
  readonly hash: string;
  readonly hint: string;
}

export function makeToken(districtId: string): MadeSecret {
  return made(tokenPrefix + Buffer.concat([bytesOf(districtId), randomBytes(randomLength)]).toString("base64url"));
}

export function makeClientSecret(): MadeSecret {
  return made(secretPrefix + randomBytes(randomLength).toString("base64url"));
}

function made(secret: string): MadeSecret {
  return { secret, hash: hashOfSecret(secret), hint: secret.slice(-4) };
}

/** Of 256 random bits, so that no salt and no slow hash is needed. */
export function hashOfSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** The district that a token names; null where it is none of ours. */
export function districtOfToken(token: string): string | null {
  const bytes = decoded(token, tokenPrefix, idLength + randomLength);
  return bytes && uuidOf(bytes.subarray(0, idLength));
}

export function clientIdOf(districtId: string, id: string): string {
  return clientPrefix + Buffer.concat([bytesOf(districtId), bytesOf(id)]).toString("base64url");
}

/** Null where it is no client id of ours. */
export function parseClientId(clientId: string): { readonly districtId: string; readonly id: string } | null {
  const bytes = decoded(clientId, clientPrefix, 2 * idLength);
  return bytes && { districtId: uuidOf(bytes.subarray(0, idLength)), id: uuidOf(bytes.subarray(idLength)) };
}

function decoded(text: string, prefix: string, length: number): Buffer | null {
  if (!text.startsWith(prefix)) return null;
  const bytes = Buffer.from(text.slice(prefix.length), "base64url");
  return bytes.length === length && bytes.toString("base64url") === text.slice(prefix.length) ? bytes : null;
}

const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex");

function uuidOf(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
