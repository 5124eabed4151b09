import { and, eq, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { endIntegration, endItsIncidents } from "#lib/engine/disconnect/end-integration.ts";
import { renewNextRuns } from "#lib/engine/schedule/next-run.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { withDefaults } from "#lib/roster/guard/settings.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import { cancelQueuedRuns } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { mergeCredentials, parseCredentials, storeCredentials } from "./credentials.ts";
import { assertEncrypted } from "./encrypted.ts";
import { SafetyPatch, said } from "./safety.ts";
import { type CredentialsPatch, FullReadDays, IntegrationName, NewIntegration, readsChangesAlone, Schedule } from "./schema.ts";

/**
 * active ⇄ paused → removed (from either; an end). Paused: no ticks, and no run can be requested. Removed: gone from every page,
 * its roster and history untouched; its secrets are erased.
 *
 * When an active integration runs next is stored beside its schedule (next-run.ts), in the transaction that changes either; workers ask
 * for the runs that are due (lib/services/runs/request-due.ts).
 */
type IntegrationRow = typeof integrations.$inferSelect;

/** For a change that may put something else behind the integration: a run that read before it leaves no cursor and no secrets behind. */
const anotherVersion = sql<number>`${integrations.sourceVersion} + 1`;

/**
 * Adds an integration; `input` is what the form or FILE.json says.
 * @throws ServiceError `invalid` with messages by field (credential fields by their own name)
 */
export async function addIntegration(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  input: unknown,
): Promise<{ id: string }> {
  const { name, provider, schedule, safety, ...rest } = parseOrRefuse(NewIntegration, input, "The integration is not complete.");
  const credentials = parseCredentials(provider, rest.credentials);
  assertEncrypted(services.env, credentials);
  return withDistrict(services.db, scope, async (tx) => {
    await assertNameIsFree(tx, name, null);
    const [minted] = await tx.sql<{ id: string }[]>`select uuidv7() as id`;
    const id = minted?.id ?? "";
    await tx.orm.insert(integrations).values({
      districtId: scope.districtId,
      id,
      name,
      provider,
      schedule,
      safety,
      ...storeCredentials(services.keyring, id, provider, credentials),
    });
    await renewNextRuns(tx, id);
    await audit(tx, services, scope, "integration-created", id, { provider, schedule, safety });
    return { id };
  });
}

/**
 * Changes credentials. A secret left out or blank stays, null removes it; whoever changes where secrets go must enter them again,
 * and a changed host loses its pinned key unless a new one comes with the change.
 * @throws ServiceError `not-found`, `invalid` with messages by field, `confirm`
 */
export async function updateCredentials(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  patch: CredentialsPatch,
): Promise<void> {
  await change(services, scope, id, async (tx, row) => {
    const merged = mergeCredentials(services.keyring, row, patch);
    assertEncrypted(services.env, merged);
    const stored = storeCredentials(services.keyring, id, row.provider, merged);
    const changed = [...new Set([...Object.keys(row.config), ...Object.keys(stored.config)])].filter(
      (field) => JSON.stringify(row.config[field]) !== JSON.stringify(stored.config[field]),
    );
    const secrets = Object.entries(patch).filter(
      ([field, value]) => (field in stored.secrets || field in row.secrets) && value !== undefined && value !== "",
    );
    // Another SIS may stand behind other credentials: the next run reads everything. How it is signed in to, and how often it is
    // read in full, makes it no other.
    const isSame = secrets.length === 0 && changed.every((field) => field === "learned" || field === "fullReadDays");
    const isKept = secrets.length === 0 && changed.length === 0;
    if (!isKept) assertConfirmed(scope, "change-credentials");
    await tx.orm
      .update(integrations)
      .set({
        ...stored,
        ...(isSame ? {} : { cursor: null }),
        ...(isKept ? {} : { credentialsChangedAt: services.now(), credentialsVersion: anotherVersion, sourceVersion: anotherVersion }),
        updatedAt: services.now(),
      })
      .where(isRow(tx, id));
    await audit(tx, services, scope, "integration-changed", id, { fields: changed, secrets: secrets.map(([field]) => field) });
  });
}

/** @throws ServiceError `not-found`, `invalid` */
export async function renameIntegration(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  name: string,
): Promise<void> {
  const wanted = parseOrRefuse(z.object({ name: IntegrationName }), { name }, "The name cannot be used.").name;
  await change(services, scope, id, async (tx, row) => {
    if (wanted === row.name) return;
    await assertNameIsFree(tx, wanted, id);
    await tx.orm.update(integrations).set({ name: wanted, updatedAt: services.now() }).where(isRow(tx, id));
    await audit(tx, services, scope, "integration-changed", id, { fields: ["name"] });
  });
}

/** Sets the cron schedule, in the district's time zone; null: manual only. @throws ServiceError `not-found`, `invalid` */
export async function setSchedule(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  cron: string | null,
): Promise<void> {
  const { schedule } = parseOrRefuse(z.object({ schedule: Schedule }), { schedule: cron }, "The schedule cannot be used.");
  await change(services, scope, id, async (tx, row) => {
    await tx.orm.update(integrations).set({ schedule, updatedAt: services.now() }).where(isRow(tx, id));
    await renewNextRuns(tx, id);
    await audit(tx, services, scope, "integration-changed", id, { fields: ["schedule"], before: row.schedule, after: schedule });
  });
}

/** Sets what is given of the safety settings; the others stay. @throws ServiceError `not-found`, `invalid`, `confirm` */
export async function setSafety(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  input: z.input<typeof SafetyPatch>,
): Promise<void> {
  const given = said(parseOrRefuse(SafetyPatch, input, "The limits cannot be used."));
  assertConfirmed(scope, "raise-limits");
  await change(services, scope, id, async (tx, row) => {
    const safety = { ...withDefaults(row.safety), ...given };
    if (JSON.stringify(safety) === JSON.stringify(withDefaults(row.safety))) return;
    await tx.orm.update(integrations).set({ safety, updatedAt: services.now() }).where(isRow(tx, id));
    await audit(tx, services, scope, "integration-changed", id, { fields: ["safety"], before: row.safety, after: safety });
  });
}

/**
 * How many days may pass between two reads of everything; 0: none, every sync reads everything. Where the last run left off stays.
 * @throws ServiceError `not-found`, `invalid`
 */
export async function setFullReadDays(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  days: unknown,
): Promise<void> {
  const { fullReadDays } = parseOrRefuse(z.object({ fullReadDays: FullReadDays }), { fullReadDays: days }, "The setting cannot be used.");
  await change(services, scope, id, async (tx, row) => {
    if (!readsChangesAlone[row.provider]) throw new ServiceError("invalid", "What a sync reads is decided by the export here.");
    const config = { ...row.config, fullReadDays };
    await tx.orm.update(integrations).set({ config, updatedAt: services.now() }).where(isRow(tx, id));
    const before = row.config.fullReadDays ?? null;
    await audit(tx, services, scope, "integration-changed", id, { fields: ["fullReadDays"], before, after: fullReadDays });
  });
}

/** Stops the schedule and refuses new runs; one under way goes on. Pausing what is paused does nothing. @throws ServiceError `not-found` */
export async function pauseIntegration(services: Services, scope: DistrictScope<"change-integrations">, id: string): Promise<void> {
  await changeState(services, scope, id, async (tx, row) => {
    if (row.state === "paused") return;
    await tx.orm.update(integrations).set({ state: "paused", pausedByRunId: null, updatedAt: services.now() }).where(isRow(tx, id));
    await renewNextRuns(tx, id);
    await audit(tx, services, scope, "integration-paused", id, {});
  });
}

/** The next run goes on where the last one left off. @throws ServiceError `not-found` */
export async function resumeIntegration(services: Services, scope: DistrictScope<"change-integrations">, id: string): Promise<void> {
  await changeState(services, scope, id, async (tx, row) => {
    if (row.state === "active") return;
    await tx.orm
      .update(integrations)
      .set({ state: "active", pausedByRunId: null, sourceVersion: anotherVersion, updatedAt: services.now() })
      .where(isRow(tx, id));
    await renewNextRuns(tx, id);
    await audit(tx, services, scope, "integration-resumed", id, {});
  });
}

/**
 * Disconnects an integration and leaves its people as they are: schedule and secrets are gone, a queued run is cancelled; roster, links
 * and history stay, and no SIS speaks any more for what it alone had. What deactivates them is a run: disconnect.ts.
 * @throws ServiceError `not-found`, `conflict` while a run is under way
 */
export async function removeIntegration(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  reason: string | null = null,
): Promise<void> {
  const discarded: string[] = [];
  await changeState(services, scope, id, async (tx) => {
    const isRunning = await cancelQueuedRuns(services, tx, scope, id);
    if (isRunning)
      throw new ServiceError("conflict", "A sync is running. Cancel it, or wait until it has finished, then remove the integration.");
    discarded.push(...(await endIntegration(tx, id)));
    await audit(tx, services, scope, "integration-removed", id, { people: "leave", ...(reason !== null && { reason }) });
    await endItsIncidents(tx, id);
  });
  // What nobody can approve any more names people.
  for (const runId of discarded) await forgetPlan(services.db.sql, runId);
}

const Fingerprint = z
  .string()
  .trim()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "A fingerprint looks like SHA256: followed by 43 characters");

