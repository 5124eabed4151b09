import { createHmac, randomBytes } from "node:crypto";

/** Standard Webhooks (standardwebhooks.com): `whsec_` and the key in base64. */
const prefix = "whsec_";

export function makeSecret(): string {
  return `${prefix}${randomBytes(32).toString("base64")}`;
}

export interface Signed {
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
}

/** The three headers. Each secret signs; a receiver needs to know one of them. */
export function signedHeaders({ id, timestamp, body }: Signed, secrets: readonly string[]): Readonly<Record<string, string>> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": secrets.map((secret) => `v1,${signature(secret, `${id}.${timestamp}.${body}`)}`).join(" "),
  };
}

function signature(secret: string, content: string): string {
  return createHmac("sha256", Buffer.from(secret.slice(prefix.length), "base64"))
    .update(content)
    .digest("base64");
}
