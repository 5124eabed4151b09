import { and, asc, desc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import { blackoutAt } from "#lib/engine/schedule/blackout.ts";
import { describeSchedule } from "#lib/engine/schedule/cron.ts";
import { isToCome } from "#lib/engine/schedule/next-sync.ts";
import { everyNth } from "#lib/engine/schedule/slow-down.ts";
import { type Timing, upcomingRuns } from "#lib/engine/schedule/upcoming.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type RunState, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { isTakenBack } from "#lib/platform/db/taken-back.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { withDefaults } from "#lib/roster/guard/settings.ts";
import { asReadingRules } from "#lib/roster/reading-rules.ts";
import { completeTotals } from "#lib/roster/totals.ts";
import { blackoutsToCome } from "#lib/services/blackouts/read.ts";
import type { Blackout } from "#lib/services/blackouts/schema.ts";
import { reapIfStale } from "#lib/services/runs/reap.ts";
import type { Services } from "#lib/services/services.ts";
import { withheldOf } from "#lib/services/withheld/read.ts";
import type { Withheld } from "#lib/services/withheld/schema.ts";
import { pausedBy } from "./paused-by.ts";
import { readingFacts } from "./reading.ts";
import { versionOf } from "./reading-rules.ts";
import type { IntegrationDetail, IntegrationHealth, IntegrationSummary, PausedBy, RunSummary, Suspended } from "./schema.ts";
import { suspendedOf } from "./suspended.ts";

type IntegrationRow = typeof integrations.$inferSelect;
type RunRow = typeof syncRuns.$inferSelect;

/** The district's integrations that were not removed, oldest first. */
export async function listIntegrations(services: Services, scope: DistrictScope<"read-syncs">): Promise<IntegrationSummary[]> {
  const { rows, runs, district } = await load(services, scope);
  return rows.map((row) => summarise(row, runs, district, services.now()));
}

/** @throws ServiceError `not-found` */
export async function getIntegration(services: Services, scope: DistrictScope<"read-syncs">, id: string): Promise<IntegrationDetail> {
  return detailOf(services, scope, id, isUuid(id) ? await load(services, scope, id) : nothing);
}

export interface IntegrationAmongAll {
  readonly integration: IntegrationDetail;
  readonly all: readonly IntegrationSummary[];
}

/** One together with all of the district's. @throws ServiceError `not-found` */
export async function getIntegrationAmongAll(
  services: Services,
  scope: DistrictScope<"read-syncs">,
  id: string,
): Promise<IntegrationAmongAll> {
  const loaded = await load(services, scope);
  const all = loaded.rows.map((row) => summarise(row, loaded.runs, loaded.district, services.now()));
  return { integration: await detailOf(services, scope, id, loaded), all };
}

async function detailOf(
  services: Services,
  scope: DistrictScope<"read-syncs">,
  id: string,
  { rows, runs, district }: Loaded,
): Promise<IntegrationDetail> {
  const row = rows.find((one) => one.id === id.toLowerCase());
  if (!row) throw new ServiceError("not-found", "There is no such integration.");
  const summary = summarise(row, runs, district, services.now());
  const timing = timingOf(row, district);
  return {
    ...summary,
    timezone: district.timezone,
    config: row.config,
    secretsSet: Object.keys(row.secrets),
    safety: withDefaults(row.safety),
    nextRuns: upcomingOf(row, timing, services.now(), 3),
    blackouts: blackoutsFor(row.id, district),
    reading: await readingFacts(services, scope, row, timing),
    onerosterVersion: versionOf(row),
    readingRules: versionOf(row) === "1.2" ? asReadingRules(row.readingRules) : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A run as lists show it. */
export function summariseRun(run: RunRow): RunSummary {
  const { id, number, kind, trigger, state, totals, issueCount, changeCount, failure } = run;
  return {
    id,
    number,
    kind,
    trigger,
    state,
    totals: totals && completeTotals(totals),
    issueCount,
    changeCount,
    failure,
    queuedAt: run.queuedAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

interface Loaded {
  readonly rows: readonly IntegrationRow[];
  readonly runs: Known;
  readonly district: Calendar;
}

const nothing: Loaded = {
  rows: [],
  runs: { last: new Map(), success: new Map(), held: new Map(), suspended: new Map(), withheld: new Map(), paused: new Map() },
  district: { timezone: "UTC", blackouts: [] },
};

/** What of a district decides when its integrations sync. */
interface Calendar {
  readonly timezone: string;
  readonly blackouts: readonly Blackout[];
}

interface Known extends LatestRuns {
  readonly suspended: ReadonlyMap<string, Suspended>;
  readonly withheld: ReadonlyMap<string, Withheld>;
  readonly paused: ReadonlyMap<string, PausedBy>;
}

interface LatestRuns {
  readonly last: ReadonlyMap<string, RunRow>;
  readonly success: ReadonlyMap<string, RunRow>;
  readonly held: ReadonlyMap<string, string>;
}

async function load(services: Services, scope: DistrictScope<"read-syncs">, id?: string): Promise<Loaded> {
  const read = () =>
    withDistrict(services.db, scope, async (tx) => {
      const rows = await tx.orm
        .select()
        .from(integrations)
        .where(
          and(
            eq(integrations.districtId, scope.districtId),
            ne(integrations.state, "removed"),
            id === undefined ? undefined : eq(integrations.id, id),
          ),
        )
        .orderBy(asc(integrations.createdAt), asc(integrations.id));
      const [district] = await tx.orm.select({ timezone: districts.timezone }).from(districts).where(eq(districts.id, scope.districtId));
      const ids = rows.map((row) => row.id);
      return {
        rows,
        runs: {
          ...(await latestRuns(tx, ids)),
          suspended: await suspendedOf(tx, ids),
          withheld: await withheldOf(tx, ids),
          paused: await pausedBy(tx, ids),
        },
        district: { timezone: district?.timezone ?? "UTC", blackouts: await blackoutsToCome(tx) },
      };
    });
  const found = await read();
  const isReaped = await reapIfStale(services, [...found.runs.last.values()]);
  return isReaped ? read() : found;
}

async function latestRuns(tx: Tx, ids: readonly string[]): Promise<LatestRuns> {
  if (ids.length === 0) return { last: new Map(), success: new Map(), held: new Map() };
  const latest = (states: readonly RunState[] | null) =>
    tx.orm
      .selectDistinctOn([syncRuns.integrationId])
      .from(syncRuns)
      .where(
        and(
          eq(syncRuns.districtId, tx.districtId),
          inArray(syncRuns.integrationId, [...ids]),
          // One person's sync tells nothing about the district's.
          isNull(syncRuns.forPerson),
          // What stands: an undo is no sync, and one that was taken back is no success.
          states
            ? and(inArray(syncRuns.state, [...states]), ne(syncRuns.kind, "undo"), sql`not ${sql.raw(isTakenBack("sync_runs"))}`)
            : undefined,
        ),
      )
      .orderBy(syncRuns.integrationId, desc(syncRuns.queuedAt), desc(syncRuns.id));
  const byIntegration = (runs: RunRow[]) => new Map(runs.map((run) => [run.integrationId, run]));
  const last = byIntegration(await latest(null));
  const success = byIntegration(await latest(["succeeded"]));
  // Held and neither approved (or being so) nor overtaken by a later success.
  const held = await tx.orm
    .select({ id: syncRuns.id, integrationId: syncRuns.integrationId })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.districtId, tx.districtId),
        inArray(syncRuns.integrationId, [...ids]),
        eq(syncRuns.state, "held"),
        sql`not exists (select from sync_runs later where later.district_id = ${syncRuns.districtId} and later.integration_id = ${syncRuns.integrationId}
          and (later.for_person is null and later.state = 'succeeded' and later.queued_at > ${syncRuns.queuedAt} or later.plan_run_id = ${syncRuns.id} and later.state in ('queued', 'running', 'applying', 'succeeded')))`,
      ),
    )
    .orderBy(asc(syncRuns.queuedAt));
  return { last, success, held: new Map(held.map((run) => [run.integrationId, run.id])) };
}

/** All that decides when it syncs by itself; null without a schedule. */
function timingOf({ id, schedule, failuresInRow }: IntegrationRow, district: Calendar): Timing | null {
  return schedule === null ? null : { schedule, timezone: district.timezone, failuresInRow, blackouts: blackoutsFor(id, district) };
}

function blackoutsFor(id: string, { blackouts }: Calendar): readonly Blackout[] {
  return blackouts.filter(({ integrationId }) => integrationId === null || integrationId === id);
}

/** The next times, beginning with the one that is stored: what slowed down counts from the failure, not from now. */
function upcomingOf({ nextRunAt, state }: IntegrationRow, timing: Timing | null, now: Date, count: number): string[] {
  if (timing === null) return [];
  const stored = state === "active" && isToCome(nextRunAt, now) ? [nextRunAt] : [];
  return [...stored, ...upcomingRuns(timing, stored[0] ?? now, count - stored.length)].map((at) => at.toISOString());
}

function summarise(row: IntegrationRow, runs: Known, district: Calendar, now: Date): IntegrationSummary {
  const last = runs.last.get(row.id);
  const success = runs.success.get(row.id);
  const heldRunId = runs.held.get(row.id) ?? null;
  const suspended = runs.suspended.get(row.id) ?? null;
  const withheld = runs.withheld.get(row.id) ?? null;
  const timing = timingOf(row, district);
  const [next = null] = row.state === "active" ? upcomingOf(row, timing, now, 1) : [];
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    state: row.state,
    schedule: row.schedule,
    heldRunId,
    suspended,
    withheld,
    refusal: refusalOf(row, last),
    health: healthOf(row, last, success, heldRunId ?? withheld ?? suspended),
    lastRun: last ? summariseRun(last) : null,
    lastSuccess: success ? summariseRun(success) : null,
    scheduleInWords: describeSchedule(row.schedule, district.timezone),
    nextRunAt: next,
    slowed: timing === null || everyNth(row.failuresInRow) === 1 ? null : { failuresInRow: row.failuresInRow },
    blackout: blackoutAt(blackoutsFor(row.id, district), district.timezone, now),
    pausedBy: runs.paused.get(row.id) ?? null,
  };
}

function refusalOf(row: IntegrationRow, last: RunRow | undefined): IntegrationSummary["refusal"] {
  const code = last?.failure?.code;
  if (!last || (code !== "sign-in" && code !== "authorization-expired")) return null;
  const isAnswered = last.sourceVersion !== null && row.credentialsVersion > last.sourceVersion;
  return isAnswered ? "answered" : "standing";
}

const healthByState: Record<RunState, "healthy" | "failing" | "syncing" | "attention" | "as-before"> = {
  queued: "syncing",
  running: "syncing",
  applying: "syncing",
  succeeded: "healthy",
  failed: "failing",
  held: "attention",
  previewed: "as-before",
  cancelled: "as-before",
  discarded: "as-before",
};

function healthOf(
  row: IntegrationRow,
  last: RunRow | undefined,
  success: RunRow | undefined,
  asks: string | Withheld | Suspended | null,
): IntegrationHealth {
  const health = last ? healthByState[last.state] : "as-before";
  if (health === "syncing") return "syncing";
  if (row.state === "paused") return "paused";
  if (health === "failing") return "failing";
  if (asks !== null) return "attention";
  if (!success) return "never-synced";
  return hasLosses(success) ? "attention" : "healthy";
}

function hasLosses(run: RunRow): boolean {
  return Object.values(run.totals ?? {}).some((totals) => totals.skipped > 0);
}
