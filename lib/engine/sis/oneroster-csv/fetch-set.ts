/** From credentials to the files of one set in the spool. */
import { mkdir } from "node:fs/promises";
import { resolveTarget } from "#lib/engine/sis/address.ts";
import type { OneRosterCsvCredentials } from "#lib/engine/sis/credentials.ts";
import { backoffMs, causeOf, type Patience } from "#lib/engine/sis/patience.ts";
import type { ReadProgress, SourceContext } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { unpack } from "./archive.ts";
import { downloadStable } from "./download.ts";
import { isReadFile, type ReadFile } from "./files.ts";
import type { Instead } from "./instead.ts";
import { dayFolders, type Located, locateSet, nothingFound } from "./locate.ts";
import { openSession, type RemoteEntry, type SftpSession } from "./session.ts";
import { isNoSuchFile, isStatus } from "./sftp-failures.ts";
import { openSocket } from "./socket.ts";
import type { Spooled } from "./spool.ts";

export interface SetFile extends Spooled {
  readonly modified: Date;
}

/** A set in the spool. */
export interface FetchedSet {
  readonly files: ReadonlyMap<ReadFile, SetFile>;
  /** What stands where files are not. */
  readonly instead: Instead;
  readonly notes: readonly string[];
}

export interface FetchRequest {
  readonly credentials: OneRosterCsvCredentials;
  readonly context: SourceContext;
  readonly patience: Patience;
  readonly onProgress: (progress: ReadProgress) => void;
}

/** Connects, finds, downloads and unpacks; tries again what may pass. @throws RunFailure, RunCancelled */
export async function fetchSet(request: FetchRequest): Promise<FetchedSet> {
  const { patience, context } = request;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(request);
    } catch (error) {
      if (!(error instanceof RunFailure) || !error.transient || attempt >= patience.attempts) throw error;
      const isOver = context.onWait?.({ cause: causeOf(error), place: error.step, beginsAgain: true });
      await patience.wait(backoffMs(attempt, patience.random), context.signal);
      isOver?.();
    }
  }
}

async function fetchOnce(request: FetchRequest): Promise<FetchedSet> {
  const { credentials, context, patience } = request;
  const { signal, trustedOrigins } = context;
  await mkdir(context.spoolDirectory, { recursive: true, mode: 0o700 });
  const target = await resolveTarget({ scheme: "sftp", host: credentials.host, port: credentials.port, trustedOrigins, signal });
  const socket = await openSocket(target, patience, signal);
  const session = await openSession({ socket, target, credentials, patience, signal });
  try {
    return await takeSet(session, await findSet(session, await openDirectory(session, credentials.directory)), request);
  } finally {
    session.close();
  }
}

export interface FoundSet {
  /** The folder that the set is in: the directory or a subfolder of it. */
  readonly folder: string;
  readonly located: Exclude<Located, { kind: "none" }>;
  readonly notes: readonly string[];
}

export interface OpenedDirectory {
  /** Absolute. */
  readonly folder: string;
  readonly entries: readonly RemoteEntry[];
}

/** @throws RunFailure `directory-missing`, `permission` */
export async function openDirectory(session: SftpSession, directory: string): Promise<OpenedDirectory> {
  const folder = await absolutePath(session, directory);
  return { folder, entries: await listDirectory(session, folder) };
}

/** Looks for the set in the directory, then in its subfolders. @throws RunFailure `no-files` */
export async function findSet(session: SftpSession, { folder, entries }: OpenedDirectory): Promise<FoundSet> {
  const here = locateSet(entries);
  if (here.kind === "archives" || (here.kind === "files" && here.isComplete)) return { folder, located: here, notes: [] };
  for (const { name } of dayFolders(entries)) {
    const path = `${folder === "/" ? "" : folder}/${name}`;
    const inside = await session.list(path, `list the folder ${name}`).catch((error: unknown) => {
      if (isStatus(error)) return [];
      throw error;
    });
    const located = locateSet(inside);
    if (located.kind === "archives" || (located.kind === "files" && located.isComplete))
      return { folder: path, located, notes: [`Read from the folder ${name}.`] };
  }
  if (here.kind === "none") throw nothingFound(folder, entries);
  return { folder, located: here, notes: [] };
}

/** @returns the absolute path. Servers disagree whether this already fails for one that is not there. */
async function absolutePath(session: SftpSession, directory: string): Promise<string> {
  const path = directory === "" ? "." : directory.replace(/^~\/?/, "./");
  try {
    return await session.realPath(path);
  } catch (error) {
    if (isNoSuchFile(error)) throw directoryMissing(directory, error);
    throw error;
  }
}

async function listDirectory(session: SftpSession, path: string): Promise<RemoteEntry[]> {
  try {
    return await session.list(path);
  } catch (error) {
    if (!isStatus(error)) throw error;
    // What it is tells more than the status: OpenSSH says "no such file" of a file where a directory was asked for.
    const found = await session.stat(path, "look at the directory");
    if (found === null || found.kind === "folder") throw found === null ? directoryMissing(path, error) : error;
    throw new RunFailure(
      {
        code: "directory-missing",
        step: "open the directory",
        message: `${path} is a file, not a directory.`,
        remedy: "Enter the directory that the file is in; Aivo finds the files by itself.",
      },
      { cause: error },
    );
  }
}

function directoryMissing(directory: string, cause: unknown): RunFailure {
  return new RunFailure(
    {
      code: "directory-missing",
      step: "open the directory",
      message: `There is no directory ${directory} on the server, or the account may not see it.`,
      remedy: "Check the remote directory: upper and lower case count, and a path without / at its start begins where the account is put.",
    },
    { cause },
  );
}

/** Downloads what was found. Instead of an archive without a single roster file the next newest is taken, or the loose files. */
export async function takeSet(session: SftpSession, found: FoundSet, request: FetchRequest): Promise<FetchedSet> {
  const { located, folder } = found;
  const { context, patience, onProgress } = request;
  const download = (entries: readonly RemoteEntry[], isText: boolean) =>
    downloadStable(session, { folder, entries, isText, context, patience, onProgress });
  const notes = [...found.notes, ...located.notes];
  if (located.kind === "files") {
    const wanted = located.files.filter(({ file }) => isReadFile(file));
    const downloaded = new Map(
      (
        await download(
          wanted.map(({ entry }) => entry),
          true,
        )
      ).map((file) => [file.name, file]),
    );
    const files = new Map<ReadFile, SetFile>();
    for (const { entry, file } of wanted) {
      const spooled = downloaded.get(entry.name);
      if (spooled !== undefined && isReadFile(file)) files.set(file, spooled);
    }
    return { files, instead: located.instead, notes };
  }

  const inside: string[] = [];
  for (const entry of located.archives.slice(0, 3)) {
    const [archive] = await download([entry], false);
    if (archive === undefined) continue;
    const isRecent = context.now().getTime() - archive.modified.getTime() < 600_000;
    const unpacked = await unpack({ path: archive.path, name: archive.name, isRecent }, context.spoolDirectory, context.signal);
    if (unpacked.files.size > 0) return { ...unpacked, notes: [...notes, ...unpacked.notes] };
    notes.push(`${entry.name} holds no roster file and was passed over.`);
    inside.push(`${entry.name} ${unpacked.contents}.`);
  }
  const loose = locateSet(located.beside);
  if (loose.kind === "files")
    return takeSet(session, { folder, located: loose, notes: notes.filter((note) => !located.notes.includes(note)) }, request);
  throw nothingFound(folder, [...located.archives, ...located.beside], inside);
}
