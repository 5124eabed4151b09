/** What stands where a roster file was looked for: an upload that has not ended, a folder of that name. */
import { isReadFile, parseFileName, type ReadFile } from "./files.ts";

const unfinished = /(\.(part|filepart|partial|tmp|temp|swp|swx|crdownload|lock|uploading)|~)$/i;

export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

/** By file, in words that end a sentence: "users.csv.part is there, an upload that has not ended". */
export type Instead = ReadonlyMap<ReadFile, string>;

export function insteadOf(entries: readonly { readonly name: string; readonly isFolder: boolean }[]): Instead {
  const found = new Map<ReadFile, string>();
  for (const { name, isFolder } of entries) {
    const isPart = !isFolder && isUnfinished(name);
    const file = isFolder || isPart ? parseFileName(name.replace(unfinished, ""))?.file : undefined;
    if (file === undefined || !isReadFile(file)) continue;
    found.set(file, isFolder ? `${name} is there as a folder` : `${name} is there, an upload that has not ended`);
  }
  return found;
}

/** The same of whatever may have been meant to be read, each as a sentence; "" where there is none. */
export function sentencesOf(entries: readonly { readonly name: string; readonly isFolder: boolean }[]): string {
  const parts = entries.filter(({ name, isFolder }) => !isFolder && isUnfinished(name)).map(({ name }) => name);
  const folders = entries.filter(({ name, isFolder }) => isFolder && /\.(csv|zip)$/i.test(name)).map(({ name }) => name);
  return [
    ...(parts.length === 0
      ? []
      : [`${few(parts)} ${parts.length === 1 ? "is an upload" : "are uploads"} that ${parts.length === 1 ? "has" : "have"} not ended.`]),
    ...(folders.length === 0 ? [] : [`${few(folders)} ${folders.length === 1 ? "is a folder, not a file" : "are folders, not files"}.`]),
  ].join(" ");
}

function few(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
