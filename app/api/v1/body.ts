import { isStorable } from "#lib/roster/text.ts";
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
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // JSON.parse quotes the text, which may hold a secret.
    throw new Problem("invalid-request", "The body is not JSON.");
  }
  if (!isOfText(json)) throw new Problem("invalid-request", "The body has a NUL, half a character, or more than 64 levels.");
  return json;
}

/**
 * For an operation that is told nothing: an empty object is nothing, too. Whatever else is sent would be thought to have counted.
 * @throws Problem `invalid-request`, `too-large`
 */
export async function readNothing(request: Request): Promise<null> {
  const text = (await readBytes(request)).toString().trim();
  if (text === "" || text === "{}") return null;
  throw new Problem("invalid-request", "This takes no body: what was sent would not count.");
}

/** Whether every text in it, names too, is one that can be stored, and it is not so deep that a walk through it would not end. */
export function isOfText(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return isStorable(value);
  if (typeof value !== "object" || value === null) return true;
  return depth < 64 && Object.entries(value).every(([name, part]) => isStorable(name) && isOfText(part, depth + 1));
}
