/** The steps of a connection test that read a OneRoster interface: each endpoint for itself, counted, its first records normalised. */

import type { Outcome, Step } from "#lib/engine/sis/check.ts";
import { sampleRecords } from "#lib/engine/sis/sample.ts";
import { type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import { askApi, type OneRosterApi, queryOf } from "./api.ts";
import { listReadingOf, readPage } from "./page.ts";
import { howRead, rolesMissing } from "./people-aside.ts";
import { columnsOf, type RawFields } from "./records.ts";
import type { PersonAside } from "./user-roles.ts";

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
    await askApi(api, { endpoint: part, query, list: listReadingOf(api, collection, SAMPLED_RECORDS), page: 1 }),
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
  const people = collection === "users" && api.version === "1.2" ? records.map(({ text }) => JSON.parse(text) as PersonAside) : null;
  const fields = people?.map((person) => person.fields) ?? records.map(({ text }) => JSON.parse(text) as RawFields);
  const sample = sampleRecords({
    collection,
    part,
    columns: columnsOf(api.version, collection),
    noun: "records",
    isOnePage: true,
    records: fields.map((record) => ({ place: { part, position: 1 }, fields: record })),
    ...(people === null ? {} : howRead),
  });
  if (people === null) return { ...sample, evidence: [count, ...sample.evidence] };
  const withRole = people.filter(({ roles }) => roles.length > 0).length;
  const evidence = [
    count,
    `Of the first ${people.length} people, ${withRole} have a role; what they are and where is computed from all of them.`,
    ...sample.evidence,
  ];
  if (withRole > 0) return { ...sample, evidence };
  const { message: cause, remedy } = rolesMissing(api);
  return { ...sample, state: "failed", evidence, cause, remedy };
}
