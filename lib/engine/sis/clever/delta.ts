/**
 * Reading only what Clever's events tell. An event holds a whole record, so what a roster needs can be made of it; what cannot be made of it
 * alone is looked up, and whatever stays in doubt leads to a full read, which is never wrong.
 *
 * - Clever has no enrollments: those of a section that Aivo knows and the section no longer has are withdrawn one by one.
 * - Somebody may be in a section before Aivo can see them, and come without any word about the section: such members are remembered
 *   (`dangling`), and their sections read once they come.
 * - Schools, terms and courses that come or go change what others are; that is rare, and the shorter way is to read everything.
 */

import type { KnownRoster } from "#lib/engine/sis/source.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { isUsableId, readId } from "#lib/roster/id.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";
import { ask, type CleverApi, pages } from "./client.ts";
import type { Cursor } from "./cursor.ts";
import { type Change, changesAfter, type OnEvents } from "./events.ts";
import { byKind } from "./full-read.ts";
import { collectionOf, type Kind, kinds, maxRemembered, maxSectionLookups, pageSizesOf, version } from "./quirks.ts";
import {
  courseFields,
  enrollmentsIn,
  isRostered,
  membersOf,
  type RawFields,
  readUser,
  schoolFields,
  sectionFields,
  termFields,
  withdrawn,
} from "./to-raw.ts";
import { readListPage, type WireObject } from "./wire.ts";

export interface Delta {
  readonly batches: readonly RawBatch[];
  readonly bytes: number;
  readonly events: number;
  readonly newest: string | null;
  readonly counts: Cursor["counts"];
  readonly dangling: readonly string[] | null;
  readonly proof: string;
}

export type DeltaOrDoubt = Delta | { readonly doubt: string };

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function readChanges(
  api: CleverApi,
  cursor: Cursor,
  { lastSync, known, onPage }: { readonly lastSync: string | null; readonly known: KnownRoster; readonly onPage: OnEvents },
): Promise<DeltaOrDoubt> {
  const found = await changesAfter(api, cursor.eventId, onPage);
  if ("doubt" in found) return found;
  // Events that are switched off leave the old ones in their place. A quiet day looks the same, and costs a full read.
  if (found.events === 0 && lastSync !== null && typeof cursor.lastSync === "string" && lastSync !== cursor.lastSync)
    return { doubt: "Clever has synced the district since the last read and told of no change, as it would without events" };
  const of = byKind((kind) => found.changes.filter((change) => change.kind === kind));

  const surroundings = await doubtAboutSurroundings(of, known);
  if (surroundings !== null) return { doubt: surroundings };
  const users = of.users.map(asUser);
  if (users.some(({ isBoth }) => isBoth)) return { doubt: "somebody is student and teacher at once, and what they teach decides" };

  const dangling = new Set(cursor.dangling);
  const missing = await missingMemberships(users, dangling, known);
  if (missing.length > maxSectionLookups)
    return { doubt: "more people came whose sections would have to be looked up than a full read takes" };
  const sections = new Map<string, Section>(
    of.sections.map(({ id, object, page }) => [id, { id, object, place: { part: "/events", position: page } }]),
  );
  for (const id of missing) for (const section of await sectionsOf(api, id)) sections.set(section.id, section);
  if (sections.size > 0 && cursor.both !== null && cursor.both.length > 0)
    return { doubt: "sections changed, and what they teach decides what some people are" };

  const counts = await countsNow(api, cursor.counts);
  const uncounted = kinds.find((kind) => !isExpected(cursor.counts[kind] ?? null, counts[kind] ?? null, of[kind]));
  if (uncounted !== undefined) return { doubt: `Clever counts other ${uncounted} than its events lead to` };

  const enrollments = await enrollmentsOf([...sections.values()], known);
  await updateDangling(dangling, users, enrollments, known);
  const plainOf = (kind: "schools" | "terms" | "courses", fields: (object: WireObject) => RawFields) =>
    of[kind].map((change): RawRecord => record(change, change.object === null ? withdrawn(change.id) : fields(change.object)));
  return {
    batches: [
      batch("orgs", plainOf("schools", schoolFields)),
      batch("academicSessions", plainOf("terms", termFields)),
      batch("courses", plainOf("courses", courseFields)),
      batch(
        "classes",
        [...sections.values()].map(({ id, object, place }) => ({ place, fields: object === null ? withdrawn(id) : sectionFields(object) })),
      ),
      batch(
        "users",
        users.map(({ change, fields }) => record(change, fields)),
      ),
      batch("enrollments", enrollments),
    ].filter(({ records }) => records.length > 0),
    bytes: found.bytes,
    events: found.events,
    newest: found.newest,
    counts,
    dangling: dangling.size > maxRemembered ? null : [...dangling],
    proof: proofOf(found, counts, missing.length),
  };
}

/** Why schools, terms and courses make a full read necessary; null if they do not. */
async function doubtAboutSurroundings(of: Record<Kind, readonly Change[]>, known: KnownRoster): Promise<string | null> {
  for (const kind of ["schools", "terms", "courses"] as const) {
    if (of[kind].some(({ cameOrWent }) => cameOrWent)) return `${kind} came or went`;
    if (of[kind].length === 0) continue;
    const rostered = await known.rostered(
      collectionOf[kind],
      of[kind].map(({ id }) => id),
    );
    if (of[kind].some(({ id }) => !rostered.has(id))) return `${kind} changed that could not be used before`;
  }
  return null;
}

