import type { LinkEntity } from "./canonical.ts";

/**
 * The fields of which an admin can say which integration comes first, by kind of record, with the roster's columns that they are. What makes
 * sense only together is one field: nobody's name is of two SISs, nor do dates end before they begin.
 */
export const orderedFields = {
  school: { name: ["name"], number: ["number"], grades: ["grades"] },
  term: { name: ["name"], type: ["type"], dates: ["begin_date", "end_date"], "school-year": ["school_year"] },
  course: { name: ["name"], code: ["code"], subjects: ["subjects"], grades: ["grades"] },
  classroom: {
    name: ["name"],
    code: ["code"],
    type: ["class_type"],
    subjects: ["subjects"],
    grades: ["grades"],
    periods: ["periods"],
    course: ["course_id"],
    school: ["school_id"],
    terms: ["term_ids"],
  },
  account: {
    name: ["given_name", "middle_name", "family_name"],
    email: ["email"],
    username: ["username"],
    grade: ["grade"],
    number: ["student_number"],
    schools: ["school_ids"],
  },
  membership: { role: ["role"], dates: ["begin_date", "end_date"] },
} as const satisfies Record<LinkEntity, Readonly<Record<string, readonly string[]>>>;

type FieldOf<E extends LinkEntity> = Extract<keyof (typeof orderedFields)[E], string>;

/** A kind of record and a field of it: "account.email". */
export type OrderedField = { readonly [E in LinkEntity]: `${E}.${FieldOf<E>}` }[LinkEntity];

interface Described {
  readonly field: OrderedField;
  readonly entity: LinkEntity;
  readonly columns: readonly string[];
}

export const allOrderedFields: readonly Described[] = Object.entries(orderedFields).flatMap(([entity, fields]) =>
  Object.entries(fields).map(([name, columns]) => ({ field: `${entity}.${name}` as OrderedField, entity: entity as LinkEntity, columns })),
);

export const orderedFieldsOf = (entity: LinkEntity): readonly Described[] => allOrderedFields.filter((one) => one.entity === entity);

/** The field that a column of the roster belongs to. */
export function orderedFieldOf(entity: LinkEntity, column: string): OrderedField {
  const found = orderedFieldsOf(entity).find(({ columns }) => columns.includes(column));
  if (!found) throw new Error(`${entity} has no field with ${column}`);
  return found.field;
}

/** Columns without which no record is read: every SIS tells them. All others one may not send (lib/engine/sync/carried.ts). */
export const requiredColumns: Readonly<Record<LinkEntity, readonly string[]>> = {
  school: ["name"],
  term: ["name", "type", "begin_date", "end_date"],
  course: ["name"],
  classroom: ["name", "school_id"],
  account: [],
  membership: [],
};
