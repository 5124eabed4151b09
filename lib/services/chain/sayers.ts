import type { Told } from "#lib/services/why/told.ts";
import type { Sayer } from "./said.ts";

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
