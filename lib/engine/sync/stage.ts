import { incomingColumns, tableOf } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import { withStaging } from "#lib/platform/db/staging-pool.ts";
import { type AsRead, asRead } from "#lib/roster/as-read.ts";
import type { CanonicalByCollection, Collection, SourcePlace } from "#lib/roster/canonical.ts";
import { anybody, cluesOf } from "#lib/roster/clues.ts";
import { readId } from "#lib/roster/id.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import type { Issue } from "#lib/roster/issues.ts";
import { readText } from "#lib/roster/list.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { CarriedColumns, type Columns, type Unsaid, UnsaidIssues } from "./carried.ts";
import { asBigint, type ContentHash, contentHash } from "./content-hash.ts";
import { type CopyStream, type CopyValue, copyRow } from "./copy.ts";
import type { StagedRow } from "./known-parts.ts";
import type { Sighting } from "./known-rows.ts";
import { entityOf } from "./plan-context.ts";
import { later, type Sieve, type SiftedRows } from "./sieve.ts";
import { StagedRows } from "./staged-rows.ts";
import { type CopyTarget, openCopy } from "./staging-copy.ts";

export interface Staged {
  /** Rows read, by collection, whatever became of them. */
  readonly rows: Partial<Record<Collection, number>>;
  /** Records not rostered by design, by reason ("parent", "org of type department"). */
  readonly notRostered: Record<string, number>;
  /** Collections in which a row without an id was met: who may be it is not withdrawn. */
  readonly unidentified: ReadonlySet<Collection>;
  /** Optional columns that some record carried. */
  readonly carried: Columns;
  readonly unsaid: readonly Unsaid[];
  /** Of these rows those that are in the staging tables. */
  readonly staged: StagedRows;
  /** Of a collection that is not named all are. */
  readonly sifted: SiftedRows;
  /** Whether people came whose roles are told apart from them. */
  readonly rolesApart: boolean;
  /** Rows that were passed by as if the SIS had not sent them: of people who were erased on request. */
  readonly barred: number;
}

export interface StageProgress {
  /** Rows so far, and the collection that the last of them were of. */
  readonly rows: number;
  readonly collection: Collection;
  /** What was wrong with rows so far, by cause and collection. */
  readonly issues: IssueCounts;
}

/** Small enough to keep memory flat, large enough that a round trip does not matter. */
const flushAt = 5_000;

/**
 * Normalises every record of the input and copies it into the run's staging tables, but for what the sieve holds back;
 * issues go straight to the run. `onBatch` is told the rows so far and may throw to stop.
 */
