import { createHmac, randomBytes } from "node:crypto";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { type Keyring, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withDistrict, withOwner } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import type { BarredId } from "./schema.ts";

/*
 * Whoever was erased on request and whom a SIS still has would be there again after the next sync. Syncs leave out the ids that stand here,
 * as keyed hashes: the key is the district's own and sealed under the keyring, so that neither a copy of the table nor of the database
 * tells whose they are, while a sync, which is told an id, can ask.
 */

/** For a sync: the ids that it leaves out. */
export interface Barred {
  readonly count: number;
  readonly has: (externalId: string) => boolean;
}

const context = (districtId: string) => ({ integrationId: districtId, field: "barringKey" });

/** What a sync of the integration leaves out; null: nothing. @throws RunFailure `configuration` where the key cannot be opened */
export async function loadBarred(
  { db, keyring }: Pick<Services, "db" | "keyring">,
  districtId: string,
  integrationId: string,
): Promise<Barred | null> {
  const rows = await db.sql<{ hash: string; key: string | null }[]>`
    select b.hash, d.barring_key as key
    from barred_ids b
    join districts d on d.id = b.district_id
    where b.district_id = ${districtId} and b.integration_id = ${integrationId}`;
  const sealed = rows[0]?.key;
  if (!sealed) return null;
  const key = unseal(keyring, context(districtId), sealed);
  const hashes = new Set(rows.map(({ hash }) => hash));
  return { count: hashes.size, has: (externalId) => hashes.has(hashOf(key, integrationId, externalId)) };
}

/** The integrations that leave a record with exactly this id out. For the search, which is told an id: nothing tells it from the table. */
export async function whoseIdIsBarred(
  { db, keyring }: Pick<Services, "db" | "keyring">,
  districtId: string,
  externalId: string,
): Promise<readonly { readonly integrationName: string; readonly reason: string; readonly barredAt: string }[]> {
  const rows = await db.sql<
    { integrationId: string; integrationName: string; hash: string; reason: string; barredAt: Date; key: string | null }[]
  >`
    select b.integration_id as "integrationId", i.name as "integrationName", b.hash, b.reason, b.barred_at as "barredAt",
      d.barring_key as key
    from barred_ids b
    join districts d on d.id = b.district_id
    join integrations i on i.district_id = b.district_id and i.id = b.integration_id
    where b.district_id = ${districtId}`;
  const sealed = rows[0]?.key;
  if (!sealed) return [];
  const key = unseal(keyring, context(districtId), sealed);
  return rows
    .filter(({ hash, integrationId }) => hash === hashOf(key, integrationId, externalId))
    .map(({ integrationName, reason, barredAt }) => ({ integrationName, reason, barredAt: new Date(barredAt).toISOString() }));
}

/** Bars ids, inside a transaction of the owner. Returns how many were not barred before. */
export async function barIds(
  tx: Tx,
  keyring: Keyring,
  ids: readonly { readonly integrationId: string; readonly externalId: string }[],
  by: { readonly reason: string; readonly barredBy: string | null; readonly at: Date },
): Promise<number> {
  if (ids.length === 0) return 0;
  const key = await keyOf(tx, keyring);
  const barred = await tx.sql`
    insert into barred_ids (district_id, integration_id, hash, id, reason, barred_by, barred_at)
    select d.id, v.integration_id, v.hash, gen_random_uuid(), ${by.reason}, ${by.barredBy}::uuid, ${by.at.toISOString()}::text::timestamptz
    from unnest(
      ${ids.map(({ integrationId }) => integrationId)}::uuid[],
      ${ids.map(({ integrationId, externalId }) => hashOf(key, integrationId, externalId))}::text[]) v (integration_id, hash)
    join districts d on d.id = ${tx.districtId}
    on conflict do nothing`;
  return barred.count;
}

/** Those of the district, the latest first; nothing tells whose they are. */
export function listBarred(services: Pick<Services, "db">, scope: DistrictScope<"read-settings">): Promise<readonly BarredId[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<BarredId[]>`
      select
        b.id,
        b.integration_id as "integrationId",
        i.name as "integrationName",
        b.reason,
        trim(a.given_name || ' ' || a.family_name) as "barredBy",
        b.barred_at as "barredAt"
      from barred_ids b
      join integrations i on i.district_id = b.district_id and i.id = b.integration_id
      left join accounts a on a.district_id = b.district_id and a.id = b.barred_by
      where b.district_id = ${tx.districtId}
      order by b.barred_at desc, b.id`;
    return rows.map((row) => ({ ...row, barredAt: new Date(row.barredAt).toISOString() }));
  });
}

/**
 * Lets a record in again: the next sync of its integration reads everything, and whoever is behind it comes back as somebody new.
 * @throws ServiceError `not-found`
 */
export function unbarId(services: Pick<Services, "db" | "now">, scope: DistrictScope<"erase-people">, id: string): Promise<void> {
  return withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const [gone] = isUuid(id)
      ? await tx.sql<{ integrationId: string }[]>`
          delete from barred_ids where district_id = ${tx.districtId} and id = ${id}
          returning integration_id as "integrationId"`
      : [];
    if (!gone) throw new ServiceError("not-found", "No record is left out under this id.");
    await tx.sql`update integrations set cursor = null where district_id = ${tx.districtId} and id = ${gone.integrationId}`;
    const target = { kind: "integration", id: gone.integrationId };
    await appendAudit(tx, { actor: scope.actor, action: "id-unbarred", target, details: { barred: id } }, services.now());
  });
}

/** Puts the district's key under the first key of the keyring. Returns how many secrets that were. */
export function resealBarringKey({ db, keyring }: Pick<Services, "db" | "keyring">, districtId: string): Promise<0 | 1> {
  return withOwner(db, districtId, async (tx) => {
    const [row] = await tx.sql<{ key: string | null }[]>`select barring_key as key from districts where id = ${districtId} for update`;
    if (!row?.key || row.key.startsWith(`${keyring.current}:`)) return 0;
    const fresh = seal(keyring, context(districtId), unseal(keyring, context(districtId), row.key));
    await tx.sql`update districts set barring_key = ${fresh} where id = ${districtId}`;
    return 1;
  });
}

/** The key of each district that has one; to open it may throw RunFailure `configuration`. */
export async function barringKeys({
  db,
  keyring,
}: Pick<Services, "db" | "keyring">): Promise<readonly { readonly districtId: string; readonly open: () => string }[]> {
  const rows = await db.sql<{ districtId: string; key: string }[]>`
    select id as "districtId", barring_key as key from districts where barring_key is not null`;
  return rows.map(({ districtId, key }) => ({ districtId, open: () => unseal(keyring, context(districtId), key) }));
}

async function keyOf(tx: Tx, keyring: Keyring): Promise<string> {
  const [row] = await tx.sql<{ key: string | null }[]>`
    select barring_key as key from districts where id = ${tx.districtId} for update`;
  if (row?.key) return unseal(keyring, context(tx.districtId), row.key);
  const key = randomBytes(32).toString("base64");
  await tx.sql`update districts set barring_key = ${seal(keyring, context(tx.districtId), key)} where id = ${tx.districtId}`;
  return key;
}

function hashOf(key: string, integrationId: string, externalId: string): string {
  return createHmac("sha256", Buffer.from(key, "base64")).update(`${integrationId}\n${externalId}`).digest("hex");
}
