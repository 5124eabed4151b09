/** Single records, and short lists below one: what a read of one person asks for. */

import { HttpFailure, invalidAnswer, type JsonAnswer } from "#lib/engine/sis/http.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { RosteredCollection } from "#lib/roster/canonical.ts";
import { askApi, encode, errorInBody, type OneRosterApi, queryOf } from "./api.ts";
import { statusInfoOf } from "./envelope.ts";
import { type KeptRecord, keepRecord } from "./kept-record.ts";
import { listReadingOf, readPage, refuseOtherVersion } from "./page.ts";
import { isObject } from "./records.ts";

const singularOf: Record<RosteredCollection, string> = {
  orgs: "org",
  academicSessions: "academicSession",
  courses: "course",
  classes: "class",
  users: "user",
  enrollments: "enrollment",
};

export interface OneRecord {
  readonly record: KeptRecord;
  readonly bytes: number;
}

/**
 * A record by its id; null where the SIS says that it has none. That may also be the answer of a server that gives no single records:
 * `givesSingles` tells.
 * @throws HttpFailure `response-invalid` for an answer that is not that record; all of the API's; RunCancelled
 */
export async function readOne(api: OneRosterApi, collection: RosteredCollection, id: string): Promise<OneRecord | null> {
  const answer = await askApi(api, {
    endpoint: `/${collection}/${encode(id)}`,
    called: `/${collection}/{id}`,
    query: "",
    expect: [404],
  });
  if (answer.status === 404) return null;
  const info = statusInfoOf(answer.json);
  if (info?.isFailure && info.minor === "unknown object") return null;
  if (info?.isFailure) throw errorInBody(answer.place, answer.status, info.minor);
  const record = keepRecord(api.version, collection, recordIn(api, collection, answer));
  if (record.id !== id) throw invalidAnswer(answer.place, answer.status, "with another record than the one asked for", api.notOneRoster);
  refuseOtherVersion(api, record, answer);
  return { record, bytes: answer.bytes };
}

function recordIn(api: OneRosterApi, collection: RosteredCollection, { json, place, status }: JsonAnswer): unknown {
  const wanted = singularOf[collection].toLowerCase();
  const key = isObject(json) ? Object.keys(json).find((name) => name.toLowerCase() === wanted) : undefined;
  const record = isObject(json) && key !== undefined ? json[key] : undefined;
  if (!isObject(record)) throw invalidAnswer(place, status, `without the record "${singularOf[collection]}"`, api.notOneRoster);
  return record;
}

/**
 * Whether the SIS gives records of the collection by their ids at all: tried with one that it lists. Only then does "not found" mean that
 * a record is gone.
 */
export async function givesSingles(api: OneRosterApi, collection: RosteredCollection): Promise<boolean> {
  const query = queryOf({ limit: 5, offset: 0, sort: "sourcedId", orderBy: "asc" });
  const answer = await askApi(api, { endpoint: `/${collection}`, query, list: listReadingOf(api, collection, 5), page: 1 });
  const { records } = readPage(api, collection, answer);
  const sample = records.find(({ hasId, isWithdrawn }) => hasId && !isWithdrawn);
  return sample !== undefined && (await readOne(api, collection, sample.id)) !== null;
}

export function givesNoSingles(collection: RosteredCollection): RunFailure {
  return new RunFailure({
    code: "response-invalid",
    step: `read /${collection}/{id}`,
    message: `The SIS lists /${collection} and gives none of them by its id, so that Aivo cannot read one person alone. Nothing was changed.`,
    remedy: "Choose Run Sync Now on the integration's page: it reads everybody at once.",
  });
}

const nestedPage = 200;
const mostNestedPages = 10;

/**
 * The records of a list below a record, such as `/users/{id}/classes`; null where the SIS does not offer it to Aivo, or it has no end
 * that can be told.
 */
export async function readBelow(
  api: OneRosterApi,
  collection: RosteredCollection,
  { endpoint, called }: { readonly endpoint: string; readonly called: string },
): Promise<{ readonly records: readonly KeptRecord[]; readonly bytes: number } | null> {
  const found = new Map<string, KeptRecord>();
  let bytes = 0;
  try {
    for (let number = 1, offset = 0; number <= mostNestedPages; number++) {
      const query = queryOf({ limit: nestedPage, offset, sort: "sourcedId", orderBy: "asc" });
      const list = listReadingOf(api, collection, nestedPage);
      const answer = await askApi(api, { endpoint, called, query, list, page: number, ...(number > 1 ? { expect: [404] } : {}) });
      const page = answer.status === 404 || answer.status === 204 ? null : readPage(api, collection, answer);
      if (page === null && number === 1) return null;
      const before = found.size;
      for (const record of page?.records ?? []) found.set(record.id, record);
      bytes += answer.bytes;
      const isEnd = page === null || page.records.length === 0 || found.size === before || found.size === page.total;
      if (isEnd) return { records: [...found.values()], bytes };
      offset += page.records.length;
    }
    return null;
  } catch (error) {
    const isNotOffered = error instanceof HttpFailure && (error.code === "response-invalid" || error.code === "permission");
    if (isNotOffered) return null;
    throw error;
  }
}
