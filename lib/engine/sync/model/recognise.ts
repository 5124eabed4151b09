import { collectionOfLinkEntity, type LinkEntity, type Person } from "#lib/roster/canonical.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { type Evidence, isSomebodyElse } from "#lib/roster/same-person.ts";
import { ModelDecided } from "./decided.ts";
import type { ModelSync } from "./sync.ts";
import type { ModelRecord } from "./types.ts";

/*
 * Test-only: which record one is that comes by an unknown id, told one by one.
 */

export type Rows = readonly (readonly [string, Record<string, unknown>])[];

export interface ModelKey {
  /** Null: no such key. */
  readonly of: (values: Record<string, unknown>) => string | null;
  readonly agrees?: (incoming: readonly [string, Record<string, unknown>], free: ModelRecord) => boolean;
}

const isLeaving = (sync: ModelSync, id: string) => [...sync.leaving()].some((link) => link.recordId === id && sync.isLeaving(link));

function freeRecords(sync: ModelSync, entity: LinkEntity): ModelRecord[] {
  const collection = collectionOfLinkEntity[entity];
  const { incoming } = sync.reads[collection];
  const isKnown = (id: string) =>
    sync
      .own(entity)
      .some(
        (link) =>
          link.recordId === id &&
          !sync.isLeaving(link) &&
          (link.rostered || incoming.has(link.externalId) || sync.wasSaid(collection, link.externalId)),
      );
  const isElsewhere = (id: string) => sync.model.links.some((link) => link.recordId === id && link.integration !== sync.integration);
  return sync.model.records.filter(
    (record) => record.entity === entity && (isLeaving(sync, record.id) || isElsewhere(record.id)) && !isKnown(record.id),
  );
}

/** By each key in turn, where there is one on each side. */
export function recognise(sync: ModelSync, entity: LinkEntity, rows: Rows, keys: readonly ModelKey[]): Map<string, string> {
  const found = new Map<string, string>();
  const silent = sync
    .own(entity)
    .filter((link) => link.rostered && !sync.isLeaving(link) && rows.every(([externalId]) => externalId !== link.externalId))
    .map((link) => sync.find(link.recordId)?.values ?? {});
  for (const { of, agrees } of keys) {
    const taken = new Set(found.values());
    const free = freeRecords(sync, entity).filter(({ id }) => !taken.has(id));
    const news = rows.flatMap((row) => {
      const key = of(row[1]);
      const [only, ...others] = free.filter((record) => of(record.values) === key);
      const alike = [...rows.map(([, values]) => values), ...silent].filter((values) => of(values) === key);
      if (key === null || !only || others.length > 0 || alike.length !== 1) return [];
      if (sync.linkOf(entity, row[0]) || found.has(row[0]) || agrees?.(row, only) === false) return [];
      return [[row[0], only.id] as const];
    });
    for (const [externalId, id] of news) found.set(externalId, id);
  }
  return found;
}

export function recogniseClasses(sync: ModelSync, rows: Rows): Map<string, string> {
  const sorted = (ids: unknown) => (ids as string[]).toSorted();
  const found = recognise(sync, "classroom", rows, [
    {
      of: ({ school, name, code, course, terms }) => JSON.stringify([school, name, code ?? null, course ?? null, sorted(terms)]),
      agrees: (_, free) => !isLeaving(sync, free.id) || (free.values.terms as string[]).length > 0,
    },
  ]);
  const taken = new Set(found.values());
  const news = rows.filter(([externalId]) => !found.has(externalId) && !sync.linkOf("classroom", externalId));
  const free = freeRecords(sync, "classroom").filter(({ id, status }) => status === "active" && !taken.has(id));
  const enrollments = sync.incomingOf("membership");
  const pairs = news.flatMap(([externalId, values]) => {
    const own = enrollments.flatMap(([, { classExternalId, personExternalId, role }]) => {
      const account = sync.refs.get(`account ${personExternalId}`);
      return classExternalId === externalId && account !== undefined ? [{ account, teaches: role !== "learner" }] : [];
    });
    return free.flatMap((record) => {
      const score = scoreOf(sync, values, own, record);
      return score === null ? [] : [{ externalId, id: record.id, score }];
    });
  });
  const isBest = (one: (typeof pairs)[number], side: "externalId" | "id") =>
    pairs.every((other) => other === one || other[side] !== one[side] || other.score < one.score);
  for (const pair of pairs) if (isBest(pair, "externalId") && isBest(pair, "id")) found.set(pair.externalId, pair.id);
  return found;
}

