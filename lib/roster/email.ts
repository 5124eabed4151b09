import { cleanText } from "./text.ts";

const maxEmailLength = 254;
const maxLocalLength = 64;
const maxLabelLength = 63;

/** What may stand before the @ unquoted (RFC 5321 atext, and the dot), with letters and digits of any script (RFC 6531). */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]+$/u;
const domainLabel = /^[\p{L}\p{M}\p{N}-]+$/u;

/**
 * An email address in the form in which addresses are compared: trimmed, lower case. Null where the text is none that
 * mail could be sent to over the internet: one @, a dotted host name, lengths of RFC 5321. Quoted local parts and
 * address literals are refused: nobody's school address has them. Takes time in proportion to the text.
 */
export function normaliseEmail(text: string): string | null {
  const email = foldEmail(cleanText(text));
  const at = email.indexOf("@");
  if (at < 1 || at > maxLocalLength || email.length > maxEmailLength) return null;
  return isLocalPart(email.slice(0, at)) && isDomain(email.slice(at + 1)) ? email : null;
}

function foldEmail(text: string): string {
  if (text.length > 2 * maxEmailLength) return "";
  return text.toLowerCase().normalize("NFC");
}

function isLocalPart(local: string): boolean {
  return localPart.test(local) && !local.startsWith(".") && !local.endsWith(".") && !local.includes("..");
}

function isDomain(domain: string): boolean {
  const labels = domain.split(".");
  const last = labels.at(-1) ?? "";
  return labels.length > 1 && labels.every(isDomainLabel) && !/^\d+$/.test(last);
}

function isDomainLabel(label: string): boolean {
  return label.length <= maxLabelLength && domainLabel.test(label) && !label.startsWith("-") && !label.endsWith("-");
}
