/**
 * A zip archive → its roster files in the spool. Nothing that an archive says about itself is believed: sizes, ratio and
 * checksums are measured while it is inflated, and its names never become paths.
 */
import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { isReadFile, parseFileName, type ReadFile } from "./files.ts";
import { type Instead, insteadOf, sentencesOf } from "./instead.ts";
import { limits, type Spooled, spool } from "./spool.ts";

export const archiveLimits = {
  entries: 200,
  ratio: 200,
  /** Below this size a high ratio is harmless. */ ratioFloorBytes: 4 * 1024 ** 2,
} as const;

export interface Unpacked {
  readonly files: ReadonlyMap<ReadFile, Spooled & { readonly modified: Date }>;
  /** What stands in it where files are not. */
  readonly instead: Instead;
  /** What it holds beside them, as the end of a sentence: "holds another archive, a.zip, which is not unpacked". */
  readonly contents: string;
  readonly notes: readonly string[];
}

/** @throws RunFailure `archive-invalid`, `archive-encrypted`, `archive-unsafe`, `archive-bomb`; RunCancelled */
export async function unpack(
  archive: { path: string; name: string; isRecent: boolean },
  directory: string,
  signal: AbortSignal,
): Promise<Unpacked> {
  const zip = await openZip(archive.path).catch((cause: unknown) => {
    throw invalid(archive.name, "is no complete zip archive: it is damaged, or its upload had not ended", archive.isRecent, cause);
  });
  try {
    const entries = await entriesOf(zip, archive);
    const chosen = chooseEntries(archive.name, entries);
    const files = new Map<ReadFile, Spooled & { modified: Date }>();
    let total = 0;
    for (const [file, { entry, base }] of chosen.files) {
      const bytes = inflate(zip, entry, archive, base, signal, (count) => {
        total += count;
        if (total > limits.setBytes) throw bomb(archive.name, `unpacks to more than ${limits.setBytes / 1024 ** 3} GiB`);
      });
      const spooled = await spool(bytes, { path: join(directory, `${file}.csv`), name: base, isText: true });
      files.set(file, { ...spooled, modified: entry.getLastModDate() });
    }
    return { ...chosen, files };
  } finally {
    zip.close();
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names stay bytes: yauzl would refuse bad ones in words of its own. Sizes are checked below.
    yauzl.open(path, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false }, (error, zip) =>
      error === null ? resolve(zip) : reject(error),
    );
  });
}

interface NamedEntry {
  readonly entry: Entry;
  readonly name: string;
}

async function entriesOf(zip: ZipFile, archive: { name: string; isRecent: boolean }): Promise<NamedEntry[]> {
  if (zip.entryCount > archiveLimits.entries)
    throw bomb(archive.name, `holds ${zip.entryCount} files, and up to ${archiveLimits.entries} are read`);
  const entries: NamedEntry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on("error", (cause) => reject(invalid(archive.name, "has a damaged list of its files", archive.isRecent, cause)));
    zip.on("end", () => resolve());
    zip.on("entry", (entry: Entry) => {
      entries.push({ entry, name: decodeName(entry.fileNameRaw) });
      zip.readEntry();
    });
    zip.readEntry();
  });
  for (const { entry, name } of entries) assertSafe(archive.name, entry, name);
  return entries;
}

function decodeName(bytes: Buffer): string {
  return (isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("latin1")).replaceAll("\\", "/");
}

const UNIX = 3;
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

function assertSafe(archive: string, entry: Entry, name: string): void {
  const isLink = entry.versionMadeBy >> 8 === UNIX && ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
  const isOutside = name.startsWith("/") || /^[a-z]:/i.test(name) || name.split("/").includes("..") || name.includes("\0");
  if (!isLink && !isOutside) return;
  throw new RunFailure({
    code: "archive-unsafe",
    step: `unpack ${archive}`,
    message: `${archive} contains ${isLink ? "a symbolic link" : "a file that would land outside of it"}: "${name.replace(/[^\x20-\x7e]/g, "?").slice(0, 100)}". No export does that; nothing of it was read.`,
    remedy: "Find out who puts files into the directory, and have the SIS export again.",
  });
}

