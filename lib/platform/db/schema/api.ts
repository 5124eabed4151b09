import { sql } from "drizzle-orm";
import { index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { ApiScope } from "#lib/platform/api-scopes.ts";

/** token: a program that uses /api/v1. application: one that reads the roster over OneRoster, with client id and secret. */
export const apiClientKinds = ["token", "application"] as const;
export type ApiClientKind = (typeof apiClientKinds)[number];

/** Programs that may use a district's doors. The secret is shown once and kept as a hash: who reads the table is let in as nobody. */
export const apiClients = pgTable(
  "api_clients",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    kind: text({ enum: apiClientKinds }).notNull(),
    name: text().notNull(),
    secretHash: text("secret_hash").notNull(),
    /** The secret's last characters, by which whoever has it finds it in the list. */
    hint: text().notNull(),
    scopes: text().array().$type<ApiScope[]>().notNull(),
    /** The admin who made it; null: the command line. */
    createdBy: uuid("created_by"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    /** Written once a minute at most. */
    lastUsedAt: timestamp("last_used_at", { withTimezone: true }),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] }), uniqueIndex("api_clients_secret").on(t.districtId, t.secretHash)],
);

/** Requests in the current minute, by program, and under the district's own id those of all its programs. */
export const apiRates = pgTable(
  "api_rates",
  {
    districtId: uuid("district_id").notNull(),
    subject: uuid().notNull(),
    minute: timestamp({ withTimezone: true }).notNull(),
    requests: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.subject] })],
);

/**
 * Requests with an Idempotency-Key, and what was answered. One without a status is under way, or its web server died meanwhile. The
 * answer may have a secret that is shown once, so it is sealed under the keyring.
 */
export const apiAnswers = pgTable(
  "api_answers",
  {
    districtId: uuid("district_id").notNull(),
    clientId: uuid("client_id").notNull(),
    key: text().notNull(),
    /** Of method, address and body: the same key with another request is a mistake. */
    requestHash: text("request_hash").notNull(),
    status: integer(),
    sealedAnswer: text("sealed_answer"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.clientId, t.key] }), index("api_answers_old").on(t.createdAt)],
);
