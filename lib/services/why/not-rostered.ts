import type { FoldNotice } from "#lib/roster/fold-roles.ts";
import { familyOfWord, readOwnWord } from "#lib/roster/role-words.ts";
import type { WhyLink } from "./schema.ts";
import type { Told } from "./told.ts";

type Row = Pick<Told, "fate" | "reason" | "role" | "recordId" | "integrationName">;

const allOver: FoldNotice = "role-over";

/** What a row says somebody is: of whom nobody is made the SIS's own word, but for those whose roles, whatever they were, are over. */
export function roleTold({ fate, reason, role }: Pick<Row, "fate" | "reason" | "role">): string | null {
  return fate === "not-rostered" && reason !== allOver ? (reason ?? role) : role;
}

/** The same in half a sentence, for a list. */
export function causeNotRostered(reason: string | null): string | null {
  return reason === allOver ? "All roles that the SIS has of them are over" : reason === null ? null : `The SIS has them as ${reason}`;
}

/** Why somebody whom the SIS tells is nobody in Aivo, and what to do about it. */
export function whyNotRostered({ reason, recordId, integrationName }: Row, noun: string): Pick<WhyLink, "says" | "remedy"> {
  if (reason === allOver)
    return {
      says: `All roles of this ${noun} in ${integrationName} are over.${
        recordId === null
          ? ""
          : " The grace time after the last of them is over as well, so that they left as if the SIS had withdrawn them."
      }`,
      remedy:
        "If they are still there, give them a role in the SIS whose dates have today in them: the next sync finds the same person again.",
    };
  const has = `The SIS has this ${noun} as ${reason ?? "something else"}`;
  if (reason !== null && readOwnWord(reason) !== null)
    return {
      says: `${has}, which is a word of its own. Teachers and learners come through, nobody else.`,
      remedy: "If it means a teacher or a student, say so in the integration's advanced settings.",
    };
  const isStaff = (familyOfWord as Readonly<Record<string, string>>)[reason ?? ""] === "staff";
  return {
    says: `${has}. Teachers and learners come through, nobody else.`,
    remedy: `Give them the role of a teacher or student in the SIS if they should be in Aivo.${
      isStaff ? " Of OneRoster 1.2 an enrollment as teacher of a class does it, too." : ""
    }`,
  };
}
