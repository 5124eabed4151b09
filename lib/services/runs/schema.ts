import { z } from "zod";
import type { NextSync } from "#lib/engine/schedule/next-sync.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { LeftOut, RunInput, RunPhase, RunProgress, RunState, RunTrace, TimelineEntry } from "#lib/platform/db/schema/runs.ts";
import type { RunFailureDetails } from "#lib/platform/errors.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import type { IssueDefinition } from "#lib/roster/issue-definition.ts";
import { mostSingly, partIds } from "#lib/roster/plan-parts.ts";
import { matchVerdicts } from "#lib/roster/same-person.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { ChangeAction, IssueState } from "./filters-schema.ts";
import type { VersionChangeView } from "./version-change-schema.ts";

export type { Entity, RunFailureDetails, RunInput, RunPhase, RunProgress, RunState, RunTotals, RunTrace, TimelineEntry };

/** An admin's answer to who a record is, and why. */
export const MatchDecision = z.object({
  verdict: z.enum(matchVerdicts, { error: "Choose who it is" }),
  reason: z.string().trim().min(3, "Say why, so that others can follow it later").max(500, "A reason has at most 500 characters"),
});
export type MatchDecision = z.infer<typeof MatchDecision>;

/** Why somebody takes a run back, and what they were shown that it leaves alone. */
export const UndoRequest = z.object({
  reason: z
    .string()
    .trim()
    .min(3, "Say why, so that others can follow it later")
    .max(500, "A reason has at most 500 characters")
    .nullable()
    .default(null),
  shown: z.string().max(100).nullable().default(null),
});
export type UndoRequest = z.input<typeof UndoRequest>;

/** Why somebody refuses a plan. */
export const PlanRefusal = z
  .string()
  .trim()
  .min(3, "Say why, so that others can follow it later")
  .max(500, "A reason has at most 500 characters");

const Part = z.enum(partIds, { error: `A part is one of ${partIds.join(", ")}` });
const Singly = z
  .array(z.uuid("A record is named by its id"))
  .min(1)
  .max(mostSingly, `At most ${mostSingly} records of a part are chosen singly. Leave the part out, and decide on each where it waits.`)
  .transform((ids) => [...new Set(ids.map((id) => id.toLowerCase()))])
  .optional();

/** A part to be left out: all of it, some of its records, or all but some. */
const PartChoice = z
  .strictObject({ part: Part, records: Singly, except: Singly })
  .refine(({ records, except }) => records === undefined || except === undefined, "Either some records, or all but some");

/**
 * An approval of a plan: without what of its parts, what stands for the parts that were shown, and why. Whoever leaves something out says why.
 */
export const PlanDecision = z
  .object({
    without: z
      .array(z.union([PartChoice, Part.transform((part) => ({ part }))]))
      .refine((all) => new Set(all.map(({ part }) => part)).size === all.length, "Each part is named once")
      .default([]),
    shown: z.string().max(100).nullable().default(null),
    reason: PlanRefusal.nullable().default(null),
  })
  .refine(({ without, reason }) => without.length === 0 || reason !== null, {
    path: ["reason"],
    message: "Say why, so that others can follow it later",
  });
export type PlanDecision = z.input<typeof PlanDecision>;

export const pageSize = 50;

/** One page of a list that the database cut. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

/** A run as its integration's history lists it. All times are ISO 8601. */
export interface RunListItem {
  readonly id: string;
  readonly integrationId: string;
  /** Counted from 1 in its integration. */
  readonly number: number;
  readonly kind: "sync" | "preview" | "approval" | "undo";
  /** Whether it read one person, and nobody else. */
  readonly forOnePerson: boolean;
  readonly trigger: "manual" | "schedule" | "command-line" | "api";
  /** The admin who asked, where it was one. */
  readonly requestedByName: string | null;
  readonly state: RunState;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly totals: RunTotals | null;
  readonly failure: RunFailureDetails | null;
  readonly heldBecause: readonly string[] | null;
  /** Set when the input was that of an earlier run, byte for byte. */
  readonly sameAsRunId: string | null;
  /** Open after it; of these how many it opened, and how many it closed. */
  readonly issueCount: number;
  readonly issuesOpened: number;
  readonly issuesResolved: number;
  /** Records that waited for an admin's decision after it, and how many of them did not before. */
  readonly withheldCount: number;
  readonly withheldOpened: number;
  readonly changeCount: number;
  /** The run that this one tries again, and the one that tries this one again, after its worker or the database failed it. */
  readonly retryOf: string | null;
  readonly retriedAs: string | null;
  /** Which try it is, from 1. */
  readonly attempt: number;
  /** Whether it disconnects its integration, or shows what that would do. */
  readonly disconnects: boolean;
  /** The version of OneRoster that it goes over to, or shows what that would do; null: it stays with the integration's own. */
  readonly changesVersionTo: OneRosterVersion | null;
  /** The undo that took it back. */
  readonly takenBackBy: RunName | null;
}

