import { type CanonicalByCollection, type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import type { Issue } from "#lib/roster/issues.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";

/** A column of the roster that a SIS may not send. */
interface OptionalColumn {
  /** The raw fields that say it; any of them is enough. */
  readonly fields: readonly string[];
  /** What it is where nothing is said, as SQL over a column; null and an empty list where left out. */
  readonly blank?: (column: string) => string;
  /** Nobody else has it. */
  readonly learnersOnly?: true;
  /** Whether a record has it in another field, of which it is only a part. */
  readonly isElsewhere?: (record: object) => boolean;
}

/**
 * What a record may come without, by collection and column of the roster. A column whose fields no record carries says
 * nothing, which is not the same as saying that it is blank: what Aivo has is kept.
 */
export const optionalColumns: { readonly [C in Collection]: Readonly<Record<string, OptionalColumn>> } = {
  orgs: { number: { fields: ["identifier"] }, grades: { fields: ["grades"] } },
  academicSessions: { school_year: { fields: ["schoolYear"] } },
  courses: { code: { fields: ["courseCode"] }, subjects: { fields: ["subjects"] }, grades: { fields: ["grades"] } },
  classes: {
    code: { fields: ["classCode"] },
    class_type: { fields: ["classType"], blank: (column) => `${column} = 'scheduled'` },
    subjects: { fields: ["subjects"] },
    grades: { fields: ["grades"] },
    periods: { fields: ["periods"] },
    course_id: { fields: ["courseSourcedId"] },
    term_ids: { fields: ["termSourcedIds"] },
  },
  users: {
    given_name: { fields: ["givenName"], blank: (column) => `${column} = ''` },
    family_name: { fields: ["familyName"], blank: (column) => `${column} = ''` },
    middle_name: { fields: ["middleName"] },
    email: { fields: ["email"] },
    username: { fields: ["username"] },
    grade: { fields: ["grades"], learnersOnly: true },
    student_number: {
      fields: ["identifier"],
      learnersOnly: true,
      isElsewhere: (record) => "studentNumber" in record && record.studentNumber !== null,
    },
    school_ids: { fields: ["orgSourcedIds"] },
  },
  roles: {},
  enrollments: {
    // All that `primary` says is who is a co-teacher.
    role: { fields: ["primary"], blank: (column) => `${column} <> 'co-teacher'` },
    begin_date: { fields: ["beginDate"] },
    end_date: { fields: ["endDate"] },
  },
};

/** Columns of the roster, by collection. */
export type Columns = Readonly<Partial<Record<Collection, readonly string[]>>>;

/** Issues of a field that no record carries, all for want of a value: told once and not for each record. */
export interface Unsaid {
  readonly collection: Collection;
  readonly code: IssueCode;
  readonly field: string;
}

/** Gathers, while records go by, which optional columns any of them carried. Keeps nothing of the records. */
export class CarriedColumns {
  readonly #missing: Partial<Record<Collection, Map<string, OptionalColumn>>> = {};
  readonly #declared = new Set<Collection>();

  /** To be told of each batch, also of one without a record that could be used. */
  begin({ collection, columns, rolesApart }: RawBatch): void {
    const missing = this.#missing[collection] ?? new Map(Object.entries(optionalColumns[collection]));
    this.#missing[collection] = missing;
    // Their roles say where they are, and nothing where there is none.
    if (rolesApart) missing.delete("school_ids");
    if (columns === undefined) return;
    this.#declared.add(collection);
    for (const [name, { fields }] of missing) if (fields.some((field) => columns.includes(field))) missing.delete(name);
  }

  /** A record that comes through. A field that it has as null says as little as one that it does not have. */
  add<C extends Collection>(collection: C, raw: RawRecord, record: CanonicalByCollection[C]): void {
    const missing = this.#missing[collection];
    if (missing === undefined || missing.size === 0) return;
    const isOther = "role" in record && record.role === "teacher";
    for (const [name, { fields, learnersOnly, isElsewhere }] of missing) {
      if (learnersOnly && isOther) continue;
      if (isElsewhere?.(record) || fields.some((field) => raw.fields[field] !== undefined)) missing.delete(name);
    }
  }

  /** Raw fields that no record carried, where no header said so beforehand. */
  missingFields(): readonly { readonly collection: Collection; readonly field: string }[] {
    return Object.entries(this.#missing).flatMap(([name, missing]) => {
      const collection = name as Collection;
      if (this.#declared.has(collection)) return [];
      return [...missing.values()].flatMap(({ fields }) => fields.map((field) => ({ collection, field })));
    });
  }

  /** What was carried, of the collections that were read. */
  columns(): Columns {
    return Object.fromEntries(
      Object.entries(this.#missing).map(([collection, missing]) => [
        collection,
        Object.keys(optionalColumns[collection as Collection]).filter((name) => !missing.has(name)),
      ]),
    );
  }
}

/** Remembers what kinds of issues there were, and none of the issues. */
export class UnsaidIssues {
  readonly #all = new Map<string, Unsaid>();

  /** Whether the issue is only that a record has no value in a field that the header does not have. */
  takes({ collection, code, field, value }: Issue, columns: readonly string[] | undefined): boolean {
    if (columns === undefined || field === null || value !== null || columns.includes(field)) return false;
    if (issueCodes[code].severity === "error") return false;
    this.add({ collection, code, field });
    return true;
  }

  add(unsaid: Unsaid): void {
    this.#all.set(`${unsaid.collection} ${unsaid.code} ${unsaid.field}`, unsaid);
  }

  all(): readonly Unsaid[] {
    return [...this.#all.values()];
  }
}

/**
 * What is known to be carried once a read has succeeded: a full read says it anew, changes add to what is known. Changes
 * that come as files say it anew as well: what they do not carry was kept, and the next file that does carry it is
 * compared with all that was kept (isCarriedAnew). Nothing is known of a collection that is not named.
 */
export function carriedSince(
  before: Columns,
  now: Columns,
  { modes, canReadFully }: { readonly modes: Readonly<Record<Collection, ReadMode>>; readonly canReadFully: boolean },
): Columns {
  return Object.fromEntries(
    collections.flatMap((collection) => {
      const isAnew = modes[collection] === "bulk" || (modes[collection] === "delta" && !canReadFully);
      const known = isAnew ? [] : before[collection];
      return known === undefined ? [] : [[collection, [...new Set([...known, ...(now[collection] ?? [])])].sort()]];
    }),
  );
}
