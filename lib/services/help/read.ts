import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { ServiceError } from "#lib/platform/errors.ts";
import { inOrder } from "./contents.ts";
import { parsePage } from "./parse.ts";
import { type HelpPage, helpGroups } from "./schema.ts";

/** Read once for a process: the documentation comes with the product and changes with it. */
const read = new Map<string, Promise<readonly HelpPage[]>>();

/** Every page of the documentation in this directory, in the order of the contents. */
export function helpPages(directory: string): Promise<readonly HelpPage[]> {
  const known = read.get(directory);
  if (known) return known;
  const pages = readAll(directory).catch((error: unknown) => {
    read.delete(directory);
    throw error;
  });
  read.set(directory, pages);
  return pages;
}

/** @throws ServiceError `not-found` */
export async function helpPage(directory: string, page: string): Promise<HelpPage> {
  const found = (await helpPages(directory)).find((one) => one.page === page);
  if (!found) throw new ServiceError("not-found", "There is no such page in the documentation.");
  return found;
}

/**
 * A picture of the documentation.
 * @throws ServiceError `not-found`
 */
export async function helpImage(directory: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const names = await readdir(join(directory, "images"));
  if (!name.endsWith(".png") || !names.includes(name)) throw new ServiceError("not-found", "There is no such picture.");
  return new Uint8Array(await readFile(join(directory, "images", name)));
}

async function readAll(directory: string): Promise<readonly HelpPage[]> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith(".md"));
  const pages = await Promise.all(
    files.map(async (file) => parsePage(file.slice(0, -".md".length).replaceAll(sep, "/"), await readFile(join(directory, file), "utf8"))),
  );
  return pages.sort((a, b) => helpGroups.indexOf(a.group) - helpGroups.indexOf(b.group) || inOrder(a.page, b.page));
}
