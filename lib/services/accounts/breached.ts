import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { errorFields, log } from "#lib/platform/log.ts";

/** SHA-1 in hexadecimal; how often it was seen, which may follow it, does not count. */
const hashLength = 40;
const isLine = /^[0-9A-F]{40}(:\d+)?\r?(\n|$)/;
/** Longer than any line is. */
const lineBytes = 128;
const newLine = 0x0a;

/**
 * Whether a password is in a file of those that got out: a line for each one's SHA-1 in capitals, in their order, as Have I Been Pwned gives its
 * list to take away. Some thirty reads of a file of any size, and nobody outside is asked.
 * @throws Error where the file cannot be read or is another one
 */
export async function isInBreaches(file: string, password: string): Promise<boolean> {
  const wanted = createHash("sha1").update(password).digest("hex").toUpperCase();
  const list = await open(file, "r");
  try {
    let from = 0;
    let to = (await list.stat()).size;
    if (to === 0) throw new Error("the list of passwords is empty");
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const found = await lineFrom(list, middle);
      // The last line begins before the middle: what is looked for does, too.
      if (found === null || found.at >= to) to = middle;
      else if (found.hash === wanted) return true;
      else if (found.hash < wanted) from = found.at + hashLength;
      else to = middle;
    }
    return false;
  } finally {
    await list.close();
  }
}

/** The first line that begins at a place or after it; null: none does. */
async function lineFrom(list: FileHandle, place: number): Promise<{ readonly at: number; readonly hash: string } | null> {
  const start = Math.max(0, place - 1);
  const { buffer, bytesRead } = await list.read(Buffer.alloc(2 * lineBytes), 0, 2 * lineBytes, start);
  const read = buffer.subarray(0, bytesRead);
  const begins = place === 0 ? 0 : read.indexOf(newLine) + 1;
  if (place > 0 && begins === 0) {
    if (bytesRead > lineBytes) throw new Error("the list of passwords has lines that are too long");
    return null;
  }
  if (begins >= bytesRead) return null;
  const line = read.subarray(begins, begins + lineBytes).toString("latin1");
  if (!isLine.test(line)) throw new Error("the list of passwords is none of SHA-1 in capitals");
  return { at: start + begins, hash: line.slice(0, hashLength) };
}

/** As `isInBreaches`; a list that cannot be read keeps nobody from choosing a password, and is told to whoever runs Aivo, also by `sis doctor`. */
export async function gotOut(file: string | null, password: string): Promise<boolean> {
  if (file === null) return false;
  try {
    return await isInBreaches(file, password);
  } catch (error) {
    log.error("breached-passwords-unread", errorFields(error));
    return false;
  }
}