/** The run is the one to be taken back next. `isRecent`: its page offers that; the command line does longer. */
export interface UndoOffer {
  readonly isRecent: boolean;
}

export type UndoRefusal = "nothing" | "taken-back" | "removed" | "not-kept" | "not-latest";

/** What taking a run back would do, as things are. */
export interface UndoPreview {
  readonly runId: string;
  readonly number: number;
  /** How many syncs after it, which changed no record, are taken back with it. */
  readonly alsoTakenBack: number;
  readonly totals: RunTotals;
  readonly changeCount: number;
  readonly leftAloneCount: number;
  /** The first of what it leaves alone. */
  readonly leftAlone: readonly LeftAloneRow[];
  /** The numbers of syncs whose plans wait, and are discarded. */
  readonly discards: readonly number[];
  /** To be handed over with the request: it stands for what was shown. */
  readonly shown: string;
}

export interface LeftAloneRow {
  readonly entity: Entity;
  readonly recordId: string;
  readonly externalId: string | null;
  readonly label: string;
  readonly why: string;
}

/** Another run, as it is named. */
export interface RunName {
  readonly id: string;
  readonly kind: RunListItem["kind"];
  readonly number: number;
}

/** The one person whom a run read. */
export interface RunPerson {
  /** In the SIS. */
  readonly externalId: string;
  /** Null for somebody who never arrived in Aivo. */
  readonly record: RecordRef | null;
}

export interface RunDetail extends RunListItem {
  readonly integrationName: string;
  readonly provider: ProviderId;
  /** IANA; times are shown in it. */
  readonly timezone: string;
  /** When the integration syncs next; without a time, why: it is run by hand, paused or removed. */
  readonly next: NextSync;
  readonly progress: RunProgress | null;
  readonly cancelRequested: boolean;
  readonly timeline: readonly TimelineEntry[];
  /** Null before a worker took it, and in runs of older versions. */
  readonly trace: RunTrace | null;
  readonly input: RunInput | null;
  /** For an approval: the run whose plan it applies. */
  readonly planRunId: string | null;
  /** Whom it is for, where it is for one person. */
  readonly person: RunPerson | null;
  /** The approval of this plan, once there is one. */
  readonly approvalRunId: string | null;
  /** For an undo: the run that it takes back, and why, as whoever asked for it said. */
  readonly undoOf: RunName | null;
  readonly undoReason: string | null;
  /** Of one that disconnects why, as whoever asked for it said. */
  readonly disconnectReason: string | null;
  /** What becomes of the people where the version of OneRoster changes. */
  readonly versionChange: VersionChangeView | null;
  /** Whether it can be taken back now. */
  readonly undo: UndoOffer | null;
  /** For an approval: the parts of the plan that were left out, each with how many records. */
  readonly leftOut: readonly LeftOut[];
  /** Its plan was dropped, since nobody had decided in time. */
  readonly isExpired: boolean;
  /** A plan waiting for an admin, made for the roster as it is now: only then can it be approved. */
  readonly isPlanCurrent: boolean;
  /** What the guard's detectors said of the plan; none of a run of an older version. */
  readonly findings: readonly FindingView[];
}

/** What a detector said of a plan, with a few of the changes that show it. */
export interface FindingView {
  readonly detector: string;
  readonly title: string;
  /** hold: it waits because of this. note: worth knowing. */
  readonly level: "hold" | "withhold" | "note";
  readonly sentence: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly check: string;
  readonly examples: readonly ChangeRow[];
}

