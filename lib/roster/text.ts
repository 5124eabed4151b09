/**
 * What spreadsheets, exports and copy-and-paste leave around a value without anybody seeing it. Variation selectors are
 * not among it: they end the names of real people (葛󠄀) and real emoji.
 */
export function isInvisible(code: number): boolean {
  if (code <= 0x20) return true;
  if (code < 0x7f) return false;
  if (code <= 0xa0 || code === 0xad) return true;
  if (code < 0x34f) return false;
  if (code >= 0x2000 && code <= 0x206f) return code <= 0x200f || (code >= 0x2028 && code <= 0x202f) || code >= 0x205f;
  return rareInvisibles.has(code);
}

/** Combining grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, ogham, braille and ideographic space, BOM. */
const rareInvisibles: ReadonlySet<number> = new Set([
  0x34f, 0x61c, 0x115f, 0x1160, 0x1680, 0x17b4, 0x17b5, 0x180e, 0x2800, 0x3000, 0x3164, 0xfeff, 0xffa0,
]);

/** The text without whitespace and invisible characters at its ends. What is inside stays as it is. */
export function cleanText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isInvisible(text.charCodeAt(start))) start++;
  while (end > start && isInvisible(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** At most `max` UTF-16 units, never half of a character outside the basic plane. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** Whether Postgres can store the text without changing it: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** A foreign value as it is shown in an issue: cut, and with a visible sign for what a database cannot store. */
export function quoteValue(text: string): string {
  return cutText(text, maxQuotedLength).replaceAll("\0", "␀").toWellFormed();
}

export const maxQuotedLength = 200;
