/** What was mistyped: two characters swapped, one replaced, one left out, one too many. */
export const slips = ["swapped", "replaced", "left-out", "added"] as const;
export type Slip = (typeof slips)[number];

/** Longer and more mixed ids than this allows are made by machines, and nobody types them. */
const mostNeighbours = 4_000;

/**
 * Every id that is one slip away from `id` (Damerau-Levenshtein distance 1), with the slip by which `id` came of it: so few that each can be
 * looked up. Characters are taken from the kinds that `id` has itself, digits, small and capital letters, and its other signs. Empty where
 * there would be more than 4,000.
 */
export function neighboursOf(id: string): ReadonlyMap<string, Slip> {
  const signs = [...id];
  const alphabet = alphabetOf(signs);
  const found = new Map<string, Slip>();
  if (signs.length === 0 || (2 * signs.length + 1) * alphabet.length + 2 * signs.length > mostNeighbours) return found;
  const note = (parts: readonly string[], slip: Slip) => {
    const one = parts.join("");
    if (one !== "" && one !== id && !found.has(one)) found.set(one, slip);
  };
  for (let at = 0; at + 1 < signs.length; at += 1) {
    note([...signs.slice(0, at), signs[at + 1] ?? "", signs[at] ?? "", ...signs.slice(at + 2)], "swapped");
  }
  for (let at = 0; at < signs.length; at += 1) {
    for (const sign of alphabet) note([...signs.slice(0, at), sign, ...signs.slice(at + 1)], "replaced");
  }
  for (let at = 0; at <= signs.length; at += 1) {
    for (const sign of alphabet) note([...signs.slice(0, at), sign, ...signs.slice(at)], "left-out");
  }
  for (let at = 0; at < signs.length; at += 1) note([...signs.slice(0, at), ...signs.slice(at + 1)], "added");
  return found;
}

const kinds = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

function alphabetOf(signs: readonly string[]): readonly string[] {
  const used = kinds.filter((kind) => signs.some((sign) => kind.includes(sign)));
  const others = signs.filter((sign) => !kinds.some((kind) => kind.includes(sign)));
  return [...new Set([...used.join(""), ...others])];
}

/** "two digits may be swapped" */
export function slipInWords(slip: Slip, wrong: string): string {
  const sign = /^[\d\W_]*$/.test(wrong) ? "digit" : "character";
  return {
    swapped: `two ${sign}s may be swapped`,
    replaced: `one ${sign} may be mistyped`,
    "left-out": `one ${sign} may be missing`,
    added: `one ${sign} may be too many`,
  }[slip];
}
