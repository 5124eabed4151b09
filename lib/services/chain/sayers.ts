import type { Told } from "#lib/services/why/told.ts";
import type { Sayer } from "./said.ts";

/** What a row of the chain is called: the record where one SIS has it, else the SIS, with its id where that has it twice. */
export function rowName(row: Told, rows: readonly Told[], name: string): string {
  if (rows.length === 1) return name;
  const isTwice = rows.filter(({ integrationId }) => integrationId === row.integrationId).length > 1;
  return isTwice ? `${row.integrationName}, ${row.externalId}` : row.integrationName;
}

/** The integrations that know a record as the table of values needs them. `rows` as toldOf() orders them. */
export function sayersOf(rows: readonly Told[]): readonly Sayer[] {
  return rows.map((row) => ({
    integrationId: row.integrationId,
    integrationName: row.integrationName,
    externalId: row.externalId,
    note: row.integrationState === "removed" ? "disconnected" : row.fate === "withdrawn" ? "no longer lists it" : null,
    mayDecide: row.rostered && row.integrationState === "active" && row.outOfScopeSince === null,
  }));
}
