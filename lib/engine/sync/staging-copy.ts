import type postgres from "postgres";
import { type Staging, tableOf } from "#lib/platform/db/staging.ts";
import { beginStaging } from "#lib/platform/db/staging-pool.ts";
import { CopyStream } from "./copy.ts";

export interface CopyTarget {
  readonly sql: postgres.Sql;
  readonly staging: Staging;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}

/** An open COPY into a table of the run's set, which stays the run's until it ends. */
export function openCopy({ sql, staging, signal }: CopyTarget, table: string, columns: readonly string[]): Promise<CopyStream> {
  return CopyStream.open(sql, tableOf(table), columns, signal, (tx) => beginStaging(tx, staging));
}
