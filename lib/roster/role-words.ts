import { cleanText } from "./text.ts";
import { vocabulary } from "./vocabulary.ts";

/** What a role makes of a person; `none`: nothing that Aivo knows. */
export const roleFamilies = ["learner", "teaching", "staff", "family"] as const;
export type RoleFamily = (typeof roleFamilies)[number];

/** OneRoster 1.2's words for what somebody is at an org, and 1.1's `administrator`, which servers of 1.2 go on sending. */
export const familyOfWord = {
  student: "learner",
  teacher: "teaching",
  aide: "staff",
  administrator: "staff",
  counselor: "staff",
  principal: "staff",
  proctor: "staff",
  siteAdministrator: "staff",
  districtAdministrator: "staff",
  systemAdministrator: "staff",
  guardian: "family",
  parent: "family",
  relative: "family",
} as const satisfies Record<string, RoleFamily>;
export type RoleWord = keyof typeof familyOfWord;

const readKnown = vocabulary(Object.fromEntries(Object.keys(familyOfWord).map((word) => [word, word])));
const ownWord = /^ext:[a-z0-9._-]+$/i;

/** A word that a vocabulary of OneRoster 1.2 allows a SIS to make up, with `ext:` in small letters; null for any other. */
export function readOwnWord(text: string): string | null {
  const word = cleanText(text);
  return ownWord.test(word) ? `ext:${word.slice(4)}` : null;
}

/** The word of a role as Aivo writes it; undefined for one that OneRoster 1.2 neither has nor allows. */
export function readRoleWord(text: string): string | undefined {
  return readKnown(text) ?? readOwnWord(text) ?? undefined;
}
