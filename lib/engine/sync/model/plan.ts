import type { SisState } from "#lib/engine/testing/sync.ts";
import type { LinkEntity, Membership, Person } from "#lib/roster/canonical.ts";
import { placesOfClasses } from "./decided-classes.ts";
import { matchPeople } from "./match.ts";
import { evidenceOf } from "./orders.ts";
import { namesakesOf, type Rows, recognise, recogniseClasses } from "./recognise.ts";
import { suppliedElsewhere } from "./supplied.ts";
import { ModelSync } from "./sync.ts";
import type { Model, ModelRecord, ModelSyncOptions } from "./types.ts";

/**
 * The model after a sync; null when the sync fails and changes nothing.
 */
export function modelSync(before: Model, integration: string, state: SisState, options: ModelSyncOptions = {}): Model | null {
  const { everything } = options;
  const sync = new ModelSync(before, integration, state, options);
  if (!sync.endLinks()) return null;
  if (everything && sync.hasComeToBeSaid()) return modelSync(before, integration, everything);
  takeSchools(sync);
  takeAll(sync, "term", sync.incomingOf("term"), (rows) =>
    recognise(sync, "term", rows, [
      { of: ({ name, type, beginDate, endDate }) => JSON.stringify([name, type, beginDate, endDate]) },
      { of: ({ beginDate, endDate }) => JSON.stringify([beginDate, endDate]) },
    ]),
  );
  takeAll(sync, "course", sync.incomingOf("course"), (rows) =>
    recognise(sync, "course", rows, [
      { of: ({ name, code }) => JSON.stringify([name, code ?? null]) },
      { of: ({ code }) => lower(code) },
      { of: ({ name }) => lower(name), agrees: ([, values], free) => values.code === null || free.values.code === null },
    ]),
  );
  takePeople(sync);
  takeClasses(sync);
  takeMemberships(sync);
  if (everything && sync.hasLostUnsaid) return modelSync(before, integration, everything);
  followEnds(sync);
  sync.remember();
  return sync.model;
}

const lower = (text: unknown) => (text === null || text === undefined ? null : String(text).toLowerCase());

/** By their link, else by number, where it is one school's on both sides, else by name. */
function takeSchools(sync: ModelSync): void {
  const schools = sync.incomingOf("school");
  const numbers = schools.map(([, school]) => school.number);
  const matches = new Map<string, string>();
  for (const [externalId, { number }] of schools) {
    if (number === null || numbers.filter((other) => other === number).length > 1) continue;
    const [only, ...others] = sync.model.records.filter((record) => record.entity === "school" && record.values.number === number);
    const isOwn = only && sync.own("school").some((link) => link.recordId === only.id && !sync.isLeaving(link));
    if (only && others.length === 0 && !isOwn) matches.set(externalId, only.id);
  }
  const byNumber = new Set(matches.values());
  const byName = recognise(sync, "school", schools, [
    {
      of: ({ name }) => lower(name),
      agrees: ([externalId, { number }], free) =>
        (number === null || free.values.number === null) && !byNumber.has(free.id) && !matches.has(externalId),
    },
  ]);
  takeAll(sync, "school", schools, () => new Map([...byName, ...matches]));
}

function takeAll(sync: ModelSync, entity: LinkEntity, rows: Rows, matching: (rows: Rows) => ReadonlyMap<string, string>): void {
  const same = matching(rows);
  for (const [externalId, values] of rows)
    sync.take(entity, externalId, sync.linkOf(entity, externalId)?.recordId ?? same.get(externalId) ?? null, values);
  sync.endLost(entity);
}

function takeClasses(sync: ModelSync): void {
  const rows = classroomsOf(sync);
  const places = placesOfClasses(sync, rows, recogniseClasses(sync, rows));
  for (const [externalId, values] of rows) sync.take("classroom", externalId, places.get(externalId) ?? null, values);
  sync.endLost("classroom");
}

/** Those whose school is known, with what their references lead to. */
function classroomsOf(sync: ModelSync): Rows {
  return sync.incomingOf("classroom").flatMap(([externalId, { courseExternalId, schoolExternalId, termExternalIds, ...values }]) => {
    const school = sync.refs.get(`school ${schoolExternalId}`);
    const terms = (termExternalIds as string[]).flatMap((term) => sync.refs.get(`term ${term}`) ?? []);
    const course = sync.refs.get(`course ${courseExternalId}`) ?? null;
    return school === undefined ? [] : [[externalId, { ...values, school, course, terms }] as const];
  });
}

