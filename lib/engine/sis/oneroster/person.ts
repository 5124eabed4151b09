/** One person over OneRoster REST: their record, their enrollments, and of what those name the records that Aivo has not heard of. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Lookups, nobodyThere } from "#lib/engine/sis/person-failures.ts";
import type { Extraction, PersonOptions, SourceContext } from "#lib/engine/sis/source.ts";
import { type Collection, collections, type RosteredCollection } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { OneRosterApi } from "./api.ts";
import { type DistrictOrg, districtOrgsOf, isAnotherDistrict, otherDistrictAnswers } from "./district-orgs.ts";
import type { KeptRecord } from "./kept-record.ts";
import { goneRole, howRead } from "./people-aside.ts";
import { fieldsOf, readPersonEnrollments } from "./person-enrollments.ts";
import { readCollection } from "./read-collection.ts";
import { givesNoSingles, givesSingles, readOne } from "./read-one.ts";
import type { RawFields } from "./records.ts";
import { readSpool } from "./spool.ts";
import type { PersonAside } from "./user-roles.ts";

export interface PersonRequest {
  readonly api: OneRosterApi;
  readonly context: SourceContext;
  readonly options: PersonOptions;
  readonly learned: () => Readonly<Record<string, unknown>>;
  /** As of a read of everything: others end the read. */
  readonly districtsBefore: readonly DistrictOrg[];
}

/** What was read, by collection; one that was not asked about is left out. */
type Read = Partial<Record<Collection, readonly RawFields[]>>;

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function extractOnePerson(request: PersonRequest): Promise<Extraction> {
  const { api, context, options } = request;
  const { externalId, known } = options;
  await mkdir(context.spoolDirectory, { recursive: true, mode: 0o700 });
  await refuseOtherDistrict(request);
  options.onProgress({ doneBytes: 0, totalBytes: null, part: "/users" });
  const person = await readOne(api, "users", externalId);
  if (person === null) {
    if (!(await givesSingles(api, "users"))) throw givesNoSingles("users");
    if (!(await known.heardOf("users", [externalId])).has(externalId)) throw nobodyThere();
    const gone = { users: [{ sourcedId: externalId, status: "tobedeleted" }] };
    return extractionOf(request, gone, { users: 0 }, ["The SIS has this person no longer."], "/users/{id}: not found");
  }
  const { user, roles } = await readApart(request, person.record);
  // Their memberships follow them, and come back with them.
  if (person.record.isWithdrawn)
    return extractionOf(
      request,
      { users: [user], ...roles },
      { users: person.bytes },
      ["The SIS has this person as deleted."],
      "/users/{id}: deleted",
    );

  const lookups = new Lookups();
  options.onProgress({ doneBytes: person.bytes, totalBytes: null, part: "/enrollments" });
  const enrollments = await readPersonEnrollments({
    api,
    personId: externalId,
    known: await known.enrollmentsOfPerson(externalId),
    spoolDirectory: context.spoolDirectory,
    lookups,
  });
  const places = [user, ...(roles.roles ?? [])];
  const named = await readUnheard(request, places, enrollments.records, lookups);
  const proof = ["/users/{id}: 1 record", `/enrollments: ${enrollments.proof}`, ...named.proof].join("\n");
  return extractionOf(
    request,
    { ...named.read, users: [user], ...roles, enrollments: enrollments.records },
    { ...named.bytes, users: person.bytes, enrollments: enrollments.bytes },
    enrollments.notes,
    proof,
  );
}

/** The person, and apart from them their roles as 1.2 has them: those that they have, and as deleted those that Aivo knows and they have no longer. */
async function readApart(
  { api, options: { externalId, known } }: PersonRequest,
  record: KeptRecord,
): Promise<{ user: RawFields; roles: Pick<Read, "roles"> }> {
  if (api.version === "1.1") return { user: fieldsOf(record), roles: {} };
  const { fields, roles } = JSON.parse(record.text) as PersonAside;
  const there = new Set(roles.map(({ sourcedId }) => sourcedId));
  const gone = ((await known.rolesOf([externalId])).get(externalId) ?? []).filter((id) => !there.has(id));
  return { user: fields, roles: { roles: [...roles, ...gone.map(goneRole)] } };
}

