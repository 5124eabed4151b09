import {
  type Collection,
  collectionOfLinkEntity,
  collections,
  type LinkEntity,
  linkEntities,
  type Membership,
  type Person,
} from "#lib/roster/canonical.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { SisState } from "./testing.ts";

/**
 * Matching, planning and applying once more, in memory and one record at a time, for obviousness. Test-only: the SQL is
 * compared with it.
 */
export interface ModelRecord {
  readonly id: string;
  readonly entity: LinkEntity;
  status: "active" | "deactivated";
  deactivatedBy: "sync" | "admin" | null;
  values: Record<string, unknown>;
}
export interface ModelLink {
  readonly integration: string;
  readonly entity: LinkEntity;
  readonly externalId: string;
  recordId: string;
  rostered: boolean;
  linkedAt: number;
  /** When it last ceased to be rostered, or to point to the record that it pointed to. */
  endedAt?: number;
}
/**
 * A record that was read and could not be placed, or is one of several that count together. Null: nobody and nothing to
 * roster; an enrollment that, as last sent, cannot be used.
 */
export interface ModelWaiting {
  readonly integration: string;
  readonly collection: Collection;
  readonly externalId: string;
  readonly record: Record<string, unknown> | null;
}
export interface Model {
  records: ModelRecord[];
  links: ModelLink[];
  waiting: ModelWaiting[];
  /** By integration, when it last synced. */
  lastSync: Record<string, number>;
  clock: number;
}

interface Read {
  readonly incoming: Map<string, Record<string, unknown>>;
  readonly setAside: Map<string, string>;
  readonly unidentified: boolean;
  /** Which of `incoming` are not what the SIS said now. */
  readonly added: Set<string>;
}

/**
 * The model after a sync; null when the sync fails and changes nothing. `everything` is what the source could read instead of
 * changes, where it could.
 */