interface User {
  readonly change: Change;
  readonly fields: RawFields;
  readonly isBoth: boolean;
  readonly isRostered: boolean;
}

function asUser(change: Change): User {
  if (change.object === null) return { change, fields: withdrawn(change.id), isBoth: false, isRostered: false };
  const { fields, isBoth } = readUser(change.object);
  return { change, fields, isBoth, isRostered: isRostered(fields) };
}

/** Who may be in sections already although nothing was said about those: members known before the person, and people left out until now. */
async function missingMemberships(users: readonly User[], dangling: ReadonlySet<string>, known: KnownRoster): Promise<readonly string[]> {
  const candidates = users.filter((user) => user.isRostered).map(({ change }) => change);
  const updated = candidates.filter(({ cameOrWent }) => !cameOrWent).map(({ id }) => id);
  const rostered = await known.rostered("users", updated);
  const leftOut = new Set(updated.filter((id) => !rostered.has(id)));
  return candidates.map(({ id }) => id).filter((id) => dangling.has(id) || leftOut.has(id));
}

interface Section {
  readonly id: string;
  /** Null: gone. */
  readonly object: WireObject | null;
  readonly place: RawRecord["place"];
}

async function sectionsOf(api: CleverApi, userId: string): Promise<readonly Section[]> {
  const found: Section[] = [];
  const uri = `${version}/users/${encodeURIComponent(userId)}/sections?limit=${pageSizesOf("sections")[0]}`;
  // Gone again in the meantime: the next changes say so.
  for await (const page of pages(api, { uri, what: "sections", expect: [404] })) {
    for (const object of page.objects) {
      if (typeof object.id === "string" && isUsableId(object.id))
        found.push({ id: object.id, object, place: { part: "/users/sections", position: page.number } });
    }
  }
  return found;
}

const sectionsAtOnce = 200;

/** The enrollments of the sections as they are now, and those that Aivo knows of them and that are no more. */
async function enrollmentsOf(sections: readonly Section[], known: KnownRoster): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for (let from = 0; from < sections.length; from += sectionsAtOnce) {
    const some = sections.slice(from, from + sectionsAtOnce);
    const now = new Set<unknown>();
    for (const { object, place } of some) {
      for (const fields of object === null ? [] : enrollmentsIn(membersOf(object))) {
        now.add(fields.sourcedId);
        records.push({ place, fields });
      }
    }
    const placeOf = new Map(some.map(({ id, place }) => [id, place]));
    for (const id of await known.enrollmentsOf(some.map((section) => section.id))) {
      const place = placeOf.get(id.split(":", 1)[0] ?? "") ?? { part: "/events", position: 1 };
      if (!now.has(id)) records.push({ place, fields: withdrawn(id) });
    }
  }
  return records;
}

/** Who is a member and not rostered from now on; too many rather than too few. */
async function updateDangling(
  dangling: Set<string>,
  users: readonly User[],
  enrollments: readonly RawRecord[],
  known: KnownRoster,
): Promise<void> {
  const members = new Set(
    enrollments.flatMap(({ fields }) => (typeof fields.userSourcedId === "string" ? readId(fields.userSourcedId) || [] : [])),
  );
  const gone = users.filter(({ change }) => change.object === null).map(({ change }) => change.id);
  const rostered = await known.rostered("users", [...new Set([...members, ...gone])]);
  for (const id of members) if (!rostered.has(id)) dangling.add(id);
  // Contacts come and go by the thousand; who was nobody in Aivo is left to the sections that name them.
  for (const id of gone) if (rostered.has(id)) dangling.add(id);
  for (const user of users) if (user.isRostered) dangling.delete(user.change.id);
}

/** The lists' counts, asked with the least of records. Null where Clever does not tell, now or before. */
async function countsNow(api: CleverApi, before: Cursor["counts"]): Promise<Record<Kind, number | null>> {
  const counts = byKind((): number | null => null);
  await Promise.all(
    kinds.map(async (kind) => {
      if ((before[kind] ?? null) === null) return;
      counts[kind] = readListPage(await ask(api, { uri: `${version}/${kind}?limit=1&count=true`, what: kind, page: 1 })).count;
    }),
  );
  return counts;
}

/** An event may repeat what the last read had seen already, so that each record that came or went counts once or not at all. */
function isExpected(before: number | null, now: number | null, changes: readonly Change[]): boolean {
  if (before === null || now === null) return true;
  const moving = changes.filter(({ cameOrWent }) => cameOrWent);
  const came = moving.filter(({ object }) => object !== null).length;
  return now >= before - (moving.length - came) && now <= before + came;
}

function record({ page }: Change, fields: RawFields): RawRecord {
  return { place: { part: "/events", position: page }, fields };
}

function batch(collection: Collection, records: readonly RawRecord[]): RawBatch {
  return { collection, records, rejected: [] };
}

function proofOf(
  found: { readonly events: number; readonly pages: number; readonly newest: string | null },
  counts: Cursor["counts"],
  lookups: number,
): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const read = `/events: ${number(found.events)} events to the newest, in order, ${found.pages} ${found.pages === 1 ? "page" : "pages"}`;
  const looked = lookups === 0 ? "" : `; the sections of ${number(lookups)} people looked up`;
  const told = kinds.flatMap((kind) => (typeof counts[kind] === "number" ? `${number(counts[kind])} ${kind}` : []));
  return `${read}${looked}${told.length === 0 ? "" : `\nAs many as the events lead to: ${told.join(", ")}`}`;
}
