/** One person of Clever: their record, the sections they are in, and of what those name the records that Aivo has not heard of. */
import { Lookups, nobodyThere, tooMuchForOnePerson } from "#lib/engine/sis/person-failures.ts";
import type { KnownRoster } from "#lib/engine/sis/source.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";
import { askOne, type CleverApi, pages } from "./client.ts";
import { ObjectIdSet } from "./object-id-set.ts";
import { settle } from "./people.ts";
import { collectionOf, type Kind, pageSizesOf, version } from "./quirks.ts";
import {
  courseFields,
  enrollmentsIn,
  membersOf,
  type RawFields,
  readUser,
  schoolFields,
  sectionFields,
  termFields,
  withdrawn,
} from "./to-raw.ts";
import type { WireObject } from "./wire.ts";

export interface PersonRead {
  readonly batches: readonly RawBatch[];
  /** Those that were asked about, whatever came of it. */
  readonly collections: ReadonlySet<Collection>;
  readonly bytes: number;
  readonly notes: readonly string[];
  readonly proof: string;
}

export interface PersonQuestion {
  readonly externalId: string;
  readonly known: KnownRoster;
  /** False where what Clever shows may be stale or partial. */
  readonly mayWithdraw: boolean;
}

/** More sections are not one person's. */
const mostSections = 500;

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function readPerson(api: CleverApi, { externalId, known, mayWithdraw }: PersonQuestion): Promise<PersonRead> {
  const user = await askOne(api, "users", externalId);
  if (user === null) {
    if (!(await known.heardOf("users", [externalId])).has(externalId)) throw nobodyThere();
    const gone = mayWithdraw ? [batch("users", [record("users", withdrawn(externalId))])] : [];
    return {
      batches: gone,
      collections: new Set(["users"]),
      bytes: 0,
      notes: [`Clever has this person no longer, or the district does not share them.${mayWithdraw ? "" : " Nobody was withdrawn."}`],
      proof: "/users/{id}: not found",
    };
  }
  const lookups = new Lookups();
  const sections = await sectionsOf(api, externalId);
  const enrollments = new Map(sections.objects.flatMap((section) => theirs(section, externalId)));
  const teaches = [...enrollments.values()].some(({ role }) => role === "teacher");
  const left = (await known.enrollmentsOfPerson(externalId)).filter((id) => !enrollments.has(id));
  const asked = await enrollmentsNotListed(api, externalId, { left, listed: sections.objects, lookups, mayWithdraw });
  for (const [id, fields] of asked.enrollments) enrollments.set(id, fields);

  const newSections = await unheard("sections", sections.objects.map(idIn), known);
  const classes = sections.objects.filter((section) => newSections.includes(idIn(section))).map(sectionFields);
  const person = userRecord(user.object, teaches);
  const named: Readonly<Record<"schools" | "terms" | "courses", readonly string[]>> = {
    schools: [...texts(person.fields.orgSourcedIds), ...classes.flatMap(({ schoolSourcedId }) => texts(schoolSourcedId))],
    terms: classes.flatMap(({ termSourcedIds }) => texts(termSourcedIds)),
    courses: classes.flatMap(({ courseSourcedId }) => texts(courseSourcedId)),
  };
  const surroundings: RawBatch[] = [];
  for (const kind of ["schools", "terms", "courses"] as const) {
    const ids = await unheard(kind, named[kind], known);
    lookups.add(ids.length);
    const found = (await Promise.all(ids.map((id) => askOne(api, kind, id)))).filter((one) => one !== null);
    surroundings.push(
      batch(
        collectionOf[kind],
        found.map(({ object }) => record(kind, plainFields[kind](object))),
      ),
    );
  }
  const batches = [
    ...surroundings,
    batch(
      "classes",
      classes.map((fields) => record("sections", fields)),
    ),
    batch("users", [person]),
    batch(
      "enrollments",
      [...enrollments.values()].map((fields) => record("sections", fields)),
    ),
  ].filter(({ collection, records }) => records.length > 0 || collection === "enrollments");
  return {
    batches: batches.filter(({ records }) => records.length > 0),
    collections: new Set(batches.map(({ collection }) => collection)),
    bytes: user.bytes + sections.bytes,
    notes: mayWithdraw || asked.kept === 0 ? [] : ["Classes that this person has left stay until Clever's data can be trusted again."],
    proof: `/users/{id}: 1 record\n/users/{id}/sections: ${sections.objects.length} sections to the last page; ${lookups.count} records asked for by their ids`,
  };
}

