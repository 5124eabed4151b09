import { sql } from "drizzle-orm";
import { pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/**
 * Authorizations that an admin has begun at a provider and that have not come back, or came back lately. The state and the browser's secret
 * are kept as hashes: who reads the table cannot complete any of them.
 */
export const authorizationRequests = pgTable(
  "authorization_requests",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    integrationId: uuid("integration_id").notNull(),
    accountId: uuid("account_id").notNull(),
    stateHash: text("state_hash").notNull(),
    browserHash: text("browser_hash").notNull(),
    redirectUri: text("redirect_uri").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    usedAt: timestamp("used_at", { withTimezone: true }),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] }), uniqueIndex("authorization_requests_state").on(t.districtId, t.stateHash)],
);
