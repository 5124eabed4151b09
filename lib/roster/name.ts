import { cleanText, cutText, isInvisible } from "./text.ts";

/** Two names of this length still fit into one index entry of Postgres, whatever the script. */
export const maxLabelLength = 255;

const plainLabel = /^[!-~]+(?: [!-~]+)*$/;

/**
 * A name or title as it is shown: trimmed, runs of whitespace as one space, characters without a shape removed, NFC, at
 * most 255 characters. Joiners stay: Persian and Indic names are spelt with them.
 */
export function normaliseLabel(text: string): string {
  if (text.length <= maxLabelLength && plainLabel.test(text)) return text;
  const label = cutText(untangle(text).normalize("NFC"), maxLabelLength);
  return cleanText(label);
}

/** Whether `normaliseLabel` has to cut the text. */
export function isLabelTooLong(text: string): boolean {
  return text.length > maxLabelLength && untangle(text).normalize("NFC").length > maxLabelLength;
}

function untangle(text: string): string {
  const wellFormed = cleanText(text.toWellFormed());
  const pieces: string[] = [];
  let start = 0;
  let isGap = false;
  for (let index = 0; index < wellFormed.length; index++) {
    const code = wellFormed.charCodeAt(index);
    if (!isInvisible(code) || isJoiner(code)) {
      isGap = false;
      continue;
    }
    if (index > start) pieces.push(wellFormed.slice(start, index));
    if (isSpace(code) && !isGap) {
      pieces.push(" ");
      isGap = true;
    }
    start = index + 1;
  }
  pieces.push(wellFormed.slice(start));
  return pieces.join("");
}

function isJoiner(code: number): boolean {
  return code === 0x200c || code === 0x200d || code === 0x34f;
}

function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    code === 0x3000 ||
    code === 0x205f ||
    (code >= 0x2000 && code <= 0x200a) ||
    (code >= 0x2028 && code <= 0x2029) ||
    code === 0x202f
  );
}
