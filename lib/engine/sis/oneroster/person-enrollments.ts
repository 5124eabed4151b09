/**
 * The enrollments of one person. The filter by person is believed only for what it brings: who is not in its answer and was in a class
 * before is asked for by the enrollment's own id, so that a filter that hides something withdraws nobody.
 */
import { join } from "node:path";
import { HttpFailure } from "#lib/engine/sis/http.ts";
import type { Lookups } from "#lib/engine/sis/person-failures.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { encode, type OneRosterApi } from "./api.ts";
import type { KeptRecord } from "./kept-record.ts";
import { readCollection } from "./read-collection.ts";
import { givesNoSingles, givesSingles, readBelow, readOne } from "./read-one.ts";
import type { RawFields } from "./records.ts";
import { readSpool } from "./spool.ts";

export interface PersonEnrollments {
  /** As the SIS has them; of those that it has no more, that. */
  readonly records: readonly RawFields[];
  readonly bytes: number;
  readonly notes: readonly string[];
  readonly proof: string;
}

export interface EnrollmentsRequest {
  readonly api: OneRosterApi;
  readonly personId: string;
  /** Ids of the enrollments that Aivo has of the person. */
  readonly known: readonly string[];
  readonly spoolDirectory: string;
  readonly lookups: Lookups;
}

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function readPersonEnrollments(request: EnrollmentsRequest): Promise<PersonEnrollments> {
  const { api, personId, known, lookups } = request;
  const listed = await byFilter(request);
  const isListed = "records" in listed;
  const found = new Map(isListed ? listed.records.map((fields) => [String(fields.sourcedId), fields]) : []);
  let bytes = isListed ? listed.bytes : 0;

  const missing = known.filter((id) => !found.has(id));
  lookups.add(missing.length);
  const asked = await Promise.all(missing.map(async (id) => ({ id, one: await readOne(api, "enrollments", id) })));
  const gone = asked.filter(({ one }) => one === null);
  if (gone.length > 0 && !(await givesSingles(api, "enrollments"))) throw givesNoSingles("enrollments");
  for (const { id, one } of asked) {
    found.set(id, one === null ? { sourcedId: id, status: "tobedeleted" } : fieldsOf(one.record));
    bytes += one?.bytes ?? 0;
  }
  const proof = `${asked.length} asked for by their ids, ${gone.length} of them gone`;
  const isHidden = asked.some(({ one }) => one !== null && !one.record.isWithdrawn && fieldsOf(one.record).userSourcedId === personId);
  const doubt = isListed ? doubtAbout(listed.records.length, isHidden) : listed.because;
  if (doubt === null)
    return { records: [...found.values()], bytes, notes: [], proof: `${isListed ? listed.records.length : 0} by the filter, ${proof}` };

  const classes = await byClasses(request, new Set([...found.values()].map(({ classSourcedId }) => String(classSourcedId))));
  for (const fields of classes?.records ?? []) found.set(String(fields.sourcedId), fields);
  // A person without classes is nothing to tell of.
  const isNothingToTell = classes !== null && classes.records.length === 0 && doubt === bringsNothing;
  return {
    records: [...found.values()],
    bytes: bytes + (classes?.bytes ?? 0),
    notes: isNothingToTell ? [] : [`/enrollments: ${doubt}. ${classes === null ? notLookedFor : "Their classes were read instead."}`],
    proof: `${classes === null ? "" : `${classes.records.length} by their classes, `}${proof}`,
  };
}

const bringsNothing = "the SIS's filter by person brings nothing";
const notLookedFor =
  "The SIS does not list a person's classes either, so that classes which are new for this person were not looked for; the next sync of everything brings them.";

/** Why the filter's answer may not be all; null where nothing speaks against it. */
function doubtAbout(listed: number, isHidden: boolean): string | null {
  if (isHidden) return "the SIS's filter by person leaves out enrollments that it has";
  return listed === 0 ? bringsNothing : null;
}

interface Listed {
  readonly records: readonly RawFields[];
  readonly bytes: number;
}

/** More than these are not one person's. */
const mostOfOne = 1_000;
class OthersToo extends Error {}

/** Those that the filter brings; or why it cannot be used, in words. */
async function byFilter({ api, personId, spoolDirectory }: EnrollmentsRequest): Promise<Listed | { readonly because: string }> {
  // Values stand in single quotes, and nothing says how one in them would be written.
  if (personId.includes("'")) return { because: "the person's id cannot stand in a filter" };
  const path = join(spoolDirectory, "enrollments-of-one.ndjson");
  const ignored = { because: "the SIS ignores the filter by person" };
  try {
    const { tally } = await readCollection(api, {
      collection: "enrollments",
      filter: `user.sourcedId='${personId}'`,
      path,
      recordsBefore: null,
      onPage: ({ received }) => {
        if (received > mostOfOne) throw new OthersToo();
      },
    });
    const records: RawFields[] = [];
    for await (const batch of readSpool(path, "enrollments", "/enrollments")) records.push(...batch.records.map(({ fields }) => fields));
    if (records.some(({ userSourcedId }) => userSourcedId !== personId)) return ignored;
    return { records: records.filter(({ sourcedId }) => typeof sourcedId === "string"), bytes: tally.bytes };
  } catch (error) {
    if (error instanceof OthersToo) return ignored;
    if (error instanceof HttpFailure && error.status !== null && !error.transient && error.code === "response-invalid")
      return { because: "the SIS does not take the filter by person" };
    if (error instanceof HttpFailure && error.code === "server-error")
      return { because: "the SIS failed when it was asked for the enrollments of one person" };
    if (error instanceof RunFailure && error.code === "read-incomplete")
      return { because: "the SIS did not list the enrollments of one person completely" };
    throw error;
  }
}

/** Those of the classes that the SIS lists for the person, beside the classes that are known already; null: it does not list them. */
async function byClasses({ api, personId, lookups }: EnrollmentsRequest, known: ReadonlySet<string>): Promise<Listed | null> {
  const classes = await readBelow(api, "classes", { endpoint: `/users/${encode(personId)}/classes`, called: "/users/{id}/classes" });
  if (classes === null) return null;
  const others = classes.records.map(fieldsOf).filter(({ sourcedId }) => !known.has(String(sourcedId)));
  lookups.add(others.length);
  const lists = await Promise.all(
    others.map(({ sourcedId, schoolSourcedId }) =>
      readBelow(api, "enrollments", {
        endpoint: `/schools/${encode(String(schoolSourcedId))}/classes/${encode(String(sourcedId))}/enrollments`,
        called: "/schools/{id}/classes/{id}/enrollments",
      }),
    ),
  );
  if (lists.some((list) => list === null)) return null;
  const records = lists.flatMap((list) => (list?.records ?? []).map(fieldsOf)).filter(({ userSourcedId }) => userSourcedId === personId);
  return { records, bytes: lists.reduce((sum, list) => sum + (list?.bytes ?? 0), classes.bytes) };
}

export function fieldsOf({ text }: KeptRecord): RawFields {
  return JSON.parse(text) as RawFields;
}
