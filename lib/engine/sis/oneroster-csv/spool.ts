import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { RunFailure } from "#lib/platform/errors.ts";
import { type DetectedEncoding, decode, EncodingDetector, zeroBytes } from "./encoding.ts";

/** Bounds of what is taken onto the disk. */
export const limits = { fileBytes: 2 * 1024 ** 3, setBytes: 4 * 1024 ** 3 } as const;

export interface Spooled {
  /** As the SIS named it. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly encoding: DetectedEncoding | null;
  /** Only the begin of the file, as a test of the connection takes it. */
  readonly isHead: boolean;
}

/**
 * Writes a stream to a private file, hashing it as it passes; of text also its encoding is found out.
 * @throws RunFailure `file-too-large`, `file-encoding`, `disk-full`, or whatever the stream throws
 */
export async function spool(
  bytes: AsyncIterable<Buffer>,
  target: { path: string; name: string; isText: boolean; isHead?: boolean },
): Promise<Spooled> {
  const { path, name } = target;
  const hash = createHash("sha256");
  const detector = target.isText ? new EncodingDetector(name) : null;
  const file = await open(path, "w", 0o600).catch(diskFailure);
  let total = 0;
  try {
    for await (const piece of bytes) {
      total += piece.length;
      if (total > limits.fileBytes) throw tooLarge(name, total);
      hash.update(piece);
      detector?.push(piece);
      await file.writeFile(piece).catch(diskFailure);
    }
  } finally {
    await file.close();
  }
  return { name, path, bytes: total, sha256: hash.digest("hex"), encoding: detector?.end() ?? null, isHead: target.isHead ?? false };
}

/** A spooled file as text, in pieces. @throws RunFailure `file-encoding` */
export async function* textOf(file: Spooled): AsyncGenerator<string> {
  if (file.encoding === null) throw new Error(`${file.name} was not spooled as text`);
  // Bytes of zero were refused before, but UTF-16 has a character of that number too, which no database stores.
  const mayHoldZeros = file.encoding.encoding.startsWith("utf-16");
  for await (const text of decode(createReadStream(file.path, { highWaterMark: 65_536 }), file.encoding)) {
    if (mayHoldZeros && text.includes("\0")) throw zeroBytes(file.name);
    yield text;
  }
}

export function tooLarge(name: string, bytes: number): RunFailure {
  return new RunFailure({
    code: "file-too-large",
    step: `download ${name}`,
    message: `${name} has ${Math.round(bytes / 1024 ** 2)} MiB or more; Aivo reads up to ${limits.fileBytes / 1024 ** 3} GiB a file and ${limits.setBytes / 1024 ** 3} GiB a set.`,
    remedy: "Check that this is the roster export. If the district really is that large, ask Aivo's operator.",
  });
}

function diskFailure(cause: NodeJS.ErrnoException): never {
  const isFull = cause.code === "ENOSPC" || cause.code === "EDQUOT";
  throw new RunFailure(
    {
      code: isFull ? "disk-full" : "internal",
      step: "download",
      message: isFull
        ? "There is no room left on Aivo's disk for the download."
        : `Aivo could not write the download to its disk (${cause.code ?? "unknown"}).`,
      remedy: "Aivo's operator has to make room or repair the spool directory; then run the sync again.",
    },
    { cause },
  );
}
