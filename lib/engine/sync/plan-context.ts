import type postgres from "postgres";
import { textLiteral, uuidLiteral } from "#lib/platform/db/literals.ts";
import { precedence } from "#lib/platform/db/precedence.ts";
import { tune } from "#lib/platform/db/set-local.ts";
import { type PlanTables, rosterColumns, type Staging, tableOf } from "#lib/platform/db/staging.ts";
import { type Collection, collectionOfLinkEntity, type Entity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { SafetySettings } from "#lib/roster/guard/settings.ts";
import type { Doubted } from "#lib/roster/guard.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import type { Scope } from "#lib/roster/scope.ts";
import type { Apart } from "./apart.ts";
import type { Columns, Unsaid } from "./carried.ts";
import type { Lease } from "./lease.ts";
import type { SiftedRows } from "./sieve.ts";
import type { OwnOrders } from "./suppliers.ts";
import { unplaced } from "./unplaced.ts";
import type { WithheldBefore } from "./withhold.ts";

/**
 * Whose plan is written, and by which run. Ids are uuid literals, checked, so that the planner of Postgres sees them.
 */
export interface Writing {
  readonly staging: PlanTables;
  readonly district: string;
  readonly integration: string;
  readonly run: string;
}

/** What applying a plan needs. Of its tables nothing but reading is asked, each by an alias: they may be queries. */
export interface Applying extends Writing {
  readonly sql: postgres.TransactionSql;
}

/** The same with the tables in which it is planned. */
export interface Working extends Writing {
  readonly staging: Staging;
}

export function writingOf<T extends PlanTables>(lease: Pick<Lease, "run">, staging: T): Writing & { readonly staging: T } {
  const { districtId, integrationId, id } = lease.run;
  return { staging, district: uuidLiteral(districtId), integration: uuidLiteral(integrationId), run: uuidLiteral(id) };
}

/** What every planning statement needs. */
export interface PlanContext extends Working {
  readonly sql: postgres.TransactionSql;
  /** What of the SIS is left out. */
  readonly scope: Scope;
  /** Incoming records in and out of scope; those of `staging.incoming` are in scope. */
  readonly all: Staging["incoming"];
  readonly modes: Readonly<Record<Collection, ReadMode>>;
  /** How many rows were read, by collection. */
  readonly rowsRead: Readonly<Partial<Record<Collection, number>>>;
  /** What of them was held back, and stands in no table. */
  readonly sifted: SiftedRows;
  /** Collections with rows without an id. */
  readonly unidentified: ReadonlySet<Collection>;
  /** Optional columns that some record of this read carried. */
  readonly carried: Columns;
  /** The same of earlier reads; a collection that is not named may have carried all. */
  readonly carriedBefore: Columns;
  readonly unsaid: readonly Unsaid[];
  /** Whether the source could read everything instead of changes. */
  readonly canReadFully: boolean;
  /** Whether another integration of the district rosters anything: only then is it asked who supplies a record. */
  readonly isShared: boolean;
  /** Where a field of a kind of record has an order of integrations of its own. */
  readonly ownOrders: OwnOrders;
  /** The entities of which admins edited something (kept-values.ts). */
  readonly kept: ReadonlySet<LinkEntity>;
  /** Whether the mirror has nothing yet, so that all that was read is new. */
  readonly isFirst: boolean;
  /** Where people's roles are told apart from them; null: nowhere. */
  readonly apart: Apart | null;
  /** Whether this read brought people without them. */
  readonly rolesApart: boolean;
  /** Whether all that the mirror has is planned again, and not only what the news touches. */
  readonly plansEverything: boolean;
  /**
   * A new record's id, as SQL: of version 7, one after the other in the order of the rows, which keeps indexes of ids
   * compact.
   */
  readonly newId: string;
  /** What is in doubt of what the input would change, and is withheld. */
  readonly doubts: readonly Doubted[];
  /** Where earlier runs withheld something. */
  readonly withheldBefore: readonly WithheldBefore[];
  /** Whether what an admin approved for this run is withheld no longer. */
  readonly releases: boolean;
  /** Whether all that the integration has is to be withdrawn, as somebody asked. */
  readonly withdrawsAll: boolean;
  /** Whether the integration goes over to another version of OneRoster, in which the same people may have other ids. */
  readonly changesVersion: boolean;
  /** What the plan will be judged by: how far its facts have to be counted. */
  readonly safety: SafetySettings;
  /** Whether little is planned, so that what it needs is looked up; until it turns out to be much (growsBy). */
  readonly size: { isFew: boolean; readonly most: number };
}

/**
 * Values as an array in a statement: it looks for each of them by an index, or goes once through the table, and never
 * loops over two.
 */
export function arrayLiteral(type: "bigint" | "tid", values: readonly string[]): string {
  const items = values.map((value) => `"${value}"`).join(",");
  return `${textLiteral(`{${items}}`)}::${type}[]`;
}

/**
 * So few records are planned by looking up what they need, one by one, and more by reading whole tables once. Of a
 * district of half a million records a look-up for 20,000 costs less than reading one table; a smaller district costs
 * little either way.
 */
export const few = 20_000;

/**
 * The same where so many rows were read: a hundredth of them, since reading a table of millions takes that much longer. Not of more than a
 * hundred thousand, of which no statement may be planned with a wrong guess.
 * @param rows that were read, by collection
 */
export function fewOf(rows: Partial<Record<Collection, number>>): number {
  const read = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return Math.min(Math.max(few, Math.trunc(read / 100)), 100_000);
}

/** The same of tables of which PostgreSQL may know nothing, as those of plans that wait: so few that looking through all for each costs nothing. */
export const fewUncounted = 500;

/** Whether what a run plans is little, whatever the roster's size. */
export async function plansFew({ sql, staging }: Pick<Applying, "sql" | "staging">, most = few): Promise<boolean> {
  const rows = [...Object.values(staging.incoming), staging.setAside]
    .map((table) => `(select from ${table} t limit ${most})`)
    .join(" union all ");
  const [row] = await sql.unsafe<{ count: number }[]>(`select count(*)::int as count from (${rows}) r`);
  return (row?.count ?? 0) < most;
}

/** For the rest of the transaction: statements that begin with few records and end with an index. */
export async function tuneForFew(sql: postgres.TransactionSql): Promise<void> {
  await tune(sql, { enable_nestloop: "on" });
}

/**
 * To be told of each set that others are looked up by. One that is large ends the looking up: a nested loop over two
 * large sets takes hours, and what was brought just before has no statistics that would tell the planner.
 */
export async function growsBy(context: Pick<PlanContext, "sql" | "size">, count: number): Promise<void> {
  if (!context.size.isFew || count < context.size.most) return;
  context.size.isFew = false;
  await tuneForSets(context.sql);
}

/**
 * For the rest of the transaction: hash joins, in memory. Tables that this transaction or one just before filled have
 * no statistics yet, and one nested loop over two of them turns seconds into hours; a hash join of few rows costs
 * little. Merge joins read a table in the order of an index on random ids: ten seconds for 700,000 links, where a scan
 * takes one. Nor are statements run by the plan that a connection kept for their names, which was made for other sizes.
 */
export async function tuneForSets(sql: postgres.TransactionSql): Promise<void> {
  await tune(sql, { work_mem: "128MB", enable_nestloop: "off", enable_mergejoin: "off", plan_cache_mode: "force_custom_plan" });
}

/** Runs a statement that joins what is planned with itself: by hashing, however little that is. */
export async function withoutLoops<T>(context: Pick<PlanContext, "sql" | "size">, statement: () => Promise<T>): Promise<T> {
  if (!context.size.isFew) return statement();
  await tune(context.sql, { enable_nestloop: "off" });
  const result = await statement();
  await tuneForFew(context.sql);
  return result;
}

/** Runs one statement and returns how many rows it wrote. */
export async function execute(context: Pick<PlanContext, "sql">, statement: string): Promise<number> {
  const isIntoSet = statement.startsWith("insert into staging.");
  const result = await context.sql.unsafe(isIntoSet ? `${statement}\n    ${byInsert}` : statement);
  return result.count;
}

/**
 * Ends an insert of rows that are in conflict with nothing: a staging set has no index, and one that numbers its rows
 * none that finds two. Rows that Citus takes from one statement to the next it brings by INSERT where a conflict is
 * provided for, and else by COPY, which row-level security refuses.
 */
export const byInsert = "on conflict do nothing";

/** The same where there is an index, which would be looked through for each row on one PostgreSQL. */
export function byInsertOnCitus({ staging }: Pick<PlanContext, "staging">): string {
  return staging.part === 0 ? "" : byInsert;
}

/**
 * Ends what is inserted as one table: its rows are numbered as they are written, and not in the midst of a join, which
 * Citus would not take.
 */
export const numberedAfter = "offset 0";

/** What the integration's SIS said last, of one collection. */
export function mirrorOf(context: Pick<Writing, "district" | "integration">, collection: Collection): string {
  return `(
      select * from source_records
      where district_id = ${context.district}
        and integration_id = ${context.integration}
        and collection = '${collection}')`;
}

/** This integration's links of an entity: the rows of the mirror that lead to a record. */
export function linksOf(context: Pick<Writing, "district" | "integration">, entity: LinkEntity): string {
  return `(select * from ${mirrorOf(context, collectionOfLinkEntity[entity])} m where record_id is not null)`;
}

/** As what a row of a collection counts, as SQL: people by their role, and where that is not known as learners. A role counts as nothing. */
export function entityOfRecord(collection: Collection, alias: string): string {
  if (collection === "users") return `case when ${alias}.role = 'teacher' then 'teacher' else 'learner' end`;
  return `'${entityOfCollection[collection]}'`;
}

/** The same of a row in memory. */
export function entityOf(collection: Collection, isTeacher: boolean): Entity | "role" {
  if (collection === "users") return isTeacher ? "teacher" : "learner";
  return entityOfCollection[collection];
}

const entityOfCollection = {
  orgs: "school",
  academicSessions: "term",
  courses: "course",
  classes: "classroom",
  roles: "role",
  enrollments: "membership",
} as const;

/** The district's rows of an entity's table. */
export function rosterOf(context: PlanContext, entity: LinkEntity): string {
  return `(select * from ${rosterColumns[entity].table} where district_id = ${context.district})`;
}

/**
 * Of the whole run one uuidv7(), whose last twelve digits count: one for each row would be a third of what planning a
 * first sync takes. On Citus it is one for each row: no nextval() can be asked for beside a join there.
 */
export async function newIds({ sql, staging }: Pick<PlanContext, "sql" | "staging">): Promise<string> {
  if (staging.part !== 0) return "uuidv7()";
  const [row] = await sql<{ prefix: string }[]>`select left(uuidv7()::text, 24) as prefix`;
  return `('${row?.prefix}' || lpad(to_hex(nextval('staging.record_ids')), 12, '0'))::uuid`;
}

/** Whether another integration of the district rosters anything. */
export async function isRosterShared({ sql, district, integration }: Pick<Applying, "sql" | "district" | "integration">): Promise<boolean> {
  const [row] = await sql.unsafe(`
    select exists (
      select from integrations i
      where i.district_id = ${district}
        and i.id <> ${integration}
        and exists (
          select from source_records o
          where o.district_id = i.district_id
            and o.integration_id = i.id
            and o.record_id is not null)) as found`);
  return row?.found === true;
}

/**
 * The records of an entity whose values another integration supplies, so that two do not overwrite each other every
 * night: one that is active, rosters the record, has it in its scope, and comes before this one. Asked once, as a table to join.
 */
export function suppliedByOthers(context: PlanContext, entity: LinkEntity): string {
  return `(
      select distinct o.record_id
      from source_records o
      join integrations i
        on i.district_id = o.district_id
        and i.id = o.integration_id
        and i.state = 'active'
      join integrations own
        on own.district_id = o.district_id
        and own.id = ${context.integration}
        and ${precedence("i", entity)} < ${precedence("own", entity)}
      where o.district_id = ${context.district}
        and o.collection = '${collectionOfLinkEntity[entity]}'
        and o.rostered
        and o.fate <> 'out-of-scope')`;
}

/**
 * Notes an issue for each row of `select`, which yields external_id, part, position, field, value, record_ids, and
 * conflict if it says so. Returns how many there are. What is not placed because of it is noted as waiting. `about`:
 * what the issue is about, over `i`, by which it is the same one in the next run; else the record, and without one the
 * collection.
 */
export async function insertIssues(
  context: IssueContext,
  code: IssueCode,
  collection: Collection,
  kept: string,
  select: string,
  { hasConflict = false, about = "coalesce(i.external_id, '')" } = {},
): Promise<number> {
  const { found, waiting } = context.staging;
  const waits = unplaced.has(code)
    ? `,
    waits as (
      insert into ${tableOf(waiting)} (collection, external_id, reason)
      select '${collection}', external_id, '${code}' from found
      ${byInsert})`
    : "";
  const [row] = await context.sql.unsafe(
    `with found as materialized (${select})${waits},
    kept as (
      insert into ${tableOf(found)} (code, severity, collection, key, external_id, part, position, field, value,
        kept, record_ids, conflict, is_read)
      select
        '${code}',
        '${issueCodes[code].severity}',
        '${collection}',
        ${about},
        i.external_id,
        i.part,
        i.position,
        i.field,
        left(i.value, 200),
        ${textLiteral(kept)},
        i.record_ids,
        ${hasConflict ? "i.conflict" : "null"},
        ${context.isReading === true}
      from found i
      order by i.part, i.position, i.value
      ${byInsert})
    select count(*)::int as count from found`,
  );
  return Number(row?.count ?? 0);
}

type IssueContext = Pick<PlanContext, "sql" | keyof Working> & { readonly isReading?: true };
