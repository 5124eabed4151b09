import { bigint, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Append-only; each entry carries the hash of the one before it in its district. */
export const auditEntries = pgTable(
  "audit_entries",
  {
    districtId: uuid("district_id").notNull(),
    seq: bigint({ mode: "number" }).notNull(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    actorKind: text("actor_kind", { enum: ["account", "worker", "operator", "anonymous", "program"] }).notNull(),
    actorId: uuid("actor_id"),
    action: text().notNull(),
    targetKind: text("target_kind").notNull(),
    targetId: text("target_id"),
    /** Ids, codes, counts and names of settings; no secret and no name of a learner. */
    details: jsonb().$type<Record<string, unknown>>().notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.seq] })],
);

/** How far the log of a district was carried to a destination outside the database: anchors of its head, or its entries. */
export const auditCursors = pgTable(
  "audit_cursors",
  {
    districtId: uuid("district_id").notNull(),
    destination: text().notNull(),
    /** The last entry that is there. */
    seq: bigint({ mode: "number" }).notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.destination] })],
);

/** Who carries to a destination at present, and how it goes. Of no district; the application's role has no grant on it. */
export const auditDestinations = pgTable("audit_destinations", {
  /** What is carried, how, and a hash of where to (lib/services/audit-shipping/destinations.ts). */
  destination: text().primaryKey(),
  lease: uuid(),
  leasedUntil: timestamp("leased_until", { withTimezone: true }),
  /** In a row. */
  failures: integer().notNull().default(0),
  nextAttemptAt: timestamp("next_attempt_at", { withTimezone: true }).notNull().defaultNow(),
  succeededAt: timestamp("succeeded_at", { withTimezone: true }),
  /** A code of ours or of the system's; null: the last try succeeded. */
  failedWith: text("failed_with"),
});
