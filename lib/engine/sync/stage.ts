import type postgres from "postgres";
import { asReadColumns, incomingColumns, type Staging } from "#lib/platform/db/staging.ts";
import { type AsRead, asRead } from "#lib/roster/as-read.ts";
import type { CanonicalByCollection, Collection, Entity, SourcePlace } from "#lib/roster/canonical.ts";
import { anybody, cluesOf } from "#lib/roster/clues.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import type { Issue } from "#lib/roster/issues.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";
import { CarriedColumns, type Columns, type Unsaid, UnsaidIssues } from "./carried.ts";
import { contentHash } from "./content-hash.ts";
import { CopyStream, type CopyValue, copyRow } from "./copy.ts";

export interface StageTarget {
  readonly sql: postgres.Sql;
  readonly staging: Staging;
  readonly districtId: string;
  readonly runId: string;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}

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
}

/** Small enough to keep memory flat, large enough that a round trip does not matter. */
const flushAt = 5_000;

/**
 * Normalises every record of the input and copies it into the run's staging tables; issues go straight to the run.
 * `onBatch` is told the rows so far and may throw to stop.
 */
export async function stage(
  target: StageTarget,
  batches: AsyncIterable<RawBatch>,
  onBatch: (progress: { readonly rows: number; readonly collection: Collection }) => void,
): Promise<Staged> {
  const rows: Partial<Record<Collection, number>> = {};
  const notRostered: Record<string, number> = {};
  const unidentified = new Set<Collection>();
  const issues = new Buffered(target, target.staging.found, issueColumns);
  const setAside = new Buffered(target, target.staging.readAside, setAsideColumns);
  const current: { open: { collection: Collection; stream: CopyStream } | null } = { open: null };
  const carried = new CarriedColumns();
  const unsaid = new UnsaidIssues();
  let total = 0;

  const keepIssue = (issue: Issue, key: string) => issues.add(issueRow(issue, key));
  const leaveOut = (collection: Collection, left: LeftOut, at: SourcePlace, raw: RawRecord | null) => {
    const { externalId, disposition, reason } = left;
    if (externalId === null) unidentified.add(collection);
    const clues = externalId === null ? (raw ? cluesOf(collection, raw) : anybody) : null;
    const said = raw && disposition === "left-out" ? asReadValues(asRead(collection, raw)) : nothingRead;
    // Of a row that cannot even be told apart into fields there is no more than why.
    const hash = contentHash(copyRow([disposition, reason, raw ? null : left.seen, ...said]));
    setAside.add(
      copyRow([collection, externalId, disposition, reason, hash, entityOf(collection, raw), at.part, at.position, clues, ...said]),
    );
    return externalId ?? `\u0001${hash}`;
  };

  try {
    for await (const batch of batches) {
      const { collection } = batch;
      carried.begin(batch);
      if (current.open?.collection !== collection) {
        await current.open?.stream.end();
        current.open = null;
        const columns = ["external_id", "part", "position", "hash", ...Object.keys(incomingColumns[collection])];
        current.open = {
          collection,
          stream: await CopyStream.open(target.sql, target.staging.read[collection], columns, target.signal),
        };
      }
      let text = "";
      for (const raw of batch.records) {
        const outcome = normalise(collection, raw, batch.mayBeBlank);
        let key: string;
        if (outcome.disposition === "rostered") {
          carried.add(collection, raw, outcome.record);
          const content = copyRow(valuesOf(collection, outcome.record, outcome.issues));
          const { externalId } = outcome.record;
          key = externalId;
          text += `${copyRow([externalId, raw.place.part, raw.place.position, contentHash(content)]).slice(0, -1)}\t${content}`;
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
        keepIssue(issue, leaveOut(collection, { externalId, disposition: "left-out", reason: issue.code, seen: issue.value }, place, null));
      }
      if (text !== "") await current.open.stream.write(text);
      await issues.flush(flushAt);
      await setAside.flush(flushAt);
      const count = batch.records.length + batch.rejected.length;
      rows[collection] = (rows[collection] ?? 0) + count;
      total += count;
      onBatch({ rows: total, collection });
    }
    await current.open?.stream.end();
    current.open = null;
    await issues.flush(1);
    await setAside.flush(1);
  } catch (error) {
    current.open?.stream.abort();
    throw error;
  }
  for (const { collection, field } of carried.missingFields()) {
    for (const { code, count } of await takeBackUnsaid(target, collection, field)) unsaid.add([{ code, collection, field, count }]);
  }
  await analyse(target);
  return { rows, notRostered, unidentified, carried: carried.columns(), unsaid: unsaid.all() };
}

const issueColumns = ["code", "severity", "collection", "key", "external_id", "part", "position", "field", "value", "kept", "is_read"];
const setAsideColumns = [
  "collection",
  "external_id",
  "disposition",
  "reason",
  "hash",
  "entity",
  "part",
  "position",
  "clues",
  ...Object.keys(asReadColumns),
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
  users: (r, issues) => [
    r.role,
    r.givenName,
    r.middleName,
    r.familyName,
    r.email,
    r.username,
    r.grade,
    r.studentNumber,
    r.schoolExternalIds,
    issues.flatMap((issue) => unreadableColumn[issue.code] ?? []),
  ],
  enrollments: (r) => [r.classExternalId, r.personExternalId, r.role, r.beginDate, r.endDate],
};

function valuesOf<C extends Collection>(collection: C, record: CanonicalByCollection[C], issues: readonly Issue[]): CopyValue[] {
  return toValues[collection](record, issues);
}

const entityByCollection: Record<Collection, Entity> = {
  orgs: "school",
  academicSessions: "term",
  courses: "course",
  classes: "classroom",
  users: "learner",
  enrollments: "membership",
};

/** Under which entity a record that is not used is counted; a person without a readable role counts as a learner. */
function entityOf(collection: Collection, raw: RawRecord | null): Entity {
  if (collection !== "users") return entityByCollection[collection];
  const role = raw?.fields.role;
  return typeof role === "string" && role.trim().toLowerCase() === "teacher" ? "teacher" : "learner";
}

/** That a record has no value is no fault of the record where none has the field. Returns the causes. */
async function takeBackUnsaid(
  { sql, staging }: StageTarget,
  collection: Collection,
  field: string,
): Promise<readonly { readonly code: IssueCode; readonly count: number }[]> {
  return sql<{ code: IssueCode; count: number }[]>`
    with gone as (
      delete from ${sql(staging.found)}
      where collection = ${collection} and field = ${field} and value is null and severity <> 'error'
      returning code)
    select code, count(*)::int as count from gone group by code`;
}

/** The planner must know the sizes: without statistics it joins a hundred thousand rows by nested loops. */
async function analyse({ sql, staging }: StageTarget): Promise<void> {
  await sql.unsafe([...Object.values(staging.read), staging.readAside].map((table) => `analyze ${table};`).join("\n")).simple();
}

/** Rows that come by the way, written in one COPY each time enough have gathered. */
class Buffered {
  readonly #target: Pick<StageTarget, "sql" | "signal">;
  readonly #table: string;
  readonly #columns: readonly string[];
  #rows: string[] = [];

  constructor(target: Pick<StageTarget, "sql" | "signal">, table: string, columns: readonly string[]) {
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
    const stream = await CopyStream.open(this.#target.sql, this.#table, this.#columns, this.#target.signal);
    await stream.write(rows.join(""));
    await stream.end();
  }
}
