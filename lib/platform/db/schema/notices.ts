import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { IncidentKind, NoticeKind, NoticePhase } from "#lib/roster/notices/kinds.ts";

/** Numbers, codes, days, and sentences about machines. Never the name or the address of a person. */
export type NoticeDetails = Readonly<Record<string, string | number | null>>;

/**
 * What is wrong, or waits, with an integration: open from the moment in which it was found to the one in which it was over. However many
 * nights it lasts it is one, and so are the messages about it: one as it opens, one when it is over.
 */
export const incidents = pgTable(
  "incidents",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    kind: text().$type<IncidentKind>().notNull(),
    /** What it is about: the integration's id, or that of a blackout. One of a kind is open for each. */
    subject: uuid().notNull(),
    /** Null: about the whole district. */
    integrationId: uuid("integration_id"),
    /** The latest sync that found it. */
    runId: uuid("run_id"),
    /** How many syncs have. */
    times: integer().notNull().default(1),
    details: jsonb().$type<NoticeDetails>().notNull(),
    openedAt: timestamp("opened_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    closedAt: timestamp("closed_at", { withTimezone: true }),
    /** The sync that ended it; null: somebody, or time. */
    closedRunId: uuid("closed_run_id"),
    closedBecause: text("closed_because"),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    uniqueIndex("incidents_one_open").on(t.districtId, t.kind, t.subject).where(sql`closed_at is null`),
    index("incidents_closed").on(t.closedAt).where(sql`closed_at is not null`),
  ],
);

/** The outbox: what there is to say, written by the transaction that caused it. To whom, the deliveries beside it say. */
export const notices = pgTable(
  "notices",
  {
    districtId: uuid("district_id").notNull(),
    /** Stays the same however often it is delivered: receivers tell repetitions by it. */
    id: uuid().notNull().default(sql`uuidv7()`),
    kind: text().$type<NoticeKind>().notNull(),
    phase: text().$type<NoticePhase>().notNull(),
    incidentId: uuid("incident_id"),
    integrationId: uuid("integration_id"),
    runId: uuid("run_id"),
    details: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] }), index("notices_old").on(t.createdAt)],
);

export const deliveryStates = ["waiting", "sent", "given-up", "off"] as const;
/** waiting → sent, or given-up after the last try; off: email was not set up. The last two wait again when somebody sends them again. */
export type DeliveryState = (typeof deliveryStates)[number];

/** A notice to one admin by email, or to one endpoint. Addresses are read when it is sent, and kept nowhere here. */
export const deliveries = pgTable(
  "deliveries",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    noticeId: uuid("notice_id").notNull(),
    channel: text({ enum: ["email", "webhook"] }).notNull(),
    /** An admin's account, or a webhook endpoint. */
    recipientId: uuid("recipient_id").notNull(),
    state: text({ enum: deliveryStates }).notNull().default("waiting"),
    /** How often it was handed to a worker since it began to wait. */
    attempts: integer().notNull().default(0),
    /** While a worker has it: when another one may take it. */
    nextAttemptAt: timestamp("next_attempt_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    lastAttemptAt: timestamp("last_attempt_at", { withTimezone: true }),
    sentAt: timestamp("sent_at", { withTimezone: true }),
    /** What became of the last try: "HTTP 204", "SMTP 450", "timeout". */
    answer: text(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    uniqueIndex("deliveries_once").on(t.districtId, t.noticeId, t.recipientId),
    index("deliveries_due").on(t.nextAttemptAt).where(sql`state = 'waiting'`),
    index("deliveries_lately").on(t.districtId, t.lastAttemptAt),
    index("deliveries_recipient").on(t.districtId, t.recipientId, t.id),
  ],
);

/** Which messages an admin wants by email, where that differs from what is usual. */
export const noticeChoices = pgTable(
  "notice_choices",
  {
    districtId: uuid("district_id").notNull(),
    accountId: uuid("account_id").notNull(),
    kinds: jsonb().$type<Partial<Record<NoticeKind, boolean>>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.accountId] })],
);

/** Where a district's own systems are told. */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    url: text().notNull(),
    /** Sealed, with the endpoint's id and the field's name: `current`, and after a rotation for a while `previous`. */
    secrets: jsonb().$type<{ readonly current: string; readonly previous?: string }>().notNull(),
    /** Until when the previous secret signs as well. */
    previousUntil: timestamp("previous_until", { withTimezone: true }),
    /** Null: all. */
    kinds: jsonb().$type<readonly IncidentKind[]>(),
    /** Since when a message could not be delivered for days; null: it works, as far as is known. */
    failingSince: timestamp("failing_since", { withTimezone: true }),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] }), uniqueIndex("webhook_endpoints_url").on(t.districtId, t.url)],
);
