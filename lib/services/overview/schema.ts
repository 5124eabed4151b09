import type { Blackout } from "#lib/services/blackouts/schema.ts";
import type { FirstSteps } from "#lib/services/integrations/first-steps-schema.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { Acknowledged, Colleague } from "#lib/services/issues-acknowledged/schema.ts";
import type { PeopleChanged } from "#lib/services/runs/people-changed-schema.ts";
import type { SchoolDay, TermToCome } from "#lib/services/terms/schema.ts";
import type { Night } from "./nights-schema.ts";

/** What is active of each. */
export interface RosterCounts {
  readonly schools: number;
  /** Those that are not over: now and upcoming. */
  readonly classrooms: number;
  readonly teachers: number;
  readonly learners: number;
}

/** How people stand against the SIS. */
export interface Standing {
  /** Learners about whom nothing is open; null: too much is open to tell. */
  readonly matching: number | null;
  /** Who left the SIS and can still sign in. */
  readonly still: number;
  /** Whom open issues concern beside those; null: too many to count. */
  readonly needHelp: number | null;
}

/** An integration that has synced, or tried to, as the sentence needs it. Times are ISO 8601. */
export interface StandingIntegration {
  readonly id: string;
  readonly name: string;
  /** When the last complete sync of it ended; null: none has. */
  readonly asOf: string | null;
  readonly isSyncing: boolean;
  /** On how many days since then every sync failed; 0: the last one did not fail. */
  readonly failedNights: number;
  /** The run that failed last. */
  readonly failedRunId: string | null;
  readonly heldRunId: string | null;
  /** Records that wait for a decision. */
  readonly withheld: number;
  /** The sync whose undo paused it, or null in it where somebody did; null: it is not paused. */
  readonly paused: { readonly undoneNumber: number | null } | null;
}

export interface CausePerson {
  readonly name: string;
  /** Null: never arrived in Aivo. */
  readonly accountId: string | null;
  readonly role: "teacher" | "learner" | null;
}

/** Open issues of one cause in one integration, with whom they concern. */
export interface Cause {
  readonly integrationId: string;
  readonly integrationName: string;
  /** An issue's code, or `conflict` for all that ask who somebody is. */
  readonly code: string;
  /** "2 rows of users.csv have no id" */
  readonly title: string;
  /** What became of it, where no people tell: "Chess Club did not arrive." */
  readonly kept: string;
  readonly severity: "error" | "warning";
  readonly collection: string;
  readonly count: number;
  /** The first two by name, and how many there are; null: too many to count. */
  readonly named: readonly CausePerson[];
  readonly people: number | null;
  /** Of those how many are not in Aivo. */
  readonly neverArrived: number;
  /** Who left and can still sign in because of it. */
  readonly still: number;
  /** On how many nights a sync met it; 1: it is new. */
  readonly nights: number;
  /** The sync whose page lists them. */
  readonly runId: string;
  readonly acknowledged: Acknowledged | null;
}

/** A cause whose last issue the latest sync closed. */
export interface ResolvedCause {
  readonly integrationId: string;
  readonly code: string;
  readonly title: string;
  readonly count: number;
  readonly named: readonly CausePerson[];
  readonly runId: string;
}

/** Whom the latest syncs that changed anything changed. */
export interface LastChanges {
  /** The day of these syncs, YYYY-MM-DD. */
  readonly day: string;
  /** When the first and the last of them began, ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly runs: readonly { readonly id: string; readonly integrationId: string; readonly number: number }[];
  readonly people: PeopleChanged;
}

/** All that Today says. */
export interface Overview {
  /** The day it is where the district is, YYYY-MM-DD. */
  readonly today: string;
  readonly timezone: string;
  /** The moment that times are told relative to. */
  readonly now: string;
  /** Every integration, also those that were never used. */
  readonly integrations: readonly IntegrationSummary[];
  /** Those that were. */
  readonly used: readonly StandingIntegration[];
  readonly standing: Standing;
  readonly nights: readonly Night[];
  readonly causes: readonly Cause[];
  readonly resolved: readonly ResolvedCause[];
  readonly changes: LastChanges | null;
  readonly colleagues: readonly Colleague[];
  /** What is left to do before the roster keeps itself; null: all of it is done, or was left out on purpose. */
  readonly firstSteps: FirstSteps | null;
  /** What the district's calendar began and ended lately, and what it will. */
  readonly days: readonly SchoolDay[];
  readonly terms: readonly TermToCome[];
  /** Blackouts that begin within 30 days or last. */
  readonly blackouts: readonly Blackout[];
}
