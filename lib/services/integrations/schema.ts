import { z } from "zod";
import { validateSchedule } from "#lib/engine/schedule/cron.ts";
import { type ProviderId, providerIds } from "#lib/engine/sis/providers.ts";
import type { RunState, syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { RunFailureDetails } from "#lib/platform/errors.ts";
import { defaultSafety, type SafetySettings } from "#lib/roster/guard/settings.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { Blackout } from "#lib/services/blackouts/schema.ts";
import type { Withheld } from "#lib/services/withheld/schema.ts";
import { Safety } from "./safety.ts";

/** Free of Node: forms and pages import this file. Dates are ISO 8601 strings throughout. */

export const IntegrationName = z
  .string({ error: "Enter a name" })
  .trim()
  .min(1, "Enter a name")
  .max(100, "The name is longer than 100 characters");

export const Schedule = z
  .string()
  .nullable()
  .transform((cron, context) => {
    if (cron === null) return null;
    const checked = validateSchedule(cron);
    if (checked.ok) return checked.cron;
    context.addIssue({ code: "custom", message: checked.message });
    return z.NEVER;
  });

/** Days between two reads of everything; 0: every sync reads everything. */
export const FullReadDays = z.coerce
  .number({ error: "Enter a number" })
  .int("Enter a whole number of days")
  .min(0, "Between 0 and 31")
  .max(31, "Between 0 and 31");
export const defaultFullReadDays = 7;

/** Whether Aivo decides how much a sync reads. What a CSV set holds is the export's own affair. */
export const readsChangesAlone: Record<ProviderId, boolean> = {
  clever: true,
  classlink: true,
  "oneroster-rest": true,
  "oneroster-csv": false,
};

/** FILE.json of `integration add`, and what the form of Add Integration sends. */
export const NewIntegration = z.object({
  name: IntegrationName,
  provider: z.enum(providerIds, { error: `The provider is one of ${providerIds.join(", ")}` }),
  credentials: z.record(z.string(), z.unknown(), { error: "credentials is an object" }),
  schedule: Schedule.default(null),
  safety: Safety.default(defaultSafety),
});
export type NewIntegration = z.input<typeof NewIntegration>;

export const integrationHealths = ["healthy", "attention", "failing", "never-synced", "paused", "syncing"] as const;
/**
 * healthy: the last sync succeeded. attention: it did, with records left out or kept that are gone, or a run is held for review. failing: the
 * last sync failed. syncing: one is queued or running. Paused wins over all but syncing.
 */
export type IntegrationHealth = (typeof integrationHealths)[number];

export interface RunSummary {
  readonly id: string;
  readonly number: number;
  readonly kind: typeof syncRuns.$inferSelect.kind;
  readonly trigger: typeof syncRuns.$inferSelect.trigger;
  readonly state: RunState;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly totals: RunTotals | null;
  readonly issueCount: number;
  readonly changeCount: number;
  readonly failure: RunFailureDetails | null;
}

export interface IntegrationSummary {
  readonly id: string;
  readonly name: string;
  readonly provider: ProviderId;
  readonly state: "active" | "paused" | "removed";
  readonly health: IntegrationHealth;
  /** The latest run of any kind, also one that is under way. */
  readonly lastRun: RunSummary | null;
  /** The latest run that finished as succeeded (kind sync or approval) and was not taken back. */
  readonly lastSuccess: RunSummary | null;
  /** Whether the last run failed because the SIS refused the credentials, and whether they were changed since. Null: it did not. */
  readonly refusal: "standing" | "answered" | null;
  /** A held run that waits for an admin. */
  readonly heldRunId: string | null;
  /** What the SIS no longer lists and what goes on all the same. */
  readonly suspended: Suspended | null;
  /** What waits for a decision: records that would leave or change. */
  readonly withheld: Withheld | null;
  readonly schedule: string | null;
  /** In words, in the district's time zone; "Manual only" without a schedule. */
  readonly scheduleInWords: string;
  /** The next time by the schedule that is on no day of a blackout. Null when paused or manual. */
  readonly nextRunAt: string | null;
  /** The undo that paused it; null: it is not paused, or somebody paused it. */
  readonly pausedBy: PausedBy | null;
  /** After several scheduled syncs in a row that failed, it syncs less often. */
  readonly slowed: { readonly failuresInRow: number } | null;
  /** The blackout that today lies in. */
  readonly blackout: Blackout | null;
}

/** Of an undo that paused its integration: the sync that it took back, and why. */
export interface PausedBy {
  readonly runId: string;
  readonly number: number;
  readonly undoneId: string;
  readonly undoneNumber: number;
  readonly reason: string | null;
}

/** What is kept although the SIS no longer lists it, since a row without an id may be it, counted by kind. */
export interface Suspended {
  /** Who can still sign in. */
  readonly people: number;
  readonly classrooms: number;
  readonly memberships: number;
  /** Schools, terms and courses. */
  readonly others: number;
  /** The first of the people. */
  readonly named: readonly { readonly id: string; readonly name: string; readonly role: "teacher" | "learner" }[];
  /** The sync whose issues name the rows. */
  readonly runId: string | null;
}

export interface IntegrationDetail extends IntegrationSummary {
  readonly timezone: string;
  /** The credential form's fields that are no secret. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the secret fields that have a stored value; the values never leave the server. */
  readonly secretsSet: readonly string[];
  readonly safety: SafetySettings;
  /** The next three runs by the schedule, also while paused. */
  readonly nextRuns: readonly string[];
  /** Those of the integration and of the whole district that are not over. */
  readonly blackouts: readonly Blackout[];
  /** How much its syncs read; null where that is not Aivo's to decide. */
  readonly reading: ReadingFacts | null;
  /** As it synced last, or as the last test met it before the first sync; null: not known, or no OneRoster. */
  readonly onerosterVersion: "1.1" | "1.2" | null;
  /** How records of OneRoster 1.2 are read where it leaves that open; null: it is none. */
  readonly readingRules: ReadingRules | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ReadingFacts {
  readonly fullReadDays: number;
  /** Why every sync reads everything, whatever the days say; null where changes may be enough. */
  readonly onlyFull: "no-events" | "too-many-unknown" | "no-filter" | null;
  /** When the latest read of everything that reached the roster began. */
  readonly lastFullAt: string | null;
  /** What the last successful sync read. */
  readonly lastRead: "everything" | "changes" | null;
  /** From when on a sync reads everything again; null: the next one does. */
  readonly fullFrom: string | null;
  /** The first scheduled sync from then on; null when manual or paused. */
  readonly nextFullAt: string | null;
}

/** What Credentials of an existing integration can send: a secret left out, or blank, stays as it is. */
export type CredentialsPatch = Readonly<Record<string, unknown>>;

/** How an authorization at the provider can end. */
export const authorizationOutcomes = [
  "authorized",
  "denied",
  "no-state",
  "unknown-state",
  "used-state",
  "expired-state",
  "other-browser",
  "code-refused",
  "client-refused",
  "other-district",
  "no-token",
  "changed",
  "unreachable",
] as const;
export type AuthorizationOutcome = (typeof authorizationOutcomes)[number];

/** What the page's address says; anything else is nothing. */
export function parseAuthorizationOutcome(value: unknown): AuthorizationOutcome | null {
  return authorizationOutcomes.find((outcome) => outcome === value) ?? null;
}