export async function stage(
  target: CopyTarget,
  batches: AsyncIterable<RawBatch>,
  sieve: Sieve | null,
  onBatch: (progress: StageProgress) => void,
  { isBarred = nobody, rules }: HowToStage = {},
): Promise<Staged> {
  const rows: Partial<Record<Collection, number>> = {};
  const notRostered: Record<string, number> = {};
  const unidentified = new Set<Collection>();
  const issues = new Buffered(target, target.staging.found, issueColumns);
  const setAside = new Buffered(target, target.staging.readAside, setAsideColumns);
  const records = new Records(target);
  const carried = new CarriedColumns();
  const unsaid = new UnsaidIssues();
  const staged = new StagedRows();
  let total = 0;
  let barred = 0;
  let rolesApart = false;

  const met: { [Code in IssueCode]?: { [C in Collection]?: number } } = {};
  const keepIssue = (issue: Issue, key: string) => {
    const of = met[issue.code] ?? {};
    met[issue.code] = of;
    of[issue.collection] = (of[issue.collection] ?? 0) + 1;
    issues.add(issueRow(issue, key));
  };
  const put = (collection: Collection, row: StagedRow, hash: ContentHash, { place, isTeacher }: Sighting) => {
    const at = [place.part, place.position];
    if (row.isAside) setAside.add(`${row.columns}\t${copyRow([...at, entityOf(collection, isTeacher)])}`);
    else records.add(`${row.columns}\t${copyRow([...at, asBigint(hash)])}`);
    staged.note(collection, row.key);
  };
  const sift = (collection: Collection, hash: ContentHash, met: Sighting, known: Sieve | null, rowOf: () => StagedRow) => {
    const places = known === null ? [met] : known.meet(collection, hash, met);
    if (places === later) known?.hold(collection, rowOf(), hash, met);
    else for (const place of places) put(collection, rowOf(), hash, place);
  };
  const leaveOut = (collection: Collection, left: LeftOut, at: SourcePlace, raw: RawRecord | null) => {
    const { externalId, disposition, reason } = left;
    if (externalId === null) unidentified.add(collection);
    const clues = externalId === null ? (raw ? cluesOf(collection, raw) : anybody) : null;
    const said = raw && disposition === "left-out" ? asReadValues(asRead(collection, raw)) : nothingRead;
    // Of a row that cannot even be told apart into fields there is no more than why.
    const content = [disposition, reason, raw ? null : left.seen, ...said];
    const hash = contentHash(copyRow(externalId === null ? content : [externalId, ...content]));
    const key = externalId ?? `\u0001${asBigint(hash)}`;
    const known = externalId === null || disposition === "withdrawn" ? null : sieve;
    const columns = [collection, externalId, disposition, reason, asBigint(hash), clues, ...said];
    const met: Sighting = { place: at, isTeacher: isTeacher(collection, raw) };
    sift(collection, hash, met, known, () => ({ key, columns: copyRow(columns).slice(0, -1), isAside: true }));
    return key;
  };

  try {
    for await (const batch of batches) {
      const { collection } = batch;
      carried.begin(batch);
      rolesApart ||= batch.rolesApart === true;
      let passedBy = 0;
      for (const raw of batch.records) {
        const outcome = normalise(collection, raw, batch.mayBeBlank, { rolesApart: batch.rolesApart, rules });
        const person = personOf(collection, outcome, raw);
        if (person !== null && isBarred(person)) {
          passedBy++;
          continue;
        }
        let key: string;
        if (outcome.disposition === "rostered") {
          const { record } = outcome;
          carried.add(collection, raw, record);
          const { externalId } = record;
          key = externalId;
          const values = valuesOf(collection, record, outcome.issues);
          const content = copyRow([key, ...values]);
          const met: Sighting = { place: raw.place, isTeacher: "role" in record && record.role === "teacher" };
          const columnsOf = () => `${content.slice(0, -1)}${unsaidOf(collection, values)}`;
          sift(collection, contentHash(content), met, sieve, () => ({ key: externalId, columns: columnsOf(), isAside: false }));
        } else {
          const { disposition, externalId } = outcome;
          if (disposition === "not-rostered") notRostered[outcome.why] = (notRostered[outcome.why] ?? 0) + 1;
          const reason = disposition === "not-rostered" ? outcome.why : (outcome.issues.at(-1)?.code ?? null);
          key = leaveOut(collection, { externalId, disposition, reason, seen: null }, raw.place, raw);
        }
        for (const issue of raw.issues ?? []) keepIssue(issue, key);
        for (const issue of outcome.issues) if (!unsaid.takes(issue, batch.columns)) keepIssue(issue, key);
      }
      for (const { externalId, issue, place } of batch.rejected) {
        if (collection === "users" && externalId !== null && isBarred(externalId)) {
          passedBy++;
          continue;
        }
        keepIssue(issue, leaveOut(collection, { externalId, disposition: "left-out", reason: issue.code, seen: issue.value }, place, null));
      }
      await records.flush(collection);
      await sieve?.flush();
      await issues.flush(flushAt);
      await setAside.flush(flushAt);
      barred += passedBy;
      const count = batch.records.length + batch.rejected.length - passedBy;
      rows[collection] = (rows[collection] ?? 0) + count;
      total += count;
      onBatch({ rows: total, collection, issues: met });
    }
    for await (const { collection, rows } of sieve?.passed() ?? []) {
      target.signal.throwIfAborted();
      for (const { row, hash, places } of rows) for (const place of places) put(collection, row, hash, place);
      await records.flush(collection);
      await setAside.flush(flushAt);
    }
    await records.end();
    await issues.flush(1);
    await setAside.flush(1);
  } catch (error) {
    records.abort();
    throw error;
  }
  for (const { collection, field } of carried.missingFields()) {
    for (const code of await takeBackUnsaid(target, collection, field)) unsaid.add({ code, collection, field });
  }
  staged.end();
  const sifted = (await sieve?.end(staged)) ?? {};
  return { rows, notRostered, unidentified, carried: carried.columns(), unsaid: unsaid.all(), staged, sifted, rolesApart, barred };
}

export interface HowToStage {
  readonly isBarred?: IsBarred | undefined;
  readonly rules?: ReadingRules | undefined;
}

/** Whether a person goes by an id that syncs leave out, since who was behind it has been erased on request. */
export type IsBarred = (personExternalId: string) => boolean;
const nobody: IsBarred = () => false;

/** Whom a row is about, by the SIS's id; null: nobody, or nobody can tell. */
function personOf(collection: Collection, outcome: ReturnType<typeof normalise>, raw: RawRecord): string | null {
  if (collection === "users") return outcome.disposition === "rostered" ? outcome.record.externalId : outcome.externalId;
  if (collection !== "enrollments" && collection !== "roles") return null;
  if (outcome.disposition === "rostered") return "personExternalId" in outcome.record ? outcome.record.personExternalId : null;
  return readId(readText(raw.fields.userSourcedId)) || null;
}

const issueColumns = ["code", "severity", "collection", "key", "external_id", "part", "position", "field", "value", "kept", "is_read"];
const setAsideColumns = [
  "collection",
  "external_id",
  "disposition",
  "reason",
  "hash",
  "clues",
  ...Object.keys(asReadColumns),
  "part",
  "position",
  "entity",
];

/** A row that is not used: what is known of it beside its fields. */
interface LeftOut {
  readonly externalId: string | null;
  readonly disposition: "left-out" | "not-rostered" | "withdrawn";
  readonly reason: string | null;
  /** What was seen of a row that could not be told apart into fields. */
  readonly seen: string | null;
}

