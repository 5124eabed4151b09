import { clearing, columnsOfWork, tableOf } from "#lib/platform/db/staging.ts";
import type { WorkTable } from "#lib/platform/db/staging-work.ts";
import { execute, type PlanContext } from "./plan-context.ts";

type WorkContext = Pick<PlanContext, "sql" | "staging">;

/**
 * Fills one of the run's work tables anew with what `select` yields, in the order of its columns. Returns how many rows
 * it has.
 */
export async function fill(context: WorkContext, table: WorkTable, select: string): Promise<number> {
  await execute(context, clearing(context.staging, context.staging.work[table]));
  return addTo(context, table, select);
}

/** Adds to a work table what `select` yields. Returns how many rows come. */
export async function addTo(context: WorkContext, table: WorkTable, select: string): Promise<number> {
  return execute(context, `insert into ${tableOf(context.staging.work[table])} (${columnsOfWork(table).join(", ")}) ${select}`);
}