/** Pins the host key that an admin has confirmed. @throws ServiceError `not-found`, `invalid` */
export async function pinHostKey(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  fingerprint: string,
): Promise<void> {
  const { hostKeyFingerprint } = parseOrRefuse(
    z.object({ hostKeyFingerprint: Fingerprint }),
    { hostKeyFingerprint: fingerprint },
    "The host key cannot be pinned.",
  );
  await change(services, scope, id, async (tx, row) => {
    await tx.orm
      .update(integrations)
      .set({ config: { ...row.config, hostKeyFingerprint }, sourceVersion: anotherVersion, updatedAt: services.now() })
      .where(isRow(tx, id));
    await audit(tx, services, scope, "host-key-pinned", id, { before: row.config.hostKeyFingerprint ?? null, after: hostKeyFingerprint });
  });
}

/**
 * The same for its state, which says whether its records count: a plan made before is known not to fit any more, and what other
 * integrations share with it is planned again.
 */
function changeState(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  write: (tx: Tx, row: IntegrationRow) => Promise<void>,
): Promise<void> {
  return change(
    services,
    scope,
    id,
    async (tx, row) => {
      await write(tx, row);
      await tx.orm
        .update(integrations)
        .set({ plannedWith: null })
        .where(and(eq(integrations.districtId, tx.districtId), ne(integrations.id, id)));
    },
    raiseRosterRevision,
  );
}

