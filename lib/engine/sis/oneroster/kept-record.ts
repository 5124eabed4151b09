/** What is kept of a record once it is parsed: the text of what is read of it, and what the reading itself has to know. */
import type { RosteredCollection } from "#lib/roster/canonical.ts";
import { fieldsOfRecord, isObject, lastModifiedOf, saysTime } from "./records.ts";

export interface KeptRecord {
  /** JSON of its raw fields. */
  readonly text: string;
  /** Under which it is counted. Without a sourcedId, a record is told from others by all that it says. */
  readonly id: string;
  readonly hasId: boolean;
  readonly isWithdrawn: boolean;
  /** When it was last changed, in milliseconds; null where it does not say or nobody can read it. */
  readonly modifiedMs: number | null;
  /** Whether it says more than the day of that. */
  readonly saysTime: boolean;
  /** A person with several roles, as OneRoster 1.2 has them. */
  readonly hasRoles: boolean;
}

export function keepRecord(collection: RosteredCollection, record: unknown): KeptRecord {
  const fields = fieldsOfRecord(collection, record);
  const text = JSON.stringify(fields);
  const { status } = fields;
  const sourcedId = typeof fields.sourcedId === "string" ? fields.sourcedId.trim() : "";
  return {
    text,
    id: sourcedId === "" ? `\0${text}` : sourcedId,
    hasId: sourcedId !== "",
    isWithdrawn: status !== "active" && typeof status === "string" && /^\s*(tobedeleted|inactive)\s*$/i.test(status),
    modifiedMs: lastModifiedOf(record),
    saysTime: saysTime(record),
    hasRoles: isObject(record) && Array.isArray(record.roles) && record.role === undefined,
  };
}
