/**
 * The columns of OneRoster 1.1's files, as far as Aivo cares: `needed` must be there, `read` is taken where it is, and
 * `known` is only recognised, so that a name that stands twice is noticed. Whatever is in none of them is an extension.
 * Required by the standard yet not needed, because Aivo reads nothing from them: enabledUser, an enrollment's school, a
 * course's org. Passwords, phone numbers and agents are never read.
 */
import type { ReadFile } from "./files.ts";

export interface FileColumns {
  readonly needed: readonly string[];
  readonly read: readonly string[];
  readonly known: readonly string[];
}

export const columnsOf: Record<Exclude<ReadFile, "manifest">, FileColumns> = {
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

/** Names that OneRoster 1.0 has, each with what 1.1 made of it; they speak for 1.0 where the newer name is not there too. */
export const earlierColumns: Partial<Record<ReadFile, Readonly<Record<string, string>>>> = {
  courses: { grade: "grades", schoolYearId: "schoolYearSourcedId" },
  classes: { grade: "grades", termSourcedId: "termSourcedIds" },
  users: { grade: "grades", userId: "userIds", agents: "agentSourcedIds" },
  demographics: { userSourcedId: "sourcedId" },
};

/** Names that only OneRoster 1.2 has. */
export const laterColumns: Partial<Record<ReadFile, readonly string[]>> = {
  users: [
    "primaryOrgSourcedId",
    "userMasterIdentifier",
    "preferredGivenName",
    "preferredMiddleName",
    "preferredFamilyName",
    "pronouns",
    "userProfiles",
  ],
};
