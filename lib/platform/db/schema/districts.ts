import { sql } from "drizzle-orm";
import { bigint, boolean, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const districts = pgTable("districts", {
  id: uuid().primaryKey().default(sql`uuidv7()`),
  name: text().notNull(),
  /** IANA time zone; schedules and dates are shown in it. */
  timezone: text().notNull(),
  /** Days that a deactivated account's data is kept. */
  retentionDays: integer("retention_days").notNull().default(365),
  /** Raised by every transaction that changes the roster, so that a plan can tell whether it still fits. */
  rosterRevision: bigint("roster_revision", { mode: "number" }).notNull().default(0),
  /** Whether an admin who has no second factor sets one up at the next sign-in. */
  requiresSecondFactor: boolean("requires_second_factor").notNull().default(false),
  /** Whether it is recorded who is shown whose data (lib/services/views). */
  recordsViews: boolean("records_views").notNull().default(false),
  /** When the week's digest is due next, by the database's clock; null: not worked out yet (lib/services/notices/digest.ts). */
  nextDigestAt: timestamp("next_digest_at", { withTimezone: true }),
  /** Since when nobody signs in, nothing is synced and nothing is sent; null: it is in use. */
  suspendedAt: timestamp("suspended_at", { withTimezone: true }),
  /** Since when its data is being deleted, which nothing takes back. */
  deletingAt: timestamp("deleting_at", { withTimezone: true }),
  /** Sealed: what ids of erased people are hashed with (barred_ids); null until somebody is. */
  barringKey: text("barring_key"),
  /** Since when nobody signs in with a password, but with the district's own accounts; null: both go. */
  ownAccountsOnlySince: timestamp("own_accounts_only_since", { withTimezone: true }),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});
