import type { Collection } from "#lib/roster/canonical.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { PlanContext } from "./plan-context.ts";

export interface PastRun {
  readonly id: string;
  readonly kind: "sync" | "preview" | "approval";
  readonly totals: RunTotals | null;
  readonly rows: Readonly<Partial<Record<Collection, number>>>;
  readonly modes: Readonly<Partial<Record<Collection, string>>>;
  readonly emptied: number;
  readonly isRollover: boolean;
  /** Ended within the last seven days, by the database's clock. */
  readonly isOfThisWeek: boolean;
}

export interface History {
  /** Applied runs of the integration, the latest first. */
  readonly runs: readonly PastRun[];
  readonly emptiedUsually: number;
}

/** About six weeks of daily syncs; a week of hourly ones has more, which the sums of the week do not need. */
const remembered = 200;
const usual = 30;

export async function readHistory(context: PlanContext): Promise<History> {
  const runs = await context.sql.unsafe<PastRun[]>(`
    select id, kind, totals, coalesce(input -> 'rows', '{}') as rows, coalesce(input -> 'modes', '{}') as modes,
      coalesce((measures ->> 'emptiedClasses')::int, 0) as emptied,
      coalesce(findings @> '[{"detector": "rollover"}]', false) as "isRollover",
      finished_at > now() - interval '7 days' as "isOfThisWeek"
    from sync_runs
    where district_id = ${context.district} and integration_id = ${context.integration} and state = 'succeeded'
    order by queued_at desc, id desc limit ${remembered}`);
  return { runs, emptiedUsually: Math.max(0, ...runs.slice(0, usual).map(({ emptied }) => emptied)) };
}

/** The last reads of a collection in full, the latest first. */
export function fullReads({ runs }: History, collection: Collection): readonly { readonly rows: number; readonly isApproved: boolean }[] {
  return runs
    .flatMap(({ rows, modes, kind }) => {
      const count = rows[collection];
      return modes[collection] === "bulk" && count !== undefined ? [{ rows: count, isApproved: kind === "approval" }] : [];
    })
    .slice(0, usual);
}
