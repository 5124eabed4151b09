import type { OneRosterVersion } from "#lib/roster/version-change.ts";

/** What both versions have alike, but for users. */
const files = {
  "academicSessions.csv": [
    "sourcedId",
    "status",
    "dateLastModified",
    "title",
    "type",
    "startDate",
    "endDate",
    "parentSourcedId",
    "schoolYear",
  ],
  "orgs.csv": ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
  "courses.csv": [
    "sourcedId",
    "status",
    "dateLastModified",
    "schoolYearSourcedId",
    "title",
    "courseCode",
    "grades",
    "orgSourcedId",
    "subjects",
    "subjectCodes",
  ],
  "classes.csv": [
    "sourcedId",
    "status",
    "dateLastModified",
    "title",
    "grades",
    "courseSourcedId",
    "classCode",
    "classType",
    "location",
    "schoolSourcedId",
    "termSourcedIds",
    "subjects",
    "subjectCodes",
    "periods",
  ],
  "enrollments.csv": [
    "sourcedId",
    "status",
    "dateLastModified",
    "classSourcedId",
    "schoolSourcedId",
    "userSourcedId",
    "role",
    "primary",
    "beginDate",
    "endDate",
  ],
} as const;

const state = ["sourcedId", "status", "dateLastModified"] as const;

/** The files of a set and their columns, in the order of the version's CSV binding (1.2: the text of 1.2.1). */
export const rosterFiles = {
  "1.1": {
    ...files,
    "users.csv": [
      ...state,
      "enabledUser",
      "orgSourcedIds",
      "role",
      "username",
      "userIds",
      "givenName",
      "familyName",
      "middleName",
      "identifier",
      "email",
      "sms",
      "phone",
      "agentSourcedIds",
      "grades",
      "password",
    ],
  },
  "1.2": {
    ...files,
    "users.csv": [
      ...state,
      "enabledUser",
      "username",
      "userIds",
      "givenName",
      "familyName",
      "middleName",
      "identifier",
      "email",
      "sms",
      "phone",
      "agentSourcedIds",
      "grades",
      "password",
      "userMasterIdentifier",
      "preferredGivenName",
      "preferredMiddleName",
      "preferredFamilyName",
      "primaryOrgSourcedId",
      "pronouns",
    ],
    "roles.csv": [...state, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId"],
  },
} as const;
type Files = typeof rosterFiles;
export type RosterFile = keyof Files["1.2"];

type ColumnsOf<File extends RosterFile> =
  | (File extends keyof Files["1.1"] ? Files["1.1"][File][number] : never)
  | Files["1.2"][File][number];

/** A row by column of either version; a column that is left out is blank, and one that the version does not have is not written. */
export type RosterRow<File extends RosterFile> = Partial<Record<ColumnsOf<File>, string>>;

/** Files that are not written: a manifest names them as absent. */
const absent: Readonly<Record<OneRosterVersion, readonly string[]>> = {
  "1.1": ["categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results"],
  "1.2": [
    ...["categories", "classResources", "courseResources", "demographics", "lineItemLearningObjectiveIds", "lineItems"],
    ...["lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales"],
    ...["userProfiles", "userResources"],
  ],
};

/** manifest.csv: what is in the set. In 1.2 a file without rows is none. */
export function manifestRows(
  version: OneRosterVersion,
  rows: Readonly<Partial<Record<RosterFile, number>>>,
): readonly (readonly [string, string])[] {
  const written = (Object.keys(rosterFiles[version]) as RosterFile[]).map(
    (file) => [file.replace(".csv", ""), version === "1.2" && !rows[file] ? "absent" : "bulk"] as const,
  );
  const modes = [...written, ...absent[version].map((file) => [file, "absent"] as const)].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ["propertyName", "value"],
    ["manifest.version", "1.0"],
    ["oneroster.version", version],
    ...modes.map(([file, mode]) => [`file.${file}`, mode] as const),
    ["source.systemName", "Aivo"],
    ["source.systemCode", "aivo"],
  ];
}
