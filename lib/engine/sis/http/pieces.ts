/** Bytes of an answer on their way to being text, and how much of it is too much. */
import { isAscii } from "node:buffer";

/** More than is read. `what` completes "answered 200 (OK) …"; `isLarge` where fewer records may be less. */
export class TooMuch extends Error {
  readonly what: string;
  readonly isLarge: boolean;

  constructor(what: string, isLarge = false) {
    super(what);
    this.name = "TooMuch";
    this.what = what;
    this.isLarge = isLarge;
  }
}

/** White space of JSON. */
export const isBlank = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** Bytes put aside until their text is wanted. */
export class Pieces {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @throws TooMuch */
  add(piece: Buffer, most: number): void {
    this.#bytes += piece.length;
    if (this.#bytes > most) throw new TooMuch(`with more than ${inWords(most)} in one record or beside the records`, true);
    if (piece.length > 0) this.#pieces.push(piece);
  }

  /** @param around what stands before and behind them: put together here, the text need not be copied once more */
  text(around?: readonly [Buffer, Buffer]): string {
    const [first] = this.#pieces;
    if (around === undefined && this.#pieces.length === 1 && first !== undefined) return decoded(first);
    return decoded(Buffer.concat(around === undefined ? this.#pieces : [around[0], ...this.#pieces, around[1]]));
  }

  /** The last bytes as text; asked for at each list, so that it must not depend on how many there are. */
  tail(bytes: number): string {
    const last: Buffer[] = [];
    let missing = bytes;
    for (let at = this.#pieces.length - 1; at >= 0 && missing > 0; at--) {
      const piece = this.#pieces[at]?.subarray(-missing) ?? Buffer.alloc(0);
      last.unshift(piece);
      missing -= piece.length;
    }
    return Buffer.concat(last).toString("utf8");
  }

  isBlank(): boolean {
    return this.#pieces.every((piece) => piece.every(isBlank));
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
  }
}

/** Rosters are nearly all ASCII, which needs no decoding: a third of the time that parsing takes. */
function decoded(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString("latin1") : bytes.toString("utf8");
}

export function inWords(bytes: number): string {
  return bytes >= 1_048_576 ? `${Math.round(bytes / 1_048_576)} MB` : `${Math.round(bytes / 1024)} KB`;
}
