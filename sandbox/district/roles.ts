import { termOf, termParts } from "./calendar.ts";
import { type District, enrollmentRoles, personKinds } from "./district.ts";
import { about, draw, drawFraction, pick } from "./draw.ts";
import type { Habits, Told } from "./habits.ts";
import { hostOf, rowsOfPerson } from "./merges.ts";
import { givenNames } from "./names.ts";
import { personRecord } from "./records.ts";

/** A role of OneRoster 1.2: what a person is, where, and from when to when. */
export interface Role {
  /** Null: the vendor has no word for it. */
  readonly word: string | null;
  /** Row of orgs. */
  readonly org: number;
  readonly isPrimary: boolean;
  /** `YYYY-MM-DD`; the end is exclusive. Left out: open. */
  readonly begins?: string;
  readonly ends?: string;
}

/** A person's records in 1.2: none for a row that is part of another person, one for each school where a vendor has it so. */
export function recordsOfPerson(district: District, habits: Habits, row: number): number {
  if (rowsOfPerson(district, habits, row).length === 0) return 0;
  return habits.recordPerSchool ? orgsOf(district, row).length : 1;
}

/** Which row's record, and which of its records, an enrollment at a school points to. */
export function recordFor(
  district: District,
  habits: Habits,
  row: number,
  school: number,
): { readonly row: number; readonly part: number } {
  const host = hostOf(district, habits, row);
  return { row: host, part: habits.recordPerSchool ? Math.max(0, orgsOf(district, host).indexOf(school)) : 0 };
}

/** Whether a person is there, and the day on which that person changed last, over all of their roles. */
export function lifeOfPerson(district: District, habits: Habits, row: number): { readonly isActive: boolean; readonly modified: number } {
  const { people } = district;
  const rows = rowsOfPerson(district, habits, row);
  const isActive = rows.some((one) => people.get("active", one) === 1);
  const modified = Math.max(...rows.map((one) => people.get("modified", one)), 0);
  // A new year's roles are another word on everybody who stays.
  return { isActive, modified: habits.datedRoles && isActive ? Math.max(modified, district.year * district.shape.daysPerYear) : modified };
}

/** Whether somebody has a role of this kind. */
export function isOfKind(district: District, habits: Habits, row: number, kind: number): boolean {
  return rowsOfPerson(district, habits, row).some((one) => district.people.get("kind", one) === kind);
}

/** The roles of a person as this vendor tells them, the first one first. */
export function rolesOf(district: District, habits: Habits, row: number): Told {
  const { people } = district;
  const rows = rowsOfPerson(district, habits, row);
  const inForce = rows.filter((one) => people.get("active", one) === 1);
  // Whoever is gone is shown with the roles of the last day.
  const plain = (inForce.length === 0 ? rows : inForce).flatMap((one) =>
    orgsOf(district, one).map((org) => ({ word: wordOf(district, habits, one, org), org, ...datesOf(district, habits) })),
  );
  const seen = new Set<number>();
  const roles = plain.map((role, at): Role => {
    const isFirstOfOrg = !seen.has(role.org);
    seen.add(role.org);
    return { ...role, isPrimary: { "of-each-org": isFirstOfOrg, "of-all": at === 0, every: true }[habits.primary ?? "of-each-org"] };
  });
  const kind = people.get("kind", row);
  return habits.amendRoles ? habits.amendRoles({ kind, row, day: district.day }, roles) : told(habits, kind, row, roles);
}

function told({ withoutRoles }: Habits, kind: number, row: number, roles: readonly Role[]): Told {
  if (!withoutRoles || row % withoutRoles.every !== 0 || (kind !== personKinds.learner && kind !== personKinds.teacher)) return roles;
  if (withoutRoles.as === "no-word") return roles.map((role) => ({ ...role, word: null }));
  return withoutRoles.as === "null" ? null : "missing";
}

/** The schools, or for the superintendent the district. */
const orgsOf = (district: District, row: number): readonly number[] => personRecord(district, row).orgs;

function wordOf({ people }: District, habits: Habits, row: number, org: number): string {
  const kind = people.get("kind", row);
  if (kind === personKinds.learner) return "student";
  if (kind === personKinds.teacher) return "teacher";
  if (kind === personKinds.parent) return "parent";
  if (habits.saysAdministrator) return "administrator";
  if (org === 0) return "districtAdministrator";
  return habits.ownWords ? "ext:headteacher" : "principal";
}

/** The school year, its last day included. */
function datesOf(district: District, { datedRoles }: Habits): Pick<Role, "begins" | "ends"> {
  if (!datedRoles) return {};
  const { begins, ends } = termOf(district.year, termParts.year);
  return { begins, ends: new Date(Date.parse(ends) + 86_400_000).toISOString().slice(0, 10) };
}

export function orgTypeOf(district: District, habits: Habits, row: number): string {
  if (row === 0) return "district";
  return habits.ownWords && row === district.orgs.size - 1 ? "ext:academy" : "school";
}

export function enrollmentWordOf(habits: Habits, role: number): string {
  if (role === enrollmentRoles.student) return "student";
  return habits.ownWords && role === enrollmentRoles.coTeacher ? "ext:coteacher" : "teacher";
}

/** One for each person, the same in all of their records. */
export function masterIdentifier({ shape }: District, row: number): string {
  const hex = (at: number, digits: number) => draw(shape.seed, about.master, row, at).toString(16).padStart(8, "0").slice(0, digits);
  return `${hex(0, 8)}-${hex(1, 4)}-4${hex(2, 3)}-a${hex(3, 3)}-${hex(4, 8)}${hex(5, 4)}`;
}

/** What a person wants to be called, where that is another name: one in twenty. */
export function preferredGiven({ shape }: District, row: number): string {
  return drawFraction(shape.seed, about.preferred, row) < 0.05 ? pick(givenNames, draw(shape.seed, about.preferred, row, 1)) : "";
}

/** A number of the person, whatever their role. */
export const campusNumber = (district: District, habits: Habits, row: number): string => String(1_000_000 + hostOf(district, habits, row));
const letters: Readonly<Record<number, string>> = {
  [personKinds.administrator]: "a",
  [personKinds.teacher]: "t",
  [personKinds.learner]: "s",
  [personKinds.parent]: "p",
};
/** The 1.1 id of a district whose ids carry the role. */
export const letteredId = (district: District, habits: Habits, row: number): string =>
  `${letters[district.people.get("kind", row)] ?? ""}+${campusNumber(district, habits, row)}`;