/** The roster files at the root or in one folder. */
function chooseEntries(archive: string, entries: readonly NamedEntry[]) {
  const files = new Map<ReadFile, { entry: Entry; base: string; name: string }>();
  const ignored: string[] = [];
  const others: string[] = [];
  const seen = new Map<string, { name: string; isFolder: boolean }>();
  for (const { entry, name } of entries) {
    const parts = name.split("/");
    for (const [depth, part] of parts.entries()) if (part !== "") seen.set(part, { name: part, isFolder: depth < parts.length - 1 });
    const base = parts.at(-1) ?? "";
    if (base === "" || base.startsWith(".") || parts[0] === "__MACOSX") continue;
    const parsed = parts.length <= 2 ? parseFileName(base) : null;
    if (parsed !== null && !isReadFile(parsed.file)) others.push(base);
    else if (parsed === null || !isReadFile(parsed.file)) ignored.push(name.slice(0, 100));
    else if (files.has(parsed.file))
      throw invalid(
        archive,
        `contains ${parsed.file}.csv more than once: ${files.get(parsed.file)?.name.slice(0, 100)} and ${name.slice(0, 100)}`,
        false,
      );
    else files.set(parsed.file, { entry, base, name });
  }
  for (const { entry, base } of files.values()) {
    if (entry.isEncrypted()) {
      throw new RunFailure({
        code: "archive-encrypted",
        step: `unpack ${archive}`,
        message: `${archive} is protected by a password (${base}).`,
        remedy: "Turn off the archive's password in the SIS's export; SFTP already encrypts the transfer.",
      });
    }
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
      throw invalid(archive, `uses a compression that Aivo does not know (method ${entry.compressionMethod}) for ${base}`, false);
    assertRatio(archive, base, entry.uncompressedSize, entry.compressedSize);
  }
  const notes = [
    ...(others.length === 0 ? [] : [`Not part of a roster, not used in ${archive}: ${few(others)}.`]),
    ...(ignored.length === 0 ? [] : [`Not read in ${archive}: ${few(ignored)}.`]),
  ];
  const contents = contentsOf([...others, ...ignored], [...seen.values()]);
  return { files, instead: insteadOf([...seen.values()]), contents, notes };
}

function few(names: readonly string[]): string {
  return `${names.slice(0, 10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`;
}

function contentsOf(ignored: readonly string[], seen: readonly { name: string; isFolder: boolean }[]): string {
  const nested = ignored.filter((name) => /\.(zip|7z|rar|gz|tgz|tar)$/i.test(name));
  if (nested.length > 0)
    return `holds ${nested.length === 1 ? "another archive" : "other archives"}, ${nested.slice(0, 5).join(", ")}, and archives inside of archives are not unpacked`;
  if (ignored.length === 0) return "holds no file";
  const said = sentencesOf(seen).replace(/\.$/, "");
  return `holds ${ignored.slice(0, 5).join(", ")}${ignored.length > 5 ? ` and ${ignored.length - 5} more` : ""}${said === "" ? "" : `; ${said}`}`;
}

async function* inflate(
  zip: ZipFile,
  entry: Entry,
  archive: { name: string; isRecent: boolean },
  base: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  const damaged = (cause: unknown) => invalid(archive.name, `is damaged in ${base}`, archive.isRecent, cause);
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(damaged(error))));
  });
  let checksum = 0;
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      if (signal.aborted) throw new RunCancelled();
      const piece = chunk as Buffer;
      bytes += piece.length;
      assertRatio(archive.name, base, bytes, entry.compressedSize);
      onBytes(piece.length);
      checksum = crc32(piece, checksum);
      yield piece;
    }
  } catch (error) {
    throw error instanceof RunFailure || error instanceof RunCancelled ? error : damaged(error);
  }
  if (bytes !== entry.uncompressedSize || checksum !== entry.crc32) throw damaged(undefined);
}

function assertRatio(archive: string, base: string, bytes: number, compressedBytes: number): void {
  if (bytes > archiveLimits.ratioFloorBytes && bytes > compressedBytes * archiveLimits.ratio)
    throw bomb(archive, `unpacks ${base} to more than ${archiveLimits.ratio} times its size`);
}

function bomb(archive: string, what: string): RunFailure {
  return new RunFailure({
    code: "archive-bomb",
    step: `unpack ${archive}`,
    message: `${archive} ${what}; no roster does, so reading it was stopped.`,
    remedy: "Check that the archive is the SIS's export. If it is, upload the files without zipping them.",
  });
}

function invalid(archive: string, what: string, isRecent: boolean, cause?: unknown): RunFailure {
  return new RunFailure(
    {
      code: "archive-invalid",
      step: `unpack ${archive}`,
      message: `${archive} ${what}.`,
      remedy:
        "Upload the archive again, completely. If it happens often, schedule the sync later than the upload, or upload under another name and rename at the end.",
      transient: isRecent,
    },
    { cause },
  );
}