export function modelSync(before: Model, integration: string, state: SisState, everything: SisState | null = null): Model | null {
  const model: Model = structuredClone({ ...before, clock: before.clock + 1 });
  model.lastSync[integration] = model.clock;
  const reads = Object.fromEntries(collections.map((collection) => [collection, readCollection(collection, state)])) as Record<
    Collection,
    Read
  >;
  const own = (entity: LinkEntity) => model.links.filter((link) => link.integration === integration && link.entity === entity);
  const modeOf = (collection: Collection) => (state.rows[collection] ? (state.mode ?? "bulk") : "absent");

  const waitingOf = (collection: Collection) =>
    before.waiting.filter((waiting) => waiting.integration === integration && waiting.collection === collection);
  const marksOf = (collection: Collection) =>
    new Set(waitingOf(collection).flatMap(({ externalId, record }) => (record === null ? externalId : [])));
  /** Whether the SIS has the id, and has nobody and nothing to roster by it. */
  const isNotRostered = (collection: Collection, externalId: string) => {
    const { incoming, setAside } = reads[collection];
    if (incoming.has(externalId) || setAside.has(externalId)) return setAside.get(externalId) === "not-rostered";
    return modeOf(collection) !== "bulk" && marksOf(collection).has(externalId);
  };
  for (const collection of collections.filter((candidate) => modeOf(candidate) === "delta")) {
    const { incoming, setAside, added } = reads[collection];
    for (const { externalId, record } of waitingOf(collection)) {
      if (record === null || incoming.has(externalId) || setAside.has(externalId)) continue;
      incoming.set(externalId, structuredClone(record));
      added.add(externalId);
    }
  }

  const ended = new Set<ModelLink>();
  for (const entity of linkEntities) {
    const collection = collectionOfLinkEntity[entity];
    const { incoming, setAside, unidentified } = reads[collection];
    const mode = modeOf(collection);
    if (
      mode === "bulk" &&
      (state.rows[collection]?.length ?? 0) === 0 &&
      (entity === "account" || entity === "classroom" || own(entity).some((link) => link.rostered))
    )
      return null;
    for (const link of own(entity).filter((candidate) => candidate.rostered)) {
      const aside = setAside.get(link.externalId);
      const isMissing = !incoming.has(link.externalId) && aside === undefined;
      if (aside === "withdrawn" || (mode === "bulk" && !unidentified && isMissing)) ended.add(link);
    }
  }

  if (everything && isDoubtful(before, integration, ended, reads, modeOf)) return modelSync(before, integration, everything);

  const toWait = new Map(collections.map((collection) => [collection, new Set<string>()]));
  const wait = (collection: Collection, externalId: string) => toWait.get(collection)?.add(externalId);
  const planned = new Set<string>();
  const back = new Set<string>();
  const deactivated = new Set<string>();
  const lost = new Set<string>();
  const refs = new Map<string, string>();
  for (const entity of linkEntities)
    for (const link of own(entity)) if (link.rostered && !ended.has(link)) refs.set(`${entity} ${link.externalId}`, link.recordId);
  const find = (id: string | undefined) => model.records.find((record) => record.id === id);

  const take = (
    entity: LinkEntity,
    externalId: string,
    recordId: string | null,
    values: Record<string, unknown>,
    keep: readonly string[] = [],
  ) => {
    const link = own(entity).find((candidate) => candidate.externalId === externalId);
    let record = find(recordId ?? undefined);
    if (!record) {
      record = { id: `new-${model.clock}-${entity}-${externalId}`, entity, status: "active", deactivatedBy: null, values: { ...values } };
      model.records.push(record);
    } else {
      if (!isSuppliedElsewhere(model, before, integration, record.id, link)) {
        const kept = Object.fromEntries(keep.map((column) => [column, record?.values[column]]));
        record.values = { ...record.values, ...values, ...kept };
      }
      if (record.status === "deactivated" && record.deactivatedBy !== "admin") {
        record.status = "active";
        record.deactivatedBy = null;
        back.add(record.id);
      }
    }
    planned.add(record.id);
    refs.set(`${entity} ${externalId}`, record.id);
    if (!link) model.links.push({ integration, entity, externalId, recordId: record.id, rostered: true, linkedAt: model.clock });
    else {
      if (link.recordId !== record.id) {
        lost.add(link.recordId);
        link.endedAt = model.clock;
      }
      if (!link.rostered) {
        link.linkedAt = model.clock;
        back.add(record.id);
      }
      link.recordId = record.id;
      link.rostered = true;
    }
    return record;
  };
  const endLost = (entity: LinkEntity) => {
    for (const link of ended) if (link.entity === entity) lost.add(link.recordId);
    for (const link of ended) if (link.entity === entity) Object.assign(link, { rostered: false, endedAt: model.clock });
    for (const id of lost) {
      const record = find(id);
      if (record?.entity !== entity || record.status !== "active" || planned.has(id) || record.values.role === "admin") continue;
      if (model.links.some((link) => link.recordId === id && link.rostered)) continue;
      record.status = "deactivated";
      record.deactivatedBy = entity === "account" ? "sync" : null;
      deactivated.add(id);
    }
  };

  const linkOf = (entity: LinkEntity, externalId: string) => own(entity).find((link) => link.externalId === externalId);
  const incomingOf = (entity: LinkEntity) => [...reads[collectionOfLinkEntity[entity]].incoming].sort(([a], [b]) => (a < b ? -1 : 1));

  const numbers = incomingOf("school").map(([, school]) => school.number);
  const schoolMatches = new Map<string, string>();
  for (const [externalId, school] of incomingOf("school")) {
    const number = school.number;
    if (linkOf("school", externalId) || number === null || numbers.filter((other) => other === number).length > 1) continue;
    const same = model.records.filter((record) => record.entity === "school" && record.values.number === number);
    const [only] = same;
    if (same.length === 1 && only && !own("school").some((link) => link.recordId === only.id)) schoolMatches.set(externalId, only.id);
  }
  for (const [externalId, school] of incomingOf("school"))
    take("school", externalId, linkOf("school", externalId)?.recordId ?? schoolMatches.get(externalId) ?? null, school);
  endLost("school");
  /** A record of another integration that this one does not know yet and that agrees in all of `keys`, if there is one on each side. */
  const sameElsewhere = (entity: LinkEntity, rows: readonly (readonly [string, Record<string, unknown>])[], keys: readonly string[]) => {
    const keyOf = (values: Record<string, unknown>) =>
      JSON.stringify(keys.map((key) => (Array.isArray(values[key]) ? (values[key] as string[]).toSorted() : (values[key] ?? null))));
    const isElsewhere = (id: string) => model.links.some((link) => link.recordId === id && link.integration !== integration);
    const isOwn = (id: string) => own(entity).some((link) => link.recordId === id);
    const silent = own(entity)
      .filter((link) => link.rostered && !ended.has(link) && rows.every(([externalId]) => externalId !== link.externalId))
      .flatMap((link) => {
        const record = find(link.recordId);
        return record ? [record.values] : [];
      });
    const candidates = model.records.filter((record) => record.entity === entity && isElsewhere(record.id) && !isOwn(record.id));
    return new Map(
      rows.flatMap(([externalId, values]) => {
        const found = candidates.filter((record) => keyOf(record.values) === keyOf(values));
        const alike = [...rows.map(([, other]) => other), ...silent].filter((other) => keyOf(other) === keyOf(values));
        const [only] = found;
        return only && found.length === 1 && alike.length === 1 ? [[externalId, only.id] as const] : [];
      }),
    );
  };
  const takeAll = (entity: LinkEntity, rows: readonly (readonly [string, Record<string, unknown>])[], keys: readonly string[]) => {
    const same = sameElsewhere(entity, rows, keys);
    for (const [externalId, values] of rows)
      take(entity, externalId, linkOf(entity, externalId)?.recordId ?? same.get(externalId) ?? null, values);
    endLost(entity);
  };
  takeAll("term", incomingOf("term"), ["name", "type", "beginDate", "endDate"]);
  takeAll("course", incomingOf("course"), ["name", "code"]);
  const classrooms = incomingOf("classroom").flatMap(([externalId, { courseExternalId, schoolExternalId, termExternalIds, ...values }]) => {
    const school = refs.get(`school ${schoolExternalId}`);
    const terms = (termExternalIds as string[]).flatMap((term) => refs.get(`term ${term}`) ?? []);
    const course = refs.get(`course ${courseExternalId}`) ?? null;
    const isCourseMissing = courseExternalId !== null && course === null;
    if (school === undefined || isCourseMissing || terms.length < (termExternalIds as string[]).length) wait("classes", externalId);
    const row = { ...values, school, course, terms };
    return school === undefined ? [] : [[externalId, row] as const];
  });
  takeAll("classroom", classrooms, ["school", "name", "code", "course", "terms"]);

  const people = reads.users.incoming as unknown as Map<string, Person>;
  const matches = matchPeople(model, own("account"), ended, people, (externalId) => wait("users", externalId));
  for (const [externalId, { schoolExternalIds, unreadable, ...values }] of incomingOf("account")) {
    const match = matches.get(externalId);
    const isSchoolMissing = (school: string) => !refs.has(`school ${school}`) && !isNotRostered("orgs", school);
    if (match === "conflict" || (schoolExternalIds as string[]).some(isSchoolMissing)) wait("users", externalId);
    if (match === "conflict") continue;
    const schools = (schoolExternalIds as string[]).flatMap((school) => refs.get(`school ${school}`) ?? []);
    take("account", externalId, match ?? null, { ...values, schools }, unreadable as string[]);
  }
  endLost("account");

  const enrollments = reads.enrollments;
  const unusable = marksOf("enrollments");
  if (modeOf("enrollments") === "delta") {
    for (const [, { classExternalId, personExternalId }] of incomingOf("membership")) {
      const ends = [refs.get(`classroom ${classExternalId}`), refs.get(`account ${personExternalId}`)];
      const membership = model.records.find(
        ({ entity, values }) => entity === "membership" && values.classroom === ends[0] && values.account === ends[1],
      );
      for (const { externalId } of own("membership").filter(
        (link) => link.recordId === membership?.id && link.rostered && !ended.has(link),
      )) {
        if (enrollments.incoming.has(externalId) || enrollments.setAside.has(externalId) || unusable.has(externalId)) continue;
        // Whether it names the class and the person by these ids, or by others that they go or went by, is not known.
        const isOther = (entity: LinkEntity, recordId: unknown, id: unknown) =>
          own(entity).some((link) => link.recordId === recordId && link.externalId !== id);
        if (everything && (isOther("classroom", ends[0], classExternalId) || isOther("account", ends[1], personExternalId)))
          return modelSync(before, integration, everything);
        const { role, beginDate, endDate } = membership?.values ?? {};
        enrollments.incoming.set(externalId, { classExternalId, personExternalId, role, beginDate, endDate });
        enrollments.added.add(externalId);
      }
    }
  }
  const pairs = new Map<string, { externalId: string; enrollment: Membership; classroom: string; account: string }[]>();
  for (const [externalId, row] of incomingOf("membership")) {
    const enrollment = row as unknown as Membership;
    const classroom = refs.get(`classroom ${enrollment.classExternalId}`);
    const account = refs.get(`account ${enrollment.personExternalId}`);
    const role = find(account)?.values.role;
    const fits = role === "learner" ? enrollment.role === "learner" : role === "teacher" ? enrollment.role !== "learner" : false;
    if (classroom === undefined || account === undefined || !fits) {
      wait("enrollments", externalId);
      continue;
    }
    const pair = `${classroom} ${account}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), { externalId, enrollment, classroom, account }]);
  }
  for (const members of pairs.values()) {
    members.sort(
      (a, b) => (b.enrollment.beginDate ?? "").localeCompare(a.enrollment.beginDate ?? "") || (a.externalId < b.externalId ? -1 : 1),
    );
    const [winner] = members;
    if (!winner) continue;
    const begins = members.map((member) => member.enrollment.beginDate);
    const ends = members.map((member) => member.enrollment.endDate);
    const beginDate = begins.includes(null) ? null : (begins as string[]).toSorted()[0];
    const endDate = ends.includes(null) ? null : (ends as string[]).toSorted().at(-1);
    const existing = model.records.find(
      (record) =>
        record.entity === "membership" && record.values.classroom === winner.classroom && record.values.account === winner.account,
    );
    const values = { classroom: winner.classroom, account: winner.account, role: winner.enrollment.role, beginDate, endDate };
    let id = existing?.id ?? null;
    if (members.length > 1) for (const { externalId } of members) wait("enrollments", externalId);
    for (const member of members) id = take("membership", member.externalId, id, values).id;
  }
  endLost("membership");

  for (const membership of model.records.filter((record) => record.entity === "membership")) {
    const classroom = find(membership.values.classroom as string);
    const account = find(membership.values.account as string);
    const isLinked = model.links.some((link) => link.recordId === membership.id);
    const isRostered = model.links.some((link) => link.recordId === membership.id && link.rostered);
    if (membership.status === "active" && isLinked && [classroom, account].some((end) => end && deactivated.has(end.id)))
      membership.status = "deactivated";
    const isBack = [classroom, account].some((end) => end && back.has(end.id));
    const canBe = classroom?.status === "active" && (account?.status === "active" || account?.deactivatedBy === "admin");
    if (membership.status === "deactivated" && isBack && canBe && isRostered && !planned.has(membership.id)) membership.status = "active";
  }

  const isKept = (waiting: ModelWaiting) => waiting.integration !== integration || modeOf(waiting.collection) === "absent";
  const hadLink = (externalId: string) =>
    before.links.some(
      (link) => link.integration === integration && link.entity === "membership" && link.externalId === externalId && link.rostered,
    );
  const isMark = (collection: Collection, externalId: string, why: string) =>
    collection === "enrollments"
      ? why !== "withdrawn" && hadLink(externalId)
      : collection === "orgs" || collection === "users"
        ? why === "not-rostered"
        : false;
  const marks = (collection: Collection) => {
    const { incoming, setAside } = reads[collection];
    const now = [...setAside].flatMap(([externalId, why]) => (isMark(collection, externalId, why) ? externalId : []));
    const still = [...marksOf(collection)].filter((externalId) => !incoming.has(externalId) && !setAside.has(externalId));
    return modeOf(collection) === "delta" ? [...now, ...still] : now;
  };
  model.waiting = [
    ...before.waiting.filter(isKept),
    ...[...toWait].flatMap(([collection, ids]) =>
      [...ids].map((externalId) => ({ integration, collection, externalId, record: reads[collection].incoming.get(externalId) ?? {} })),
    ),
    ...collections
      .filter((collection) => modeOf(collection) !== "absent")
      .flatMap((collection) => marks(collection).map((externalId) => ({ integration, collection, externalId, record: null }))),
  ];
  return model;
}

/** A school, a term or a course is gone, a school is new, or another integration no longer supplies what it supplied. */
function isDoubtful(
  before: Model,
  integration: string,
  ended: ReadonlySet<ModelLink>,
  reads: Readonly<Record<Collection, Read>>,
  modeOf: (collection: Collection) => string,
): boolean {
  const isRead = (entity: LinkEntity) => modeOf(collectionOfLinkEntity[entity]) === "delta";
  const own = before.links.filter((link) => link.integration === integration && link.rostered);
  const isGone = [...ended].some(({ entity }) => ["school", "term", "course"].includes(entity) && isRead(entity));
  const isNew = [...reads.orgs.incoming.keys()].some((id) => !own.some((link) => link.entity === "school" && link.externalId === id));
  const hasLostSupplier = before.links.some(
    (other) =>
      other.integration !== integration &&
      !other.rostered &&
      (other.endedAt ?? 0) > (before.lastSync[integration] ?? 0) &&
      own.some((link) => link.recordId === other.recordId && other.linkedAt < link.linkedAt),
  );
  return isGone || (isNew && isRead("school")) || (hasLostSupplier && collections.some((collection) => modeOf(collection) === "delta"));
}

/** product.md's order; "conflict" where it would be a guess. */
function matchPeople(
  model: Model,
  links: ModelLink[],
  ended: ReadonlySet<ModelLink>,
  people: ReadonlyMap<string, Person>,
  onShared: (externalId: string) => void,
): Map<string, string | "conflict" | null> {
  const matches = new Map<string, string | "conflict" | null>();
  const accounts = model.records.filter((record) => record.entity === "account");
  const staying = links.filter((link) => link.rostered && !ended.has(link));
  const claimed = new Set(staying.map((link) => link.recordId));
  const linkOf = (externalId: string) => links.find((link) => link.externalId === externalId);
  for (const [externalId, person] of people) {
    const link = linkOf(externalId);
    if (!link) continue;
    const account = accounts.find((candidate) => candidate.id === link.recordId);
    const isContested =
      !link.rostered &&
      (staying.some((other) => other.recordId === link.recordId) ||
        [...people.keys()].some((other) => other !== externalId && linkOf(other)?.recordId === link.recordId));
    matches.set(externalId, account?.values.role !== person.role || isContested ? "conflict" : link.recordId);
  }
  for (const externalId of people.keys()) {
    const link = linkOf(externalId);
    if (link) claimed.add(link.recordId);
  }
  const contested = new Set<string>();
  for (const field of ["email", "studentNumber"] as const) {
    const canHave = (role: unknown) => field === "email" || role === "learner";
    const untold = new Set(
      [...people]
        .filter(([, person]) => (person as Person & { unreadable: readonly string[] }).unreadable.includes(field))
        .flatMap(([externalId]) => linkOf(externalId)?.recordId ?? []),
    );
    const unmentioned = staying.flatMap((link) => (people.has(link.externalId) ? [] : link.recordId));
    const silent = [...new Set([...unmentioned, ...untold])].flatMap((id) => accounts.find((account) => account.id === id) ?? []);
    const sharersOf = (value: unknown) =>
      [...people.values()].filter((other) => other[field] === value && canHave(other.role)).length +
      silent.filter((account) => account.values[field] === value && canHave(account.values.role)).length;
    for (const [externalId, person] of people)
      if (person[field] !== null && canHave(person.role) && sharersOf(person[field]) > 1) onShared(externalId);
    const newlyClaimed = new Set<string>();
    const newlyContested = new Set<string>();
    for (const [externalId, person] of people) {
      const value = person[field];
      if (matches.has(externalId) || value === null || !canHave(person.role)) continue;
      const candidates = accounts.filter(
        (account) => account.values[field] === value && !claimed.has(account.id) && canHave(account.values.role),
      );
      const [candidate] = candidates;
      if (!candidate) continue;
      const isPlain =
        candidates.length === 1 && sharersOf(value) === 1 && candidate.values.role === person.role && !contested.has(candidate.id);
      matches.set(externalId, isPlain ? candidate.id : "conflict");
      if (isPlain) {
        newlyClaimed.add(candidate.id);
      } else for (const { id } of candidates) newlyContested.add(id);
    }
    for (const id of newlyClaimed) claimed.add(id);
    for (const id of newlyContested) contested.add(id);
  }
  return matches;
}

/** Another integration's older link, as things were before this sync, supplies the values. */
function isSuppliedElsewhere(model: Model, before: Model, integration: string, recordId: string, link: ModelLink | undefined): boolean {
  const own = before.links.filter((other) => other.integration === integration && other.recordId === recordId);
  const isMembership = model.records.find((record) => record.id === recordId)?.entity === "membership";
  const since = isMembership ? Math.min(...own.map((other) => other.linkedAt), model.clock) : (link?.linkedAt ?? model.clock);
  return before.links.some(
    (other) => other.integration !== integration && other.recordId === recordId && other.rostered && other.linkedAt < since,
  );
}

const unreadableColumns: Record<string, string> = { "email-invalid": "email", "grade-unknown": "grade" };

function readCollection(collection: Collection, state: SisState): Read {
  const seen = new Map<string, { content: string; disposition: string; record: Record<string, unknown> | null }[]>();
  let unidentified = false;
  for (const [index, fields] of (state.rows[collection] ?? []).entries()) {
    const outcome = normalise(collection, { place: { part: `${collection}.csv`, position: index + 2 }, fields });
    const externalId = outcome.disposition === "rostered" ? outcome.record.externalId : outcome.externalId;
    if (externalId === null) {
      unidentified = true;
      continue;
    }
    const unreadable = outcome.issues.flatMap((issue) => unreadableColumns[issue.code] ?? []);
    const { externalId: _, ...record } =
      outcome.disposition === "rostered" ? { ...outcome.record, ...(collection === "users" ? { unreadable } : {}) } : { externalId };
    const occurrence = {
      content: JSON.stringify([outcome.disposition, record]),
      disposition: outcome.disposition,
      record: outcome.disposition === "rostered" ? record : null,
    };
    seen.set(externalId, [...(seen.get(externalId) ?? []), occurrence]);
  }
  const incoming = new Map<string, Record<string, unknown>>();
  const setAside = new Map<string, string>();
  for (const [externalId, occurrences] of seen) {
    const [first] = occurrences;
    if (!first) continue;
    if (new Set(occurrences.map((occurrence) => occurrence.content)).size > 1) setAside.set(externalId, "left-out");
    else if (first.record) incoming.set(externalId, first.record);
    else setAside.set(externalId, first.disposition);
  }
  return { incoming, setAside, unidentified, added: new Set() };
}
