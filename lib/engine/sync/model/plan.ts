import type { SisState } from "#lib/engine/testing/sync.ts";
import { collectionOfLinkEntity, collections, type LinkEntity, type Membership, type Person } from "#lib/roster/canonical.ts";
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
  if (everything && (isDoubtful(sync) || sync.hasComeToBeSaid())) return modelSync(before, integration, everything);
  takeSchools(sync);
  takeAll(sync, "term", sync.incomingOf("term"), ["name", "type", "beginDate", "endDate"]);
  takeAll(sync, "course", sync.incomingOf("course"), ["name", "code"]);
  takeAll(sync, "classroom", classroomsOf(sync), ["school", "name", "code", "course", "terms"]);
  takePeople(sync);
  if (everything && isSettled(sync)) return modelSync(before, integration, everything);
  if (!restageSameMembership(sync) && everything) return modelSync(before, integration, everything);
  takeMemberships(sync);
  if (everything && sync.hasLostUnsaid) return modelSync(before, integration, everything);
  followEnds(sync);
  sync.remember();
  return sync.model;
}

/** A school, a term or a course is gone, a school is new, or another integration no longer supplies what it supplied. */
function isDoubtful(sync: ModelSync): boolean {
  const { before, integration } = sync;
  const isRead = (entity: LinkEntity) => sync.modeOf(collectionOfLinkEntity[entity]) === "delta";
  const own = before.links.filter((link) => link.integration === integration && link.rostered);
  const isGone = [...sync.ended].some(({ entity }) => ["school", "term", "course"].includes(entity) && isRead(entity));
  const isNew = [...sync.reads.orgs.incoming.keys()].some((id) => !own.some((link) => link.entity === "school" && link.externalId === id));
  const hasLostSupplier = before.links.some(
    (other) =>
      other.integration !== integration &&
      !other.rostered &&
      (other.endedAt ?? 0) > (before.lastSync[integration] ?? 0) &&
      own.some((link) => link.recordId === other.recordId && other.linkedAt < link.linkedAt),
  );
  return (
    isGone || (isNew && isRead("school")) || (hasLostSupplier && collections.some((collection) => sync.modeOf(collection) === "delta"))
  );
}

/** A takeover that waited does not any more. */
function isSettled(sync: ModelSync): boolean {
  const waited = sync.before.waiting.filter(({ integration, withheld }) => integration === sync.integration && withheld);
  return (
    waited.some(({ externalId }) => !sync.withheld.has(externalId)) && collections.some((collection) => sync.modeOf(collection) === "delta")
  );
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
    const wanted = termExternalIds as string[];
    const school = sync.refs.get(`school ${schoolExternalId}`);
    const terms = wanted.flatMap((term) => sync.refs.get(`term ${term}`) ?? []);
    const course = sync.refs.get(`course ${courseExternalId}`) ?? null;
    const isCourseMissing = courseExternalId !== null && course === null;
    if (school === undefined || isCourseMissing || terms.length < wanted.length) sync.wait("classes", externalId);
    return school === undefined ? [] : [[externalId, { ...values, school, course, terms }] as const];
  });
}

function takePeople(sync: ModelSync): void {
  const people = sync.reads.users.incoming as unknown as Map<string, Person>;
  const matches = matchPeople(
    sync.model,
    sync.own("account"),
    sync.ended,
    people,
    sync.unsaid("users"),
    (externalId) => sync.wait("users", externalId),
    (account, link) => sync.isSuppliedElsewhere(account, link),
  );
  for (const [externalId, match] of matches) if (match === "takeover") sync.withhold(externalId);
  for (const [externalId, { schoolExternalIds, unreadable, ...values }] of sync.incomingOf("account")) {
    const wanted = schoolExternalIds as string[];
    const match = matches.get(externalId);
    const isMissing = (school: string) => !sync.refs.has(`school ${school}`) && !sync.isNotRostered("orgs", school);
    const isConflict = match === "conflict" || match === "takeover";
    if (isConflict || wanted.some(isMissing)) sync.wait("users", externalId);
    if (isConflict) continue;
    const schools = wanted.flatMap((school) => sync.refs.get(`school ${school}`) ?? []);
    sync.take("account", externalId, match ?? null, { ...values, schools }, unreadable as string[]);
  }
  sync.endLost("account");
}

function findMembership({ model }: ModelSync, classroom: string | undefined, account: string | undefined): ModelRecord | undefined {
  return model.records.find(
    ({ entity, values }) => entity === "membership" && values.classroom === classroom && values.account === account,
  );
}

/**
 * Beside an enrollment that changes bring, the one that its membership was made of before. False where that may name the class
 * or the person by another id that they go, or went, by.
 */
function restageSameMembership(sync: ModelSync): boolean {
  if (sync.modeOf("enrollments") !== "delta") return true;
  const { incoming, setAside } = sync.reads.enrollments;
  const unusable = sync.marksOf("enrollments");
  const hasOtherId = (entity: LinkEntity, recordId: unknown, id: unknown) =>
    sync.own(entity).some((link) => link.recordId === recordId && link.externalId !== id);
  let isCertain = true;
  for (const [, { classExternalId, personExternalId }] of sync.incomingOf("membership")) {
    const classroom = sync.refs.get(`classroom ${classExternalId}`);
    const account = sync.refs.get(`account ${personExternalId}`);
    const membership = findMembership(sync, classroom, account);
    const links = sync.own("membership").filter((link) => link.recordId === membership?.id && link.rostered && !sync.ended.has(link));
    for (const { externalId } of links) {
      if (incoming.has(externalId) || setAside.has(externalId) || unusable.has(externalId)) continue;
      if (hasOtherId("classroom", classroom, classExternalId) || hasOtherId("account", account, personExternalId)) isCertain = false;
      const { role, beginDate, endDate } = membership?.values ?? {};
      incoming.set(externalId, { classExternalId, personExternalId, role, beginDate, endDate });
    }
  }
  return isCertain;
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
    if (classroom === undefined || account === undefined || !fits || sync.hasTakeover(enrollment.personExternalId)) {
      sync.wait("enrollments", externalId);
      continue;
    }
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
  if (members.length > 1) for (const { externalId } of members) sync.wait("enrollments", externalId);
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
