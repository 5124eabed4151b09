import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { RunFailureDetails } from "#lib/platform/errors.ts";
import type { Collection, Entity, RosteredCollection } from "#lib/roster/canonical.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import type { InputPart, ReadMode } from "#lib/roster/input.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import type { PartSelection } from "#lib/roster/plan-parts.ts";
import type { RowsByCollection } from "#lib/roster/row-totals.ts";
import type { Lead } from "#lib/roster/same-person.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { Trace } from "#lib/roster/trace.ts";
import { oneRosterVersions, type VersionChange } from "#lib/roster/version-change.ts";
import { idText } from "./id-text.ts";

/**
 * queued → running → applying → succeeded
 *              ├→ held (guard) or previewed ── approved ──→ queued again as a run of kind "approval"
 *              ├→ cancelled
 *              └→ failed (also from queued and applying)
 * A run of kind "undo" takes an applied one back: queued → running → applying → succeeded.
 * Everything but the first three is an end. A held run ends as "discarded" when refused or overtaken by a later sync.
 */
export const runStates = ["queued", "running", "applying", "succeeded", "failed", "held", "previewed", "cancelled", "discarded"] as const;
export type RunState = (typeof runStates)[number];
export const activeRunStates = ["queued", "running", "applying"] as const satisfies readonly RunState[];

export const runPhases = ["connect", "read", "normalise", "match", "guard", "apply", "report"] as const;
export type RunPhase = (typeof runPhases)[number];

export interface RunProgress {
  readonly phase: RunPhase;
  /** 0 to 1 over the whole run, never falling. */
  readonly fraction: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly secondsLeft: number | null;
  /** File, endpoint or entity being worked on. */
  readonly part: string | null;
  /** What it has met so far; left out before the first row is taken in. */
  readonly seen?: RunSeen;
}

/** What a run has met so far. */
export interface RunSeen {
  /** Rows with something wrong with them, by cause and collection; once it is planned, what would be open after it. */
  readonly issues: IssueCounts;
  /** What the plan would do; null before there is one. */
  readonly totals: RunTotals | null;
}

export interface TimelineEntry {
  readonly phase: RunPhase;
  readonly startedAt: string;
  readonly seconds: number;
  readonly note: string | null;
}

export type RunTrace = Trace<RunPhase>;

export interface RunInput {
  readonly parts: readonly InputPart[];
  /** Runs of before OneRoster 1.2 was read lack that of roles. */
  readonly modes: Record<RosteredCollection, ReadMode> & { readonly roles?: ReadMode };
  readonly rows: Partial<Record<Collection, number>>;
  /** Records that are not rostered by design (parents, departments), by reason. */
  readonly notRostered: Record<string, number>;
  /** What became of the rows; runs of older versions lack it. */
  readonly became?: RowsByCollection;
  readonly notes: readonly string[];
  /** By collection, the columns of the roster that it may lack and that some record of it carried. */
  /** The version of OneRoster that was read, and the district's day that it was planned with where roles are told apart from people. */
  readonly version?: "1.1" | "1.2";
  readonly plannedOn?: string;
  readonly carried?: Partial<Record<Collection, readonly string[]>>;
  /** How many records the integration's scope leaves out, by kind; left out where it is none. */
  readonly outOfScope?: Partial<Record<Entity, number>>;
  /** integrations.planned_with of what was planned; runs of older versions lack it. */
  readonly plannedWith?: string;
  /** What becomes of the people where the version of OneRoster changes. */
  readonly versionChange?: VersionChange;
}

/** Two persons by one lead; values by column of accounts. */
export interface MatchConflict {
  readonly lead: Lead | "name";
  readonly evidence: string;
  readonly before: Readonly<Record<string, string | null>>;
  readonly after: Readonly<Record<string, string | null>>;
}

/** What a run that is applied writes to its integration, as it was before. */
export interface IntegrationBefore {
  readonly cursor: unknown;
  readonly carried: RunInput["carried"] | null;
  readonly plannedWith: string | null;
  /** `config.learned`. */
  readonly learned: unknown;
  readonly sourceIdentity: unknown;
  /** Runs of before lack these. */
  readonly onerosterVersion?: "1.1" | "1.2" | null;
  readonly plannedOn?: string | null;
}

/** What an approval leaves out of a part of a plan (lib/roster/plan-parts.ts). */
export interface LeftOut extends PartSelection {
  /** How many records that is. */
  readonly count: number;
  /** How many the part had as it was shown; left out where all of them are. */
  readonly of?: number;
}

