/**
 * What a file's bytes are as text. Decided over the whole file while it streams by, because a single byte that is not
 * UTF-8 may stand in its last line; decoded in a second pass, as streams as well.
 */
import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { RunFailure } from "#lib/platform/errors.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export interface DetectedEncoding {
  readonly encoding: Encoding;
  /** Bytes of the byte order mark at the start. */
  readonly markBytes: number;
  /** The file ends inside a character: it was cut off. */
  readonly endsInCharacter: boolean;
}

const EMPTY = Buffer.alloc(0);

/** Takes a file's bytes in order and says at the end what they are. */
export class EncodingDetector {
  readonly #file: string;
  #utf16: { encoding: "utf-16le" | "utf-16be"; markBytes: number } | null = null;
  #markBytes = 0;
  #isUtf8 = true;
  /** The begin of a character that the last piece ended in. */
  #open: Buffer = EMPTY;
  #bytes = 0;
  #head: Buffer | null = EMPTY;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws RunFailure `file-encoding` for zero bytes in what is not UTF-16, and for what begins like another kind of file */
  push(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#head === null) {
      this.#check(piece);
      return;
    }
    // A copy: whoever hands a piece over may use its memory again.
    this.#head = Buffer.concat([this.#head, piece]);
    if (this.#head.length >= 512) this.#begin();
  }

  end(): DetectedEncoding {
    if (this.#head !== null) this.#begin();
    if (this.#utf16 !== null) return { ...this.#utf16, endsInCharacter: this.#bytes % 2 === 1 };
    const isUtf8File = this.#isUtf8;
    return {
      encoding: isUtf8File ? "utf-8" : "windows-1252",
      markBytes: this.#markBytes,
      endsInCharacter: isUtf8File && this.#open.length > 0,
    };
  }

  #begin(): void {
    const head = this.#head ?? EMPTY;
    this.#head = null;
    const other = formats.find(([, magic]) => head.subarray(0, magic.length).equals(magic))?.[0];
    if (other !== undefined) throw otherFormat(this.#file, other);
    if (head[0] === 0xff && head[1] === 0xfe) this.#utf16 = { encoding: "utf-16le", markBytes: 2 };
    else if (head[0] === 0xfe && head[1] === 0xff) this.#utf16 = { encoding: "utf-16be", markBytes: 2 };
    else if (isUtf8Mark(head)) this.#markBytes = 3;
    else this.#utf16 = zeroBytesSay(head);
    this.#check(head);
  }

  #check(piece: Buffer): void {
    if (this.#utf16 !== null) return;
    if (piece.includes(0)) throw zeroBytes(this.#file);
    if (!this.#isUtf8) return;
    const whole = this.#open.length === 0 ? piece : Buffer.concat([this.#open, piece]);
    const cut = whole.length - openBytes(whole);
    this.#isUtf8 = isUtf8(whole.subarray(0, cut));
    this.#open = Buffer.from(whole.subarray(cut));
  }
}

/** What other files begin with, however they are named. */
const formats: readonly (readonly [string, Buffer])[] = [
  ["an Excel workbook or a zip archive", Buffer.from("PK\x03\x04", "latin1")],
  ["an old Excel workbook", Buffer.from("d0cf11e0", "hex")],
  ["a file compressed with gzip", Buffer.from("1f8b", "hex")],
  ["a PDF document", Buffer.from("%PDF-")],
];

function otherFormat(file: string, what: string): RunFailure {
  return new RunFailure({
    code: "file-encoding",
    step: `read ${file}`,
    message: `${file} is ${what}, not a CSV file, whatever its name says.`,
    remedy: "Have the SIS export CSV. Renaming a file does not turn it into one; a spreadsheet has to be saved as CSV in UTF-8.",
  });
}

export function zeroBytes(file: string): RunFailure {
  return new RunFailure({
    code: "file-encoding",
    step: `read ${file}`,
    message: `${file} contains zero bytes: it is damaged, still being written, or no text at all.`,
    remedy: "Export and upload the file again, as CSV in UTF-8.",
  });
}

/**
 * Bytes in pieces → text in pieces. A character split between pieces is put together.
 *
 * A file with bytes that are not UTF-8 is read line by line as what the line is: a file glued together from two exports
 * then keeps the names of both.
 */
export async function* decode(bytes: AsyncIterable<Buffer>, { encoding, markBytes }: DetectedEncoding): AsyncGenerator<string> {
  let toSkip = markBytes;
  const decoder = encoding === "windows-1252" ? new LineDecoder() : new TextDecoder(encoding, { ignoreBOM: true });
  for await (const piece of bytes) {
    const rest = toSkip === 0 ? piece : piece.subarray(toSkip);
    toSkip = Math.max(0, toSkip - piece.length);
    const text = decoder.decode(rest, { stream: true });
    if (text !== "") yield text;
  }
  const text = decoder.decode(EMPTY, { stream: false });
  if (text !== "") yield text;
}

class LineDecoder {
  #rest: Buffer = EMPTY;

  decode(piece: Buffer, { stream }: { stream: boolean }): string {
    const whole = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    // A file whose lines end with CR has no LF to cut at; then its pieces are decoded as they come.
    const lastEnd = whole.lastIndexOf(10) + 1;
    const cut = !stream || (lastEnd === 0 && whole.length > 65_536) ? whole.length : lastEnd;
    this.#rest = Buffer.from(whole.subarray(cut));
    const lines = whole.subarray(0, cut);
    if (isUtf8(lines)) return lines.toString("utf8");
    let text = "";
    for (let start = 0; start < cut; ) {
      const end = lines.indexOf(10, start);
      const line = lines.subarray(start, end === -1 ? cut : end + 1);
      text += isUtf8(line) ? line.toString("utf8") : iconv.decode(line, "windows-1252");
      start += line.length;
    }
    return text;
  }
}

function isUtf8Mark(head: Buffer): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
}

/** UTF-16 without a mark: in a header, which is ASCII, every other byte is zero. */
function zeroBytesSay(head: Buffer): { encoding: "utf-16le" | "utf-16be"; markBytes: number } | null {
  const pairs = Math.floor(Math.min(head.length, 64) / 2);
  if (pairs < 4) return null;
  let first = 0;
  let second = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) first += 1;
    if (head[at + 1] === 0) second += 1;
  }
  if (second >= pairs * 0.9 && first === 0) return { encoding: "utf-16le", markBytes: 0 };
  if (first >= pairs * 0.9 && second === 0) return { encoding: "utf-16be", markBytes: 0 };
  return null;
}

/** How many bytes at the end begin a UTF-8 character that needs more. */
function openBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}
