import { sql } from "drizzle-orm";
import { date, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import { classVerdicts } from "#lib/roster/class-verdicts.ts";
import type { SafetySettings } from "#lib/roster/guard/settings.ts";
import type { OrderedField } from "#lib/roster/ordered-fields.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { decisionVerdicts } from "#lib/roster/same-person.ts";
import type { Scope } from "#lib/roster/scope.ts";
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
    /** How many scheduled syncs have failed since one last read the SIS; from the third on the schedule slows down. */
    failuresInRow: integer("failures_in_row").notNull().default(0),
    /** Older rows lack the newer settings: read with withDefaults(). */
    safety: jsonb().$type<Partial<SafetySettings>>().notNull(),
    /** What of the SIS is left out; null: nothing. Read with asScope(). */
    scope: jsonb().$type<Partial<Scope>>(),
    state: text({ enum: ["active", "paused", "removed"] })
      .notNull()
      .default("active"),
    /** The undo that paused it; null: somebody did, or nobody. */
    pausedByRunId: uuid("paused_by_run_id"),
    /** Its place in the district's order of integrations, from 1 (precedence.ts); null: after those that have one, as it was created. */
    position: integer(),
    /** The same for single kinds of record, and for single fields of one, that have an order of their own. */
    positions: jsonb().$type<Partial<Record<LinkEntity | OrderedField, number>>>().notNull().default({}),
    /** Where the last successful run left off; written in the transaction that applied it. */
    cursor: jsonb(),
    /** What plans depend on beside the records (lib/engine/scope/planned-with.ts); another value: everything is planned again, from the mirror. */
    plannedWith: text("planned_with"),
    /** As `RunInput.carried`, of the last full read and what changes brought since: what else a change may leave out is a blank. */
    carried: jsonb().$type<RunInput["carried"]>(),
    /** The version of OneRoster that the SIS spoke at the last successful sync; null before the first, and of other providers. */
    onerosterVersion: text("oneroster_version", { enum: ["1.1", "1.2"] }),
    /** How its records are to be read where that is open; read with asReadingRules(). */
    readingRules: jsonb("reading_rules").$type<Partial<ReadingRules>>().notNull().default({}),
    /** The district's day up to which what begins and ends by the calendar was planned; null: nothing does. */
    plannedOn: date("planned_on"),
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
 * What admins decided about records of people of which it cannot be told whose account they are. A decision counts for exactly the
 * evidence that was shown: the id, the accounts, and the names, addresses and numbers of all, as a hash.
 */
export const matchDecisions = pgTable(
  "match_decisions",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    externalId: text("external_id").notNull(),
    evidence: text().notNull(),
    /** Who it is, or of several that it is not the first; null: it is left out. */
    accountId: uuid("account_id"),
    /** The accounts that were shown, whose values the evidence has; null: decided on an issue's page, about `account_id` alone. */
    accountIds: uuid("account_ids").array(),
    verdict: text({ enum: decisionVerdicts }).notNull(),
    reason: text().notNull(),
    /** The admin; null: the command line. */
    decidedBy: uuid("decided_by"),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull().defaultNow(),
    /** Since when it counts no more: an admin took it back, or decided otherwise. */
    takenBackAt: timestamp("taken_back_at", { withTimezone: true }),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.integrationId, t.externalId, t.evidence] }),
    index("match_decisions_latest").on(t.districtId, t.decidedAt).where(sql`taken_back_at is null`),
  ],
);

/** Which class of Aivo a class of the SIS is, as admins said: `same`, it is that one, whatever tells them apart; `another`, it is not. */
export const classDecisions = pgTable(
  "class_decisions",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    externalId: text("external_id").notNull(),
    classroomId: uuid("classroom_id").notNull(),
    verdict: text({ enum: classVerdicts }).notNull(),
    reason: text().notNull(),
    /** The admin; null: the command line. */
    decidedBy: uuid("decided_by"),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.integrationId, t.externalId, t.classroomId] })],
);