function takePeople(sync: ModelSync): void {
  const people = new Map(sync.incomingOf("account")) as unknown as Map<string, Person>;
  const comparedWith = (account: ModelRecord, externalId: string) => {
    const elsewhere = suppliedElsewhere(sync, account);
    const isSupplied = Object.keys(account.values).every((name) => name === "role" || elsewhere.includes(name));
    return isSupplied ? null : evidenceOf(sync.before, sync.integration, externalId, account, elsewhere);
  };
  const matches = matchPeople(
    sync.model,
    sync.own("account"),
    sync.leaving(),
    people,
    sync.unsaid("users"),
    comparedWith,
    sync.integration,
  );
  const namesakes = namesakesOf(sync, people, matches);
  for (const candidates of namesakes.values()) for (const id of candidates) sync.keep(id);
  for (const [externalId, match] of matches)
    if (match === "takeover" || match === "ignored") sync.withhold(externalId, match === "ignored");
  for (const [externalId, { schoolExternalIds, unreadable, keepsSchools, ...values }] of sync.incomingOf("account")) {
    const match = matches.get(externalId);
    if (match === "conflict" || match === "takeover" || match === "ignored" || namesakes.has(externalId)) continue;
    const schools = (schoolExternalIds as string[]).flatMap((school) => sync.refs.get(`school ${school}`) ?? []);
    sync.take("account", externalId, match ?? null, { ...values, schools }, [
      ...(unreadable as string[]),
      ...(keepsSchools === true ? ["schools"] : []),
    ]);
  }
  sync.endLost("account");
}

function findMembership({ model }: ModelSync, classroom: string | undefined, account: string | undefined): ModelRecord | undefined {
  return model.records.find(
    ({ entity, values }) => entity === "membership" && values.classroom === classroom && values.account === account,
  );
}

interface Member {
  readonly externalId: string;
  readonly enrollment: Membership;
  readonly classroom: string;
  readonly account: string;
}

function takeMemberships(sync: ModelSync): void {
  const pairs = new Map<string, Member[]>();
  for (const [externalId, row] of sync.incomingOf("membership")) {
    const classroom = sync.refs.get(`classroom ${row.classExternalId}`);
    const account = sync.refs.get(`account ${row.personExternalId}`);
    const role = sync.find(account)?.values.role;
    const fits = role === "learner" ? row.role === "learner" : role === "teacher" ? row.role !== "learner" : false;
    const enrollment = { ...row, ...sync.keptOf("membership", findMembership(sync, classroom, account), row) } as unknown as Membership;
    if (classroom === undefined || account === undefined || !fits || sync.hasTakeover(enrollment.personExternalId)) continue;
    const pair = `${classroom} ${account}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), { externalId, enrollment, classroom, account }]);
  }
  for (const members of pairs.values()) takeMembership(sync, members);
  sync.endLost("membership");
}

/** The latest begin counts, over the widest range of dates. */
function takeMembership(sync: ModelSync, members: Member[]): void {
  members.sort(
    (a, b) => (b.enrollment.beginDate ?? "").localeCompare(a.enrollment.beginDate ?? "") || (a.externalId < b.externalId ? -1 : 1),
  );
  const [winner] = members;
  if (!winner) return;
  const { classroom, account } = winner;
  const begins = members.map((member) => member.enrollment.beginDate);
  const ends = members.map((member) => member.enrollment.endDate);
  const beginDate = begins.includes(null) ? null : (begins as string[]).toSorted()[0];
  const endDate = ends.includes(null) ? null : (ends as string[]).toSorted().at(-1);
  let id = findMembership(sync, classroom, account)?.id ?? null;
  const values = { classroom, account, role: winner.enrollment.role, beginDate, endDate };
  for (const member of members) id = sync.take("membership", member.externalId, id, values).id;
}

/** Memberships go and come back with their classroom and their person. */
function followEnds(sync: ModelSync): void {
  const { model, planned, back, deactivated } = sync;
  for (const membership of model.records.filter((record) => record.entity === "membership")) {
    const classroom = sync.find(membership.values.classroom as string);
    const account = sync.find(membership.values.account as string);
    const links = model.links.filter((link) => link.recordId === membership.id);
    if (membership.status === "active" && links.length > 0 && [classroom, account].some((end) => end && deactivated.has(end.id)))
      membership.status = "deactivated";
    const isBack = [classroom, account].some((end) => end && back.has(end.id));
    const canBe = [classroom, account].every((end) => end?.status === "active" || end?.deactivatedBy === "admin");
    const isRostered = links.some((link) => link.rostered);
    if (membership.status === "deactivated" && isBack && canBe && isRostered && !planned.has(membership.id)) membership.status = "active";
  }
}