/** Locks the integration's row, so that two changes follow each other, and writes inside one transaction. */
async function change(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  write: (tx: Tx, row: IntegrationRow) => Promise<void>,
  before: (tx: Tx) => Promise<unknown> = async () => {},
): Promise<void> {
  if (!isUuid(id)) throw new ServiceError("not-found", "There is no such integration.");
  await withDistrict(services.db, scope, async (tx) => {
    // Before the integration, as a sync does that ends: see succeedRun().
    await before(tx);
    const [row] = await tx.orm
      .select()
      .from(integrations)
      .where(and(isRow(tx, id), ne(integrations.state, "removed")))
      .for("update");
    if (!row) throw new ServiceError("not-found", "There is no such integration.");
    await write(tx, row);
  });
}

function isRow(tx: Tx, id: string) {
  return and(eq(integrations.districtId, tx.districtId), eq(integrations.id, id));
}

async function assertNameIsFree(tx: Tx, name: string, except: string | null): Promise<void> {
  const [taken] = await tx.orm
    .select({ id: integrations.id })
    .from(integrations)
    .where(
      and(
        eq(integrations.districtId, tx.districtId),
        ne(integrations.state, "removed"),
        sql`lower(${integrations.name}) = lower(${name})`,
        except ? ne(integrations.id, except) : undefined,
      ),
    );
  if (taken) throw new ServiceError("invalid", "Another integration has this name.", { name: "Another integration has this name" });
}

function audit(
  tx: Tx,
  services: Services,
  scope: DistrictScope<"change-integrations">,
  action: AuditAction,
  id: string,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "integration", id }, details }, services.now());
}
