/** Test-only: the district of `validSet` as OneRoster 1.2 has it, its columns in the order of the binding. */
import { csvOf, validSet } from "./sets.ts";

export const rosterFiles = ["academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users"] as const;
/** Whose rows are of no use here; userProfiles.csv has a password a row. */
export const unusedFiles = [
  "categories",
  "classResources",
  "courseResources",
  "demographics",
  "lineItemLearningObjectiveIds",
  "lineItems",
  "lineItemScoreScales",
  "resources",
  "resultLearningObjectiveIds",
  "results",
  "resultScoreScales",
  "scoreScales",
  "userProfiles",
  "userResources",
] as const;

/** All 21 files, those of a roster in bulk; properties replaced, added, or left out by `null`. */
export function laterManifestOf(overrides: Readonly<Record<string, string | null>>): string {
  const properties: Record<string, string | null> = {
    "manifest.version": "1.0",
    "oneroster.version": "1.2",
    ...Object.fromEntries(unusedFiles.map((file) => [`file.${file}`, "absent"])),
    ...Object.fromEntries(rosterFiles.map((file) => [`file.${file}`, "bulk"])),
    "source.systemName": "Test",
    "source.systemCode": "test",
    ...overrides,
  };
  return csvOf([
    ["propertyName", "value"],
    ...Object.entries(properties).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  ]);
}

/** A manifest for these files alone, each in this mode. */
export function laterManifestFor(modes: Readonly<Record<string, "bulk" | "delta">>): string {
  const absent = Object.fromEntries(rosterFiles.map((file) => [`file.${file}`, "absent"]));
  return laterManifestOf({ ...absent, ...Object.fromEntries(Object.entries(modes).map(([file, mode]) => [`file.${file}`, mode])) });
}

export const laterUserColumns = [
  "sourcedId",
  "status",
  "dateLastModified",
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
] as const;

export const roleColumns = [
  "sourcedId",
  "status",
  "dateLastModified",
  "userSourcedId",
  "roleType",
  "role",
  "beginDate",
  "endDate",
  "orgSourcedId",
  "userProfileSourcedId",
] as const;

type Cells<Column extends string> = Readonly<Partial<Record<Column, string>>>;
export type LaterUser = Cells<(typeof laterUserColumns)[number]>;
export type LaterRole = Cells<(typeof roleColumns)[number]>;

export const usersFile = (users: readonly LaterUser[]) =>
  csvOf([laterUserColumns, ...users.map((user) => laterUserColumns.map((name) => user[name] ?? ""))]);
export const rolesFile = (roles: readonly LaterRole[]) =>
  csvOf([roleColumns, ...roles.map((role) => roleColumns.map((name) => role[name] ?? ""))]);

/** The people of the district; `extra` goes into each of them. */
export const laterUsers: readonly LaterUser[] = [
  user("u1", "ada", "Ada", "North", "T1"),
  user("u2", "ben", "Ben", "South", "T2"),
  user("u3", "cleo", "Cleo", "East", "1003"),
  user("u4", "dara", "Dara", "West", "1004"),
  user("u5", "eli", "Eli", "Hill", "1005"),
];

function user(sourcedId: string, username: string, givenName: string, familyName: string, identifier: string): LaterUser {
  const isStudent = !identifier.startsWith("T");
  return {
    sourcedId,
    enabledUser: "true",
    username,
    givenName,
    familyName,
    identifier,
    email: `${username}@lakeside.example`,
    grades: isStudent ? "09" : "",
    password: "planted-password",
    pronouns: "planted-pronouns",
  };
}

export const laterRoles: readonly LaterRole[] = [
  role("r1", "u1", "teacher", "s1"),
  role("r2", "u2", "teacher", "s1"),
  role("r3", "u2", "teacher", "s2"),
  role("r4", "u3", "student", "s1"),
  role("r5", "u4", "student", "s1"),
  role("r6", "u5", "student", "s2"),
];

export function role(sourcedId: string, userSourcedId: string, word: string, orgSourcedId: string, more: LaterRole = {}): LaterRole {
  return { sourcedId, userSourcedId, roleType: "primary", role: word, orgSourcedId, ...more };
}

/** As `validSet`: the same schools, terms, classes and people, and so the same roster. `null` leaves a file out. */
export function validLaterSet(overrides: Readonly<Record<string, string | Buffer | null>> = {}): Record<string, string | Buffer> {
  return validSet({
    "manifest.csv": laterManifestOf({}),
    "users.csv": usersFile(laterUsers),
    "roles.csv": rolesFile(laterRoles),
    ...overrides,
  });
}
