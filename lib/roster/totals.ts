import type { Entity } from "./canonical.ts";

export interface EntityTotals {
  readonly created: number;
  readonly updated: number;
  readonly deactivated: number;
  readonly reactivated: number;
  readonly unchanged: number;
  /** Left out because of an issue. */
  readonly skipped: number;
}
export type RunTotals = Readonly<Record<Entity, EntityTotals>>;
