import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { tune } from "#lib/platform/db/set-local.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import { likePattern } from "#lib/services/people/search.ts";
import { agedOutWords, assertKept, type CountedRun, type HistoryServices } from "./aged-out.ts";
import { type ChangeKind, changeKinds } from "./change-kinds.ts";
import { type ChangedRun, inWords, type StoredChange } from "./change-words.ts";
import { collectSeqs, inParts } from "./cursor.ts";
import type { ChangeAction, ChangeFilter } from "./filters-schema.ts";
import { plannedHits, plannedMembershipHits } from "./planned.ts";
import { type ChangeCounts, type ChangeRow, type Page, pageSize } from "./schema.ts";

/**
 * One page of a run's changes in the order in which they were planned, and how many there are of each kind. `agedOut` says in words that
 * they are no longer kept; null where they are, or where there were none.
 * A kind is written in one go, so that its rows are usually numbered without a gap: then any page
 * is one look into the primary key, and only otherwise an offset.
 * @throws ServiceError `not-found` when the district has no such run
 */
export function listChanges(
  services: HistoryServices,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  filter: ChangeFilter,
): Promise<Page<ChangeRow> & { readonly counts: ChangeCounts; readonly agedOut: string | null }> {
  return withDistrict(services.db, scope, async (tx) => {
    const run = await requireRun(tx, runId);
    const kinds = await changeKinds(tx, run);
    const counts: Partial<Record<Entity, Partial<Record<ChangeAction, number>>>> = {};
    for (const kind of kinds) counts[kind.entity] = { ...counts[kind.entity], [kind.action]: kind.count };
    const { rows, total } = await (filter.search ? searched(tx, run, filter, filter.search) : listed(tx, run, filter, kinds));
    const agedOut = kinds.length === 0 && run.changeCount > 0 ? agedOutWords(services, run) : null;
    return { rows: await inWords(tx, run, rows), total, page: filter.page, pageSize, counts, agedOut };
  });
}

/**
 * For a download, which must not begin before.
 * @throws ServiceError `not-found`, and `precondition` when the changes are no longer kept
 */
export function assertChangesKept(services: HistoryServices, scope: DistrictScope<"read-syncs">, runId: string): Promise<void> {
  return withDistrict(services.db, scope, async (tx) => assertKept(services, tx, await requireRun(tx, runId)));
}

/**
 * Hands every change that the filter shows to `write`, a thousand at a time; waits for each, outside of any transaction. Stands in the
 * audit log.
 * @throws ServiceError `not-found`, and `precondition` when the changes are no longer kept, also when they went meanwhile
 */
export async function exportChanges(
  services: HistoryServices,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  filter: ChangeFilter,
  write: (rows: readonly ChangeRow[]) => Promise<void>,
): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    await assertKept(services, tx, await requireRun(tx, runId));
    await appendAudit(tx, {
      actor: scope.actor,
      action: "changes-exported",
      target: { kind: "run", id: runId },
      details: { entity: filter.entity ?? null, action: filter.action ?? null },
    });
  });
  const { search } = filter;
  if (!search) {
    for (let after: string | null = "0"; after !== null; ) {
      const page: Exported = await withDistrict(services.db, scope, (tx) => exportedAfter(tx, runId, filter, after ?? "0"));
      if (page.rows.length > 0) await write(page.rows);
      after = page.last;
    }
    return assertChangesKept(services, scope, runId);
  }
  // What a search finds is found once: looking again for each part would take a minute for each.
  const seqs = await withDistrict(services.db, scope, async (tx) => {
    await tune(tx.sql, { work_mem: "64MB" });
    const run = await requireRun(tx, runId);
    return collectSeqs(tx, tx.sql<{ seq: string }[]>`${matching(tx, run, filter, search)} select seq from matching order by seq`);
  });
  for (const part of inParts(seqs, 5000)) {
    await write(await withDistrict(services.db, scope, (tx) => exportedPart(tx, runId, part)));
  }
  return assertChangesKept(services, scope, runId);
}

/**
 * The next changes of a run after one, in the order in which they were planned.
 * @throws ServiceError `not-found`, and `precondition` when they are no longer kept
 */
export function listChangesAfter(
  services: HistoryServices,
  scope: DistrictScope,
  runId: string,
  filter: Pick<ChangeFilter, "entity" | "action">,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly ChangeRow[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const run = await requireRun(tx, runId);
    await assertKept(services, tx, run);
    const rows = await tx.sql<StoredChange[]>`
      select ${columns(tx)} from run_changes c where ${where(tx, run, { ...filter, page: 1 })} and c.seq > ${after} order by c.seq limit ${limit}`;
    return inWords(tx, run, rows);
  });
}

interface Exported {
  readonly rows: readonly ChangeRow[];
  /** The last of them; null when there is none after it. */
  readonly last: string | null;
}

/** The run is looked at each time: between two parts its plan may have been applied. */
async function exportedAfter(tx: Tx, runId: string, filter: ChangeFilter, after: string): Promise<Exported> {
  const run = await requireRun(tx, runId);
  // Looking into a plan reads all of it.
  const size = run.hasPlan ? 5000 : 1000;
  const rows = await tx.sql<StoredChange[]>`
    select ${columns(tx)} from run_changes c where ${where(tx, run, filter)} and c.seq > ${after} order by c.seq limit ${size}`;
  return { rows: await inWords(tx, run, rows), last: rows.length < size ? null : (rows.at(-1)?.seq ?? null) };
}

