import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

/**
 * Failed sign-ins within a window, by hashed email and by hashed address. Of no district, because whoever tries to sign in is of
 * none yet; the application's role has no grant on it.
 */
export const signInThrottles = pgTable("sign_in_throttles", {
  key: text().primaryKey(),
  failures: integer().notNull(),
  windowStartedAt: timestamp("window_started_at", { withTimezone: true }).notNull(),
});
