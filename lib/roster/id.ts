import { cleanText, isStorable } from "./text.ts";

/** OneRoster 1.1: a sourcedId is shorter than 256 characters. */
export const maxIdLength = 255;

/**
 * An id, or a reference to one, as text: leading zeros, spaces inside, `|`, letter case and GUID braces are part of it.
 * "" where there is none; null where there is one that cannot be kept apart from others once stored (longer than 255
 * characters, a NUL, half a surrogate pair), so that it must not be used.
 */
export function readId(text: string): string | null {
  const id = cleanText(text);
  return id.length <= maxIdLength && isStorable(id) ? id : null;
}

/** Whether a text is an id as it stands, which can be kept and asked for as it is. */
export function isUsableId(text: string): boolean {
  return text !== "" && readId(text) === text;
}
