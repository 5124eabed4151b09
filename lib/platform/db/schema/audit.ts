import { bigint, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

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
