import { integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

/**
 * Failed sign-ins within a window, by hashed email and by hashed address. Of no district, because whoever tries to sign in is of
 * none yet; the application's role has no grant on it.
 */
export const signInThrottles = pgTable("sign_in_throttles", {
  key: text().primaryKey(),
  failures: integer().notNull(),
  windowStartedAt: timestamp("window_started_at", { withTimezone: true }).notNull(),
});

/**
 * What failed sign-ins of a window have in common: from one address, or with one password, whose accounts they tried. Keys, and what was tried,
 * are keyed hashes; no more of them are kept than tell a spray. Of no district, as sign_in_throttles.
 */
export const signInSprays = pgTable("sign_in_sprays", {
  key: text().primaryKey(),
  pattern: text({ enum: ["accounts", "unknown", "password"] }).notNull(),
  tried: text().array().notNull(),
  /** Whose accounts, or addresses, they were. */
  districts: uuid().array().notNull(),
  /** Of these, whose admins know of this window. */
  told: uuid().array().notNull().default([]),
  windowStartedAt: timestamp("window_started_at", { withTimezone: true }).notNull(),
});
