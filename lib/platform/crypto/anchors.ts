import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";

/**
 * An anchor: how far the audit log of a district went at a moment, signed, for a place outside the database. Ed25519 and no HMAC, so that whoever
 * verifies needs the public key alone and can make none. A line of JSON, which may have anything in front of it, as syslog puts there.
 */
export interface Head {
  readonly districtId: string;
  /** The number of its last entry. */
  readonly seq: number;
  readonly hash: string;
  /** By the database's clock, ISO 8601. */
  readonly at: string;
}

const Line = z.object({
  anchor: z.literal(1),
  district: z.uuid(),
  seq: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  key: z.string(),
  sig: z.string(),
});

export interface AnchorKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** PKCS #8 in front of a seed (RFC 8410), SubjectPublicKeyInfo in front of a public key. */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const spki = Buffer.from("302a300506032b6570032100", "hex");

/** @param seed 32 bytes in base64 */
export function anchorKeyOf(seed: string): AnchorKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8, Buffer.from(seed, "base64")]), format: "der", type: "pkcs8" });
  return { id: idOf(publicBytes(privateKey)), privateKey };
}

/** What whoever verifies has to know: 32 bytes in base64. */
export function publicKeyOf({ privateKey }: AnchorKey): string {
  return publicBytes(privateKey).toString("base64");
}

/** @throws Error for what is no public key */
export function verifierOf(publicKey: string): { readonly id: string; readonly key: KeyObject } {
  const bytes = Buffer.from(publicKey, "base64");
  if (bytes.length !== 32) throw new Error("A public key of anchors is 32 bytes in base64");
  return { id: idOf(bytes), key: createPublicKey({ key: Buffer.concat([spki, bytes]), format: "der", type: "spki" }) };
}

export function anchorLine(key: AnchorKey, head: Head): string {
  const sig = sign(null, signed(head), key.privateKey).toString("base64");
  return JSON.stringify({ anchor: 1, district: head.districtId, seq: head.seq, hash: head.hash, at: head.at, key: key.id, sig });
}

export type ReadAnchor = { readonly state: "good" | "forged" | "unknown-key"; readonly head: Head } | { readonly state: "unreadable" };

/** @param keys by their ids */
export function readAnchor(line: string, keys: ReadonlyMap<string, KeyObject>): ReadAnchor {
  const parsed = Line.safeParse(jsonOf(line));
  if (!parsed.success) return { state: "unreadable" };
  const { district, seq, hash, at, key, sig } = parsed.data;
  const head = { districtId: district, seq, hash, at };
  const verifier = keys.get(key);
  if (!verifier) return { state: "unknown-key", head };
  return { state: verify(null, signed(head), verifier, Buffer.from(sig, "base64")) ? "good" : "forged", head };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line.slice(line.indexOf("{")));
  } catch {
    return null;
  }
}

/** The purpose in front, so that no signature for something else is one of an anchor. */
function signed({ districtId, seq, hash, at }: Head): Buffer {
  return Buffer.from(JSON.stringify(["aivo-audit-anchor", 1, districtId, seq, hash, at]));
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(spki.length);
}

function idOf(publicKey: Buffer): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 16);
}
