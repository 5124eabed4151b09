/** One page of a collection: where its records are, what it says of the total, and when it is a failure in disguise. */

import { invalidAnswer, type JsonAnswer, type ListReading, placeInWords } from "#lib/engine/sis/http.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { RosteredCollection } from "#lib/roster/canonical.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { errorInBody, type OneRosterApi } from "./api.ts";
import { statusInfoOf } from "./envelope.ts";
import { type KeptRecord, keepRecord } from "./kept-record.ts";
import { isObject } from "./records.ts";

export interface Page {
  readonly records: readonly KeptRecord[];
  /** Of the whole collection, as the server says; null where it does not. */
  readonly total: number | null;
  /** Whether its Link header promises another page. The link itself is never called. */
  readonly hasNext: boolean;
  readonly bytes: number;
  readonly date: Date | null;
}

/** The standard's key names the kind of record; some servers use the path's last word. */
const wrapperKeys: Record<RosteredCollection, readonly string[]> = {
  orgs: ["orgs", "schools"],
  academicSessions: ["academicSessions", "terms", "gradingPeriods"],
  courses: ["courses"],
  classes: ["classes"],
  users: ["users", "students", "teachers"],
  enrollments: ["enrollments"],
};

/** How a page of the collection is to be read from the wire: `readPage` takes only what was read so. `most`: records asked for. */
export function listReadingOf({ version }: Pick<OneRosterApi, "version">, collection: RosteredCollection, most: number): ListReading {
  return { names: wrapperKeys[collection], most, keep: (record) => keepRecord(version, collection, record) };
}

/**
 * @throws HttpFailure `response-invalid` for an error envelope, whatever its status, and for an answer without the list: that is never
 * an empty collection
 */
export function readPage(
  api: Pick<OneRosterApi, "version" | "notOneRoster" | "notThisVersion">,
  collection: RosteredCollection,
  answer: JsonAnswer,
): Page {
  const { json, place, status } = answer;
  const info = statusInfoOf(json);
  if (info?.isFailure) throw errorInBody(place, status, info.minor);
  if (!isObject(json))
    throw invalidAnswer(
      place,
      status,
      json === undefined ? "with no data at all" : "with data that is no OneRoster answer",
      api.notOneRoster,
    );
  const key = findKey(json, wrapperKeys[collection]);
  const list = key === undefined ? undefined : json[key];
  if (!Array.isArray(list)) {
    const what = key === undefined ? `without the list "${collection}"` : `with something other than a list under "${key}"`;
    throw invalidAnswer(place, status, what, api.notOneRoster);
  }
  // Kept as such by the reading that was asked for.
  const records = list as readonly KeptRecord[];
  refuseOtherVersion(api, records[0], answer);
  return {
    records,
    total: readCount(answer.headers["x-total-count"]),
    hasNext: /;\s*rel\s*=\s*"?next"?/i.test(answer.headers.link ?? ""),
    bytes: answer.bytes,
    date: answer.date,
  };
}

const people: Readonly<Record<OneRosterVersion, string>> = {
  "1.1": "people as OneRoster 1.1 has them (a role, and orgs)",
  "1.2": "people as OneRoster 1.2 has them (a list of roles)",
};

/** Half understood, people of the other version would be people without a role. @throws RunFailure `version-disagrees` */
export function refuseOtherVersion(
  { version, notThisVersion: remedy }: Pick<OneRosterApi, "version" | "notThisVersion">,
  person: KeptRecord | undefined,
  { place }: JsonAnswer,
): void {
  const looks = person?.looksLike ?? version;
  if (looks === version) return;
  throw new RunFailure({
    code: "version-disagrees",
    step: place.step,
    message: `${placeInWords(place)} is read as OneRoster ${version}, and answered with ${people[looks]}. Nothing was changed.`,
    remedy,
  });
}

function findKey(json: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  const exact = keys.find((key) => key in json);
  if (exact !== undefined) return exact;
  const lower = keys.map((key) => key.toLowerCase());
  return Object.keys(json).find((key) => lower.includes(key.toLowerCase()));
}

function readCount(value: string | undefined): number | null {
  return value !== undefined && /^\s*\d{1,12}\s*$/.test(value) ? Number(value) : null;
}
