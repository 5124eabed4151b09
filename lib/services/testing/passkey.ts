import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";

interface Asked {
  readonly challenge: string;
}

interface Manner {
  readonly origin?: string;
  readonly host?: string;
  /** Whether whoever holds it was asked for a finger, a face or a PIN. */
  readonly isVerified?: boolean;
  /** What it says of how often it has signed. */
  readonly counter?: number;
}

const hash = (text: string | Uint8Array) => createHash("sha256").update(text).digest();
const encoded = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/** An authenticator in software, with one passkey on P-256 (WebAuthn Level 3, 6.1 and 6.5), that answers as a browser on `publicUrl` does. */
export function softwarePasskey(publicUrl: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const id = randomBytes(32);
  let signed = 0;

  const clientData = (type: string, { challenge }: Asked, { origin = new URL(publicUrl).origin }: Manner) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const head = ({ host = new URL(publicUrl).hostname, isVerified = true, counter }: Manner, flags: number) => {
    signed = counter ?? signed + 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(signed);
    return Buffer.concat([hash(host), Buffer.from([flags | 0x01 | (isVerified ? 0x04 : 0)]), count]);
  };
  const frame = { id: encoded(id), rawId: encoded(id), type: "public-key", clientExtensionResults: {} };

  return {
    /** Answers `navigator.credentials.create`. */
    register(asked: Asked, manner: Manner = {}) {
      const key = isoCBOR.encode(
        new Map<number, number | Uint8Array>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, new Uint8Array(Buffer.from(x, "base64url"))],
          [-3, new Uint8Array(Buffer.from(y, "base64url"))],
        ]),
      );
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const authData = Buffer.concat([head(manner, 0x40), Buffer.alloc(16), length, id, key]);
      const attestation = new Map<string, string | Uint8Array | Map<string, never>>([
        ["fmt", "none"],
        ["attStmt", new Map<string, never>()],
        ["authData", new Uint8Array(authData)],
      ]);
      const clientDataJSON = encoded(clientData("webauthn.create", asked, manner));
      return { ...frame, response: { clientDataJSON, attestationObject: encoded(isoCBOR.encode(attestation)), transports: ["internal"] } };
    },
    /** Answers `navigator.credentials.get`. */
    answer(asked: Asked, manner: Manner = {}) {
      const data = clientData("webauthn.get", asked, manner);
      const authenticatorData = head(manner, 0);
      const signature = sign("sha256", Buffer.concat([authenticatorData, hash(data)]), privateKey);
      return {
        ...frame,
        response: { clientDataJSON: encoded(data), authenticatorData: encoded(authenticatorData), signature: encoded(signature) },
      };
    },
  };
}
