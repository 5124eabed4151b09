import { z } from "zod";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { tune } from "#lib/platform/db/set-local.ts";
import { withOperator } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import type { Services } from "#lib/services/services.ts";
import { lockDistrict } from "./suspend.ts";

const DeleteRequest = z.object({
  name: z.string({ error: "Name the district" }),
  reason: z.string({ error: "Say why" }).trim().min(1, "Say why").max(500, "At most 500 characters"),
});

/** So many rows go in one transaction. */
const batchSize = 10_000;

export interface DeletedDistrict {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly beganAt: string;
  /** Null: it was interrupted, and is taken up by deleting again. */
  readonly endedAt: string | null;
  readonly rows: Readonly<Record<string, number>>;
  /** How long its audit log was, and the hash of the last entry. */
  readonly auditEntries: number;
  readonly auditHash: string | null;
}

/**
 * Deletes everything of a suspended district, in batches: each is a transaction that also counts what went, so that one who is interrupted
 * says it again and goes on where it was. From the first on there is no way back. That it was deleted, why, by counts of rows, and the end of
 * its audit log stand in `deleted_districts`, which is of no district; the audit log itself goes last, before the district. `onTable` is told
 * which table is being emptied.
 * @throws ServiceError `not-found`, `invalid` where the name is not the district's; `precondition` while it is in use or a sync still runs
 */
export async function deleteDistrict(
  services: Services,
  scope: DistrictScope<"operate">,
  input: unknown,
  onTable: (table: string) => void = () => {},
): Promise<DeletedDistrict> {
  await begin(services, scope, input);
  const { districtId } = scope;
  await dropJobs(services, districtId);
  for (const table of await tablesToEmpty(services)) {
    onTable(table);
    while ((await deleteBatch(services, districtId, table)) === batchSize);
  }
  await withOperator(services.db, districtId, async (tx) => {
    // What somebody wrote into the log since it was emptied.
    await tune(tx.sql, { "aivo.deletes_district": "yes" });
    await tx.sql`delete from audit_entries where district_id = ${districtId}`;
    await tx.sql`delete from districts where id = ${districtId}`;
    await tx.sql`delete from audit_cursors where district_id = ${districtId}`;
    await tx.sql`update deleted_districts set ended_at = ${services.now().toISOString()} where id = ${districtId}`;
  });
  const [deleted] = (await listDeletedDistricts(services)).filter(({ id }) => id === districtId);
  if (!deleted) throw new Error("the deletion left no trace");
  return deleted;
}

/** Those that were deleted, or whose deletion was begun, the latest first. */
export async function listDeletedDistricts(services: Pick<Services, "db">): Promise<readonly DeletedDistrict[]> {
  const rows = await services.db.sql<(Omit<DeletedDistrict, "auditEntries"> & { auditEntries: string })[]>`
    select id, name, reason, began_at as "beganAt", ended_at as "endedAt", rows, audit_entries as "auditEntries", audit_hash as "auditHash"
    from deleted_districts
    order by began_at desc, id`;
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString());
  return rows.map((row) => ({
    ...row,
    beganAt: iso(row.beganAt) ?? "",
    endedAt: iso(row.endedAt),
    auditEntries: Number(row.auditEntries),
  }));
}

async function begin(services: Services, scope: DistrictScope<"operate">, input: unknown): Promise<void> {
  const { name, reason } = parseOrRefuse(DeleteRequest, input, "Nothing was deleted.");
  await withOperator(services.db, scope.districtId, async (tx) => {
    const district = await lockDistrict(tx);
    if (name !== district.name) throw new ServiceError("invalid", `Nothing was deleted. The district's name is “${district.name}”.`);
    if (district.suspendedAt === null) throw new ServiceError("precondition", "Suspend the district first: only then can it be deleted.");
    const [running] = await tx.sql`
      select from sync_runs where district_id = ${tx.districtId} and state in ('running', 'applying') limit 1`;
    if (running) throw new ServiceError("precondition", "A sync of the district is still ending. Try again in a moment.");
    if (district.deletingAt !== null) return;
    const at = services.now().toISOString();
    await tx.sql`update districts set deleting_at = ${at} where id = ${tx.districtId}`;
    const { actor } = operatorScope(tx.districtId);
    const target = { kind: "district", id: tx.districtId };
    await appendAudit(tx, { actor, action: "district-deletion-begun", target, details: { reason } }, services.now());
    await tx.sql`
      insert into deleted_districts (id, name, reason, began_at, rows, audit_entries, audit_hash)
      select ${tx.districtId}::uuid, ${district.name}, ${reason}, ${at}::text::timestamptz, '{}', e.seq, e.hash
      from audit_entries e
      where e.district_id = ${tx.districtId}
      order by e.seq desc limit 1`;
  });
}

/** Ids of the queue: a job of a run that is gone would find nothing. */
async function dropJobs(services: Services, districtId: string): Promise<void> {
  await withOperator(services.db, districtId, (tx) => tx.sql`delete from pgboss.job where data ->> 'districtId' = ${districtId}`);
}

/** Every table with rows of districts, of a partitioned one its parts; from the catalogue, so that none is forgotten. The audit log last but for how
 * far it was carried: without that, what is left of it would be carried anew. */
async function tablesToEmpty(services: Services): Promise<readonly string[]> {
  const rows = await services.db.sql<{ name: string }[]>`
    select n.nspname || '.' || c.relname as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'district_id' and a.atttypid = 'uuid'::regtype and not a.attisdropped
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname in ('public', 'waiting', 'staging')
    order by c.relname = 'audit_cursors', c.relname = 'audit_entries', n.nspname desc, c.relname`;
  return rows.map(({ name }) => name);
}

async function deleteBatch(services: Services, districtId: string, table: string): Promise<number> {
  return withOperator(services.db, districtId, async (tx) => {
    if (table === "public.audit_entries") await tune(tx.sql, { "aivo.deletes_district": "yes" });
    const gone = await tx.sql`
      delete from ${tx.sql(table)}
      where district_id = ${districtId} and ctid = any (array(
        select ctid from ${tx.sql(table)} where district_id = ${districtId} limit ${batchSize}))`;
    if (gone.count === 0) return 0;
    const name = table.replace(/^public\./, "").replace(/_(\d{4}_\d{2}|default)$/, "");
    await tx.sql`
      update deleted_districts set rows = rows || jsonb_build_object(${name}::text, coalesce((rows ->> ${name})::bigint, 0) + ${gone.count}::int)
      where id = ${districtId}`;
    return gone.count;
  });
}
