import type { DistrictScope } from "#lib/platform/access.ts";
import { type AuditVerification, appendAudit, verifyAudit } from "#lib/platform/audit.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { isoOf } from "#lib/platform/format/iso.ts";
import type { NamedRef, Page } from "#lib/services/people/schema.ts";
import { allOf } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import { type AuditFilter, type AuditRow, auditPageSize } from "./schema.ts";

/** One page of the audit log, latest first. */
export function listAudit(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-audit-log">,
  filter: AuditFilter,
): Promise<Page<AuditRow>> {
  return withDistrict(services.db, scope, async (tx) => {
    const where = conditions(tx, filter);
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from audit_entries where ${where}`;
    const rows = await readRows(
      tx,
      tx.sql`where ${where} order by seq desc limit ${auditPageSize} offset ${(filter.page - 1) * auditPageSize}`,
      "desc",
    );
    return { rows, total: counted?.total ?? 0, page: filter.page, pageSize: auditPageSize };
  });
}

/** Entries that follow the one of this number, the oldest first. */
export function listAuditAfter(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-audit-log">,
  after: number,
  limit: number,
): Promise<readonly AuditRow[]> {
  return withDistrict(services.db, scope, (tx) =>
    readRows(tx, tx.sql`where district_id = ${tx.districtId} and seq > ${after} order by seq limit ${limit}`, "asc"),
  );
}

/** The admins of the district, to filter by. */
export function listAuditActors(services: Pick<Services, "db">, scope: DistrictScope<"read-audit-log">): Promise<readonly NamedRef[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<NamedRef[]>`
      select id, trim(given_name || ' ' || family_name) || coalesce(' (' || email || ')', '') as name
      from accounts where district_id = ${tx.districtId} and role = 'admin' order by 2`;
    return [...rows];
  });
}

/** Verifies the whole chain of the district; that somebody did is itself an entry. */
export function verifyAuditLog(services: Pick<Services, "db" | "now">, scope: DistrictScope<"read-audit-log">): Promise<AuditVerification> {
  return withDistrict(services.db, scope, async (tx) => {
    const verification = await verifyAudit(tx);
    await appendAudit(
      tx,
      { actor: scope.actor, action: "audit-viewed", target: { kind: "district", id: scope.districtId }, details: { ...verification } },
      services.now(),
    );
    return verification;
  });
}

const exportedAtOnce = 2000;

/**
 * Hands over the filtered log, oldest entry first, in batches. The download is an entry of its own, written before the first
 * batch leaves.
 */
export async function exportAudit(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"read-audit-log">,
  filter: AuditFilter,
  write: (rows: readonly AuditRow[]) => Promise<void>,
): Promise<void> {
  const { page: _, ...narrowing } = filter;
  const event = {
    actor: scope.actor,
    action: "audit-exported",
    target: { kind: "district", id: scope.districtId },
    details: narrowing,
  } as const;
  await withDistrict(services.db, scope, (tx) => appendAudit(tx, event, services.now()));
  for (let after = 0; ; ) {
    const rows = await withDistrict(services.db, scope, (tx) =>
      readRows(tx, tx.sql`where ${conditions(tx, filter)} and seq > ${after} order by seq limit ${exportedAtOnce}`, "asc"),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    await write(rows);
    after = last.seq;
  }
}

/** Names are looked up for the entries of the page only, so the page is cut first; so each table is told the district, which Citus does not see through the cut. */
async function readRows(tx: Tx, cut: ReturnType<typeof conditions>, order: "asc" | "desc"): Promise<readonly AuditRow[]> {
  const rows = await tx.sql<AuditRow[]>`
    with page as (select * from audit_entries ${cut})
    select p.seq::int as seq, p.at, p.actor_kind as "actorKind", p.actor_id as "actorId", coalesce(trim(a.given_name || ' ' || a.family_name), k.name) as "actorName",
      p.action, p.target_kind as "targetKind", p.target_id as "targetId", p.details, p.previous_hash as "previousHash", p.hash,
      coalesce(trim(t.given_name || ' ' || t.family_name), c.name, i.name) as "targetName", t.role as "targetRole", r.integration_id as "targetIntegrationId", r.number as "targetNumber"
    from page p
    left join accounts a on a.district_id = ${tx.districtId} and a.id = p.actor_id
    left join api_clients k on k.district_id = ${tx.districtId} and k.id = p.actor_id and p.actor_kind = 'program'
    left join accounts t on t.district_id = ${tx.districtId} and t.id = case when p.target_kind = 'account' then p.target_id::uuid end
    left join classrooms c on c.district_id = ${tx.districtId} and c.id = case when p.target_kind = 'classroom' then p.target_id::uuid end
    left join sync_runs r on r.district_id = ${tx.districtId} and r.id = case when p.target_kind = 'run' then p.target_id::uuid end
    left join integrations i on i.district_id = ${tx.districtId} and i.id = case when p.target_kind = 'integration' then p.target_id::uuid else r.integration_id end
    order by p.seq ${order === "asc" ? tx.sql`asc` : tx.sql`desc`}`;
  return rows.map((row) => ({ ...row, at: isoOf(row.at) }));
}

function conditions(tx: Tx, filter: AuditFilter) {
  const zone = tx.sql`(select timezone from districts where id = ${tx.districtId})`;
  const all = [tx.sql`district_id = ${tx.districtId}`];
  if (filter.action !== undefined) all.push(tx.sql`action = ${filter.action}`);
  if (filter.actor !== undefined)
    all.push(/^[a-z]+$/.test(filter.actor) ? tx.sql`actor_kind = ${filter.actor}` : tx.sql`actor_id = ${filter.actor}`);
  if (filter.from !== undefined) all.push(tx.sql`at >= (${filter.from}::date::timestamp at time zone ${zone})`);
  if (filter.to !== undefined) all.push(tx.sql`at < ((${filter.to}::date + 1)::timestamp at time zone ${zone})`);
  return allOf(tx, all);
}
