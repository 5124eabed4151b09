import { laterManifestFor, role, rolesFile } from "#lib/engine/testing/sis/later-sets.ts";
import { csvOf } from "#lib/engine/testing/sis/sets.ts";
import type { rosterSet } from "./roster-set.ts";

/** The same district as OneRoster 1.2 has it, in which every person has another id and says which one it was. */
export function inLaterVersion(files: ReturnType<typeof rosterSet>): Record<string, string> {
  const [, ...people] = tableOf(files["users.csv"]);
  const [header = [], ...seats] = tableOf(files["enrollments.csv"]);
  const cell = (row: readonly string[], at: number) => row[at] ?? "";
  const personAt = header.indexOf("userSourcedId");
  return {
    ...Object.fromEntries(
      ["orgs.csv", "academicSessions.csv", "courses.csv", "classes.csv"].map((name) => [name, String(files[name as keyof typeof files])]),
    ),
    "manifest.csv": laterManifestFor(
      Object.fromEntries(["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"].map((file) => [file, "bulk"])),
    ),
    "users.csv": csvOf([
      [
        "sourcedId",
        "enabledUser",
        "username",
        "givenName",
        "familyName",
        "identifier",
        "email",
        "grades",
        "primaryOrgSourcedId",
        "metadata.ic.legacysourceId",
      ],
      ...people.map((row) => [
        anew(cell(row, 0)),
        "true",
        cell(row, 0),
        cell(row, 8),
        cell(row, 9),
        cell(row, 10),
        cell(row, 11),
        cell(row, 12),
        cell(row, 4),
        cell(row, 0),
      ]),
    ]),
    "roles.csv": rolesFile(people.map((row) => role(`r-${cell(row, 0)}`, anew(cell(row, 0)), cell(row, 5), cell(row, 4)))),
    "enrollments.csv": csvOf([header, ...seats.map((row) => row.map((text, at) => (at === personAt ? anew(text) : text)))]),
  };
}

const anew = (id: string) => `later-${id}`;
/** No cell of these files is quoted. */
const tableOf = (text: unknown) =>
  String(text)
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
