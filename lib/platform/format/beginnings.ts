/** A piece of a text, and whether somebody looks for it. */
export interface Piece {
  readonly text: string;
  readonly isSought: boolean;
}

/** Where a word begins: at the start, and after whatever is neither letter nor digit. */
const isInside = /[\p{L}\p{N}]/u;

/**
 * The text in pieces, those marked that begin one of its words and that one of `words` (lower-case) is: "Anika Banerjee" by "ban" is "Anika ",
 * "Ban" (sought), "erjee".
 */
export function beginnings(text: string, words: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let plainFrom = 0;
  let at = 0;
  while (at < text.length) {
    const sought = at === 0 || !isInside.test(text.charAt(at - 1)) ? longestAt(text, at, words) : 0;
    if (sought === 0) {
      at += 1;
      continue;
    }
    if (plainFrom < at) pieces.push({ text: text.slice(plainFrom, at), isSought: false });
    pieces.push({ text: text.slice(at, at + sought), isSought: true });
    at += sought;
    plainFrom = at;
  }
  if (plainFrom < text.length) pieces.push({ text: text.slice(plainFrom), isSought: false });
  return pieces;
}

function longestAt(text: string, at: number, words: readonly string[]): number {
  let longest = 0;
  for (const word of words) if (word.length > longest && text.slice(at, at + word.length).toLowerCase() === word) longest = word.length;
  return longest;
}

/** Whether each of `words` (lower-case) begins a word of the text, in any order. */
export function beginsWithAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => beginnings(text, [word]).some(({ isSought }) => isSought));
}
