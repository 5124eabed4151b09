import type { Classroom, PersonRole } from "./canonical.ts";
import type { IssueCode } from "./issue-codes.ts";
import type { Issue } from "./issues.ts";
import { normalise } from "./normalise.ts";
import type { RawRecord } from "./raw.ts";

/**
 * What an admin types, read by the rules by which a SIS's records are read (normalise.ts). A SIS's value that cannot be read is left
 * out with an issue; an admin is told at the field, and nothing is cut or guessed.
 */

/** Values of a person by field; what is left out stays. A blank takes a value away. */
export interface PersonPatch {
  readonly givenName?: string | undefined;
  readonly middleName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly grade?: string | undefined;
  readonly studentNumber?: string | undefined;
}
export type PersonValues = Readonly<Record<keyof PersonPatch, string | null>>;

export interface ClassroomPatch {
  readonly name?: string | undefined;
  readonly code?: string | undefined;
  readonly classType?: string | undefined;
  readonly subjects?: readonly string[] | undefined;
  readonly grades?: readonly string[] | undefined;
  readonly periods?: readonly string[] | undefined;
}
export type ClassroomValues = Pick<Classroom, "name" | "code" | "classType" | "subjects" | "grades" | "periods">;

/** The values of the patch as the roster has them, or what is wrong with them by field. */
export type ReadEdit<T> =
  | { readonly ok: true; readonly values: Partial<T> }
  | { readonly ok: false; readonly fields: Record<string, string> };

const rawNames = { studentNumber: "identifier", grade: "grades", name: "title", code: "classCode" } as const;
const rawNameOf = (field: string) => (rawNames as Readonly<Record<string, string>>)[field] ?? field;

/** @param now the person's values as they are; those of the patch are read beside them */
export function readPersonEdit(role: PersonRole, now: PersonValues, patch: PersonPatch): ReadEdit<PersonValues> {
  const refused = learnersOnly.filter((field) => role !== "learner" && (patch[field] ?? "") !== "");
  if (refused.length > 0) return { ok: false, fields: Object.fromEntries(refused.map((field) => [field, "Only learners have one"])) };
  const fields = { role: role === "learner" ? "student" : "teacher", orgSourcedIds: "any", ...rawOf({ ...now, ...given(patch) }) };
  return taken(normalise("users", rawRecord(fields)), patch, "familyName", "Enter a first name or a last name");
}

const learnersOnly = ["grade", "studentNumber"] as const;

/** @param now the class's own values as they are; those of the patch are read beside them */
export function readClassroomEdit(now: ClassroomValues, patch: ClassroomPatch): ReadEdit<ClassroomValues> {
  const fields = { schoolSourcedId: "any", courseSourcedId: "any", termSourcedIds: "any", ...rawOf({ ...now, ...given(patch) }) };
  return taken(normalise("classes", rawRecord(fields)), patch, "name", "Enter a name");
}

function rawRecord(fields: RawRecord["fields"]): RawRecord {
  return { place: { part: "", position: 0 }, fields: { sourcedId: "edit", status: "active", ...fields } };
}

function rawOf(values: Readonly<Record<string, unknown>>): RawRecord["fields"] {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [rawNameOf(field), (value ?? "") as string | readonly string[]]),
  );
}

function given<T extends object>(patch: T): Partial<T> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function taken<T>(
  outcome: ReturnType<typeof normalise<"users" | "classes">>,
  patch: object,
  missing: string,
  isMissing: string,
): ReadEdit<T> {
  if (outcome.disposition !== "rostered") return { ok: false, fields: { [missing]: isMissing } };
  const names = Object.keys(given(patch));
  const said = names.flatMap((field) => {
    const issue = outcome.issues.find((one) => one.field === rawNameOf(field) && one.value !== null);
    return issue ? [[field, wrong(issue)] as const] : [];
  });
  if (said.length > 0) return { ok: false, fields: Object.fromEntries(said) };
  const record = outcome.record as unknown as Readonly<Record<string, unknown>>;
  return { ok: true, values: Object.fromEntries(names.map((field) => [field, record[field]])) as Partial<T> };
}

const sentences: Partial<Record<IssueCode, string>> = {
  "email-invalid": "This is no email address",
  "grade-unknown": "This is no grade that Aivo knows",
  "value-too-long": "At most 255 characters",
  "value-replaced": "This is none of the kinds of class",
};

function wrong({ code, value }: Issue): string {
  return sentences[code] ?? `“${value}” cannot be used here`;
}
