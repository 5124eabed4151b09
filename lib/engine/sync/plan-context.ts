import type postgres from "postgres";
import type { Collection, LinkEntity } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import { type IssueTally, issueSample } from "#lib/roster/issue-counts.ts";
import type { Columns, Unsaid } from "./carried.ts";
import type { Lease } from "./lease.ts";
import { resolvedByOthers } from "./resolved-by-others.ts";
import { rosterColumns, type Staging } from "./staging.ts";

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
  /** The issues so far: those of reading and settling, then the plan's own. */
  readonly issues: IssueTally;
  /** Whether the source could read everything instead of changes. */
  readonly canReadFully: boolean;
  /** Whether another integration of the district rosters anything: only then is it asked who supplies a record. */
  readonly isShared: boolean;
}

function uuidLiteral(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error("not a uuid");
  return `'${id}'::uuid`;
}

function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
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

/** This integration's links of an entity, as `l`. */
export function linksOf(context: PlanContext, entity: LinkEntity): string {
  return `(select * from external_links where district_id = ${context.district} and integration_id = ${context.integration} and entity = '${entity}')`;
}

/** The district's rows of an entity's table. */
export function rosterOf(context: PlanContext, entity: LinkEntity): string {
  return `(select * from ${rosterColumns[entity].table} where district_id = ${context.district})`;
}

/**
 * External id → record, for references to an entity: what this run plans, and what earlier runs linked and this one
 * neither sees nor ends (left out, or not part of a delta).
 */
export function referencesTo(context: PlanContext, entity: LinkEntity): string {
  const plan = context.staging.plan[entity];
  return `(select external_id, record_id from ${plan}
    union all
    select l.external_id, l.record_id from ${linksOf(context, entity)} l
    where l.rostered
      and not exists (select from ${plan} p where p.external_id = l.external_id)
      and not exists (select from ${context.staging.endedLinks} x where x.entity = '${entity}' and x.external_id = l.external_id))`;
}

/**
 * The records of an entity that other active integrations roster, and since when. One that did before the own link supplies the
 * record's values, so that two integrations do not overwrite each other every night. Asked once, as a table to join.
 */
export function suppliersOf(context: PlanContext, entity: LinkEntity): string {
  return `(select o.record_id, min(o.linked_at) as since from external_links o
    join integrations i on i.district_id = o.district_id and i.id = o.integration_id and i.state = 'active'
    where o.district_id = ${context.district} and o.entity = '${entity}' and o.integration_id <> ${context.integration} and o.rostered
    group by o.record_id)`;
}

/**
 * Counts an issue for each row of `select`, which yields external_id, part, position, field, value, record_ids, and conflict if it says
 * so, and keeps the first of them. Returns how many there are. What is wrong only because of others is noted as waiting, whether kept
 * or not. `dependents` counts, over `i`, further records that are left out because of it.
 */
export async function insertIssues(
  context: IssueContext,
  code: IssueCode,
  collection: Collection,
  kept: string,
  select: string,
  { hasConflict = false, dependents = "null::int" } = {},
): Promise<number> {
  const room = Math.max(0, issueSample - context.issues.of(code, collection));
  const waits = resolvedByOthers.has(code) ? `, waits as (insert into waiting select '${collection}', external_id from found)` : "";
  const [row] = await context.sql.unsafe(
    `with found as materialized (${select})${waits}, kept as (
       insert into run_issues (district_id, run_id, code, severity, collection, external_id, source_part, source_position, field, value, kept, record_ids, conflict, dependents)
       select ${context.district}, ${context.run}, '${code}', '${issueCodes[code].severity}', '${collection}',
              i.external_id, i.part, i.position, i.field, left(i.value, 200), ${textLiteral(kept)}, i.record_ids, ${hasConflict ? "i.conflict" : "null"}, ${dependents}
       from found i order by i.part, i.position limit ${room})
     select count(*)::int as count from found`,
  );
  const count = Number(row?.count ?? 0);
  context.issues.add(code, collection, count);
  return count;
}

type IssueContext = Pick<PlanContext, "sql" | "issues" | keyof Writing>;

/** Records, by collection and external id, that could not be placed because of others: of a plan, for the rest of its transaction. */
export async function createWaiting(context: Pick<PlanContext, "sql">): Promise<void> {
  await execute(context, "create temporary table waiting (collection text not null, external_id text) on commit drop");
}