interface Taking {
  readonly account: string;
  readonly teaches: boolean;
}

function scoreOf(sync: ModelSync, values: Record<string, unknown>, own: readonly Taking[], record: ModelRecord): number | null {
  const before = record.values;
  if (values.school !== before.school) return null;
  const there = sync.model.records.flatMap(({ entity, status, values: { classroom, account, role } }) =>
    entity === "membership" && status === "active" && classroom === record.id
      ? [{ account: account as string, teaches: role !== "learner" }]
      : [],
  );
  const idsOf = (members: readonly Taking[], teaches: boolean) =>
    new Set(members.filter((one) => one.teaches === teaches).map(({ account }) => account));
  const common = (teaches: boolean) => [...idsOf(own, teaches)].filter((id) => idsOf(there, teaches).has(id)).length;
  const sizes = [idsOf(own, false).size, idsOf(there, false).size];
  const most = Math.max(...sizes);
  const same = (name: string) => values[name] != null && values[name] === before[name];
  const leaves = isLeaving(sync, record.id);
  const [now, then] = [spanOf(sync, values.terms), spanOf(sync, before.terms)];
  const isAtThatTime = now && then ? overlap(now, then) : !now && !then ? true : !leaves;
  const half = most > 0 && 2 * common(false) >= most;
  const isThisYear = !leaves || now !== null;
  const byCode = same("code") && (half || (Math.min(...sizes) === 0 && isThisYear));
  const byTeacher = common(true) > 0 && (half || (most === 0 && (same("name") || same("course")) && isThisYear));
  if (!isAtThatTime || !(byCode || byTeacher)) return null;
  const periods = JSON.stringify(values.periods) === JSON.stringify(before.periods) && (values.periods as string[]).length > 0;
  return 8 * Number(same("code")) + 4 * Number(same("course")) + 2 * Number(same("name")) + Number(periods);
}

/** First and last day, in days. */
function spanOf(sync: ModelSync, terms: unknown): readonly [number, number] | null {
  const dated = (terms as string[]).flatMap((id): Record<string, unknown>[] => {
    const term = sync.find(id);
    return term ? [term.values] : [];
  });
  const day = (text: unknown) => Date.parse(String(text)) / 86_400_000;
  if (dated.length === 0) return null;
  return [Math.min(...dated.map(({ beginDate }) => day(beginDate))), Math.max(...dated.map(({ endDate }) => day(endDate)))];
}

function overlap([begin, end]: readonly [number, number], [otherBegin, otherEnd]: readonly [number, number]): boolean {
  return 2 * (Math.min(end, otherEnd) - Math.max(begin, otherBegin)) >= Math.min(end - begin, otherEnd - otherBegin);
}

/** Whom those who are nobody yet may be by name, role and school, each with all of them. */
export function namesakesOf(
  sync: ModelSync,
  people: ReadonlyMap<string, Person>,
  matches: ReadonlyMap<string, unknown>,
): Map<string, string[]> {
  const claimed = new Set([...matches.values()]);
  const decided = new ModelDecided(sync.model, sync.integration, people);
  const grade = (code: unknown) => gradeCodes.indexOf(code as never);
  return new Map(
    [...people].flatMap(([externalId, person]) => {
      if (matches.has(externalId)) return [];
      const schools = person.schoolExternalIds.flatMap((school) => sync.refs.get(`school ${school}`) ?? []);
      const candidates = freeRecords(sync, "account").filter(({ id, status, values }) => {
        const isNext = grade(person.grade) < 0 || grade(values.grade) < 0 || [0, 1].includes(grade(person.grade) - grade(values.grade));
        return (
          status === "active" &&
          !claimed.has(id) &&
          !decided.isDeclined(externalId, id) &&
          values.role === person.role &&
          values.givenName === person.givenName &&
          values.familyName === person.familyName &&
          schools.some((school) => (values.schools as string[]).includes(school)) &&
          isNext &&
          !isSomebodyElse(values as unknown as Evidence, person, "id", true)
        );
      });
      return candidates.length > 0 ? [[externalId, candidates.map(({ id }) => id)] as const] : [];
    }),
  );
}
