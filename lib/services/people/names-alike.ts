import { slipsBetween } from "#lib/platform/slips.ts";
import { neighboursOf } from "#lib/roster/nearest-id.ts";
import { wordsOf } from "./search.ts";

/** So many names of one beginning, or of a list, are compared, and no more in a district of millions. */
export const mostNames = 20_000;

/** A name that is nearly a word. */
export interface NearName {
  /** As it is written. */
  readonly name: string;
  /** What of it is like the word: all of it, or one of its parts. */
  readonly part: string;
  /** Slips between them, and half a one where the word only begins it. */
  readonly slips: number;
}

/** Letters that no accent makes. */
const ownLetters: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** A name without what is mistyped and left out most: case, accents, apostrophes, hyphens and blanks. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/[ßæœøłđðþı]/g, (letter) => ownLetters[letter] ?? letter);
}

/** Shorter words are like too many names. */
const shortest = 3;
/** From so many letters on two slips are forgiven. */
const long = 7;

/** Whether a word may be a name that somebody mistyped: numbers, addresses and initials are not. */
export const isName = (word: string) => !/[\d@]/.test(word) && plainName(word).length >= shortest;

const beginning = 3;

/**
 * How every name begins that is nearly the word: a few beginnings, each of which an index looks up. Whatever is one slip away from a word has a
 * beginning that is at most one slip away from the word's.
 */
export function beginningsAlike(word: string): readonly string[] {
  const start = [...plainName(word)].slice(0, beginning).join("");
  const all = [start, ...neighboursOf(start).keys()];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)));
}

/** Those of the names that are nearly the word, the nearest first. */
export function namesAlike(word: string, names: Iterable<string>): readonly NearName[] {
  const plain = plainName(word);
  const most = plain.length < long ? 1 : 2;
  const found: NearName[] = [];
  for (const name of names) {
    let nearest: NearName | null = null;
    for (const part of partsOf(name)) {
      const slips = slipsOf(plain, plainName(part), most);
      if (slips !== null && slips < (nearest?.slips ?? Number.POSITIVE_INFINITY)) nearest = { name, part, slips };
    }
    if (nearest !== null) found.push(nearest);
  }
  return found.sort((one, other) => one.slips - other.slips || (one.part < other.part ? -1 : 1));
}

function slipsOf(word: string, name: string, most: number): number | null {
  const { whole, beginning } = slipsBetween(word, name, most);
  if (whole <= most) return whole;
  return word.length > shortest && beginning <= 1 ? beginning + 0.5 : null;
}

/** The name, and of one of several words each. */
function partsOf(name: string): readonly string[] {
  const parts = name.split(/[^\p{L}\p{M}\p{N}]+/u).filter((part) => part.length >= shortest);
  return parts.length > 1 || parts[0] !== name ? [name, ...parts] : parts;
}

/** As it was written, each word in its place. */
export function put(text: string, words: readonly string[], meant: readonly string[]): string {
  const isAsWritten = words.length === wordsOf(text).length;
  if (!isAsWritten) return meant.join(" ");
  let at = 0;
  return text
    .trim()
    .split(/([\s,;]+)/)
    .map((piece, place) => {
      if (place % 2 === 1 || piece === "") return piece;
      at += 1;
      const word = meant[at - 1];
      return word === undefined || word === piece.toLowerCase() ? piece : word;
    })
    .join("");
}

const mostTexts = 3;

/** By which texts one of the names is found that has each word of a text or nearly so, the nearest first. */
export function textsAlike(text: string, names: readonly string[]): readonly string[] {
  const words = wordsOf(text);
  const found = names.flatMap((name) => {
    const each = words.map((word) =>
      name.toLowerCase().includes(word) ? { part: word, slips: 0 } : isName(word) ? namesAlike(word, [name])[0] : undefined,
    );
    const meant = each.flatMap((one) => one ?? []);
    return meant.length < words.length
      ? []
      : [
          {
            slips: meant.reduce((sum, { slips }) => sum + slips, 0),
            text: put(
              text,
              words,
              meant.map(({ part }) => part),
            ),
          },
        ];
  });
  return [...new Set(found.sort((one, other) => one.slips - other.slips).map((one) => one.text))].slice(0, mostTexts);
}
