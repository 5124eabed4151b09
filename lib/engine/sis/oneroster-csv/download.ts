/**
 * Downloads that can be trusted: each file is looked at before and after, and one that changed meanwhile is read again
 * after a wait, because reading a half-uploaded set would look like withdrawals.
 */
import { join } from "node:path";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { ReadProgress, SourceContext } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { RemoteEntry, SftpSession } from "./session.ts";
import { limits, type Spooled, spool, tooLarge } from "./spool.ts";

export interface Downloaded extends Spooled {
  readonly modified: Date;
}

/** The protocol's times are whole seconds, so that within these a second change may not show. */
const RECENT_MS = 2_000;

export interface DownloadRequest {
  readonly folder: string;
  readonly entries: readonly RemoteEntry[];
  readonly isText: boolean;
  readonly context: SourceContext;
  readonly patience: Patience;
  readonly onProgress: (progress: ReadProgress) => void;
}

/**
 * Takes the files of one remote folder into the spool.
 * @throws RunFailure `file-changing`, `file-too-large`, or what the session throws
 */
export async function downloadStable(session: SftpSession, request: DownloadRequest): Promise<Downloaded[]> {
  const { folder, context, patience, isText } = request;
  const pathOf = (name: string) => `${folder === "/" ? "" : folder}/${name}`;
  const downloaded = new Map<string, Downloaded>();
  let pending = request.entries;
  for (let attempt = 1; ; attempt += 1) {
    assertSizes(pending);
    const progress = progressOf(pending, isText, request.onProgress);
    const results = await Promise.allSettled(
      pending.map(async (entry): Promise<Downloaded> => {
        const what = `download ${entry.name}`;
        const bytes = counted(session.read(pathOf(entry.name), entry.size, what), entry.name, progress);
        const path = join(context.spoolDirectory, isText ? `${entry.name.toLowerCase().replace(/[^a-z0-9._-]/g, "_")}` : "archive.zip");
        const spooled = await spool(bytes, { path, name: entry.name, isText });
        progress.end(entry.name);
        return { ...spooled, modified: entry.modified };
      }),
    );
    for (const result of results) {
      // What looks damaged may just be changing, which is looked at first.
      if (result.status === "fulfilled") downloaded.set(result.value.name, result.value);
      else if (!(result.reason instanceof RunFailure) || result.reason.code !== "file-encoding") throw result.reason;
    }

    const before = new Map(pending.map((entry) => [entry.name, entry]));
    const newest = Math.max(...request.entries.map(({ modified }) => modified.getTime()));
    if (Math.abs(context.now().getTime() - newest) < RECENT_MS) await waitForChange(request, RECENT_MS);
    // All files, not only the last ones: one may be replaced while another is read.
    const after = await Promise.all(request.entries.map(({ name }) => session.stat(pathOf(name), `look at ${name} again`)));
    const changed: RemoteEntry[] = [];
    request.entries.forEach(({ name }, index) => {
      const now = after[index] ?? null;
      const read = downloaded.get(name);
      const seen = before.get(name);
      const size = seen?.size ?? read?.bytes;
      const modified = seen?.modified ?? read?.modified;
      const isSame = now !== null && now.size === size && now.modified.getTime() === modified?.getTime();
      const isWhole = read === undefined || read.bytes === size;
      if (!isSame || !isWhole) changed.push(now === null ? { name, kind: "file", size: 0, modified: new Date(0) } : { ...now, name });
    });
    if (changed.length === 0) {
      for (const result of results) if (result.status === "rejected") throw result.reason;
      return request.entries.flatMap(({ name }) => downloaded.get(name) ?? []);
    }
    const names = changed.map(({ name }) => name).join(", ");
    if (attempt === patience.stableAttempts) {
      throw new RunFailure({
        code: "file-changing",
        step: `download ${changed[0]?.name ?? ""}`,
        message: `${names} changed each time Aivo read ${changed.length === 1 ? "it" : "them"} (${patience.stableAttempts} times): the upload is still going on.`,
        remedy: "Sync later than the SIS's upload ends, or have the SIS upload under another name and rename at the end.",
      });
    }
    await waitForChange(request, patience.stableWaitMs, changed[0]?.name);
    pending = await again(session, changed, pathOf);
  }
}

async function waitForChange(
  { context, patience }: Pick<DownloadRequest, "context" | "patience">,
  ms: number,
  name = "the set",
): Promise<void> {
  const isOver = context.onWait?.({ cause: "changing", place: name });
  await patience.wait(ms, context.signal);
  isOver?.();
}

async function again(session: SftpSession, changed: readonly RemoteEntry[], pathOf: (name: string) => string): Promise<RemoteEntry[]> {
  return Promise.all(
    changed.map(async ({ name }) => {
      const now = await session.stat(pathOf(name), `look at ${name} again`);
      if (now !== null) return { ...now, name };
      throw new RunFailure({
        code: "file-missing",
        step: `download ${name}`,
        message: `${name} was taken away while it was being read.`,
        remedy: "If the export is just being replaced, the next sync will find it. Otherwise check what else works in the directory.",
        transient: true,
      });
    }),
  );
}

function assertSizes(entries: readonly RemoteEntry[]): void {
  for (const { name, size } of entries) if (size > limits.fileBytes) throw tooLarge(name, size);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > limits.setBytes) throw tooLarge("The set", total);
}

interface Progress {
  add(part: string, piece: Buffer): void;
  end(part: string): void;
}

/** Each file begins at once. Its lines are counted as they pass, which are its rows and a header, but for values with a line end in them. */
function progressOf(entries: readonly RemoteEntry[], isText: boolean, onProgress: (progress: ReadProgress) => void): Progress {
  const totalBytes = entries.reduce((sum, { size }) => sum + size, 0);
  const lines = new Map(entries.map(({ name }) => [name, 0]));
  let doneBytes = 0;
  let told = 0;
  const tell = (part: string, isEnd = false) => {
    const rows = isText ? Math.max(0, (lines.get(part) ?? 0) - 1) : null;
    onProgress({ doneBytes, totalBytes, part, rows, isEnd });
  };
  for (const { name } of entries) tell(name);
  return {
    add(part, piece) {
      doneBytes += piece.length;
      if (isText) lines.set(part, (lines.get(part) ?? 0) + lineEnds(piece));
      // A hundred steps and the last, not one for each packet.
      if (doneBytes - told < totalBytes / 100 && doneBytes < totalBytes) return;
      told = doneBytes;
      tell(part);
    },
    end: (part) => tell(part, true),
  };
}

function lineEnds(piece: Buffer): number {
  let count = 0;
  for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) count++;
  return count;
}

async function* counted(pieces: AsyncIterable<Buffer>, part: string, progress: Progress): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    progress.add(part, piece);
    yield piece;
  }
}
