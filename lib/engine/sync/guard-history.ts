import { isTakenBack } from "#lib/platform/db/taken-back.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { PlanContext } from "./plan-context.ts";

export interface PastRun {
  readonly id: string;
  readonly kind: "sync" | "approval";
  readonly totals: RunTotals | null;
  readonly rows: Readonly<Partial<Record<Collection, number>>>;
  readonly modes: Readonly<Partial<Record<Collection, string>>>;
  readonly emptied: number;
  readonly isRollover: boolean;
  /** Whether something of it waited for an admin: such a read is no measure for others. */
  readonly isWithheld: boolean;
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

/** The integration's last applied reads of the district that were not taken back, with what each read, counted and measured. */
export async function readHistory(context: PlanContext): Promise<History> {
  const runs = await context.sql.unsafe<PastRun[]>(`
    select
      id,
      kind,
      totals,
      coalesce(input -> 'rows', '{}') as rows,
      coalesce(input -> 'modes', '{}') as modes,
      coalesce((measures ->> 'emptiedClasses')::int, 0) as emptied,
      coalesce(findings @> '[{"detector": "rollover"}]', false) as "isRollover",
      coalesce(findings @> '[{"level": "withhold"}]', false) as "isWithheld",
      finished_at > now() - interval '7 days' as "isOfThisWeek"
    from sync_runs
    where district_id = ${context.district}
      and integration_id = ${context.integration}
      and state = 'succeeded'
      and kind <> 'undo'
      and for_person is null
      and not ${isTakenBack("sync_runs")}
    order by queued_at desc, id desc
    limit ${remembered}`);
  return { runs, emptiedUsually: Math.max(0, ...runs.slice(0, usual).map(({ emptied }) => emptied)) };
}

/** The last reads of a collection in full, the latest first. */
export function fullReads({ runs }: History, collection: Collection): readonly { readonly rows: number; readonly isApproved: boolean }[] {
  return runs
    .flatMap(({ rows, modes, kind, isWithheld }) => {
      const count = rows[collection];
      return modes[collection] === "bulk" && count !== undefined ? [{ rows: count, isApproved: kind === "approval" || isWithheld }] : [];
    })
    .slice(0, usual);
}
