import { and, asc, desc, eq, inArray, ne, sql } from "drizzle-orm";
import { describeSchedule } from "#lib/engine/schedule/cron.ts";
import { nextRuns } from "#lib/engine/schedule/occurrences.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type RunState, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { withDefaults } from "#lib/roster/guard/settings.ts";
import { completeTotals } from "#lib/roster/totals.ts";
import { reapIfStale } from "#lib/services/runs/reap.ts";
import type { Services } from "#lib/services/services.ts";
import { readingFacts } from "./reading.ts";
import type { IntegrationDetail, IntegrationHealth, IntegrationSummary, RunSummary, Suspended } from "./schema.ts";
import { suspendedOf } from "./suspended.ts";

type IntegrationRow = typeof integrations.$inferSelect;
type RunRow = typeof syncRuns.$inferSelect;

/** The district's integrations that were not removed, oldest first. */
export async function listIntegrations(services: Services, scope: DistrictScope): Promise<IntegrationSummary[]> {
  const { rows, runs, timezone } = await load(services, scope);
  return rows.map((row) => summarise(row, runs, timezone, services.now()));
}

/** @throws ServiceError `not-found` */
export async function getIntegration(services: Services, scope: DistrictScope, id: string): Promise<IntegrationDetail> {
  const { rows, runs, timezone } = isUuid(id) ? await load(services, scope, id) : nothing;
  const [row] = rows;
  if (!row) throw new ServiceError("not-found", "There is no such integration.");
  const upcoming = row.schedule === null ? [] : nextRuns(row.schedule, timezone, services.now());
  return {
    ...summarise(row, runs, timezone, services.now()),
    timezone,
    config: row.config,
    secretsSet: Object.keys(row.secrets),
    safety: withDefaults(row.safety),
    nextRuns: upcoming.map((date) => date.toISOString()),
    reading: await readingFacts(services, scope, row, timezone),
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

const nothing = {
  rows: [] as IntegrationRow[],
  runs: { last: new Map(), success: new Map(), held: new Map(), suspended: new Map() } as Known,
  timezone: "UTC",
};

interface Known extends LatestRuns {
  readonly suspended: ReadonlyMap<string, Suspended>;
}

interface LatestRuns {
  readonly last: ReadonlyMap<string, RunRow>;
  readonly success: ReadonlyMap<string, RunRow>;
  readonly held: ReadonlyMap<string, string>;
}

async function load(services: Services, scope: DistrictScope, id?: string) {
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
        runs: { ...(await latestRuns(tx, ids)), suspended: await suspendedOf(tx, ids) },
        timezone: district?.timezone ?? "UTC",
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
          states ? inArray(syncRuns.state, [...states]) : undefined,
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
          and (later.state = 'succeeded' and later.queued_at > ${syncRuns.queuedAt} or later.plan_run_id = ${syncRuns.id} and later.state in ('queued', 'running', 'applying', 'succeeded')))`,
      ),
    )
    .orderBy(asc(syncRuns.queuedAt));
  return { last, success, held: new Map(held.map((run) => [run.integrationId, run.id])) };
}

function summarise(row: IntegrationRow, runs: Known, timezone: string, now: Date): IntegrationSummary {
  const last = runs.last.get(row.id);
  const success = runs.success.get(row.id);
  const heldRunId = runs.held.get(row.id) ?? null;
  const suspended = runs.suspended.get(row.id) ?? null;
  const [next] = row.state === "active" && row.schedule !== null ? nextRuns(row.schedule, timezone, now, 1) : [];
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    state: row.state,
    schedule: row.schedule,
    heldRunId,
    suspended,
    refusal: refusalOf(row, last),
    health: healthOf(row, last, success, heldRunId ?? suspended),
    lastRun: last ? summariseRun(last) : null,
    lastSuccess: success ? summariseRun(success) : null,
    scheduleInWords: describeSchedule(row.schedule, timezone),
    nextRunAt: next?.toISOString() ?? null,
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
  asks: string | Suspended | null,
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
