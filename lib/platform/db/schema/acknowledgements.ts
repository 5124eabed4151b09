import { pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/**
 * Causes of issues that somebody has taken in hand, one row for each: it ends with the last open issue of its cause, in the transaction that
 * closes that one, so that a cause that comes back is new to everybody.
 */
export const issueAcknowledgements = pgTable(
  "issue_acknowledgements",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    code: text().notNull(),
    /** Who said so; null: the command line. */
    acknowledgedBy: uuid("acknowledged_by"),
    /** The admin who sees to it; null: nobody is named. */
    assignedTo: uuid("assigned_to"),
    reason: text().notNull(),
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.integrationId, t.code] })],
);
