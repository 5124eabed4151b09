import { execute, isOurs, leftAlone, type UndoContext, uuid } from "#lib/engine/undo/context.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import { endAcknowledgements } from "./acknowledged.ts";
import { kept } from "./issue-news.ts";

export interface UndoneIssues {
  readonly counts: IssueCounts;
  readonly count: number;
  /** Of those that the runs had closed, and that are open again. */
  readonly opened: number;
  /** Of those that the runs had opened. */
  readonly resolved: number;
}

/**
 * Closes the issues that the runs opened, and opens those again that they closed: from the undo on, so that each run's
 * page goes on saying what was open at it. Which run first found an issue is kept, for the undo of an earlier one. What is
 * said of rows that are left alone stays.
 */
export async function undoIssues(context: UndoContext, undoId: string): Promise<UndoneIssues> {
  const [undo] = await context.sql.unsafe<{ number: number; leaves: boolean }[]>(
    `select number, exists (select 1 from ${leftAlone(context)} l) as leaves
    from sync_runs
    where district_id = ${context.district} and id = ${uuid(undoId)}`,
  );
  const isLeft = `exists (
        select from source_records m
        where ${isOurs(context, "m")}
          and m.collection = o.collection
          and m.external_id = o.key
          and m.record_id in ${leftAlone(context)})`;
  const isUndone = undo?.leaves ? `and not ${isLeft}` : "";
  const columns = kept.join(", ");
  const resolved = await execute(
    context,
    `with closed as (
      delete from issues o
      where ${isOurs(context, "o")} and o.opened_run_id in ${context.runs} ${isUndone}
      returning o.*)
    insert into closed_issues (${columns}, closed_run_id, closed_number)
    select ${columns}, ${uuid(undoId)}, ${Number(undo?.number)} from closed`,
  );
  const values = kept.map((column) => (column === "opened_number" ? String(Number(undo?.number)) : `o.${column}`));
  const opened = await execute(
    context,
    `insert into issues (${columns})
    overriding system value
    select ${values.join(", ")}
    from closed_issues o
    where ${isOurs(context, "o")}
      and o.closed_run_id in ${context.runs}
      and o.opened_run_id not in ${context.runs}
      ${isUndone}
    on conflict do nothing`,
  );
  await execute(context, endAcknowledgements(context));
  const rows = await context.sql.unsafe<{ code: string; collection: string; count: number }[]>(
    `select code, collection, count(*)::int as count from issues o where ${isOurs(context, "o")} group by 1, 2`,
  );
  const counts: Record<string, Record<string, number>> = {};
  for (const { code, collection, count } of rows) counts[code] = { ...counts[code], [collection]: count };
  return { counts, count: rows.reduce((sum, row) => sum + row.count, 0), opened, resolved };
}
