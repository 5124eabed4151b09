/** What is kept of a record once it is parsed: the text of what is read of it, and what the reading itself has to know. */

import type { RosteredCollection } from "#lib/roster/canonical.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { fieldsOfRecord, isObject, lastModifiedOf, saysTime } from "./records.ts";
import { type PersonAside, rolesOf } from "./user-roles.ts";

export interface KeptRecord {
  readonly text: string;
  /** Under which it is counted. Without a sourcedId, a record is told from others by all that it says. */
  readonly id: string;
  readonly hasId: boolean;
  readonly isWithdrawn: boolean;
  /** When it was last changed, in milliseconds; null where it does not say or nobody can read it. */
  readonly modifiedMs: number | null;
  /** Whether it says more than the day of that. */
  readonly saysTime: boolean;
  /** Of a person: which version they are of, by where their role stands; null where they have none, and for all else. */
  readonly looksLike: OneRosterVersion | null;
}

/** `text` is JSON of its raw fields; of a person of 1.2, of a `PersonAside`. */
export function keepRecord(version: OneRosterVersion, collection: RosteredCollection, record: unknown): KeptRecord {
  const fields = fieldsOfRecord(version, collection, record);
  const { status } = fields;
  const sourcedId = typeof fields.sourcedId === "string" ? fields.sourcedId.trim() : "";
  const isApart = collection === "users" && version === "1.2";
  const text = JSON.stringify(isApart ? ({ fields, roles: rolesOf(sourcedId, record) } satisfies PersonAside) : fields);
  return {
    text,
    id: sourcedId === "" ? `\0${text}` : sourcedId,
    hasId: sourcedId !== "",
    isWithdrawn: status !== "active" && typeof status === "string" && /^\s*(tobedeleted|inactive)\s*$/i.test(status),
    modifiedMs: lastModifiedOf(record),
    saysTime: saysTime(record),
    looksLike: collection === "users" ? looksOf(record) : null,
  };
}

function looksOf(record: unknown): OneRosterVersion | null {
  if (!isObject(record)) return null;
  if (Array.isArray(record.roles)) return record.role === undefined ? "1.2" : null;
  return typeof record.role === "string" && Array.isArray(record.orgs) ? "1.1" : null;
}
