import { bigint, index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Accounts whose data no job and nobody erases until an admin releases them: a lawsuit, a complaint, a request that is open. */
export const retentionHolds = pgTable(
  "retention_holds",
  {
    districtId: uuid("district_id").notNull(),
    accountId: uuid("account_id").notNull(),
    reason: text().notNull(),
    /** The admin; null: the command line. */
    heldBy: uuid("held_by"),
    heldAt: timestamp("held_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.accountId] })],
);

/**
 * Records of a SIS that syncs leave out, since the person behind them was erased on request and the SIS still has them. Nothing but a keyed
 * hash of the id: who reads the table learns of nobody, and a sync can ask of each id that it reads whether it is one.
 */
export const barredIds = pgTable(
  "barred_ids",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    hash: text().notNull(),
    /** What it is called by in lists and requests. */
    id: uuid().notNull(),
    reason: text().notNull(),
    /** The admin; null: the command line. */
    barredBy: uuid("barred_by"),
    barredAt: timestamp("barred_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.integrationId, t.hash] }), index("barred_ids_listed").on(t.districtId, t.barredAt)],
);

/**
 * Districts that were deleted: what is left of their audit logs, which were deleted with them. Of the operator; the application's role has no
 * grant on it. `id` is what the district's was.
 */
export const deletedDistricts = pgTable("deleted_districts", {
  id: uuid().primaryKey(),
  name: text().notNull(),
  reason: text().notNull(),
  beganAt: timestamp("began_at", { withTimezone: true }).notNull(),
  /** Null while it goes on, or waits for being taken up again. */
  endedAt: timestamp("ended_at", { withTimezone: true }),
  /** How many rows of each table. */
  rows: jsonb().$type<Readonly<Record<string, number>>>().notNull(),
  /** The end of its audit log: whoever has a copy of that can show that it is whole. */
  auditEntries: bigint("audit_entries", { mode: "number" }).notNull(),
  auditHash: text("audit_hash"),
});
