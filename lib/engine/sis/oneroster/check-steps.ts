/** The steps of a connection test that read a OneRoster interface: each endpoint for itself, counted, its first records normalised. */

import type { Outcome, Step } from "#lib/engine/sis/check.ts";
import { sampleRecords } from "#lib/engine/sis/sample.ts";
import { type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import { askApi, type OneRosterApi, queryOf } from "./api.ts";
import { listReadingOf, readPage } from "./page.ts";
import { columnsOf, type RawFields } from "./records.ts";

const SAMPLED_RECORDS = 100;

const names: Record<RosteredCollection, string> = {
  orgs: "Schools and other orgs",
  academicSessions: "Academic sessions",
  courses: "Courses",
  classes: "Classes",
  users: "Users",
  enrollments: "Enrollments",
};

/** One step per endpoint that a sync needs. `api` is there once the steps before have signed in. */
export function endpointSteps(api: () => OneRosterApi): readonly Step[] {
  return rosteredCollections.map((collection) => ({
    id: `read-${collection}`,
    name: `${names[collection]} (/${collection})`,
    isIndependent: true,
    run: () => readFirst(api(), collection),
  }));
}

async function readFirst(api: OneRosterApi, collection: RosteredCollection): Promise<Outcome> {
  const part = `/${collection}`;
  const query = queryOf({ limit: SAMPLED_RECORDS, offset: 0, sort: "sourcedId", orderBy: "asc" });
  const page = readPage(
    api,
    collection,
    await askApi(api, { endpoint: part, query, list: listReadingOf(collection, SAMPLED_RECORDS), page: 1 }),
  );
  const { records, total } = page;
  const count =
    total === null ? `At least ${records.length} records; the SIS states no total.` : `${total.toLocaleString("en-US")} records.`;
  if (records.length === 0 && (collection === "orgs" || collection === "classes" || collection === "users")) {
    return {
      state: "failed",
      evidence: [count],
      cause: `The SIS answers, and shares not one record of ${part}. A sync would stop here rather than withdraw everybody.`,
      remedy: api.notShared(part),
    };
  }
  const sample = sampleRecords({
    collection,
    part,
    columns: columnsOf(collection),
    noun: "records",
    isOnePage: true,
    records: records.map(({ text }) => ({ place: { part, position: 1 }, fields: JSON.parse(text) as RawFields })),
  });
  return { ...sample, evidence: [count, ...sample.evidence] };
}
