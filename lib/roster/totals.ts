import { type Entity, entities } from "./canonical.ts";

export interface EntityTotals {
  readonly created: number;
  readonly updated: number;
  readonly deactivated: number;
  readonly reactivated: number;
  /** Found in Aivo and linked to the SIS, without a value that changes. */
  readonly linked: number;
  readonly unchanged: number;
  /** Left out because of an issue. */
  readonly skipped: number;
  /** Of an undo: created by the run that it takes back, and gone; its link gone alone; not touched, since others changed it. */
  readonly removed?: number;
  readonly unlinked?: number;
  readonly leftAlone?: number;
}
export type RunTotals = Readonly<Record<Entity, EntityTotals>>;

export const noTotals: EntityTotals = { created: 0, updated: 0, deactivated: 0, reactivated: 0, linked: 0, unchanged: 0, skipped: 0 };

/** Totals as they are stored: those of an older version lack what was not counted then. */
export function completeTotals(stored: RunTotals): RunTotals {
  return Object.fromEntries(entities.map((entity) => [entity, { ...noTotals, ...stored[entity] }])) as Record<Entity, EntityTotals>;
}
