import type postgres from "postgres";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Subject } from "./subject.ts";

/*
 * Three tables, made for the transaction in which a run is taken back, or looked at:
 *
 * undo_changes  each record that the run created, changed or linked: what it did, the values before and after, and `why` the
 *               record is left alone, where it is
 * undo_rows     each row of the mirror that was there before and that the run, or one after it that changed no record, changed
 * undo_later    records that other integrations' runs have changed since, with the run's name
 */

/** What is taken back, for statements: ids are checked literals. */
export interface UndoContext {
  readonly sql: postgres.TransactionSql;
  readonly district: string;
  readonly integration: string;
  readonly run: string;
  /** The run and those that are taken back with it, as a list in brackets. */
  readonly runs: string;
  readonly number: number;
}

export function contextOf(tx: Tx, subject: Pick<Subject, "runId" | "runIds" | "integrationId" | "number">): UndoContext {
  return {
    sql: tx.sql,
    district: uuid(tx.districtId),
    integration: uuid(subject.integrationId),
    run: uuid(subject.runId),
    runs: `(${subject.runIds.map(uuid).join(", ")})`,
    number: subject.number,
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
