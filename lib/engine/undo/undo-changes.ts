import { numberedAfter } from "#lib/engine/sync/plan-context.ts";
import { type Entity, entities, linkEntities } from "#lib/roster/canonical.ts";
import { type EntityTotals, noTotals, type RunTotals } from "#lib/roster/totals.ts";
import { execute, type UndoContext, uuid } from "./context.ts";

/** What an undo does to a record, by what the run did. */
const inverse = {
  created: "removed",
  updated: "updated",
  deactivated: "reactivated",
  reactivated: "deactivated",
  linked: "unlinked",
} as const;
const action = `case
          when why is not null then 'left-alone'
          ${Object.entries(inverse)
            .map(([did, undone]) => `when did = '${did}' then '${undone}'`)
            .join("\n          ")}
        end`;

/** Writes what the undo changes to run_changes, before → after, and beside it what it leaves alone and why. */
export async function recordUndo(context: UndoContext, undoId: string): Promise<void> {
  const order = `array_position(array[${linkEntities.map((kind) => `'${kind}'`).join(", ")}], kind)`;
  await execute(
    context,
    `insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after)
    select * from (
      select
        ${context.district} as district_id,
        ${uuid(undoId)} as run_id,
        entity,
        ${action} as action,
        record_id,
        external_id,
        coalesce(why, 'taken back from Sync ${context.number}') as reason,
        case when why is null then after end as before,
        case when why is null then before end as after
      from ${context.read.changes} c
      order by ${order}, why is not null, did
      ${numberedAfter}) u`,
  );
}

export interface UndoCounts {
  readonly totals: RunTotals;
  readonly changeCount: number;
  readonly leftAlone: number;
  /** Equal as long as the same records are left alone. */
  readonly shown: string;
}

/** How many records of each kind come to what. */
export async function countUndo(context: UndoContext): Promise<UndoCounts> {
  const rows = await context.sql.unsafe<{ entity: Entity; action: string; count: number }[]>(
    `select entity, ${action} as action, count(*)::int as count from ${context.read.changes} c group by 1, 2`,
  );
  const [left] = await context.sql.unsafe<{ shown: string }[]>(
    `select count(*) || ':' || coalesce(encode(sha256(convert_to(string_agg(record_id::text, ',' order by record_id), 'UTF8')), 'hex'), '') as shown
    from ${context.read.changes} c
    where why is not null`,
  );
  const totals = Object.fromEntries(
    entities.map((entity) => [entity, { ...noTotals, removed: 0, unlinked: 0, leftAlone: 0 } as Record<keyof EntityTotals, number>]),
  ) as Record<Entity, Record<keyof EntityTotals, number>>;
  for (const { entity, action: done, count } of rows) {
    const key = (done === "left-alone" ? "leftAlone" : done) as keyof EntityTotals;
    if (entity in totals) totals[entity][key] += count;
  }
  const sum = (is: (action: string) => boolean) => rows.reduce((total, row) => total + (is(row.action) ? row.count : 0), 0);
  return {
    totals,
    changeCount: sum((done) => done !== "left-alone"),
    leftAlone: sum((done) => done === "left-alone"),
    shown: left?.shown ?? "",
  };
}

export interface LeftAlone {
  readonly entity: Entity;
  readonly recordId: string;
  readonly externalId: string | null;
  readonly why: string;
}

/** The first of what is left alone. */
export async function listLeftAlone({ sql, read }: UndoContext, most: number): Promise<readonly LeftAlone[]> {
  return sql.unsafe<LeftAlone[]>(
    `select entity, record_id as "recordId", external_id as "externalId", why
    from ${read.changes} c
    where why is not null
    order by array_position(array[${entities.map((entity) => `'${entity}'`).join(", ")}], entity), external_id,
      record_id
    limit ${Math.trunc(most)}`,
  );
}
