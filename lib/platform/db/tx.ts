import type postgres from "postgres";
import { type AnyScope, isOfSchools, type OwnScope, type SchoolScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { appRole, schoolRole } from "./app-role.ts";
import type { Database, Orm } from "./client.ts";
import { codeOf } from "./error-codes.ts";
import { tune } from "./set-local.ts";

type OrmTransaction = Parameters<Parameters<Orm["transaction"]>[0]>[0];

/** One transaction, seen as raw SQL and as drizzle. */
export interface Tx {
  /** Timestamps and dates come back as text here: drizzle has taken over their parsers. */
  readonly sql: postgres.TransactionSql;
  readonly orm: OrmTransaction;
  readonly districtId: string;
}

/**
 * Runs `work` in a transaction as the role `aivo_app`, which owns no table and which row-level security confines to the
 * scope's district. Commits when it resolves, rolls back when it throws. The database ends it when a statement takes longer, or
 * nothing comes for longer, than the process allows (see DatabaseLimits). With leave for some schools it reads as `aivo_school`, to which only
 * the rows of these are there, and writes nothing. Somebody who waits for an answer does not wait for a sync to be applied.
 * @throws ServiceError `conflict` when somebody asked, and what they would change was locked for too long
 */
export async function withDistrict<T>(
  db: Database,
  scope: AnyScope | SchoolScope<never> | OwnScope,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const isAsked = scope.actor.kind !== "worker";
  try {
    return await begin(db, scope.districtId, async (tx) => {
      await tune(tx.sql, { ...ofDistrict(scope), lock_timeout: isAsked ? `${patienceSeconds}s` : "0", ...limits(db) });
      if (isOfSchools(scope)) await confineToSchools(tx, scope);
      return work(tx);
    });
  } catch (error) {
    if (isAsked && contended.has(codeOf(error) ?? "")) throw new ServiceError("conflict", inTheWay);
    throw error;
  }
}

/** How long somebody who waits for an answer waits for what another transaction has locked. */
const patienceSeconds = 3;
/** Lock not available, deadlock, serialization failure (PostgreSQL manual, appendix A). */
const contended = new Set(["55P03", "40P01", "40001"]);
const inTheWay = "A sync is being applied at the moment. Nothing was changed; try again in a few seconds.";

/**
 * The same without the confinement, for the few things that the application's role must not do: sign-in across districts,
 * staging tables, retention. Callers name the district they work on; audit still goes to it.
 */
export function withOwner<T>(db: Database, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return begin(db, districtId, async (tx) => {
    await tune(tx.sql, limits(db));
    return work(tx);
  });
}

function begin<T>(db: Database, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.orm.transaction((orm) => work({ orm, sql: rawOf(orm), districtId }));
}

/** What confines a transaction to a district (drizzle/0001_district-isolation.sql). */
export function ofDistrict({ districtId }: Pick<AnyScope, "districtId">): Readonly<Record<string, string>> {
  if (!isUuid(districtId)) throw new RangeError("That is no id of a district");
  return { role: appRole, "aivo.district_id": districtId };
}

/** From here on the transaction sees the rows of the schools alone, and what integrations call the schools leads to what they told of them. */
async function confineToSchools({ sql, districtId }: Tx, { schools }: SchoolScope<never>): Promise<void> {
  const ids = schools.filter(isUuid);
  const told = await sql<{ key: string }[]>`
    select md5(integration_id || ':' || external_id) as key from source_records
    where district_id = ${districtId} and record_id = any(${ids}::uuid[]) and collection = 'orgs'`;
  await tune(sql, { role: schoolRole, "aivo.schools": listed(ids), "aivo.school_rows": listed(told.map(({ key }) => key)) });
}

/** As the policies split it; a setting cannot be empty. */
const listed = (values: readonly string[]) => (values.length === 0 ? "-" : values.join("."));

/** Set in each transaction: a pooler between us and the database need not know of them. */
function limits({ limits: { statementSeconds, idleSeconds } }: Database): Readonly<Record<string, string>> {
  return { statement_timeout: `${statementSeconds}s`, idle_in_transaction_session_timeout: `${idleSeconds}s` };
}

/** drizzle keeps the postgres.js transaction it runs on in its session; both then share one transaction. */
function rawOf(orm: OrmTransaction): postgres.TransactionSql {
  return (orm as unknown as { session: { client: postgres.TransactionSql } }).session.client;
}
