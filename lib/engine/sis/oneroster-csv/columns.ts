/**
 * The columns of OneRoster's files, as far as Aivo cares: `needed` must be there, `read` is taken where it is, and
 * `known` is only recognised, so that a name that stands twice is noticed. Whatever is in none of them is an extension.
 * Required by the standard yet not needed, because Aivo reads nothing from them: enabledUser, an enrollment's school, a
 * course's org; in 1.2, where REST may leave it out, a user's name to sign in. Passwords, phone numbers and agents are never read.
 */
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { ReadFile } from "./files.ts";

export interface FileColumns {
  readonly needed: readonly string[];
  readonly read: readonly string[];
  readonly known: readonly string[];
}

type DataFile = Exclude<ReadFile, "manifest">;

const columnsOfEleven: Record<Exclude<DataFile, "roles">, FileColumns> = {
  orgs: { needed: ["sourcedId", "name", "type"], read: ["status", "identifier", "grades"], known: ["dateLastModified", "parentSourcedId"] },
  academicSessions: {
    needed: ["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"],
    read: ["status"],
    known: ["dateLastModified", "parentSourcedId"],
  },
  courses: {
    needed: ["sourcedId", "title"],
    read: ["status", "courseCode", "grades", "subjects"],
    known: ["dateLastModified", "schoolYearSourcedId", "orgSourcedId", "subjectCodes"],
  },
  classes: {
    needed: ["sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"],
    read: ["status", "grades", "classCode", "subjects", "periods"],
    known: ["dateLastModified", "location", "subjectCodes"],
  },
  users: {
    needed: ["sourcedId", "orgSourcedIds", "role", "username", "givenName", "familyName"],
    read: ["status", "userIds", "middleName", "identifier", "email", "grades"],
    known: ["dateLastModified", "enabledUser", "sms", "phone", "agentSourcedIds", "password"],
  },
  enrollments: {
    needed: ["sourcedId", "classSourcedId", "userSourcedId", "role"],
    read: ["status", "primary", "beginDate", "endDate"],
    known: ["dateLastModified", "schoolSourcedId"],
  },
  demographics: { needed: ["sourcedId"], read: [], known: ["status", "dateLastModified", "birthDate", "sex"] },
};

/** What a person is and where stands in roles.csv; a file whose role is a column of its own is of 1.1. */
const columnsOfTwelve: Record<"users" | "roles", FileColumns> = {
  users: {
    needed: ["sourcedId", "givenName", "familyName"],
    read: [
      "status",
      "username",
      "userIds",
      "middleName",
      "identifier",
      "email",
      "grades",
      "userMasterIdentifier",
      "preferredGivenName",
      "preferredMiddleName",
      "preferredFamilyName",
      "primaryOrgSourcedId",
      "legacySourcedId",
    ],
    known: [
      "dateLastModified",
      "enabledUser",
      "sms",
      "phone",
      "agentSourcedIds",
      "password",
      "resourceSourcedIds",
      "pronouns",
      "role",
      "orgSourcedIds",
    ],
  },
  roles: {
    needed: ["sourcedId", "userSourcedId", "role", "orgSourcedId"],
    read: ["status", "roleType", "beginDate", "endDate"],
    known: ["dateLastModified", "userProfileSourcedId"],
  },
};

export function columnsOf(version: OneRosterVersion, file: DataFile): FileColumns {
  if (file === "roles" || (file === "users" && version === "1.2")) return columnsOfTwelve[file];
  return columnsOfEleven[file];
}

/** All names of all files and versions. */
export const columnNames: readonly string[] = [...Object.values(columnsOfEleven), ...Object.values(columnsOfTwelve)].flatMap(
  ({ needed, read, known }) => [...needed, ...read, ...known],
);

/** Other spellings of a column: OneRoster's own over REST, and vendors'. The standard's counts where both are there. */
export const otherSpellings: Readonly<Record<string, readonly string[]>> = {
  dateLastModified: ["dateModified"],
  preferredGivenName: ["preferredFirstName"],
  preferredFamilyName: ["preferredLastName"],
  agentSourcedIds: ["agentSourceIds"],
  // Infinite Campus has the id there that the person had in 1.1.
  legacySourcedId: ["metadata.ic.legacysourceId"],
};

/** Names that OneRoster 1.0 has, each with what 1.1 made of it; they speak for 1.0 where the newer name is not there too. */
export const earlierColumns: Partial<Record<ReadFile, Readonly<Record<string, string>>>> = {
  courses: { grade: "grades", schoolYearId: "schoolYearSourcedId" },
  classes: { grade: "grades", termSourcedId: "termSourcedIds" },
  users: { grade: "grades", userId: "userIds", agents: "agentSourcedIds" },
  demographics: { userSourcedId: "sourcedId" },
};

/** Of users.csv: what only 1.1 has, and what only 1.2 has. */
export const formerUserColumns: readonly string[] = ["orgSourcedIds", "role"];
export const laterUserColumns: readonly string[] = [
  "primaryOrgSourcedId",
  "userMasterIdentifier",
  "preferredGivenName",
  "preferredMiddleName",
  "preferredFamilyName",
];
