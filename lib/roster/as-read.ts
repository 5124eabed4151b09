import type { Collection } from "./canonical.ts";
import { readId } from "./id.ts";
import { readList, readText } from "./list.ts";
import { normaliseLabel } from "./name.ts";
import type { RawRecord } from "./raw.ts";
import { parseUserIds, studentNumberOf } from "./user-ids.ts";

/** What a record that could not be normalised says of itself, so that it can be found: by column of the mirror. */
export interface AsRead {
  readonly name?: string | null;
  readonly number?: string | null;
  readonly code?: string | null;
  readonly given_name?: string | null;
  readonly family_name?: string | null;
  readonly email?: string | null;
  readonly student_number?: string | null;
  readonly school_external_id?: string | null;
  readonly school_external_ids?: readonly string[];
  readonly class_external_id?: string | null;
  readonly person_external_id?: string | null;
}

type Field = (name: string) => string;

const readers: Readonly<Record<Collection, (text: Field, raw: RawRecord) => AsRead>> = {
  orgs: (text) => ({ name: label(text("name")), number: label(text("identifier")) }),
  academicSessions: (text) => ({ name: label(text("title")) }),
  courses: (text) => ({ name: label(text("title")), code: label(text("courseCode")) }),
  classes: (text) => ({
    name: label(text("title")),
    code: label(text("classCode")),
    school_external_id: readId(text("schoolSourcedId")) || null,
  }),
  users: (text, raw) => ({
    given_name: label(text("givenName")),
    family_name: label(text("familyName")),
    email: label(text("email")),
    student_number: label(text("identifier") || (studentNumberOf(parseUserIds(raw.fields.userIds)) ?? "")),
    school_external_ids: readList(raw.fields.orgSourcedIds).filter((id) => readId(id) !== null),
  }),
  roles: (text) => ({
    person_external_id: readId(text("userSourcedId")) || null,
    school_external_id: readId(text("orgSourcedId")) || null,
  }),
  enrollments: (text) => ({
    class_external_id: readId(text("classSourcedId")) || null,
    person_external_id: readId(text("userSourcedId")) || null,
  }),
};

export function asRead(collection: Collection, raw: RawRecord): AsRead {
  return readers[collection]((name) => readText(raw.fields[name]), raw);
}

function label(text: string): string | null {
  return normaliseLabel(text) || null;
}
