import { withPlannedUndo } from "#lib/engine/undo/plan-undo.ts";
import { findSubject, type Subject, type Untakeable } from "#lib/engine/undo/subject.ts";
import { countUndo, listLeftAlone } from "#lib/engine/undo/undo-changes.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { Services } from "#lib/services/services.ts";
import { findRecords, type RecordTable } from "./records.ts";
import { type UndoOffer, type UndoPreview, type UndoRefusal, UndoRequest } from "./schema.ts";
import { insertRun, lockRun, type RunRequest } from "./write.ts";

/** So much is shown of what is left alone, where nobody asks for more. */
const shownAtOnce = 50;

/**
 * What taking a run back would do as things are, record by record counted, and what it would leave alone and why. Nothing is
 * written.
 * @throws ServiceError `not-found`; `precondition` with why it cannot be taken back
 */
export function previewUndo(
  services: Services,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  most = shownAtOnce,
): Promise<UndoPreview> {
  return withDistrict(services.db, scope, async (tx) => {
    const subject = await requireSubject(tx, runId);
    const waiting = await waitingPlans(tx, subject);
    return withPlannedUndo(tx, subject, async (context) => {
      const { totals, changeCount, leftAlone, shown } = await countUndo(context);
      const rows = await listLeftAlone(context, most);
      const named = await namesOf(tx, rows);
      return {
        runId,
        number: subject.number,
        alsoTakenBack: subject.runIds.length - 1,
        totals,
        changeCount,
        leftAloneCount: leftAlone,
        leftAlone: rows.map((row) => ({ ...row, label: named.get(row.recordId) ?? row.externalId ?? "A record no longer in Aivo" })),
        discards: waiting,
        shown,
      };
    });
  });
}

export type RequestedUndo =
  | { readonly ok: true; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string };

/**
 * Takes an applied run back: a run of kind "undo" of its own, that a worker executes, and that pauses the integration. `shown` of the
 * preview makes it stop, with nothing changed, when others have meanwhile changed more of what the run had changed.
 * @throws ServiceError `not-found`, `invalid`; `precondition` with why it cannot be taken back
 */
export function requestUndo(
  services: Services,
  scope: DistrictScope<"decide">,
  runId: string,
  input: UndoRequest,
  trigger: RunRequest["trigger"] = "manual",
): Promise<RequestedUndo> {
  const { reason, shown } = parseOrRefuse(UndoRequest, input, "The undo is not complete.");
  return withDistrict(services.db, scope, async (tx) => {
    // The integration first, as everywhere: it is not removed meanwhile.
    const subject = await requireSubject(tx, runId);
    await tx.sql`
      select from integrations where district_id = ${tx.districtId} and id = ${subject.integrationId} for share`;
    const run = await lockRun(tx, runId);
    const { integrationId, number } = run;
    return insertRun(
      services,
      tx,
      scope,
      { integrationId, kind: "undo", trigger, planRunId: null, undoOf: runId, undoesFrom: number, undoReason: reason, fingerprint: shown },
      "run-undone",
    );
  });
}

/** Whether a run's page offers to take it back; null: it does not. */
export async function findOffer(tx: Tx, runId: string): Promise<UndoOffer | null> {
  const subject = await findSubject(tx, runId, "at a glance");
  if (subject === null || "reason" in subject) return null;
  return { isRecent: subject.isRecent };
}

async function requireSubject(tx: Tx, runId: string): Promise<Subject> {
  const subject = isUuid(runId) ? await findSubject(tx, runId) : null;
  if (subject === null) throw new ServiceError("not-found", "There is no such sync.");
  if ("reason" in subject) throw new ServiceError("precondition", whyNot(subject));
  return subject;
}

function whyNot(untakeable: Untakeable): string {
  if (untakeable.reason === "not-latest")
    return `Sync ${untakeable.latest.number} changed the roster after it, and is to be taken back first.`;
  return refusals[untakeable.reason];
}

const refusals: Record<Exclude<UndoRefusal, "not-latest">, string> = {
  nothing: "This sync changed nothing in the roster, so there is nothing to take back.",
  "taken-back": "This sync was taken back already.",
  removed: "The integration was removed, and what its syncs changed cannot be taken back any more.",
  "not-kept": "What it takes to undo this sync is no longer kept, or an earlier version of Aivo did not keep it.",
};

/** Numbers of the runs whose plans wait, which an undo discards: they were made for another roster. */
async function waitingPlans(tx: Tx, { integrationId }: Subject): Promise<readonly number[]> {
  const rows = await tx.sql<{ number: number }[]>`
    select r.number
    from sync_runs r
    join waiting.plans p on p.district_id = r.district_id and p.run_id = r.id
    where r.district_id = ${tx.districtId}
      and r.integration_id = ${integrationId}
      and r.state in ('held', 'previewed')
    order by 1`;
  return rows.map(({ number }) => number);
}

const tableOf: Record<Entity, RecordTable> = {
  school: "schools",
  term: "terms",
  course: "courses",
  classroom: "classrooms",
  teacher: "accounts",
  learner: "accounts",
  membership: "memberships",
};

async function namesOf(tx: Tx, rows: readonly { readonly entity: Entity; readonly recordId: string }[]): Promise<Map<string, string>> {
  const ids: Partial<Record<RecordTable, string[]>> = {};
  for (const entity of entities) {
    const table = tableOf[entity];
    ids[table] = [...(ids[table] ?? []), ...rows.filter((row) => row.entity === entity).map(({ recordId }) => recordId)];
  }
  const found = await findRecords(tx, ids);
  return new Map([...found].map(([id, { label }]) => [id, label]));
}
