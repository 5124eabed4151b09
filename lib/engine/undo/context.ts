import type postgres from "postgres";
import { isDistributed } from "#lib/platform/db/citus/is-distributed.ts";
import { columnNames } from "#lib/platform/db/staging.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { type UndoTable, undoTables } from "#lib/platform/db/undo-tables.ts";
import type { Subject } from "./subject.ts";

/** What is taken back, for statements: ids are checked literals. */
export interface UndoContext {
  readonly sql: postgres.TransactionSql;
  readonly district: string;
  readonly integration: string;
  readonly run: string;
  /** The run and those that are taken back with it, as a list in brackets. */
  readonly runs: string;
  readonly number: number;
  /** What it is worked out in, as relations to read from, each by an alias; on Citus they are queries. */
  readonly read: Readonly<Record<UndoTable, string>>;
  /** The same to write into, with isOwn() beside what is asked for. */
  readonly into: Readonly<Record<UndoTable, string>>;
  readonly onCitus: boolean;
}

export async function contextOf(tx: Tx, subject: Pick<Subject, "runId" | "runIds" | "integrationId" | "number">): Promise<UndoContext> {
  const district = uuid(tx.districtId);
  const onCitus = await isDistributed(tx);
  const names = (relation: (name: string) => string) =>
    Object.fromEntries(Object.entries(undoTables).map(([table, { name }]) => [table, relation(name)])) as Record<UndoTable, string>;
  const into = names((name) => (onCitus ? `staging.${name}` : name));
  return {
    sql: tx.sql,
    district,
    integration: uuid(subject.integrationId),
    run: uuid(subject.runId),
    runs: `(${subject.runIds.map(uuid).join(", ")})`,
    number: subject.number,
    read: onCitus ? names((name) => `(select * from staging.${name} where district_id = ${district})`) : into,
    into,
    onCitus,
  };
}

export function uuid(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error("not a uuid");
  return `'${id}'::uuid`;
}

/** Runs one statement and returns how many rows it wrote. */
export async function execute({ sql }: Pick<UndoContext, "sql">, statement: string): Promise<number> {
  return (await sql.unsafe(statement)).count;
}

/** The integration's rows of the mirror, as a condition on `alias`. */
export const isOurs = ({ district, integration }: UndoContext, alias: string) =>
  `${alias}.district_id = ${district} and ${alias}.integration_id = ${integration}`;

/** What updates of the undo's tables, by an alias, have to ask for beside what they are about. */
export function isOwn({ onCitus, district }: Pick<UndoContext, "onCitus" | "district">, alias: string): string {
  return onCitus ? `${alias}.district_id = ${district}` : "true";
}

/** Records that are left alone. */
export const leftAlone = ({ read }: Pick<UndoContext, "read">) => `(select record_id from ${read.changes} c where why is not null)`;

/** Makes one of the undo's tables of what `select` yields, in the order of its columns. Returns how many rows it has. */
export async function makeTable(context: UndoContext, table: UndoTable, select: string): Promise<number> {
  if (context.onCitus) return addTo(context, table, columnNames(undoTables[table].columns), select);
  const count = await execute(context, `create temporary table ${context.into[table]} on commit drop as ${select}`);
  await context.sql.unsafe(`analyze ${context.into[table]}`);
  return count;
}

/** Adds to one what `select` yields. */
export function addTo(context: UndoContext, table: UndoTable, columns: readonly string[], select: string): Promise<number> {
  const { district, into, onCitus } = context;
  const list = columns.join(", ");
  if (!onCitus) return execute(context, `insert into ${into[table]} (${list}) ${select}`);
  // Nothing is in conflict: so said, rows come by INSERT, and not by COPY, which row-level security refuses.
  return execute(
    context,
    `insert into ${into[table]} (${list}, district_id)
    select t.*, ${district} from (${select}) t (${list})
    on conflict do nothing`,
  );
}

/** Leaves nothing of it; a temporary table goes with its transaction. */
export async function clearTables(context: UndoContext): Promise<void> {
  if (!context.onCitus) return;
  for (const table of Object.values(context.into)) await execute(context, `delete from ${table} t where ${isOwn(context, "t")}`);
}
