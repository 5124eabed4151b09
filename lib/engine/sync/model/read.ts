import type { SisState } from "#lib/engine/testing/sync.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { cluesOf } from "#lib/roster/clues.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";

/** Test-only: one collection as it was read, with repeated ids settled. */
export interface ModelRead {
  readonly incoming: Map<string, Record<string, unknown>>;
  readonly setAside: Map<string, string>;
  /** What the rows without an id say of themselves. */
  readonly clues: ReadonlySet<string>;
  /** The optional values that some record carried. */
  readonly carried: ReadonlySet<string>;
}

/** Values that a SIS may not send, each with the raw field that says it. */
export const optionalValues: Readonly<Record<Collection, Readonly<Record<string, string>>>> = {
  orgs: { number: "identifier", grades: "grades" },
  academicSessions: { schoolYear: "schoolYear" },
  courses: { code: "courseCode", subjects: "subjects", grades: "grades" },
  classes: {
    code: "classCode",
    classType: "classType",
    subjects: "subjects",
    grades: "grades",
    periods: "periods",
    course: "courseSourcedId",
    terms: "termSourcedIds",
  },
  users: {
    givenName: "givenName",
    familyName: "familyName",
    middleName: "middleName",
    email: "email",
    username: "username",
    grade: "grades",
    studentNumber: "identifier",
    schools: "orgSourcedIds",
  },
  roles: {},
  enrollments: { role: "primary", beginDate: "beginDate", endDate: "endDate" },
};

/** Whether the value is what it is where nothing is said. */
export function isBlankValue(collection: Collection, name: string, value: unknown): boolean {
  if (collection === "enrollments" && name === "role") return value !== "co-teacher";
  if (name === "classType") return value === "scheduled";
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

const unreadableColumns: Record<string, string> = { "email-invalid": "email", "grade-unknown": "grade" };

export function readCollection(collection: Collection, state: SisState, rules?: ReadingRules): ModelRead {
  const seen = new Map<string, { content: string; disposition: string; record: Record<string, unknown> | null }[]>();
  const clues = new Set<string>();
  const rolesApart = collection === "users" && state.version === "1.2";
  const carried = new Set<string>(rolesApart ? ["schools"] : []);
  for (const [index, fields] of (state.rows[collection] ?? []).entries()) {
    const raw = { place: { part: `${collection}.csv`, position: index + 2 }, fields };
    const outcome = normalise(collection, raw, [], { rolesApart, rules });
    const externalId = outcome.disposition === "rostered" ? outcome.record.externalId : outcome.externalId;
    if (externalId === null) {
      for (const clue of cluesOf(collection, raw)) clues.add(clue.toLowerCase());
      continue;
    }
    if (outcome.disposition === "rostered") {
      const isOther = "role" in outcome.record && outcome.record.role === "teacher";
      for (const [name, field] of Object.entries(optionalValues[collection]))
        if (fields[field] !== undefined && !(isOther && (name === "grade" || name === "studentNumber"))) carried.add(name);
    }
    const unreadable = outcome.issues.flatMap((issue) => unreadableColumns[issue.code] ?? []);
    const { externalId: _, ...record } =
      outcome.disposition === "rostered" ? { ...outcome.record, ...(collection === "users" ? { unreadable } : {}) } : { externalId };
    const occurrence = {
      content: JSON.stringify([outcome.disposition, record]),
      disposition: outcome.disposition,
      record: outcome.disposition === "rostered" ? record : null,
    };
    seen.set(externalId, [...(seen.get(externalId) ?? []), occurrence]);
  }
  const incoming = new Map<string, Record<string, unknown>>();
  const setAside = new Map<string, string>();
  for (const [externalId, occurrences] of seen) {
    const [first] = occurrences;
    if (!first) continue;
    if (new Set(occurrences.map((occurrence) => occurrence.content)).size > 1) setAside.set(externalId, "left-out");
    else if (first.record) incoming.set(externalId, first.record);
    else setAside.set(externalId, first.disposition);
  }
  return { incoming, setAside, clues, carried };
}