export const syncRuns = pgTable(
  "sync_runs",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    integrationId: uuid("integration_id").notNull(),
    /** The integration's first run is 1, the next one 2: what people call it by. Given by a trigger as the row is inserted. */
    number: integer().notNull().default(0),
    kind: text({ enum: ["sync", "preview", "approval", "undo"] })
      .notNull()
      .default("sync"),
    /** The SIS's id of the one person whom it reads, and nobody else; null: the whole district. */
    forPerson: idText("for_person"),
    /** For an approval: the held or previewed run whose plan is applied. */
    planRunId: uuid("plan_run_id"),
    /** For an approval: what it leaves out of the parts of the plan, with how many records that was shown to be; null: nothing. */
    leftOut: jsonb("left_out").$type<readonly LeftOut[]>(),
    /** For an undo: the run that it takes back, and that run's number: all from there on to its own are taken back with it. */
    undoOf: uuid("undo_of"),
    undoesFrom: integer("undoes_from"),
    /** For an undo: why, as whoever asked for it said. */
    undoReason: text("undo_reason"),
    /** Plans what is remembered of the SIS, and asks it nothing. */
    fromMemory: boolean("from_memory").notNull().default(false),
    /** Of a run that disconnects its integration and deactivates what nothing else has, or shows that: why, as whoever asked for it said. */
    disconnectReason: text("disconnect_reason"),
    /** The version of OneRoster that it reads in the place of the one before, with the ids of the one linked to the ids of the other. */
    changesVersionTo: text("changes_version_to", { enum: oneRosterVersions }),
    trigger: text({ enum: ["manual", "schedule", "command-line", "api"] }).notNull(),
    requestedBy: uuid("requested_by"),
    state: text({ enum: runStates }).notNull().default("queued"),
    progress: jsonb().$type<RunProgress>(),
    cancelRequested: boolean("cancel_requested").notNull().default(false),
    /** The run that this one tries again, after its worker or the database failed it. */
    retryOf: uuid("retry_of"),
    /** Which try it is, from 1. */
    attempt: integer().notNull().default(1),
    /** How many tries before it ended with their worker or database. */
    workerDeaths: integer("worker_deaths").notNull().default(0),
    /** integrations.source_version that it was claimed at; null before it was, and for runs of earlier releases. */
    sourceVersion: integer("source_version"),
    /** The worker holding the run; it writes the heartbeat. */
    workerId: text("worker_id"),
    heartbeatAt: timestamp("heartbeat_at", { withTimezone: true }),
    queuedAt: timestamp("queued_at", { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp("started_at", { withTimezone: true }),
    finishedAt: timestamp("finished_at", { withTimezone: true }),
    /** The `updated_at` that it left on every record it wrote: one that has another by now was changed since. Null: of an earlier version. */
    appliedAt: timestamp("applied_at", { withTimezone: true }),
    totals: jsonb().$type<RunTotals>(),
    failure: jsonb().$type<RunFailureDetails>(),
    /** Why the guard held the run, in sentences. */
    heldBecause: jsonb("held_because").$type<string[]>(),
    /** What the guard's detectors had to say of the plan; null: no plan, or one of an older version. */
    findings: jsonb().$type<readonly Finding[]>(),
    /** What later runs compare themselves with, such as how many classes were emptied. */
    measures: jsonb().$type<Readonly<Record<string, number>>>(),
    /** Of a plan that waits: when it is dropped. */
    expiresAt: timestamp("expires_at", { withTimezone: true }),
    /** When it was dropped, since nobody had decided until then. */
    expiredAt: timestamp("expired_at", { withTimezone: true }),
    timeline: jsonb().$type<TimelineEntry[]>().notNull().default([]),
    /** When what began and ended, written with the heartbeat; null before a worker took it, and in runs of older versions. */
    trace: jsonb().$type<RunTrace>(),
    input: jsonb().$type<RunInput>(),
    /** Hash of the input, the rules' version and the settings that change a plan; of an undo, of what it was shown to leave alone. */
    fingerprint: text(),
    /** Of a plan that waits: where the next run may go on from once it is applied. */
    cursor: jsonb(),
    /** Set when the input was byte for byte that of an earlier run: its issues are this run's issues too. */
    sameAsRunId: uuid("same_as_run_id"),
    /** districts.roster_revision that the plan was made for, and after apply the one it led to. */
    rosterRevision: bigint("roster_revision", { mode: "number" }),
    issueCount: integer("issue_count").notNull().default(0),
    /** Those that are open after it, by cause and collection. Null before the plan, and in runs of older versions. */
    issueCounts: jsonb("issue_counts").$type<IssueCounts>(),
    /** Of these, how many it opened, and how many of those before it closed; in runs of older versions 0. */
    issuesOpened: integer("issues_opened").notNull().default(0),
    issuesResolved: integer("issues_resolved").notNull().default(0),
    changeCount: integer("change_count").notNull().default(0),
    /** What waits for an admin after it: records that would leave or change (withheld_records). */
    withheldCount: integer("withheld_count").notNull().default(0),
    /** Of these, how many did not before. */
    withheldOpened: integer("withheld_opened").notNull().default(0),
    /** The integration before it, as far as it changed it. Null: it was not applied, or by an earlier version, and cannot be taken back. */
    before: jsonb().$type<Partial<IntegrationBefore>>(),
    /** How many rows of the mirror that were there before it changed: so many entries of source_record_changes it takes to take it back. */
    sourceChangeCount: integer("source_change_count").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    uniqueIndex("sync_runs_one_active").on(t.districtId, t.integrationId).where(sql`state in ('queued', 'running', 'applying')`),
    // Which of the two a run asked for at the same moment is met by first is chance: an insert yields on either.
    uniqueIndex("sync_runs_number").on(t.districtId, t.integrationId, t.number),
    uniqueIndex("sync_runs_one_retry").on(t.districtId, t.retryOf).where(sql`retry_of is not null`),
    uniqueIndex("sync_runs_one_undo")
      .on(t.districtId, t.undoOf)
      .where(sql`undo_of is not null and state in ('queued', 'running', 'applying', 'succeeded')`),
    index("sync_runs_taken_back").on(t.districtId, t.integrationId).where(sql`undoes_from is not null and state = 'succeeded'`),
    index("sync_runs_expiring").on(t.expiresAt).where(sql`state = 'held'`),
    index("sync_runs_history").on(t.districtId, t.integrationId, t.queuedAt),
    // run_changes is cut into months by the time in it.
    check("sync_runs_id_tells_when", sql`substr(${t.id}::text, 15, 1) = '7'`),
  ],
);

/**
 * What is wrong with what a SIS says, as a state: an issue is open from the run that found it to the run that looked at its record again
 * and did not. There is one for each integration, cause, record and field.
 */
const issueColumns = () => ({
  districtId: uuid("district_id").notNull(),
  integrationId: uuid("integration_id").notNull(),
  code: text().notNull(),
  severity: text({ enum: ["error", "warning", "notice"] }).notNull(),
  collection: text().notNull(),
  /** What it is about: a record's id; of a row without one a byte 1 and its hash; `→` and the id of a record that is named and not there; blank for the collection as a whole. */
  key: idText("key").notNull(),
  externalId: idText("external_id"),
  /** Where `runId` read it. */
  sourcePart: text("source_part").notNull(),
  sourcePosition: integer("source_position").notNull(),
  runId: uuid("run_id").notNull(),
  field: text(),
  value: text(),
  kept: text().notNull(),
  /** The Aivo records concerned: the other side of a conflict, or the one that stayed as it was. */
  recordIds: uuid("record_ids").array(),
  /** Of a takeover: the person in Aivo and the one in the SIS, and what a decision about them is remembered for. */
  conflict: jsonb().$type<MatchConflict>(),
  /** Whether the record alone tells it, as it is read; else what else the SIS or Aivo has. */
  isRead: boolean("is_read").notNull(),
  openedRunId: uuid("opened_run_id").notNull(),
  /** The run's number: it is an issue of the runs from this one on, to the one before it was closed. */
  openedNumber: integer("opened_number").notNull(),
  openedAt: timestamp("opened_at", { withTimezone: true }).notNull().defaultNow(),
});

export const issues = pgTable(
  "issues",
  { ...issueColumns(), seq: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity() },
  (t) => [
    primaryKey({ columns: [t.districtId, t.integrationId, t.seq] }),
    uniqueIndex("issues_one_open").on(t.districtId, t.integrationId, t.collection, t.key, t.code, sql`coalesce(field, '')`),
    index("issues_code").on(t.districtId, t.integrationId, t.code, t.seq),
  ],
);

/** Issues that are closed, by the month in which they were (lib/platform/db/partitions.ts). */
export const closedIssues = pgTable(
  "closed_issues",
  {
    ...issueColumns(),
    seq: bigint({ mode: "number" }).notNull(),
    closedRunId: uuid("closed_run_id").notNull(),
    closedNumber: integer("closed_number").notNull(),
    closedAt: timestamp("closed_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.integrationId, t.closedNumber, t.seq, t.closedAt] })],
);

/**
 * Partitioned by month of the run's id (drizzle/0020_partition-changes.sql, lib/platform/db/partitions.ts): all changes of a run lie in
 * one partition, and whoever names the run looks into that one alone. Old months are dropped whole.
 */
export const runChanges = pgTable(
  "run_changes",
  {
    districtId: uuid("district_id").notNull(),
    runId: uuid("run_id").notNull(),
    seq: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    entity: text({ enum: ["school", "term", "course", "classroom", "teacher", "learner", "membership"] }).notNull(),
    /** The last three of an undo; `left-alone` is what it did not change, and why. */
    action: text({
      enum: ["created", "updated", "deactivated", "reactivated", "linked", "removed", "unlinked", "left-alone"],
    }).notNull(),
    recordId: uuid("record_id").notNull(),
    externalId: text("external_id"),
    /** Why: "new in the SIS", "matched by email", "no longer in the SIS", "its classroom was withdrawn" … */
    reason: text().notNull(),
    /** Only the columns that changed, by column name; null for creations. */
    before: jsonb().$type<Record<string, unknown>>(),
    after: jsonb().$type<Record<string, unknown>>(),
    /** Of a record that was changed: when it had been changed last, and when and by whom deactivated. Nobody is shown it; an undo needs it. */
    lifecycle: jsonb().$type<Record<string, unknown>>(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.runId, t.seq] }),
    /** What became of a record since it was created; a first sync writes nothing into it. */
    index("run_changes_record").on(t.districtId, t.recordId).where(sql`action <> 'created'`),
  ],
);
