import { integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** How often something costly was asked for within a window: by what it is and by whom, and by the district together (lib/services/limits). */
export const actRates = pgTable(
  "act_rates",
  {
    districtId: uuid("district_id").notNull(),
    /** "export:<account or program>", "export:district" */
    subject: text().notNull(),
    windowStartedAt: timestamp("window_started_at", { withTimezone: true }).notNull(),
    acts: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.subject] })],
);