/** @throws RunFailure for another district than before; nothing of the person was read then */
async function refuseOtherDistrict({ api, context, districtsBefore }: PersonRequest): Promise<void> {
  if (districtsBefore.length === 0) return;
  const path = join(context.spoolDirectory, "orgs-of-district.ndjson");
  await readCollection(api, { collection: "orgs", filter: null, path, recordsBefore: null, onPage: () => {} });
  const districts = await districtOrgsOf(readSpool(path, "orgs", "/orgs"));
  if (isAnotherDistrict(districtsBefore, districts)) throw otherDistrictAnswers(api.root, districtsBefore, districts);
}

interface Unheard {
  readonly read: Read;
  readonly bytes: Partial<Record<Collection, number>>;
  readonly proof: readonly string[];
}

/** Classes first, since they name the others. What the SIS does not have is left out, and is an issue of whoever names it. */
async function readUnheard(
  { api, options: { known } }: PersonRequest,
  /** The person and their roles, which name orgs. */
  places: readonly RawFields[],
  enrollments: readonly RawFields[],
  lookups: Lookups,
): Promise<Unheard> {
  const read: Record<string, readonly RawFields[]> = {};
  const bytes: Partial<Record<Collection, number>> = {};
  const proof: string[] = [];
  const take = async (collection: RosteredCollection, named: readonly string[]): Promise<readonly RawFields[]> => {
    const ids = [...new Set(named)];
    const heard = await known.heardOf(collection, ids);
    const unheard = ids.filter((id) => heard.get(id) !== "there");
    if (unheard.length === 0) return [];
    lookups.add(unheard.length);
    const ones = (await Promise.all(unheard.map((id) => readOne(api, collection, id)))).filter((one) => one !== null);
    const records = ones.map(({ record }) => fieldsOf(record));
    read[collection] = records;
    bytes[collection] = ones.reduce((sum, one) => sum + one.bytes, 0);
    proof.push(`/${collection}: ${unheard.length} that Aivo had not heard of, ${records.length} found`);
    return records;
  };
  const active = enrollments.filter(({ status }) => status !== "tobedeleted");
  const classes = await take(
    "classes",
    active.flatMap(({ classSourcedId }) => texts(classSourcedId)),
  );
  const orgs = places.flatMap(({ orgSourcedIds, orgSourcedId }) => [...texts(orgSourcedIds), ...texts(orgSourcedId)]);
  await take("orgs", [...orgs, ...classes.flatMap(({ schoolSourcedId }) => texts(schoolSourcedId))]);
  await take(
    "academicSessions",
    classes.flatMap(({ termSourcedIds }) => texts(termSourcedIds)),
  );
  await take(
    "courses",
    classes.flatMap(({ courseSourcedId }) => texts(courseSourcedId)),
  );
  return { read, bytes, proof };
}

function texts(value: RawFields[string]): readonly string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((one: unknown) => (typeof one === "string" && one.trim() !== "" ? [one.trim()] : []));
}

function extractionOf(
  { api, options, learned }: PersonRequest,
  read: Read,
  bytes: Partial<Record<Collection, number>>,
  notes: readonly string[],
  proof: string,
): Extraction {
  const { version } = api;
  const modeOf = (collection: Collection): ReadMode => (read[collection] === undefined ? "absent" : "delta");
  const partOf = (collection: Collection) => `/${collection === "roles" ? "users" : collection}/{id}`;
  return {
    version,
    modes: Object.fromEntries(collections.map((collection) => [collection, modeOf(collection)])) as Extraction["modes"],
    parts: Object.entries(bytes).map(([collection, size]) => ({
      name: partOf(collection as Collection),
      bytes: size,
      modified: null,
      sha256: null,
    })),
    fingerprint: null,
    notes: ["Only one person was read.", ...notes],
    async *batches() {
      for (const collection of collections) {
        const place = { part: partOf(collection), position: 1 };
        const records = (read[collection] ?? []).map((fields) => ({ place, fields }));
        const isApart = collection === "users" && version === "1.2";
        if (records.length > 0) yield { collection, records, rejected: [], ...(isApart ? howRead : {}) };
      }
    },
    cursor: () => options.cursor,
    proof: () => proof,
    learned,
  };
}
