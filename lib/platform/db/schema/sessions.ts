import { sql } from "drizzle-orm";
import { index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** What still stands between a right password and the portal. */
export const sessionSteps = ["prove-factor", "choose-password", "set-up-factor"] as const;
export type SessionStep = (typeof sessionSteps)[number];

/**
 * Who is signed in, and where. The browser has the token and this table its hash: who reads the table is signed in as nobody. A row that is
 * gone is a session that is over.
 */
export const sessions = pgTable(
  "sessions",
  {
    districtId: uuid("district_id").notNull(),
    tokenHash: text("token_hash").notNull(),
    /** What it is called by in lists and requests. */
    id: uuid().notNull().default(sql`uuidv7()`),
    accountId: uuid("account_id").notNull(),
    /** The account's as it began: what raises the account's ends all that began before. */
    sessionEpoch: integer("session_epoch").notNull(),
    /** Null: nothing, they are in. */
    step: text({ enum: sessionSteps }),
    /** "Chrome on Windows"; null: it did not say. */
    device: text(),
    /** The network that it came from, as a prefix: "198.51.100.0/24"; null: unknown. */
    place: text(),
    signedInAt: timestamp("signed_in_at", { withTimezone: true }).notNull(),
    /** Written once a minute at most. */
    lastSeenAt: timestamp("last_seen_at", { withTimezone: true }).notNull(),
    /** However much it is used. */
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    /** When whoever has it last showed who they are; null: not since what they show it by has changed. */
    confirmedAt: timestamp("confirmed_at", { withTimezone: true }),
    /** What a passkey was asked to sign; taken by the first answer. */
    challenge: text(),
    challengeEndsAt: timestamp("challenge_ends_at", { withTimezone: true }),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.tokenHash] }),
    index("sessions_account").on(t.districtId, t.accountId),
    index("sessions_expired").on(t.expiresAt),
  ],
);

/**
 * Links in emails with which somebody chooses a password. The token is made as the email is sent, and only its hash is kept; a row
 * without one waits for its email.
 */
export const passwordLinks = pgTable(
  "password_links",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    accountId: uuid("account_id").notNull(),
    kind: text({ enum: ["invitation", "reset"] }).notNull(),
    tokenHash: text("token_hash"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    uniqueIndex("password_links_token").on(t.districtId, t.tokenHash),
    index("password_links_account").on(t.districtId, t.accountId),
    index("password_links_expired").on(t.expiresAt),
  ],
);
