import { sql } from "drizzle-orm";
import { date, index, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Days of the district's calendar on which no scheduled sync starts. */
export const blackouts = pgTable(
  "blackouts",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** Null: for all integrations of the district. */
    integrationId: uuid("integration_id"),
    /** Both included. */
    firstDay: date("first_day", { mode: "string" }).notNull(),
    lastDay: date("last_day", { mode: "string" }).notNull(),
    note: text().notNull(),
    /** The admin; null: the command line. */
    createdBy: uuid("created_by"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    /** When the admins were told that it comes, or that was found to be of no use to anybody. */
    announcedAt: timestamp("announced_at", { withTimezone: true }),
    /** When it was found to be over. */
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    index("blackouts_unannounced").on(t.firstDay).where(sql`announced_at is null`),
    index("blackouts_not_over").on(t.lastDay).where(sql`ended_at is null`),
  ],
);
