import type { SisState } from "#lib/engine/testing/sync.ts";
import type { LinkEntity, Membership, Person } from "#lib/roster/canonical.ts";
import { matchPeople } from "./match.ts";
import { ModelSync } from "./sync.ts";
import type { Model, ModelRecord } from "./types.ts";

/**
 * The model after a sync; null when the sync fails and changes nothing. `everything` is what the source could read instead of
 * changes, where it could.
 */
export function modelSync(before: Model, integration: string, state: SisState, everything: SisState | null = null): Model | null {
  const sync = new ModelSync(before, integration, state, everything !== null);
  if (!sync.endLinks()) return null;
  if (everything && sync.hasComeToBeSaid()) return modelSync(before, integration, everything);
  takeSchools(sync);
  takeAll(sync, "term", sync.incomingOf("term"), ["name", "type", "beginDate", "endDate"]);
  takeAll(sync, "course", sync.incomingOf("course"), ["name", "code"]);
  takeAll(sync, "classroom", classroomsOf(sync), ["school", "name", "code", "course", "terms"]);
  takePeople(sync);
  takeMemberships(sync);
  if (everything && sync.hasLostUnsaid) return modelSync(before, integration, everything);
  followEnds(sync);
  sync.remember();
  return sync.model;
}

/** By their link, else by number, where it is one school's on both sides. */
function takeSchools(sync: ModelSync): void {
  const schools = sync.incomingOf("school");
  const numbers = schools.map(([, school]) => school.number);
  const matches = new Map<string, string>();
  for (const [externalId, { number }] of schools) {
    if (sync.linkOf("school", externalId) || number === null || numbers.filter((other) => other === number).length > 1) continue;
    const [only, ...others] = sync.model.records.filter((record) => record.entity === "school" && record.values.number === number);
    if (only && others.length === 0 && !sync.own("school").some((link) => link.recordId === only.id)) matches.set(externalId, only.id);
  }
  for (const [externalId, school] of schools)
    sync.take("school", externalId, sync.linkOf("school", externalId)?.recordId ?? matches.get(externalId) ?? null, school);
  sync.endLost("school");
}

type Rows = readonly (readonly [string, Record<string, unknown>])[];

function takeAll(sync: ModelSync, entity: LinkEntity, rows: Rows, keys: readonly string[]): void {
  const same = sameElsewhere(sync, entity, rows, keys);
  for (const [externalId, values] of rows)
    sync.take(entity, externalId, sync.linkOf(entity, externalId)?.recordId ?? same.get(externalId) ?? null, values);
  sync.endLost(entity);
}

/** A record of another integration that this one does not know yet and that agrees in all of `keys`, if there is one on each side. */
function sameElsewhere(sync: ModelSync, entity: LinkEntity, rows: Rows, keys: readonly string[]): Map<string, string> {
  const keyOf = (values: Record<string, unknown>) =>
    JSON.stringify(keys.map((key) => (Array.isArray(values[key]) ? (values[key] as string[]).toSorted() : (values[key] ?? null))));
  const isElsewhere = (id: string) => sync.model.links.some((link) => link.recordId === id && link.integration !== sync.integration);
  const isOwn = (id: string) => sync.own(entity).some((link) => link.recordId === id);
  const silent = sync
    .own(entity)
    .filter((link) => link.rostered && !sync.ended.has(link) && rows.every(([externalId]) => externalId !== link.externalId))
    .map((link) => sync.find(link.recordId)?.values ?? {});
  const candidates = sync.model.records.filter((record) => record.entity === entity && isElsewhere(record.id) && !isOwn(record.id));
  return new Map(
    rows.flatMap(([externalId, values]) => {
      const [only, ...others] = candidates.filter((record) => keyOf(record.values) === keyOf(values));
      const alike = [...rows.map(([, other]) => other), ...silent].filter((other) => keyOf(other) === keyOf(values));
      return only && others.length === 0 && alike.length === 1 ? [[externalId, only.id] as const] : [];
    }),
  );
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
  const people = sync.reads.users.incoming as unknown as Map<string, Person>;
  const matches = matchPeople(sync.model, sync.own("account"), sync.ended, people, sync.unsaid("users"), (account, link) =>
    sync.isSuppliedElsewhere(account, link),
  );
  for (const [externalId, match] of matches) if (match === "takeover") sync.withhold(externalId);
  for (const [externalId, { schoolExternalIds, unreadable, ...values }] of sync.incomingOf("account")) {
    const match = matches.get(externalId);
    if (match === "conflict" || match === "takeover") continue;
    const schools = (schoolExternalIds as string[]).flatMap((school) => sync.refs.get(`school ${school}`) ?? []);
    sync.take("account", externalId, match ?? null, { ...values, schools }, unreadable as string[]);
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
    const canBe = classroom?.status === "active" && (account?.status === "active" || account?.deactivatedBy === "admin");
    const isRostered = links.some((link) => link.rostered);
    if (membership.status === "deactivated" && isBack && canBe && isRostered && !planned.has(membership.id)) membership.status = "active";
  }
}