const plainFields = { schools: schoolFields, terms: termFields, courses: courseFields };

async function sectionsOf(api: CleverApi, userId: string) {
  const objects: WireObject[] = [];
  let bytes = 0;
  const uri = `${version}/users/${encodeURIComponent(userId)}/sections?limit=${pageSizesOf("sections")[0]}`;
  for await (const page of pages(api, { uri, what: "sections", endpoint: `${version}/users/{id}/sections` })) {
    objects.push(...page.objects.filter(({ id }) => typeof id === "string"));
    bytes += page.answer.bytes;
    if (objects.length > mostSections) throw tooMuchForOnePerson(`more than ${mostSections} sections`);
  }
  return { objects, bytes };
}

/** What a section says of the person, by the enrollment's id. */
function theirs(section: WireObject, userId: string): readonly (readonly [string, RawFields])[] {
  return enrollmentsIn(membersOf(section))
    .filter(({ userSourcedId }) => userSourcedId === userId)
    .map((fields) => [String(fields.sourcedId), fields] as const);
}

interface NotListed {
  readonly left: readonly string[];
  readonly listed: readonly WireObject[];
  readonly lookups: Lookups;
  readonly mayWithdraw: boolean;
}

/** Of the enrollments that Aivo has and the person's sections do not say, what their own sections say: a list that hides one withdraws nobody. */
async function enrollmentsNotListed(api: CleverApi, userId: string, { left, listed, lookups, mayWithdraw }: NotListed) {
  const ids = [...new Set(left.map(sectionOf))].filter((id) => !listed.some((section) => section.id === id));
  lookups.add(ids.length);
  const sections = (await Promise.all(ids.map((id) => askOne(api, "sections", id))))
    .filter((one) => one !== null)
    .map(({ object }) => object);
  const enrollments = new Map(sections.flatMap((section) => theirs(section, userId)));
  const gone = left.filter((id) => !enrollments.has(id));
  if (mayWithdraw) for (const id of gone) enrollments.set(id, withdrawn(id));
  return { enrollments, kept: mayWithdraw ? 0 : gone.length };
}

const sectionOf = (enrollmentId: string) => enrollmentId.split(":", 1)[0] ?? "";

/** Somebody who is both is what they are in the sections. */
function userRecord(user: WireObject, teaches: boolean): RawRecord {
  const { fields, isBoth } = readUser(user);
  if (!isBoth) return record("users", fields);
  const teachers = new ObjectIdSet();
  if (teaches) teachers.add(idIn(user));
  return settle({ teacher: fields, student: readUser(user, "student").fields, page: 1 }, teachers);
}

async function unheard(kind: Kind, named: readonly string[], known: KnownRoster): Promise<readonly string[]> {
  const ids = [...new Set(named)];
  const heard = await known.heardOf(collectionOf[kind], ids);
  return ids.filter((id) => heard.get(id) !== "there");
}

const idIn = ({ id }: WireObject) => String(id);

function texts(value: RawFields[string]): readonly string[] {
  return typeof value === "string" ? [value] : Array.isArray(value) ? (value as readonly string[]) : [];
}

function record(kind: Kind, fields: RawFields): RawRecord {
  return { place: { part: `/${kind}/{id}`, position: 1 }, fields };
}

function batch(collection: Collection, records: readonly RawRecord[]): RawBatch {
  return { collection, records, rejected: [] };
}
