import { type Columns, columns, type SetFile, setFiles } from "./columns.ts";
import type { Habits } from "./habits.ts";

/** The files of a OneRoster 1.2 CSV set that are written, with their columns in the order of the binding. */
export type SetFile12 = SetFile | "roles" | "userProfiles";

const state = ["sourcedId", "status", "dateLastModified"] as const;

/** With the column that the first text of 1.2 has, and the extensions, where the vendor has them. */
function usersColumns({ resourceSourcedIds, userIds }: Habits): Columns {
  return [
    ...state,
    ...["enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone"],
    ...["agentSourcedIds", "grades", "password", "userMasterIdentifier"],
    ...(resourceSourcedIds ? ["resourceSourcedIds"] : []),
    ...["preferredGivenName", "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns"],
    ...(userIds === "letters" ? ["metadata.ic.legacysourceId"] : []),
  ];
}

const roles: Columns = [...state, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId"];
const profileColumns = ["profileType", "vendorId", "applicationId", "description", "credentialType", "username", "password"];
const userProfiles: Columns = [...state, "userSourcedId", ...profileColumns];

export function columns12(file: SetFile12, habits: Habits): Columns {
  if (file === "roles") return roles;
  if (file === "userProfiles") return userProfiles;
  return file === "users" ? usersColumns(habits) : columns[file];
}

export const setFiles12 = (habits: Habits): readonly SetFile12[] => [
  ...setFiles,
  "roles",
  ...(habits.password === undefined ? [] : (["userProfiles"] as const)),
];

/** All 21 that a manifest names. */
export const manifestFiles12 = [
  ...["academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics", "enrollments"],
  ...["lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources", "resultLearningObjectiveIds", "results"],
  ...["resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources", "users"],
] as const;
