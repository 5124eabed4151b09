import { compareNames, type FullName, foldName, type NameVerdict, wordsOf } from "./same-name.ts";

/** What tells who somebody is, of an account or of a record of the SIS. */
export interface Evidence extends FullName {
  /** Trimmed, lower case. */
  readonly email: string | null;
  readonly studentNumber: string | null;
}

/** What an admin can say of a record that leads to an account. */
export const matchVerdicts = ["same-person", "somebody-else"] as const;

/**
 * What is remembered of an admin's decisions: beside who it is or is not, that a record is left out, or that whose account an id leads to is
 * to be asked again.
 */
export const decisionVerdicts = [...matchVerdicts, "ignored", "asked-again"] as const;

/** What led from the record to the account. */
export type Lead = "id" | "email" | "student-number";

/**
 * Whether a record that leads to an account is about somebody else, by everything else that is known of both:
 *
 * - two of name, student number and email address contradict at once;
 * - neither given nor family name has anything in common, and nothing but what led here confirms the person;
 * - another given name is all that is left of doubt where a sister would have the rest as well: without numbers, an address that
 *   follows it; by an address or a number that leads here, nothing that confirms the person.
 *
 * A blank contradicts nothing. An address contradicts nothing when only its domain changed, or when it follows the name. Accounts
 * that no SIS ever supplied often have placeholders for names: of those the name alone is no evidence (`isFromSis`).
 */
export function isSomebodyElse(account: Evidence, record: Evidence, lead: Lead, isFromSis: boolean): boolean {
  const name = compareNames(account, record);
  const number = compareNumbers(account.studentNumber, record.studentNumber);
  const email = compareEmails(account, record, name);
  const hasOtherName = name.whole === "partly" || name.whole === "other";
  if (Number(hasOtherName) + Number(number === "other") + Number(email === "other") >= 2) return true;
  const isConfirmed = (number === "same" && lead !== "student-number") || (email === "same" && lead !== "email");
  const hasOtherGivenName = name.whole === "partly" && name.given === "other";
  if (lead === "id" ? hasOtherGivenName && email === "follows" && number === "unknown" : hasOtherGivenName && isFromSis && !isConfirmed)
    return true;
  return name.whole === "other" && !isConfirmed && (lead === "id" || isFromSis);
}

/** Leading zeros, letter case, punctuation and letters around a number that only one side has are how it is written. */
export function compareNumbers(a: string | null, b: string | null): "same" | "other" | "unknown" {
  if (!a || !b) return "unknown";
  if (a === b) return "same";
  const [plainA, plainB] = [plainNumber(a), plainNumber(b)];
  if (plainA === plainB) return "same";
  const isBare = (plain: string) => /^\d+$/.test(plain);
  const digits = (plain: string) => plain.replace(/\D/g, "").replace(/^0+/, "");
  return (isBare(plainA) || isBare(plainB)) && digits(plainA) !== "" && digits(plainA) === digits(plainB) ? "same" : "other";
}

/** A spreadsheet makes `123.0` of 00123. */
function plainNumber(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/\.0+$/, "")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/^0+/, "");
  return plain === "" ? "0" : plain;
}

/** `follows`: another address, made of what is new in the name. */
export function compareEmails(account: Evidence, record: Evidence, name: NameVerdict): "same" | "follows" | "other" | "unknown" {
  if (!account.email || !record.email) return "unknown";
  if (account.email === record.email || localPart(account.email) === localPart(record.email)) return "same";
  const changed = [name.given === "same" ? "" : record.givenName, name.family === "same" ? "" : record.familyName];
  return name.whole !== "same" && changed.some((part) => isMadeOf(localPart(record.email ?? ""), part, record)) ? "follows" : "other";
}

function localPart(email: string): string {
  return email.slice(0, email.lastIndexOf("@"));
}

/** Whether an address has a part of a name in it: its beginning, or, where the name is short, beside the other name or its initial. */
function isMadeOf(local: string, part: string, { givenName, familyName }: FullName): boolean {
  const folded = foldName(local);
  const letters = folded.replace(/[^\p{L}]/gu, "");
  const pieces = folded.split(/[^\p{L}]+/u);
  const others = wordsOf(`${givenName} ${familyName}`);
  return wordsOf(part).some((word) => {
    if (word.length >= 3 && letters.includes(word.slice(0, 4))) return true;
    if (pieces.includes(word)) return true;
    return others.some(
      (other) => other !== word && [`${other}${word}`, `${word}${other}`, `${other[0]}${word}`, `${word}${other[0]}`].includes(letters),
    );
  });
}
