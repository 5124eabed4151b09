import { type Collection, collections } from "./canonical.ts";

/** What became of the rows of one collection. */
export interface RowTotals {
  readonly read: number;
  /** Beside a read of changes: rows of earlier reads that were taken up again. */
  readonly again: number;
  readonly created: number;
  readonly updated: number;
  readonly reactivated: number;
  readonly linked: number;
  readonly unchanged: number;
  /** One more row of a record that was used once: sent twice, or one more enrollment of a person in a class. */
  readonly repeated: number;
  /** Left out because of an issue. */
  readonly skipped: number;
  readonly notRostered: number;
  /** Left out by the integration's scope; runs of older versions lack it. */
  readonly outOfScope: number;
  /** Marked by the SIS as no longer in use. */
  readonly withdrawn: number;
}
export type RowsByCollection = Partial<Record<Collection, RowTotals>>;

export const rowFates = [
  "created",
  "updated",
  "reactivated",
  "linked",
  "unchanged",
  "repeated",
  "skipped",
  "notRostered",
  "outOfScope",
  "withdrawn",
] as const satisfies readonly (keyof RowTotals)[];

export const noRows: RowTotals = {
  read: 0,
  again: 0,
  created: 0,
  updated: 0,
  reactivated: 0,
  linked: 0,
  unchanged: 0,
  repeated: 0,
  skipped: 0,
  notRostered: 0,
  outOfScope: 0,
  withdrawn: 0,
};

/** A sentence for each collection whose rows do not add up. There is none, or a rule has forgotten some. */
export function unaccounted(rows: RowsByCollection): readonly string[] {
  return collections.flatMap((collection) => {
    const of = rows[collection];
    if (of === undefined) return [];
    const accounted = rowFates.reduce((sum, fate) => sum + of[fate], 0);
    return accounted === of.read + of.again
      ? []
      : [`${collection}: ${of.read} read, ${of.again} taken up again, ${accounted} accounted for`];
  });
}

/** The same rows when they come once more and change nothing. */
export function asUnchanged(rows: RowsByCollection): RowsByCollection {
  return Object.fromEntries(
    Object.entries(rows).map(([collection, of]) => [
      collection,
      {
        ...of,
        created: 0,
        updated: 0,
        reactivated: 0,
        linked: 0,
        unchanged: of.created + of.updated + of.reactivated + of.linked + of.unchanged,
      },
    ]),
  );
}
