import { Readable } from "node:stream";
import { ZipFile } from "yazl";

/** A file of an archive: its text is asked for when its turn has come, and leaves as fast as the reader takes it. */
export interface ZipEntry {
  readonly name: string;
  readonly text: () => AsyncIterable<string>;
}

/**
 * An archive as a stream, one file after the other, with the memory of a few blocks. It ends with the error of whatever could not be read,
 * which leaves a file without its directory: no program takes it for a whole one.
 */
export function zipStream(entries: readonly ZipEntry[], at: Date): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on("error", (error: Error) => output.destroy(error));
  for (const { name, text } of entries) {
    zip.addReadStreamLazy(name, { mtime: at, mode: 0o100600 }, (take) => {
      const stream = Readable.from(inBlocks(text()));
      // A reader that leaves lets go of what is being read.
      const letGo = () => void stream.destroy();
      output.once("close", letGo);
      stream.once("close", () => output.off("close", letGo));
      stream.once("error", (error) => output.destroy(error));
      take(null, stream);
    });
  }
  zip.end();
  return output;
}

const blockLength = 65_536;

/** Few large pieces instead of many small ones. */
async function* inBlocks(text: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block = "";
  for await (const piece of text) {
    block += piece;
    if (block.length < blockLength) continue;
    yield Buffer.from(block);
    block = "";
  }
  if (block !== "") yield Buffer.from(block);
}