/** A run that is over, as the next one is measured by it. */
export interface PastRun {
  readonly number: number;
  /** How long each of its steps took, in seconds, in their order. */
  readonly steps: readonly { readonly phase: RunPhase; readonly seconds: number }[];
  readonly trace: RunTrace | null;
  /** Rows it read, by collection. */
  readonly rows: RunInput["rows"];
  /** The files or lists that it read. */
  readonly parts: RunInput["parts"];
  /** What was open after it; null: it was not counted. */
  readonly issueCounts: IssueCounts | null;
}

/** What a run that goes has met so far. */
export interface SeenSoFar {
  /** What is wrong with rows, worst first; at most a screenful. */
  readonly causes: readonly Pick<IssueGroup, "code" | "title" | "severity" | "count">[];
  /** What the plan would do; null before there is one. */
  readonly totals: RunTotals | null;
}

/** What a page that follows a run asks for every second. */
export interface RunProgressView {
  readonly state: RunState;
  readonly progress: RunProgress | null;
  readonly trace: RunTrace | null;
  /** Since a worker took it, by the database's clock; null before. */
  readonly secondsRunning: number | null;
  readonly cancelRequested: boolean;
  readonly queuedAt: string;
  /** Null once a worker has taken the run. */
  readonly secondsQueued: number | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Null before the first row is taken in. */
  readonly seen: SeenSoFar | null;
  /** Seconds since the worker was last heard of; null before one took the run. */
  readonly secondsSinceHeartbeat: number | null;
}

/** A record in Aivo that an issue or a change is about. */
export interface RecordRef {
  readonly kind: "school" | "term" | "course" | "classroom" | "teacher" | "learner" | "admin" | "membership";
  readonly id: string;
  readonly label: string;
  readonly status: "active" | "deactivated";
  /** Where a membership can be looked at. */
  readonly classroomId: string | null;
}

export interface IssueGroup extends IssueDefinition {
  readonly code: string;
  readonly count: number;
  /** How many of them this run opened. */
  readonly opened: number;
  /** The group's first issue. */
  readonly example: IssueRow;
}

export interface IssueRow {
  readonly seq: number;
  readonly code: string;
  readonly title: string;
  readonly severity: "error" | "warning" | "notice";
  readonly state: IssueState;
  readonly collection: string;
  readonly externalId: string | null;
  readonly sourcePart: string;
  readonly sourcePosition: number;
  readonly field: string | null;
  readonly value: string | null;
  readonly kept: string;
  /** Who or what it is about, as the SIS calls it; null: not known. */
  readonly subject: string | null;
  readonly records: readonly RecordRef[];
  /** Of a record that seems to be somebody else: the person in Aivo as before, the one in the SIS as after. */
  readonly persons: readonly FieldChange[] | null;
}

export interface IssueDetail extends IssueRow {
  readonly definition: IssueDefinition;
  /** The neighbours with the same cause, to walk through them. */
  readonly previousSeq: number | null;
  readonly nextSeq: number | null;
  /** This issue's place among those of its cause, from 1. */
  readonly ordinal: number;
  readonly ofCause: number;
  /** What an admin decided about who this is, where it was asked. */
  readonly decision: DecidedMatch | null;
}

export interface DecidedMatch extends MatchDecision {
  readonly decidedAt: string;
  /** The admin; null: the command line. */
  readonly decidedByName: string | null;
}

/** One field, before and after, in words. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ChangeRow {
  readonly seq: number;
  readonly entity: Entity;
  readonly action: ChangeAction;
  readonly recordId: string;
  readonly label: string;
  /** Null while a plan that has not been applied would create the record. */
  readonly record: RecordRef | null;
  readonly externalId: string | null;
  readonly reason: string;
  /** Of a created record the values it got; none where `isNoLongerKept`. */
  readonly fields: readonly FieldChange[];
  /** The run created the record, or would have, and there is no such record: what it was created with went with it. */
  readonly isNoLongerKept: boolean;
}

/** How many changes there are of each kind: what the filters show. */
export type ChangeCounts = Readonly<Partial<Record<Entity, Readonly<Partial<Record<ChangeAction, number>>>>>>;

/** Whether the run made a plan that somebody has to approve or discard: what is held always has one, a preview only where anything would change. */
export function hasPlanToDecide({
  state,
  changeCount,
  changesVersionTo,
}: Pick<RunListItem, "state" | "changeCount" | "changesVersionTo">): boolean {
  return state === "held" || (state === "previewed" && (changeCount > 0 || changesVersionTo !== null));
}
