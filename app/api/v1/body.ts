import { Problem } from "./problems.ts";

/** The largest body that any operation needs is a private key and some names. */
export const mostBytes = 256 * 1024;

/** @throws Problem `too-large`, before more than that is in memory */
export async function readBytes(request: Request): Promise<Buffer> {
  const tooLarge = new Problem("too-large", `A request has at most ${mostBytes / 1024} KiB.`);
  if (Number(request.headers.get("content-length") ?? 0) > mostBytes) throw tooLarge;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > mostBytes) throw tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * The body as JSON. A form of another site can send text, but not this type without asking first.
 * @throws Problem `unsupported-media-type`, `too-large`, `invalid-request`
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new Problem("unsupported-media-type", "Send the body as application/json.");
  const bytes = await readBytes(request);
  let hasNul = false;
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes), (key, value) => {
      hasNul ||= key.includes("\0") || (typeof value === "string" && value.includes("\0"));
      return value;
    });
  } catch {
    // JSON.parse quotes the text, which may hold a secret.
    throw new Problem("invalid-request", "The body is not JSON.");
  }
  // The database stores none.
  if (hasNul) throw new Problem("invalid-request", "The body has a text with a NUL (\\u0000) in it.");
  return body;
}
