/** A stretch of a text, and whether a word of the search begins it. */
export interface Stretch {
  readonly text: string;
  readonly isMarked: boolean;
}

/** Cuts a name where words of it begin as a word of the search does: "ba" of "Baker, Barbara" twice. Case and accents count for nothing. */
export function markBeginnings(text: string, search: string): readonly Stretch[] {
  const words = search
    .split(/[\s,;]+/)
    .map(plain)
    .filter(Boolean);
  return text.split(/(?<=[\s,-])(?=[^\s,-])/).flatMap((part): Stretch[] => {
    const length = Math.max(0, ...words.map((word) => (plain(part).startsWith(word) ? word.length : 0)));
    // Composed characters are cut where they stand, not where their accents do.
    const letters = [...part.normalize("NFC")];
    const [begun, rest] = [letters.slice(0, length).join(""), letters.slice(length).join("")];
    return [...(begun === "" ? [] : [{ text: begun, isMarked: true }]), ...(rest === "" ? [] : [{ text: rest, isMarked: false }])];
  });
}

const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
