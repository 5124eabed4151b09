import { oneRosterRestWords } from "#lib/engine/sis/oneroster-rest/words.ts";
import type { ProviderWords } from "#lib/engine/sis/provider-words.ts";

const inRosterServer = "in ClassLink's Roster Server, under the Aivo application's permissions";

/** ClassLink speaks OneRoster's JSON; what is shared is decided in its Roster Server. */
export const classlinkWords: Omit<ProviderWords, "collections"> = {
  ...oneRosterRestWords,
  issues: {
    ...oneRosterRestWords.issues,
    "id-duplicate": {
      ...oneRosterRestWords.issues["id-duplicate"],
      remedy: "Nothing is lost. If it goes on, look for the duplicate in ClassLink's Roster Server.",
    },
    "value-unknown": { remedy: "Map the value to one of OneRoster's in the import into ClassLink's Roster Server." },
    "value-replaced": { remedy: "Map the value to one of OneRoster's in the import into ClassLink's Roster Server." },
    "reference-school": {
      ...oneRosterRestWords.issues["reference-school"],
      remedy: `Share the school ${inRosterServer}, or correct the class's school in the SIS.`,
    },
    "reference-term": {
      ...oneRosterRestWords.issues["reference-term"],
      remedy: `Share the academic session ${inRosterServer}, or correct the class's terms in the SIS.`,
    },
    "reference-course": {
      ...oneRosterRestWords.issues["reference-course"],
      remedy: `Share courses ${inRosterServer}, or correct the class's course in the SIS.`,
    },
    "reference-org": {
      ...oneRosterRestWords.issues["reference-org"],
      remedy: `Share the org ${inRosterServer}, or correct the person's orgs in the SIS.`,
    },
    "reference-class": {
      ...oneRosterRestWords.issues["reference-class"],
      remedy: `Share the class ${inRosterServer}, or remove the enrollment in the SIS.`,
    },
    "reference-user": {
      ...oneRosterRestWords.issues["reference-user"],
      remedy: `Share the person ${inRosterServer}, or remove the enrollment in the SIS.`,
    },
  },
};
