import { buffer } from "node:stream/consumers";
import { fromBuffer } from "yauzl";

/** The files of an archive, by their names, as text. */
export function unzip(bytes: Buffer): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const files: Record<string, string> = {};
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on("entry", (entry) =>
        zip.openReadStream(entry, async (failure, stream) => {
          if (failure) return reject(failure);
          files[entry.fileName] = (await buffer(stream)).toString("utf8");
          zip.readEntry();
        }),
      );
      zip.on("end", () => resolve(files));
      zip.readEntry();
    });
  });
}