function asReadValues(said: AsRead): CopyValue[] {
  return Object.keys(asReadColumns).map((column) => said[column as keyof AsRead] ?? null);
}
const nothingRead = asReadValues({});

/** `key`: what it is about, by which it is the same issue in the next run. */
function issueRow(issue: Issue, key: string): string {
  return copyRow([
    issue.code,
    issueCodes[issue.code].severity,
    issue.collection,
    key,
    issue.externalId,
    issue.place.part,
    issue.place.position,
    issue.field,
    issue.value,
    issue.kept,
    "true",
  ]);
}

/** Optional values that arrived but could not be read: Aivo keeps what it has for them. */
const unreadableColumn: Partial<Record<IssueCode, string>> = { "email-invalid": "email", "grade-unknown": "grade" };

const toValues: { [C in Collection]: (record: CanonicalByCollection[C], issues: readonly Issue[]) => CopyValue[] } = {
  orgs: (r) => [r.name, r.number, r.grades],
  academicSessions: (r) => [r.name, r.type, r.beginDate, r.endDate, r.schoolYear],
  courses: (r) => [r.name, r.code, r.subjects, r.grades],
  classes: (r) => [r.name, r.code, r.classType, r.subjects, r.grades, r.periods, r.courseExternalId, r.schoolExternalId, r.termExternalIds],
  // Of people whose roles are told apart the grade and the number are kept as read: roles decide what becomes of them.
  users: (r, issues) => [
    r.role,
    r.givenName,
    r.middleName,
    r.familyName,
    r.email,
    r.username,
    r.apart ? null : r.grade,
    r.apart ? null : r.studentNumber,
    r.schoolExternalIds,
    issues.flatMap((issue) => unreadableColumn[issue.code] ?? []),
    ...(r.apart
      ? [
          r.studentNumber,
          r.grade === null ? null : [r.grade],
          "true",
          r.apart.masterId,
          r.apart.personKeys.length > 0 ? r.apart.personKeys : null,
          r.apart.legacyId,
          r.apart.primaryOrgExternalId,
        ]
      : []),
  ],
  roles: (r) => [r.personExternalId, r.word, r.type, r.orgExternalId, r.beginDate, r.endDate],
  enrollments: (r) => [r.classExternalId, r.personExternalId, r.role, r.beginDate, r.endDate],
};

function valuesOf<C extends Collection>(collection: C, record: CanonicalByCollection[C], issues: readonly Issue[]): CopyValue[] {
  return toValues[collection](record, issues);
}

/** As COPY takes them the columns of what the record's protocol does not have; they are no part of its hash, which earlier versions made without them. */
function unsaidOf(collection: Collection, values: readonly CopyValue[]): string {
  return "\t\\N".repeat(Object.keys(incomingColumns[collection]).length - values.length);
}

/** A person without a readable role counts as a learner. */
function isTeacher(collection: Collection, raw: RawRecord | null): boolean {
  const role = collection === "users" ? raw?.fields.role : undefined;
  return typeof role === "string" && role.trim().toLowerCase() === "teacher";
}

/** That a record has no value is no fault of the record where none has the field. Returns the causes. */
async function takeBackUnsaid({ sql, staging }: CopyTarget, collection: Collection, field: string): Promise<readonly IssueCode[]> {
  const rows = await withStaging(
    sql,
    staging,
    (tx) => tx<{ code: IssueCode }[]>`
      with gone as (
        delete from ${tx(tableOf(staging.found))}
        where district_id = ${staging.districtId}
          and collection = ${collection}
          and field = ${field}
          and value is null
          and severity <> 'error'
        returning code)
      select distinct code from gone`,
  );
  return rows.map(({ code }) => code);
}

/** Records, in a COPY that stays open while they are of one collection. */
class Records {
  readonly #target: CopyTarget;
  #open: { readonly collection: Collection; readonly stream: CopyStream } | null = null;
  #text = "";

  constructor(target: CopyTarget) {
    this.#target = target;
  }

  add(row: string): void {
    this.#text += row;
  }

  /** What was added since the last time, all of one collection. */
  async flush(collection: Collection): Promise<void> {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    if (this.#open?.collection !== collection) {
      await this.end();
      const columns = ["external_id", ...Object.keys(incomingColumns[collection]), "part", "position", "hash"];
      this.#open = { collection, stream: await openCopy(this.#target, this.#target.staging.read[collection], columns) };
    }
    await this.#open.stream.write(text);
  }

  async end(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.stream.end();
  }

  abort(): void {
    this.#open?.stream.abort();
  }
}

/** Rows that come by the way, written in one COPY each time enough have gathered. */
class Buffered {
  readonly #target: CopyTarget;
  readonly #table: string;
  readonly #columns: readonly string[];
  #rows: string[] = [];

  constructor(target: CopyTarget, table: string, columns: readonly string[]) {
    this.#target = target;
    this.#table = table;
    this.#columns = columns;
  }

  add(row: string): void {
    this.#rows.push(row);
  }

  async flush(atLeast: number): Promise<void> {
    if (this.#rows.length < atLeast || this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    const stream = await openCopy(this.#target, this.#table, this.#columns);
    await stream.write(rows.join(""));
    await stream.end();
  }
}
