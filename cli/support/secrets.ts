import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** 256 random bits, safe in a URL and in a file. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A keyring of one fresh key, as AIVO_ENCRYPTION_KEYS holds it. */
export function makeKeyring(): string {
  return `local-1:${randomBytes(32).toString("base64")}`;
}

/**
 * The secret kept in `path`, made the first time, readable by its owner only. Written aside and linked into place, so
 * that two processes starting at once agree on one secret and neither reads half of it.
 */
export async function secretFile(path: string, make: () => string): Promise<string> {
  const kept = await read(path);
  if (kept !== null) return kept;
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${make()}\n`, { mode: 0o600 });
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
  const made = await read(path);
  if (made === null) throw new Error(`${path} could not be read after it was made`);
  return made;
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
