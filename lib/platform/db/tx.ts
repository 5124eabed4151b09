import type postgres from "postgres";
import { type AnyScope, isOfSchools, type OwnScope, type SchoolScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { appRole, schoolRole } from "./app-role.ts";
import type { Database, Orm } from "./client.ts";
import { askMoment, type Entrance } from "./entrance.ts";
import { codeOf } from "./error-codes.ts";
import { keeperRole } from "./roles.ts";
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
 * Runs `work` in a transaction of the scope's district, which row-level security confines to it: over a connection that owns nothing and has
 * entered the district by a token, or, where the process has none, as the role `aivo_app`. Commits when it resolves, rolls back when it
 * throws. The database ends it when a statement takes longer, or nothing comes for longer, than the process allows (see DatabaseLimits).
 * With leave for some schools it reads as `aivo_school`, to which only the rows of these are there, and writes nothing.
 * Somebody who waits for an answer does not wait for a sync to be applied.
 * @throws ServiceError `conflict` when somebody asked, and what they would change was locked for too long
 */
export async function withDistrict<T>(
  db: Database,
  scope: AnyScope | SchoolScope<never> | OwnScope,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const isAsked = scope.actor.kind !== "worker";
  try {
    const also = { lock_timeout: isAsked ? `${patienceSeconds}s` : "0" };
    if (!isOfSchools(scope)) return await inDistrict(db, scope, also, work);
    if (db.entrance)
      return await inDistrict(db, scope, also, async (tx) => {
        await tune(tx.sql, await ofSchools(tx, scope));
        return work(tx);
      });
    // A transaction of its own: on Citus a connection to a node came as one role, and takes on no other.
    const confined = await inDistrict(db, scope, also, (tx) => ofSchools(tx, scope));
    return await inDistrict(db, scope, { ...also, ...confined }, work);
  } catch (error) {
    if (isAsked && contended.has(codeOf(error) ?? "")) throw new ServiceError("conflict", inTheWay);
    throw error;
  }
}

/** Runs `work` in the district as the database is at one moment, however long that takes, over raw SQL alone. */
export function inSnapshot<T>(
  db: Database,
  scope: AnyScope,
  mode: "isolation level repeatable read" | "isolation level repeatable read read only",
  work: (sql: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  return (db.entrance ?? db).sql.begin(mode, async (sql) => {
    await tune(sql, db.entrance ? await tokenFor(sql, db.entrance, scope) : asApplication(scope));
    return work(sql);
  }) as Promise<T>;
}

/** How long somebody who waits for an answer waits for what another transaction has locked. */
const patienceSeconds = 3;
/** Lock not available, deadlock, serialization failure (PostgreSQL manual, appendix A). */
const contended = new Set(["55P03", "40P01", "40001"]);
const inTheWay = "A sync is being applied at the moment. Nothing was changed; try again in a few seconds.";

/**
 * For what the application's role must not do. In a district, that is to delete: as `aivo_keeper`, confined to it like any other; as the owner where
 * the process enters none. Of no district ("") it is what goes across all of them: sign-in, what is due, lost runs, retention, as whoever
 * the process signs in as. Callers name the district they work on; audit still goes to it.
 */
export function withOwner<T>(db: Database, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.entrance && districtId !== "") return entering(db, db.entrance, { districtId }, { role: keeperRole }, work);
  return withOperator(db, districtId, work);
}

/**
 * As whoever the process signs in as, whatever the district: for making and deleting one, which is the operator's, who signs in as the owner, and for what
 * a district may have only where no other has it; and for what is noted across districts.
 */
export function withOperator<T>(db: Database, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return begin(db.orm, districtId, async (tx) => {
    await tune(tx.sql, limits(db));
    return work(tx);
  });
}

type Settings = Readonly<Record<string, string>>;
type Confined = Pick<AnyScope, "districtId">;

function inDistrict<T>(db: Database, scope: Confined, also: Settings, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.entrance) return entering(db, db.entrance, scope, also, work);
  return begin(db.orm, scope.districtId, async (tx) => {
    await tune(tx.sql, { ...asApplication(scope), ...also, ...limits(db) });
    return work(tx);
  });
}

function entering<T>(db: Database, entrance: Entrance, { districtId }: Confined, also: Settings, work: (tx: Tx) => Promise<T>): Promise<T> {
  return begin(entrance.orm, districtId, async (tx) => {
    await tune(tx.sql, { ...(await tokenFor(tx.sql, entrance, { districtId })), ...also, ...limits(db) });
    return work(tx);
  });
}

async function tokenFor(sql: postgres.TransactionSql, entrance: Entrance, { districtId }: Confined): Promise<Settings> {
  const own = ofDistrict({ districtId });
  // Known only now: a token made before it would be good for others, too.
  const [asked] = await sql.unsafe<{ moment: string }[]>(askMoment).simple();
  return { "aivo.entry": await entrance.token(districtId, asked?.moment ?? ""), ...own };
}

function begin<T>(orm: Orm, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return orm.transaction((inside) => work({ orm: inside, sql: rawOf(inside), districtId }));
}

/** What confines a transaction of `aivo_app` to a district (drizzle/0001_district-isolation.sql), and what staged rows are of. */
function ofDistrict({ districtId }: Confined): Settings {
  if (!isUuid(districtId)) throw new RangeError("That is no id of a district");
  return { "aivo.district_id": districtId };
}

function asApplication(scope: Confined): Settings {
  return { role: appRole, ...ofDistrict(scope) };
}

/** With which a transaction sees the rows of the schools alone; what integrations call the schools leads to what they told of them. */
async function ofSchools({ sql, districtId }: Tx, { schools }: SchoolScope<never>): Promise<Settings> {
  const ids = schools.filter(isUuid);
  const told = await sql<{ key: string }[]>`
    select encode(sha256(convert_to(integration_id || ':' || external_id, 'UTF8')), 'hex') as key from source_records
    where district_id = ${districtId} and record_id = any(${ids}::uuid[]) and collection = 'orgs'`;
  return { role: schoolRole, "aivo.schools": listed(ids), "aivo.school_rows": listed(told.map(({ key }) => key)) };
}

/** As the policies split it; a setting cannot be empty. */
const listed = (values: readonly string[]) => (values.length === 0 ? "-" : values.join("."));

/** Set in each transaction: a pooler between us and the database need not know of them. */
function limits({ limits: { statementSeconds, idleSeconds } }: Database): Settings {
  return { statement_timeout: `${statementSeconds}s`, idle_in_transaction_session_timeout: `${idleSeconds}s` };
}

/** drizzle keeps the postgres.js transaction it runs on in its session; both then share one transaction. */
function rawOf(orm: OrmTransaction): postgres.TransactionSql {
  return (orm as unknown as { session: { client: postgres.TransactionSql } }).session.client;
}
