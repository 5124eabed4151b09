import { cleanText } from "./text.ts";

/**
 * A closed set of words as a SIS may spell them: letter case, spaces, `_` and `-` do not count ("Grading Period",
 * "to_be_deleted"). The result looks a text up and gives undefined for an unknown word.
 */
export function vocabulary<T>(words: Readonly<Record<string, T>>): (text: string) => T | undefined {
  const meanings = new Map(Object.entries(words).map(([word, meaning]) => [foldWord(word), meaning]));
  return memoise((text) => meanings.get(foldWord(text)));
}

/** The word without invisible characters around it, in lower case, without spaces, `_` and `-` inside. */
export function foldWord(text: string): string {
  return cleanText(text)
    .toLowerCase()
    .replace(/(?<=.)[\s_-](?=.)/gs, "");
}

const maxRemembered = 4096;
/** Slices of 13 and more characters may keep the chunk alive that they were cut from, so only shorter keys are remembered. */
const maxRememberedLength = 12;

/**
 * Remembers what a pure function made of short texts. Millions of rows share few roles, grades and dates.
 */
export function memoise<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const value = read(text);
    if (text.length <= maxRememberedLength) {
      if (known.size >= maxRemembered) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
