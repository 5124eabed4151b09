/*
 * Three tables, for the transaction in which a run is taken back, or looked at (lib/engine/undo); on Citus those of citus/undo-tables.ts
 * stand for them.
 */
export const undoTables = {
  /**
   * Each record that the run created, changed or linked: what it did, the values before and after, and `why` the record is left alone, where
   * it is.
   */
  changes: {
    name: "undo_changes",
    columns: "kind text, entity text, record_id uuid, external_id text, did text, before jsonb, after jsonb, lifecycle jsonb, why text",
  },
  /** Each row of the mirror that was there before and that the run, or one after it that changed no record, changed. */
  rows: {
    name: "undo_rows",
    columns: `collection text, external_id text collate "C", before jsonb, is_whole boolean, has_link boolean, leads_to uuid, led_to uuid,
      was_new boolean, is_left boolean`,
  },
  /** Records that other integrations' runs have changed since, with the run's name. */
  later: { name: "undo_later", columns: "record_id uuid, name text" },
} as const;
export type UndoTable = keyof typeof undoTables;
