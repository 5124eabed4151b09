import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, gt, lte } from "drizzle-orm";
import type { Source } from "#lib/engine/sis/source.ts";
import type { ClaimedRun } from "#lib/engine/sync/lease.ts";
import { executeRun, type RunDependencies } from "#lib/engine/sync/run.ts";
import { Turns } from "#lib/engine/sync/turns.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { closedIssues, integrations, issues, syncRuns } from "#lib/platform/db/schema/index.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import { type SafetySettings, safetyOff, withDefaults } from "#lib/roster/guard/settings.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import { asScope, type Scope } from "#lib/roster/scope.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";

export type RawRow = Readonly<Record<string, string>>;

/** What a SIS has, in the shape that a source yields: rows by collection. A collection left out is not delivered. */
export interface SisState {
  readonly rows: Partial<Record<Collection, readonly RawRow[]>>;
  readonly mode?: "bulk" | "delta";
  readonly fingerprint?: string;
  /** With 1.2 people come without their roles, which are rows of their own. */
  readonly version?: OneRosterVersion;
}

/** A source over rows in memory, for tests of what comes after the source. */
export function sourceOf(state: SisState, hooks: { readonly onBatch?: (collection: Collection) => void | Promise<void> } = {}): Source {
  return {
    provider: "oneroster-csv",
    async *check() {},
    async extract() {
      const modes = Object.fromEntries(collections.map((c) => [c, state.rows[c] ? (state.mode ?? "bulk") : "absent"])) as Record<
        Collection,
        ReadMode
      >;
      return {
        modes,
        parts: [],
        fingerprint: state.fingerprint ?? null,
        ...(state.version === undefined ? {} : { version: state.version }),
        notes: [],
        cursor: () => null,
        async *batches(): AsyncIterable<RawBatch> {
          for (const collection of collections) {
            await hooks.onBatch?.(collection);
            const rows = state.rows[collection];
            if (!rows) continue;
            yield {
              collection,
              rolesApart: collection === "users" && state.version === "1.2",
              records: rows.map((fields, i) => ({ place: { part: `${collection}.csv`, position: i + 2 }, fields })),
              rejected: [],
            };
          }
        },
      };
    },
  };
}

/** Holds nothing, unless told otherwise: what is tried here is what comes of a sync, and random worlds would be held by any detector. */
export async function newIntegration(db: Database, districtId: string, safety: Partial<SafetySettings> = safetyOff): Promise<string> {
  const [row] = await db.orm
    .insert(integrations)
    .values({ districtId, name: "Test SIS", provider: "oneroster-csv", safety: withDefaults(safety) })
    .returning({ id: integrations.id });
  if (!row) throw new Error("no integration");
  return row.id;
}

/** As an admin leaves something out. */
export async function setScope(db: Database, integrationId: string, scope: Partial<Scope>): Promise<void> {
  await db.orm
    .update(integrations)
    .set({ scope: asScope(scope) })
    .where(eq(integrations.id, integrationId));
}

export interface SyncOptions {
  readonly kind?: "sync" | "preview" | "approval";
  /** As somebody asks for it, unless told otherwise. */
  readonly trigger?: ClaimedRun["trigger"];
  readonly planRunId?: string;
  /** Plans what is remembered, and asks the SIS nothing. */
  readonly fromMemory?: boolean;
  /** Reads this person alone, where the source can. */
  readonly forPerson?: string;
  /** Takes this run back instead. */
  readonly undoOf?: Pick<ClaimedRun, "id" | "number">;
  readonly signal?: AbortSignal;
  readonly source?: Source;
  /** Of its test server. */
  readonly trustedOrigins?: readonly string[];
  readonly keepRenewed?: RunDependencies["keepRenewed"];
  readonly mostKnown?: number;
  readonly loadBarred?: RunDependencies["loadBarred"];
  readonly beforeRun?: (runId: string) => PromiseLike<unknown>;
  readonly tryAgain?: RunDependencies["tryAgain"];
  /** An error that no rule foresees is the run's end, and not the test's. */
  readonly mayBreak?: boolean;
}

/** Queues a run and executes it here and now. Returns the run as it ended. */
export async function syncOnce(
  db: Database,
  districtId: string,
  integrationId: string,
  state: SisState,
  options: SyncOptions = {},
): Promise<ClaimedRun> {
  const [queued] = await db.orm
    .insert(syncRuns)
    .values({
      districtId,
      integrationId,
      trigger: options.trigger ?? "manual",
      kind: options.undoOf ? "undo" : (options.kind ?? "sync"),
      planRunId: options.planRunId ?? null,
      fromMemory: options.fromMemory ?? false,
      forPerson: options.forPerson ?? null,
      undoOf: options.undoOf?.id ?? null,
      undoesFrom: options.undoOf?.number ?? null,
    })
    .returning({ id: syncRuns.id });
  if (!queued) throw new Error("no run");
  await options.beforeRun?.(queued.id);
  return executeNow(db, districtId, queued.id, state, options);
}

/** Executes a queued run here and now. Returns it as it ended. */
export async function executeNow(
  db: Database,
  districtId: string,
  runId: string,
  state: SisState,
  options: SyncOptions = {},
): Promise<ClaimedRun> {
  const spoolRoot = await mkdtemp(join(tmpdir(), "aivo-spool-"));
  try {
    const dependencies: RunDependencies = {
      db,
      openSource: async () => options.source ?? sourceOf(state),
      keepRenewed: options.keepRenewed ?? (async () => {}),
      tryAgain: options.tryAgain ?? (async () => {}),
      trustedOrigins: new Set(options.trustedOrigins ?? []),
      spoolRoot,
      workerId: "test",
      now: () => new Date(),
      signal: options.signal ?? new AbortController().signal,
      turns: new Turns(1),
      ...(options.loadBarred === undefined ? {} : { loadBarred: options.loadBarred }),
      ...(options.mostKnown === undefined ? {} : { mostKnown: options.mostKnown }),
      onInternalError: (error) => {
        if (!options.mayBreak) throw error;
      },
    };
    await executeRun(dependencies, { districtId, runId });
  } finally {
    await rm(spoolRoot, { recursive: true, force: true });
  }
  const [run] = await db.orm
    .select()
    .from(syncRuns)
    .where(and(eq(syncRuns.districtId, districtId), eq(syncRuns.id, runId)));
  if (!run) throw new Error("the run is gone");
  return run;
}

/** The issues that a run found, or found open and left so. */
export async function openIssues(db: Database, runId: string): Promise<Omit<typeof issues.$inferSelect, "openedAt">[]> {
  const [run] = await db.orm.select().from(syncRuns).where(eq(syncRuns.id, runId));
  if (!run) throw new Error("no run");
  const open = await db.orm
    .select()
    .from(issues)
    .where(and(eq(issues.integrationId, run.integrationId), lte(issues.openedNumber, run.number)));
  const closed = await db.orm
    .select()
    .from(closedIssues)
    .where(
      and(
        eq(closedIssues.integrationId, run.integrationId),
        lte(closedIssues.openedNumber, run.number),
        gt(closedIssues.closedNumber, run.number),
      ),
    );
  return [...open, ...closed].sort((a, b) => a.seq - b.seq);
}
