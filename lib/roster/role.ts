import type { PersonRole } from "./canonical.ts";
import { vocabulary } from "./vocabulary.ts";

/** What a role of a SIS is to Aivo. The words for what is not rostered are shown to admins. */
export type RoleMeaning = { readonly rostered: PersonRole } | { readonly rostered: null; readonly word: string };

const notRostered = (word: string): RoleMeaning => ({ rostered: null, word });

/** OneRoster 1.1 RoleType. Enrollments use four of them by the book, and older servers send any. */
const roleMeanings: Record<string, RoleMeaning> = {
  teacher: { rostered: "teacher" },
  student: { rostered: "learner" },
  administrator: notRostered("administrator"),
  aide: notRostered("aide"),
  guardian: notRostered("guardian"),
  parent: notRostered("parent"),
  proctor: notRostered("proctor"),
  relative: notRostered("relative"),
};

/** The role of a user or of an enrollment; undefined for a word that OneRoster 1.1 does not have. */
export const readRole = vocabulary(roleMeanings);
