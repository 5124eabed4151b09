/** Test-only: what a roster comes to when reads are folded into it one after the other, as plainly as can be. */

import type { KnownRoster } from "#lib/engine/sis/source.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { ReadRoster } from "./rest.ts";

/** By id, what is rostered; the values are texts that can be compared. */
export type FoldedRoster = Readonly<Record<Collection, ReadonlyMap<string, string>>>;

export const emptyRoster: FoldedRoster = {
  orgs: new Map(),
  academicSessions: new Map(),
  courses: new Map(),
  classes: new Map(),
  users: new Map(),
  roles: new Map(),
  enrollments: new Map(),
};

/**
 * The roster after a read: what a bulk read does not name is withdrawn unless it was left out; a reference to what is not there is left
 * off, and what cannot be without it is left out.
 */
export function fold(before: FoldedRoster, read: ReadRoster): FoldedRoster {
  const after: Record<Collection, Map<string, string>> = {
    orgs: new Map(),
    academicSessions: new Map(),
    courses: new Map(),
    classes: new Map(),
    users: new Map(),
    roles: new Map(),
    enrollments: new Map(),
  };
  for (const collection of collections) {
    const isBulk = read.modes[collection] === "bulk";
    const kept = after[collection];
    if (!isBulk) for (const [id, value] of before[collection]) kept.set(id, value);
    const seen = new Set<string>();
    for (const raw of read.records[collection]) {
      const outcome = normalise(collection, raw);
      if (outcome.disposition === "withdrawn") kept.delete(outcome.externalId);
      else if (outcome.disposition !== "rostered") {
        const old = outcome.externalId === null ? undefined : before[collection].get(outcome.externalId);
        if (old !== undefined && outcome.externalId !== null) kept.set(outcome.externalId, old);
      } else {
        const { externalId } = outcome.record;
        if (seen.has(externalId)) throw new Error(`${externalId} twice in one read`);
        seen.add(externalId);
        const record = resolve(outcome.record as unknown as Resolvable, after);
        const old = before[collection].get(externalId);
        // An account stays what kind of account it is.
        const isOther = collection === "users" && old !== undefined && (JSON.parse(old) as Resolvable).role !== record?.role;
        if (record !== null && !isOther) kept.set(externalId, JSON.stringify(record));
        else if (old !== undefined) kept.set(externalId, old);
      }
    }
  }
  return after;
}

/** What this roster would tell a source. */
export function knownOf(roster: FoldedRoster): KnownRoster {
  return {
    rostered: async (collection, ids) => new Set(ids.filter((id) => roster[collection].has(id))),
    enrollmentsOf: async (classIds) =>
      [...roster.enrollments]
        .filter(([, value]) => classIds.includes((JSON.parse(value) as Resolvable).classExternalId ?? ""))
        .map(([id]) => id),
    enrollmentsOfPerson: async (personId) =>
      [...roster.enrollments].filter(([, value]) => (JSON.parse(value) as Resolvable).personExternalId === personId).map(([id]) => id),
    rolesOf: async () => new Map(),
    heardOf: async (collection, ids) => new Map(ids.flatMap((id) => (roster[collection].has(id) ? [[id, "there"] as const] : []))),
  };
}

interface Resolvable {
  readonly schoolExternalId?: string;
  readonly courseExternalId?: string | null;
  readonly termExternalIds?: readonly string[];
  readonly schoolExternalIds?: readonly string[];
  readonly classExternalId?: string;
  readonly personExternalId?: string;
  readonly role?: string;
}

function resolve(record: Resolvable, roster: Readonly<Record<Collection, ReadonlyMap<string, string>>>): Resolvable | null {
  const { schoolExternalId, courseExternalId, termExternalIds, schoolExternalIds, classExternalId, personExternalId, role } = record;
  if (schoolExternalId !== undefined && !roster.orgs.has(schoolExternalId)) return null;
  if (classExternalId !== undefined && !roster.classes.has(classExternalId)) return null;
  if (personExternalId !== undefined) {
    const person = roster.users.get(personExternalId);
    if (person === undefined) return null;
    if (((JSON.parse(person) as Resolvable).role === "learner") !== (role === "learner")) return null;
  }
  return {
    ...record,
    ...(courseExternalId === undefined
      ? {}
      : { courseExternalId: courseExternalId !== null && roster.courses.has(courseExternalId) ? courseExternalId : null }),
    ...(termExternalIds === undefined ? {} : { termExternalIds: termExternalIds.filter((id) => roster.academicSessions.has(id)) }),
    ...(schoolExternalIds === undefined ? {} : { schoolExternalIds: schoolExternalIds.filter((id) => roster.orgs.has(id)) }),
  };
}
