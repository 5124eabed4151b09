import type postgres from "postgres";
import { rosterColumns, type Staging } from "#lib/platform/db/staging.ts";
import { type Collection, collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import type { Columns, Unsaid } from "./carried.ts";
import type { Lease } from "./lease.ts";
import { unplaced } from "./unplaced.ts";

/** Whose plan is written, and by which run. Ids are uuid literals, checked, so that the planner of Postgres sees them. */
export interface Writing {
  readonly staging: Staging;
  readonly district: string;
  readonly integration: string;
  readonly run: string;
}

export function writingOf(lease: Pick<Lease, "run">, staging: Staging): Writing {
  const { districtId, integrationId, id } = lease.run;
  return { staging, district: uuidLiteral(districtId), integration: uuidLiteral(integrationId), run: uuidLiteral(id) };
}

/** What every planning statement needs. */
export interface PlanContext extends Writing {
  readonly sql: postgres.TransactionSql;
  readonly modes: Readonly<Record<Collection, ReadMode>>;
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
  /** Whether the mirror has nothing yet, so that all that was read is new. */
  readonly isFirst: boolean;
  /** Whether all that the mirror has is planned again, and not only what the news touches. */
  readonly plansEverything: boolean;
  /** Whether little is planned, so that what it needs is looked up; until it turns out to be much (growsBy). */
  readonly size: { isFew: boolean };
}

function uuidLiteral(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error("not a uuid");
  return `'${id}'::uuid`;
}

function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** So few records are planned by looking up what they need, one by one, and more by reading whole tables once. */
const few = 2_000;

/** Whether what a run plans is little, whatever the roster's size. */
export async function plansFew({ sql, staging }: Pick<PlanContext, "sql" | "staging">): Promise<boolean> {
  const rows = [...Object.values(staging.incoming), staging.setAside]
    .map((table) => `(select from ${table} limit ${few})`)
    .join(" union all ");
  const [row] = await sql.unsafe<{ count: number }[]>(`select count(*)::int as count from (${rows}) r`);
  return (row?.count ?? 0) < few;
}

/** For the rest of the transaction: statements that begin with few records and end with an index. */
export async function tuneForFew(sql: postgres.TransactionSql): Promise<void> {
  await sql`select set_config('enable_nestloop', 'on', true)`;
}

/**
 * To be told of each set that others are looked up by. One that is large ends the looking up: a nested loop over two large sets takes
 * hours, and what was brought just before has no statistics that would tell the planner.
 */
export async function growsBy(context: Pick<PlanContext, "sql" | "size">, count: number): Promise<void> {
  if (!context.size.isFew || count < few) return;
  context.size.isFew = false;
  await tuneForSets(context.sql);
}

/**
 * For the rest of the transaction: hash joins, in memory. Tables that this transaction or one just before filled have no
 * statistics yet, and one nested loop over two of them turns seconds into hours; a hash join of few rows costs little.
 * Merge joins read a table in the order of an index on random ids: ten seconds for 700,000 links, where a scan takes one.
 */
export async function tuneForSets(sql: postgres.TransactionSql): Promise<void> {
  await sql`select set_config('work_mem', '128MB', true), set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true)`;
}

/** Runs one statement and returns how many rows it wrote. */
export async function execute(context: Pick<PlanContext, "sql">, statement: string): Promise<number> {
  const result = await context.sql.unsafe(statement);
  return result.count;
}

/** What the integration's SIS said last, of one collection. */
export function mirrorOf(context: Pick<Writing, "district" | "integration">, collection: Collection): string {
  return `(select * from source_records where district_id = ${context.district} and integration_id = ${context.integration} and collection = '${collection}')`;
}

/** This integration's links of an entity: the rows of the mirror that lead to a record. */
export function linksOf(context: Pick<Writing, "district" | "integration">, entity: LinkEntity): string {
  return `(select * from ${mirrorOf(context, collectionOfLinkEntity[entity])} m where record_id is not null)`;
}

/** As what a row of a collection counts, as SQL: people by their role, and where that is not known as learners. */
export function entityOfRecord(collection: Collection, alias: string): string {
  if (collection === "users") return `case ${alias}.role when 'teacher' then 'teacher' else 'learner' end`;
  return `'${entityOfCollection[collection]}'`;
}

const entityOfCollection = {
  orgs: "school",
  academicSessions: "term",
  courses: "course",
  classes: "classroom",
  enrollments: "membership",
} as const;

/** The district's rows of an entity's table. */
export function rosterOf(context: PlanContext, entity: LinkEntity): string {
  return `(select * from ${rosterColumns[entity].table} where district_id = ${context.district})`;
}

/**
 * External id → record, for references to an entity: what this run plans, and what earlier runs linked and this one
 * neither sees nor ends (left out, or not part of a delta). `named` is a query of the ids that are looked for: where few are, only
 * those are looked up.
 */
export function referencesTo(context: PlanContext, entity: LinkEntity, named: string): string {
  const plan = context.staging.plan[entity];
  return `(select external_id, record_id from ${plan}
    union all
    select l.external_id, l.record_id from ${linksOf(context, entity)} l
    where l.rostered ${context.size.isFew ? `and l.external_id in (${named})` : ""}
      and not exists (select from ${plan} p where p.external_id = l.external_id)
      and not exists (select from ${context.staging.endedLinks} x where x.entity = '${entity}' and x.external_id = l.external_id))`;
}

/** Whether another integration of the district rosters anything. */
export async function isRosterShared({ sql, district, integration }: Pick<PlanContext, "sql" | keyof Writing>): Promise<boolean> {
  const [row] = await sql.unsafe(`select exists (
    select from integrations i where i.district_id = ${district} and i.id <> ${integration} and exists (
      select from source_records o where o.district_id = i.district_id and o.integration_id = i.id and o.record_id is not null)) as found`);
  return row?.found === true;
}

/**
 * The records of an entity that other active integrations roster, and since when. One that did before the own link supplies the
 * record's values, so that two integrations do not overwrite each other every night. Asked once, as a table to join.
 */
export function suppliersOf(context: PlanContext, entity: LinkEntity): string {
  return `(select o.record_id, min(o.linked_at) as since from source_records o
    join integrations i on i.district_id = o.district_id and i.id = o.integration_id and i.state = 'active'
    where o.district_id = ${context.district} and o.collection = '${collectionOfLinkEntity[entity]}' and o.integration_id <> ${context.integration} and o.rostered
    group by o.record_id)`;
}

/**
 * Notes an issue for each row of `select`, which yields external_id, part, position, field, value, record_ids, and conflict if it says
 * so. Returns how many there are. What is not placed because of it is noted as waiting. `about`: what the issue is about, over `i`, by which
 * it is the same one in the next run; else the record, and without one the collection.
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
  const waits = unplaced.has(code) ? `, waits as (insert into ${waiting} select '${collection}', external_id, '${code}' from found)` : "";
  const [row] = await context.sql.unsafe(
    `with found as materialized (${select})${waits}, kept as (
       insert into ${found} (code, severity, collection, key, external_id, part, position, field, value, kept, record_ids, conflict, is_read)
       select '${code}', '${issueCodes[code].severity}', '${collection}', ${about}, i.external_id, i.part, i.position, i.field, left(i.value, 200),
         ${textLiteral(kept)}, i.record_ids, ${hasConflict ? "i.conflict" : "null"}, ${context.isReading === true}
       from found i order by i.part, i.position, i.value)
     select count(*)::int as count from found`,
  );
  return Number(row?.count ?? 0);
}

type IssueContext = Pick<PlanContext, "sql" | keyof Writing> & { readonly isReading?: true };
