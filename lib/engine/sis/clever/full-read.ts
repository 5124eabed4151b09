/** The whole roster: five lists side by side, each put aside page by page and proven, before the run gets to see any of it. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PageSpool, readSpool } from "#lib/engine/sis/oneroster/spool.ts";
import type { ReadProgress, SourceContext } from "#lib/engine/sis/source.ts";
import { RunCancelled } from "#lib/platform/errors.ts";
import { readId } from "#lib/roster/id.ts";
import type { InputPart } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import type { CleverApi } from "./client.ts";
import { type Both, People, settle } from "./people.ts";
import { collectionOf, type Kind, kinds, maxRemembered, toggles } from "./quirks.ts";
import { type ListRead, type ListSeen, noRecords, type Prepared, readList, type Sink } from "./read-list.ts";
import {
  courseFields,
  enrollmentsIn,
  idOf,
  isRostered,
  type Members,
  membersOf,
  type RawFields,
  readUser,
  schoolFields,
  sectionFields,
  termFields,
} from "./to-raw.ts";
import type { WireObject } from "./wire.ts";

export interface FullRead {
  readonly parts: readonly InputPart[];
  readonly counts: Readonly<Record<Kind, number | null>>;
  readonly fingerprint: string;
  readonly proof: string;
  /** Members of sections who are nobody Aivo rosters; null where they are too many to be remembered. */
  readonly dangling: readonly string[] | null;
  /** People who are student and teacher at once; null as above. */
  readonly both: readonly string[] | null;
  batches(): AsyncGenerator<RawBatch>;
}

/** Without a record of these, a full read would withdraw everybody. */
const needed: readonly Kind[] = ["schools", "sections", "users"];

/** @throws RunFailure, RunCancelled: nothing of it may be used then */
export async function readEverything(
  api: CleverApi,
  context: SourceContext,
  abort: (reason: unknown) => void,
  onProgress: (progress: ReadProgress) => void,
): Promise<FullRead> {
  await mkdir(context.spoolDirectory, { recursive: true, mode: 0o700 });
  const people = new People();
  const path = (name: string) => join(context.spoolDirectory, `${name}.ndjson`);
  const onPage = progressOf(onProgress);
  const list = (kind: Kind, fields: (object: WireObject) => RawFields) =>
    readList(api, {
      kind,
      prepare: (object): PlainRecord => plain(fields(object)),
      open: () => plainSink(path(kind)),
      onPage: onPage(kind),
    });
  const reading: Record<Kind, Promise<ListRead>> = {
    schools: list("schools", schoolFields),
    terms: list("terms", termFields),
    courses: list("courses", courseFields),
    sections: readList(api, {
      kind: "sections",
      prepare: prepareSection,
      open: () => sectionSink(people, path("sections"), path("enrollments")),
      onPage: onPage("sections"),
    }),
    users: readList(api, {
      kind: "users",
      prepare: prepareUser,
      open: () => userSink(people, path("users")),
      onPage: onPage("users"),
    }),
  };
  const reads = await allOrFirstFailure(reading, abort);
  for (const kind of needed) if (reads[kind].records === 0) throw noRecords(api, kind, { status: 200 }, toggles[kind]);

  return {
    parts: kinds.map((kind) => ({ name: `/${kind}`, bytes: reads[kind].bytes, modified: null, sha256: reads[kind].sha256 })),
    counts: byKind((kind) => reads[kind].count),
    fingerprint: fingerprintOf(kinds.map((kind) => reads[kind])),
    proof: kinds.map((kind) => reads[kind].proof).join("\n"),
    dangling: people.dangling(),
    both: people.both.length > maxRemembered ? null : people.both.flatMap(({ teacher }) => readId(String(teacher.sourcedId)) || []),
    batches: async function* () {
      for (const kind of kinds) {
        for await (const batch of readSpool(path(kind), collectionOf[kind], `/${kind}`)) {
          if (context.signal.aborted) throw new RunCancelled();
          yield batch;
        }
      }
      if (people.both.length > 0)
        yield { collection: "users", records: people.both.map((one) => settle(one, people.teachers)), rejected: [] };
      for await (const batch of readSpool(path("enrollments"), "enrollments", "/sections", (ids: Members | null) => enrollmentsIn(ids))) {
        if (context.signal.aborted) throw new RunCancelled();
        yield batch;
      }
    },
  };
}

