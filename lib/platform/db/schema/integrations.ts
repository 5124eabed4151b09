import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { SafetySettings } from "#lib/roster/guard/settings.ts";
import { matchVerdicts } from "#lib/roster/same-person.ts";
import type { RunInput } from "./runs.ts";

export const integrations = pgTable(
  "integrations",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    name: text().notNull(),
    provider: text({ enum: ["clever", "classlink", "oneroster-rest", "oneroster-csv"] }).notNull(),
    /** The credential form's fields that are no secret (host, port, username, directory, hostKeyFingerprint …). */
    config: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** Secret fields, each sealed: `kid:base64`, with integration id and field name as additional data. */
    secrets: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** Five-field cron in the district's time zone; null: manual only. */
    schedule: text(),
    /** When a scheduled run is due next, by the database's clock; null: never, or not worked out yet (lib/services/runs/request-due.ts). */
    nextRunAt: timestamp("next_run_at", { withTimezone: true }),
    /** Older rows lack the newer settings: read with withDefaults(). */
    safety: jsonb().$type<Partial<SafetySettings>>().notNull(),
    state: text({ enum: ["active", "paused", "removed"] })
      .notNull()
      .default("active"),
    /** Where the last successful run left off; written in the transaction that applied it. */
    cursor: jsonb(),
    /** What plans depend on beside the records (lib/engine/sync/planned-with.ts); another value: everything is planned again, from the mirror. */
    plannedWith: text("planned_with"),
    /** As `RunInput.carried`, of the last full read and what changes brought since: what else a change may leave out is a blank. */
    carried: jsonb().$type<RunInput["carried"]>(),
    /** Which district the SIS said it was at the last successful sync; null before the first. Another one is refused. */
    sourceIdentity: jsonb("source_identity"),
    /** Raised whenever something else may stand behind the integration: other credentials, another host key, a pause in between. */
    sourceVersion: integer("source_version").notNull().default(1),
    /** The source version at which somebody last entered or authorized other credentials. */
    credentialsVersion: integer("credentials_version").notNull().default(1),
    /** When somebody last entered or authorized other credentials; null while those of the start stand. */
    credentialsChangedAt: timestamp("credentials_changed_at", { withTimezone: true }),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    index("integrations_due").on(t.nextRunAt.asc().nullsFirst()).where(sql`state = 'active' and schedule is not null`),
  ],
);

/**
 * What admins decided about records that lead to an account while the rest says somebody else. A decision counts for exactly the
 * evidence that was shown: the id, the account, and the names, addresses and numbers of both, as a hash.
 */
export const matchDecisions = pgTable(
  "match_decisions",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    externalId: text("external_id").notNull(),
    evidence: text().notNull(),
    accountId: uuid("account_id").notNull(),
    verdict: text({ enum: matchVerdicts }).notNull(),
    reason: text().notNull(),
    /** The admin; null: the command line. */
    decidedBy: uuid("decided_by"),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.integrationId, t.externalId, t.evidence] })],
);
