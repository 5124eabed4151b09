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
}
export interface Model {
  records: ModelRecord[];
  links: ModelLink[];
  clock: number;
}

interface Read {
  readonly incoming: Map<string, Record<string, unknown>>;
  readonly setAside: Map<string, string>;
  readonly unidentified: boolean;
}

/** The model after a sync, or null when the sync fails and changes nothing. */
export function modelSync(before: Model, integration: string, state: SisState): Model | null {
  const model: Model = structuredClone({ ...before, clock: before.clock + 1 });
  const reads = Object.fromEntries(collections.map((collection) => [collection, readCollection(collection, state)])) as Record<
    Collection,
    Read
  >;
  const own = (entity: LinkEntity) => model.links.filter((link) => link.integration === integration && link.entity === entity);
  const modeOf = (collection: Collection) => (state.rows[collection] ? (state.mode ?? "bulk") : "absent");

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
      if (link.recordId !== record.id) lost.add(link.recordId);
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
    for (const link of ended) if (link.entity === entity) link.rostered = false;
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
    const row = { ...values, school, course: refs.get(`course ${courseExternalId}`) ?? null, terms };
    return school === undefined ? [] : [[externalId, row] as const];
  });
  takeAll("classroom", classrooms, ["school", "name", "code", "course", "terms"]);

  const matches = matchPeople(model, own("account"), ended, reads.users.incoming as unknown as Map<string, Person>);
  for (const [externalId, { schoolExternalIds, unreadable, ...values }] of incomingOf("account")) {
    const match = matches.get(externalId);
    if (match === "conflict") continue;
    const schools = (schoolExternalIds as string[]).flatMap((school) => refs.get(`school ${school}`) ?? []);
    take("account", externalId, match ?? null, { ...values, schools }, unreadable as string[]);
  }
  endLost("account");

  const pairs = new Map<string, { externalId: string; enrollment: Membership; classroom: string; account: string }[]>();
  for (const [externalId, row] of incomingOf("membership")) {
    const enrollment = row as unknown as Membership;
    const classroom = refs.get(`classroom ${enrollment.classExternalId}`);
    const account = refs.get(`account ${enrollment.personExternalId}`);
    const role = find(account)?.values.role;
    const fits = role === "learner" ? enrollment.role === "learner" : role === "teacher" ? enrollment.role !== "learner" : false;
    if (classroom === undefined || account === undefined || !fits) continue;
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
  return model;
}

/** product.md's order; "conflict" where it would be a guess. */
function matchPeople(
  model: Model,
  links: ModelLink[],
  ended: ReadonlySet<ModelLink>,
  people: ReadonlyMap<string, Person>,
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
  const mentioned = new Set([...people.keys()].flatMap((externalId) => linkOf(externalId)?.recordId ?? []));
  const contested = new Set<string>();
  for (const field of ["email", "studentNumber"] as const) {
    const canHave = (role: unknown) => field === "email" || role === "learner";
    const untold = new Set(
      [...people]
        .filter(([, person]) => (person as Person & { unreadable: readonly string[] }).unreadable.includes(field))
        .flatMap(([externalId]) => linkOf(externalId)?.recordId ?? []),
    );
    const silent = [...claimed]
      .filter((id) => !mentioned.has(id) || untold.has(id))
      .flatMap((id) => accounts.find((account) => account.id === id) ?? []);
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
      const sharers =
        [...people.values()].filter((other) => other[field] === value && canHave(other.role)).length +
        silent.filter((account) => account.values[field] === value && canHave(account.values.role)).length;
      const isPlain = candidates.length === 1 && sharers === 1 && candidate.values.role === person.role && !contested.has(candidate.id);
      matches.set(externalId, isPlain ? candidate.id : "conflict");
      if (isPlain) {
        newlyClaimed.add(candidate.id);
        mentioned.add(candidate.id);
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
  return { incoming, setAside, unidentified };
}
