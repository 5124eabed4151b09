/** OneRoster's JSON records as raw records: the CSV binding's field names, so that lib/roster has one vocabulary. Only what is read is kept. */

import type { RosteredCollection } from "#lib/roster/canonical.ts";
import type { RawRecord } from "#lib/roster/raw.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";

export type RawFields = RawRecord["fields"];
type Value = RawFields[string];
type Read = (value: unknown) => Value;

/** One value as text: numbers and booleans as they print, `null` and objects as nothing. */
const text: Read = (value) =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;

/** A list of texts; one text alone is what some vendors send for it. */
const texts: Read = (value) => (Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : text(value));

/** A reference's id: told by the field it stands in, whatever `type` and `href` say. */
const ref: Read = (value) => (isObject(value) ? text(value.sourcedId) : text(value));

const refs: Read = (value) => {
  const items = (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => ref(item) ?? []);
  return items.length === 0 ? undefined : items;
};

/** `{ type, identifier }` in the CSV binding's spelling, `{type:identifier}`. */
const userIds: Read = (value) =>
  Array.isArray(value)
    ? value.flatMap((item: unknown) => (isObject(item) ? `{${text(item.type) ?? ""}:${text(item.identifier) ?? ""}}` : (text(item) ?? [])))
    : text(value);

/** Infinite Campus's id of 1.1 in the metadata of 1.2, nested or under a key with dots. */
const legacyId: Read = (value) => {
  if (!isObject(value)) return undefined;
  const ic = isObject(value.ic) ? value.ic : undefined;
  return text(ic?.legacysourceId ?? ic?.legacySourceId ?? value["ic.legacysourceId"] ?? value["ic.legacySourceId"]);
};

/** The wire's names, the likeliest first: a description of an interface is no promise of its spelling. */
type FieldMap = readonly (readonly [name: string, wire: string | readonly string[], read: Read])[];

const same = (read: Read, ...names: readonly string[]): FieldMap => names.map((name) => [name, name, read]);

/** Raw field ← wire field. Passwords, profiles with their credentials, phone numbers, agents and demographics are never read. */
const fieldsOf: Record<RosteredCollection, FieldMap> = {
  orgs: [...same(text, "sourcedId", "status", "name", "type", "identifier"), ...same(texts, "grades")],
  academicSessions: same(text, "sourcedId", "status", "title", "type", "startDate", "endDate", "schoolYear"),
  courses: [...same(text, "sourcedId", "status", "title", "courseCode"), ...same(texts, "grades", "subjects")],
  classes: [
    ...same(text, "sourcedId", "status", "title", "classCode", "classType"),
    ["courseSourcedId", "course", ref],
    ["schoolSourcedId", "school", ref],
    ["termSourcedIds", "terms", refs],
    ...same(texts, "grades", "subjects", "periods"),
  ],
  users: [
    ...same(text, "sourcedId", "status", "role", "username", "givenName", "middleName", "familyName", "identifier", "email"),
    ["orgSourcedIds", "orgs", refs],
    ["userIds", "userIds", userIds],
    ...same(texts, "grades"),
  ],
  enrollments: [
    ...same(text, "sourcedId", "status", "role", "primary", "beginDate", "endDate"),
    ["classSourcedId", "class", ref],
    ["userSourcedId", "user", ref],
  ],
};

/** A person of 1.2, whose roles are taken apart from them (user-roles.ts). */
const fieldsOfLaterUser: FieldMap = [
  ...same(text, "sourcedId", "status", "username", "givenName", "middleName", "familyName", "identifier", "email", "userMasterIdentifier"),
  ["preferredGivenName", ["preferredFirstName", "preferredGivenName"], text],
  ["preferredMiddleName", "preferredMiddleName", text],
  ["preferredFamilyName", ["preferredLastName", "preferredFamilyName"], text],
  ["primaryOrgSourcedId", "primaryOrg", ref],
  ["legacySourcedId", "metadata", legacyId],
  ["userIds", "userIds", userIds],
  ["grades", ["grades", "grade"], texts],
];

function mapOf(version: OneRosterVersion, collection: RosteredCollection): FieldMap {
  return collection === "users" && version === "1.2" ? fieldsOfLaterUser : fieldsOf[collection];
}

/** The raw fields of a collection, in the order in which a sample shows them. */
export function columnsOf(version: OneRosterVersion, collection: RosteredCollection): readonly string[] {
  return mapOf(version, collection).map(([name]) => name);
}

/** A record of the wire; what is no object has no fields, and so no id. */
export function fieldsOfRecord(version: OneRosterVersion, collection: RosteredCollection, record: unknown): RawFields {
  if (!isObject(record)) return {};
  const fields: Record<string, Value> = {};
  for (const [name, wire, read] of mapOf(version, collection)) {
    const names = typeof wire === "string" ? [wire] : wire;
    const value = names.map((spelling) => read(record[spelling])).find((found) => found !== undefined);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** When a record was last changed, in milliseconds; null where it does not say or nobody can read it. */
export function lastModifiedOf(record: unknown): number | null {
  const value = isObject(record) ? text(record.dateLastModified) : undefined;
  if (typeof value !== "string") return null;
  if (value === last.text) return last.ms;
  last = { text: value, ms: msOf(value) };
  return last.ms;
}

/** Many records of a SIS have one date: that of its own last import. */
let last: { readonly text: string; readonly ms: number | null } = { text: "", ms: null };

function msOf(value: string): number | null {
  // JavaScript reads a date alone as UTC, but a date with time and no zone as local time.
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(value.trim()) || !value.includes(":");
  const ms = Date.parse(hasZone ? value.trim() : `${value.trim()}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * Whether its dateLastModified says more than a day. Many write a day as midnight, in UTC or where they are, so that a full quarter of
 * an hour says nothing.
 */
export function saysTime(record: unknown): boolean {
  const value = isObject(record) ? text(record.dateLastModified) : undefined;
  const [, minutes, seconds = "0"] = typeof value === "string" ? (/[T ]\d\d:(\d\d)(?::(\d\d(?:[.,]\d+)?))?/i.exec(value) ?? []) : [];
  return minutes !== undefined && (Number(minutes) % 15 !== 0 || Number(seconds.replace(",", ".")) > 0);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
