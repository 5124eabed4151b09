/** The files of the set and their columns, in the order of the OneRoster 1.1 CSV binding. */
export const rosterFiles = {
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
  "users.csv": [
    "sourcedId",
    "status",
    "dateLastModified",
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
export type RosterFile = keyof typeof rosterFiles;

/** A row by column; a column that is left out is blank. */
export type RosterRow<File extends RosterFile> = Partial<Record<(typeof rosterFiles)[File][number], string>>;

const absent = ["categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results"];

/** manifest.csv: what is in the set. */
export const manifestRows: readonly (readonly [string, string])[] = [
  ["propertyName", "value"],
  ["manifest.version", "1.0"],
  ["oneroster.version", "1.1"],
  ...[
    ...Object.keys(rosterFiles).map((file) => [file.replace(".csv", ""), "bulk"] as const),
    ...absent.map((file) => [file, "absent"] as const),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, mode]) => [`file.${file}`, mode] as const),
  ["source.systemName", "Aivo"],
  ["source.systemCode", "aivo"],
];
