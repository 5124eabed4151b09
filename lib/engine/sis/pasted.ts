import { z } from "zod";
import { cleanText, isInvisible } from "#lib/roster/text.ts";

/*
 * Fields of credential forms as they come out of a mail, a chat or a vendor's page: with what nobody sees around them. Free of Node, so that
 * the forms can use it.
 */

/** A text without whitespace and invisible characters at its ends. */
export const pasted = () => z.string().overwrite(cleanText);

/** The same, which has to be there. */
export const required = (label: string) =>
  z
    .string({ error: `${label} is missing` })
    .overwrite(cleanText)
    .min(1, `${label} is missing`);

/** A password: a space at its end may be meant, what cannot be typed is not. */
export const pastedPassword = () => z.string().overwrite(withoutUntypable);

function withoutUntypable(text: string): string {
  const isUntypable = (code: number) => code !== 0x20 && isInvisible(code);
  let start = 0;
  let end = text.length;
  while (start < end && isUntypable(text.charCodeAt(start))) start++;
  while (end > start && isUntypable(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
