import { areNicknames } from "./nicknames.ts";

/** same: one name, however it is written. close: a typing error apart. unknown: blank on one side. */
export type PartVerdict = "same" | "close" | "other" | "unknown";

export interface FullName {
  readonly givenName: string;
  readonly familyName: string;
}

/** What two people's names say, part by part and as a whole: `other` where no part has anything in common. */
export interface NameVerdict {
  readonly given: PartVerdict;
  readonly family: PartVerdict;
  readonly whole: "same" | "partly" | "other" | "unknown";
}

/** Many families' or nobody's own: Van Dyke is not Van Buren. */
const particles: ReadonlySet<string> = new Set(
  "al el bin bint ben ibn abu de del della di da das do dos du la las le les los van von der den ter ten zu y e st san santa jr sr ii iii iv".split(
    " ",
  ),
);

/**
 * Compares names as a person at a desk would: letter case, accents, spaces, hyphens and apostrophes do not count; nor do middle
 * names, initials, nicknames, half of a double name, the order of given and family name, and where the line between them is drawn.
 */
export function compareNames(a: FullName, b: FullName): NameVerdict {
  if (a.givenName === b.givenName && a.familyName === b.familyName) return { given: "same", family: "same", whole: "same" };
  const [givenA, familyA] = [wordsOf(a.givenName), wordsOf(a.familyName)];
  const [givenB, familyB] = [wordsOf(b.givenName), wordsOf(b.familyName)];
  const given = comparePart(givenA, givenB, true);
  const family = comparePart(familyA, familyB, false);
  return { given, family, whole: haveSameWords([...givenA, ...familyA], [...givenB, ...familyB]) ? "same" : wholeOf(given, family) };
}

type Words = readonly string[];

function wholeOf(given: PartVerdict, family: PartVerdict): NameVerdict["whole"] {
  const parts = [given, family];
  const has = (verdict: PartVerdict) => parts.includes(verdict);
  if (has("other")) return has("same") || has("close") ? "partly" : "other";
  if (has("close")) return "partly";
  return has("same") ? "same" : "unknown";
}

/** Ü and UE, Ø and OE are one; scripts that have no letter case stay as they are. */
const spelt: Readonly<Record<string, string>> = { ß: "ss", æ: "a", œ: "o", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ĳ: "ij" };

/** Lower case without accents, apostrophes and the second letter of a spelt-out umlaut. */
export function foldName(name: string): string {
  const folded = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\p{M}'’ʼ`´]/gu, "");
  return folded.replace(/[ßæœøłđðþıĳ]/g, (letter) => spelt[letter] ?? letter).replace(/([aou])e/g, "$1");
}

/** The words of a name, folded; each letter of "J.R." is one. */
export function wordsOf(name: string): string[] {
  return foldName(name).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function comparePart(a: Words, b: Words, isGiven: boolean): PartVerdict {
  if (a.length === 0 || b.length === 0) return "unknown";
  const [joinedA, joinedB] = [a.join(""), b.join("")];
  if (joinedA === joinedB) return "same";
  const [ownA, ownB] = [withoutParticles(a), withoutParticles(b)];
  if (ownA.some((word) => ownB.some((other) => areOneWord(word, other, isGiven)))) return "same";
  return isTypingError(joinedA, joinedB) ? "close" : "other";
}

function withoutParticles(words: Words): Words {
  const own = words.filter((word) => !particles.has(word));
  return own.length === 0 ? [words.join("")] : own;
}

function areOneWord(a: string, b: string, isGiven: boolean): boolean {
  if (a === b) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (/^\p{Ll}$/u.test(short)) return long.startsWith(short);
  return isGiven && ((short.length >= 3 && long.startsWith(short)) || areNicknames(a, b));
}

/** The same words, or all of the shorter name's in the longer one's: given and family name exchanged, a middle name dropped. */
function haveSameWords(a: Words, b: Words): boolean {
  const [short, long] = [new Set(withoutParticles(a)), new Set(withoutParticles(b))].sort((x, y) => x.size - y.size) as [
    Set<string>,
    Set<string>,
  ];
  if (short.size === 0) return false;
  return (short.size > 1 || long.size === 1) && [...short].every((word) => long.has(word));
}

/** One letter wrong, missing, too many or out of order, in a word long enough that another name would differ by more. */
function isTypingError(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}