async function exportedPart(tx: Tx, runId: string, seqs: readonly number[]): Promise<readonly ChangeRow[]> {
  const run = await requireRun(tx, runId);
  const rows = await tx.sql<StoredChange[]>`
    select ${columns(tx)} from run_changes c
    where c.district_id = ${tx.districtId} and c.run_id = ${run.id} and c.seq = any(${[...seqs]}::bigint[]) order by c.seq`;
  return inWords(tx, run, rows);
}

interface Found {
  readonly rows: readonly StoredChange[];
  readonly total: number;
}

async function listed(tx: Tx, run: ChangedRun, filter: ChangeFilter, kinds: readonly ChangeKind[]): Promise<Found> {
  const shown = kinds.filter((kind) => (filter.entity ?? kind.entity) === kind.entity && (filter.action ?? kind.action) === kind.action);
  const total = shown.reduce((sum, kind) => sum + kind.count, 0);
  const offset = (filter.page - 1) * pageSize;
  if (total <= offset) return { rows: [], total };
  const first = Math.min(...shown.map((kind) => kind.first));
  const last = Math.max(...shown.map((kind) => kind.last));
  const isGapless = last - first + 1 === total;
  const rows = await tx.sql<StoredChange[]>`
    select ${columns(tx)} from run_changes c
    where ${where(tx, run, filter)} and c.seq between ${isGapless ? first + offset : first} and ${last}
    order by c.seq limit ${pageSize} offset ${isGapless ? 0 : offset}`;
  return { rows, total };
}

async function searched(tx: Tx, run: ChangedRun, filter: ChangeFilter, search: string): Promise<Found> {
  await tune(tx.sql, { work_mem: "64MB" });
  const rows = await tx.sql<(StoredChange & { total: number })[]>`
    ${matching(tx, run, filter, search)},
    shown as (select seq from matching order by seq limit ${pageSize} offset ${(filter.page - 1) * pageSize})
    select ${columns(tx)}, (select count(*) from matching)::int as total
    from shown join run_changes c using (seq) where c.district_id = ${tx.districtId} and c.run_id = ${run.id} order by c.seq`;
  return { rows, total: rows[0]?.total ?? 0 };
}

/**
 * The changes that a search finds. Joined rather than tested with "in … or": a common word hits most of 800,000 changes, and
 * that many ids fit no hashed subplan, which then reads them all for each row: minutes instead of seconds.
 */
function matching(tx: Tx, run: ChangedRun, filter: ChangeFilter, search: string) {
  return tx.sql`
    with hits as materialized (${hits(tx, run, filter, search)}),
    matching as materialized (
      select c.seq from run_changes c join (select distinct id from hits) hit on hit.id = c.record_id where ${where(tx, run, filter)}
      union select c.seq from run_changes c where ${where(tx, run, filter)} and c.external_id = ${search})`;
}

const columns = (tx: Tx) =>
  tx.sql`c.seq, c.entity, c.action, c.record_id as "recordId", c.external_id as "externalId", c.reason, c.before, c.after`;

function where(tx: Tx, run: ChangedRun, { entity, action }: ChangeFilter) {
  return tx.sql`c.district_id = ${tx.districtId} and c.run_id = ${run.id}
    ${entity ? tx.sql`and c.entity = ${entity}` : tx.sql``}
    ${action ? tx.sql`and c.action = ${action}` : tx.sql``}`;
}

/** Ids of the records whose name, email or number is searched for, and of the memberships of such people and classrooms. */
function hits(tx: Tx, run: ChangedRun, { entity }: ChangeFilter, search: string) {
  const like = likePattern(search);
  const district = tx.districtId;
  return tx.sql`
    with named as materialized (
      select id from schools where district_id = ${district} and (name ilike ${like} or number = ${search})
      union all select id from terms where district_id = ${district} and name ilike ${like}
      union all select id from courses where district_id = ${district} and (name ilike ${like} or code = ${search})
      union all select id from classrooms where district_id = ${district} and (name ilike ${like} or code = ${search})
      union all select id from accounts where district_id = ${district}
        and (given_name || ' ' || family_name ilike ${like} or email ilike ${like} or student_number = ${search})
      ${run.hasPlan ? tx.sql`union all ${plannedHits(tx, run.id, like, search)}` : tx.sql``})
    select id from named
    ${entity === undefined || entity === "membership" ? membershipHits(tx, run) : tx.sql``}`;
}

function membershipHits(tx: Tx, run: ChangedRun) {
  return tx.sql`
    union all select m.id from memberships m where m.district_id = ${tx.districtId} and m.account_id in (select id from named)
    union all select m.id from memberships m where m.district_id = ${tx.districtId} and m.classroom_id in (select id from named)
    ${run.hasPlan ? tx.sql`union all ${plannedMembershipHits(tx, run.id)}` : tx.sql``}`;
}

async function requireRun(tx: Tx, runId: string): Promise<ChangedRun & CountedRun & { readonly state: string }> {
  const [run] = isUuid(runId)
    ? await tx.sql<(CountedRun & { readonly state: string })[]>`
        select id, state, extract(epoch from queued_at)::float8 * 1000 as "queuedMs", change_count as "changeCount"
        from sync_runs where district_id = ${tx.districtId} and id = ${runId}`
    : [];
  if (!run) throw new ServiceError("not-found", "There is no such sync.");
  const isWaiting = run.state === "held" || run.state === "previewed";
  return { ...run, hasPlan: isWaiting && (await hasWaitingPlan(tx.sql, tx.districtId, run.id)) };
}