/** All lists, or the failure of the first that fails; the others are stopped then. */
async function allOrFirstFailure(
  reading: Record<Kind, Promise<ListRead>>,
  abort: (reason: unknown) => void,
): Promise<Record<Kind, ListRead>> {
  let failure: { readonly error: unknown } | null = null;
  await Promise.allSettled(
    Object.values(reading).map((promise) =>
      promise.catch((error: unknown) => {
        failure ??= { error };
        abort(error);
      }),
    ),
  );
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
  const [schools, terms, courses, sections, users] = await Promise.all(kinds.map((kind) => reading[kind]));
  if (!schools || !terms || !courses || !sections || !users) throw new Error("a list was read and is not there");
  return { schools, terms, courses, sections, users };
}

interface PlainRecord extends Prepared {
  readonly content: string;
}

function plain(fields: RawFields): PlainRecord {
  return { id: idOf(fields), content: JSON.stringify(fields) };
}

async function plainSink(path: string): Promise<Sink<PlainRecord>> {
  const spool = await PageSpool.create(path);
  return {
    take: (page, records) =>
      spool.write(
        page,
        records.map(({ content }) => content),
      ),
    end: () => spool.end(),
    abandon: () => spool.abandon(),
  };
}

interface SectionRecord extends Prepared {
  readonly section: string;
  readonly members: Members | null;
  /** The members as they are put aside: their ids alone, which become enrollments when they are read again. */
  readonly ids: string;
}

function prepareSection(object: WireObject): SectionRecord {
  const fields = sectionFields(object);
  const members = membersOf(object);
  const section = JSON.stringify(fields);
  const ids = JSON.stringify(members);
  return { id: idOf(fields), section, members, ids, content: `${section}${ids}` };
}

async function sectionSink(people: People, sectionsPath: string, enrollmentsPath: string): Promise<Sink<SectionRecord>> {
  people.forgetMembers();
  const [sections, enrollments] = await Promise.all([PageSpool.create(sectionsPath), PageSpool.create(enrollmentsPath)]);
  return {
    take: async (page, records) => {
      for (const { members } of records) if (members !== null) people.addMembers(members);
      await sections.write(
        page,
        records.map(({ section }) => section),
      );
      await enrollments.write(
        page,
        records.map(({ ids }) => ids),
      );
    },
    end: async () => `${await sections.end()}${await enrollments.end()}`,
    abandon: async () => {
      await Promise.all([sections.abandon(), enrollments.abandon()]);
    },
  };
}

interface UserRecord extends Prepared {
  readonly isRostered: boolean;
  /** How they would come through as a teacher and as a student, where they are both. */
  readonly both: Omit<Both, "page"> | null;
}

function prepareUser(object: WireObject): UserRecord {
  const { fields, isBoth } = readUser(object);
  const both = isBoth ? { teacher: fields, student: readUser(object, "student").fields } : null;
  const content = JSON.stringify(both === null ? fields : [both.teacher, both.student]);
  return { id: idOf(fields), isRostered: isRostered(fields), both, content };
}

async function userSink(people: People, path: string): Promise<Sink<UserRecord>> {
  people.forgetUsers();
  const spool = await PageSpool.create(path);
  // Those who are both are settled later, and are part of what was read all the same.
  const both = createHash("sha256");
  return {
    take: async (page, records) => {
      for (const record of records) {
        if (record.isRostered && record.id !== undefined) people.addRostered(record.id);
        if (record.both === null) continue;
        people.addBoth({ ...record.both, page });
        both.update(record.content);
      }
      await spool.write(
        page,
        records.flatMap((record) => (record.both === null ? [record.content] : [])),
      );
    },
    end: async () => `${await spool.end()}${both.digest("hex")}`,
    abandon: () => spool.abandon(),
  };
}

function progressOf(onProgress: (progress: ReadProgress) => void) {
  const seen = new Map<Kind, { bytes: number; records: number; count: number | null }>();
  return (kind: Kind) =>
    ({ bytes, records, count, isEnd }: ListSeen) => {
      seen.set(kind, { bytes, records, count });
      const all = [...seen.values()];
      const isKnown = all.length === kinds.length && all.every((one) => one.count !== null);
      const totalBytes = all.reduce((sum, one) => sum + (one.bytes / Math.max(1, one.records)) * Math.max(one.records, one.count ?? 0), 0);
      onProgress({
        doneBytes: all.reduce((sum, one) => sum + one.bytes, 0),
        totalBytes: isKnown ? Math.round(totalBytes) : null,
        part: `/${kind}`,
        rows: records,
        ofRows: count,
        isEnd,
      });
    };
}

function fingerprintOf(reads: readonly ListRead[]): string {
  const hash = createHash("sha256");
  for (const { kind, sha256 } of reads) hash.update(`${kind} ${sha256}\n`);
  return hash.digest("hex");
}

export function byKind<T>(pick: (kind: Kind) => T): Record<Kind, T> {
  return { schools: pick("schools"), terms: pick("terms"), courses: pick("courses"), sections: pick("sections"), users: pick("users") };
}
