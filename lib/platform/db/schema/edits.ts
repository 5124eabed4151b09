import { sql } from "drizzle-orm";
import { bigint, index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Whose values an admin can edit. */
export const editedEntities = ["account", "classroom"] as const;
export type EditedEntity = (typeof editedEntities)[number];

/**
 * Values that an admin gave to a record that a SIS has or had, one row for each column: syncs leave it as the roster has it. Beside it
 * stands what the column would have without the edit, which syncs keep up to date (lib/engine/sync/kept-values.ts), so that
 * a released edit ends where the roster would be without it.
 */
export const keptValues = pgTable(
  "kept_values",
  {
    districtId: uuid("district_id").notNull(),
    recordId: uuid("record_id").notNull(),
    /** The column of the roster. */
    field: text().notNull(),
    entity: text({ enum: editedEntities }).notNull(),
    /** As `to_jsonb` has it, as the roster has it; JSON's null is a blank. */
    value: jsonb().notNull(),
    /** What the column would have without the edit. */
    sisValue: jsonb("sis_value").notNull(),
    /** The admin's account; null: the operator. */
    editedBy: uuid("edited_by"),
    editedAt: timestamp("edited_at", { withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.recordId, t.field] }),
    /** A claim on an address or a number that comes back when the edit is released. */
    index("kept_values_claims").on(t.districtId, t.field).where(sql`field in ('email', 'student_number')`),
  ],
);

/** What was done to a record. `said`: a sync changed what a kept column would have without the edit; the others are a person's. */
export const editActions = [
  "edited",
  "released",
  "deactivated",
  "reactivated",
  "status-released",
  "barred",
  "unbarred",
  "archived",
  "restored",
  "said",
] as const;
export type EditAction = (typeof editActions)[number];

/**
 * The history of a record by hand, which ends with the record. `roster_revision` orders it among syncs: it is the revision that the
 * change led to, as `sync_runs.roster_revision` is of an applied run.
 */
export const recordEdits = pgTable(
  "record_edits",
  {
    districtId: uuid("district_id").notNull(),
    recordId: uuid("record_id").notNull(),
    seq: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    entity: text({ enum: editedEntities }).notNull(),
    action: text({ enum: editActions }).notNull(),
    /** By column; of `said` what the columns would have without the edit. */
    before: jsonb().$type<Record<string, unknown>>(),
    after: jsonb().$type<Record<string, unknown>>(),
    reason: text(),
    actorKind: text("actor_kind", { enum: ["account", "operator", "worker"] }).notNull(),
    actorId: uuid("actor_id"),
    /** Of `said` the run. */
    runId: uuid("run_id"),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    rosterRevision: bigint("roster_revision", { mode: "number" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.recordId, t.seq] }),
    index("record_edits_run").on(t.districtId, t.runId).where(sql`run_id is not null`),
  ],
);
