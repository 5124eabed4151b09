import { sql } from "drizzle-orm";
import { bigint, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const districts = pgTable("districts", {
  id: uuid().primaryKey().default(sql`uuidv7()`),
  name: text().notNull(),
  /** IANA time zone; schedules and dates are shown in it. */
  timezone: text().notNull(),
  /** Days that a deactivated account's data is kept. */
  retentionDays: integer("retention_days").notNull().default(365),
  /** Raised by every transaction that changes the roster, so that a plan can tell whether it still fits. */
  rosterRevision: bigint("roster_revision", { mode: "number" }).notNull().default(0),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});
