import type { Tx } from "#lib/platform/db/tx.ts";
import { type Columns, collectReferences, fieldLabel, fieldText, inOrder } from "./fields.ts";
import type { ClassRef, PersonChanged, PersonValue } from "./people-changed-schema.ts";
import { personChangeWords, type RecordTurn } from "./people-changed-words.ts";
import { findRecords } from "./records.ts";

export interface TouchedPerson {
  readonly accountId: string;
  readonly role: "teacher" | "learner";
  readonly givenName: string;
  readonly familyName: string;
  readonly schoolId: string | null;
  readonly school: string | null;
  readonly place: number | null;
  /** People of all pages. */
  readonly total?: number;
}

interface StoredPart {
  readonly accountId: string;
  /** Null: of the person's own record. */
  readonly classroom: ClassRef | null;
  readonly action: "created" | "updated" | "deactivated" | "reactivated";
  readonly before: Columns;
  readonly after: Columns;
}

const nameColumns = new Set(["given_name", "middle_name", "family_name"]);
const shortColumns = new Set(["grade", "school_ids", "role"]);

/** What the runs changed of each of these people. */
export async function describePeople(
  tx: Tx,
  runIds: readonly string[],
  people: readonly TouchedPerson[],
): Promise<readonly { readonly person: TouchedPerson; readonly change: PersonChanged }[]> {
  if (people.length === 0) return [];
  const parts = await storedParts(
    tx,
    runIds,
    people.map(({ accountId }) => accountId),
  );
  const named = { schools: new Set<string>(), terms: new Set<string>(), courses: new Set<string>(), classrooms: new Set<string>() };
  const ids = { ...named, accounts: new Set<string>() };
  for (const { before, after } of parts) {
    collectReferences(before, ids);
    collectReferences(after, ids);
  }
  const records = await findRecords(tx, ids);
  const nameOf = (id: string) => records.get(id)?.label;
  const byPerson = Map.groupBy(parts, ({ accountId }) => accountId);
  return people.map((person) => ({ person, change: described(person, byPerson.get(person.accountId) ?? [], nameOf) }));
}

function storedParts(tx: Tx, runIds: readonly string[], accountIds: readonly string[]): Promise<readonly StoredPart[]> {
  const runs = [...runIds];
  const ids = [...accountIds];
  return tx.sql<StoredPart[]>`
    select c.record_id as "accountId", null::jsonb as classroom, c.action, c.before, c.after, c.run_id, c.seq
    from run_changes c
    where c.district_id = ${tx.districtId} and c.run_id = any(${runs}::uuid[]) and c.entity in ('learner', 'teacher')
      and c.action in ('created', 'updated', 'deactivated', 'reactivated') and c.record_id = any(${ids}::uuid[])
    union all
    select m.account_id, jsonb_build_object('id', m.classroom_id, 'name', k.name), c.action, c.before, c.after, c.run_id, c.seq
    from memberships m
    join classrooms k on k.district_id = ${tx.districtId} and k.id = m.classroom_id
    join run_changes c on c.district_id = ${tx.districtId} and c.run_id = any(${runs}::uuid[]) and c.record_id = m.id and c.entity = 'membership'
      and c.action in ('created', 'updated', 'deactivated', 'reactivated')
    where m.district_id = ${tx.districtId} and m.account_id = any(${ids}::uuid[])
    order by run_id, seq`;
}

function described(person: TouchedPerson, parts: readonly StoredPart[], nameOf: (id: string) => string | undefined): PersonChanged {
  const own = parts.filter((part) => part.classroom === null);
  const ofClasses = parts.flatMap((part) => (part.classroom === null ? [] : [{ ...part, classroom: part.classroom }]));
  const joined = lastOf(ofClasses, ["created", "reactivated"]);
  const left = lastOf(ofClasses, ["deactivated"]);
  const turn = turnOf(own);
  const values = turn === "created" ? [] : [...own, ...ofClasses].flatMap((part) => valuesOf(part, nameOf));
  return {
    accountId: person.accountId,
    role: person.role,
    name: `${person.givenName} ${person.familyName}`.trim(),
    what: personChangeWords({ turn, formerName: turn === "created" ? null : formerName(person, own), joined, left, values }),
    joined,
    left,
    values,
  };
}

/** Of several runs the last one counts; who came with one of them is new after all of them. */
function turnOf(own: readonly StoredPart[]): RecordTurn {
  const turns = own.flatMap(({ action }) => (action === "updated" ? [] : [action]));
  const last = turns.at(-1) ?? null;
  return last === "reactivated" && turns.includes("created") ? "created" : last;
}

/** The classes of which this was the last that was done. */
function lastOf(parts: readonly (StoredPart & { readonly classroom: ClassRef })[], actions: readonly StoredPart["action"][]): ClassRef[] {
  const last = new Map(parts.filter(({ action }) => action !== "updated").map((part) => [part.classroom.id, part]));
  return [...last.values()]
    .filter(({ action }) => actions.includes(action))
    .map(({ classroom }) => classroom)
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

function valuesOf({ classroom, action, before, after }: StoredPart, nameOf: (id: string) => string | undefined): PersonValue[] {
  // Whether somebody is in a class, and since when, goes with joining and leaving it.
  if (classroom !== null && action !== "updated") return [];
  return inOrder([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
    .filter((column) => column !== "status")
    .map((column) => ({
      field: classroom === null ? fieldLabel(column) : `${fieldLabel(column)} in ${classroom.name}`,
      before: fieldText(column, before?.[column], nameOf),
      after: fieldText(column, after?.[column], nameOf),
      isName: classroom === null && nameColumns.has(column),
      isShort: classroom === null && shortColumns.has(column),
    }))
    .filter((value) => value.before !== value.after);
}

/** The parts of the name that changed as they were before the first of the runs; the others as Aivo has them. */
function formerName(person: TouchedPerson, own: readonly StoredPart[]): string | null {
  const changed = own.filter(({ before }) => before !== null && ("given_name" in before || "family_name" in before));
  if (changed.length === 0) return null;
  const before = Object.assign({}, ...changed.toReversed().map((part) => part.before)) as Record<string, unknown>;
  const former = `${before.given_name ?? person.givenName} ${before.family_name ?? person.familyName}`.trim();
  return former === `${person.givenName} ${person.familyName}`.trim() ? null : former;
}
