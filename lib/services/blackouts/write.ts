import { and, count, eq, ne, sql } from "drizzle-orm";
import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import { renewNextRuns } from "#lib/engine/schedule/next-run.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { blackouts } from "#lib/platform/db/schema/blackouts.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { blackoutsToCome } from "./read.ts";
import { type Blackout, mostBlackouts, NewBlackout } from "./schema.ts";

/** The district's blackouts that are not over: those of one integration and of all, or without one, each. */
export function listBlackouts(
  services: Services,
  scope: DistrictScope<"read-syncs">,
  integrationId?: string,
): Promise<readonly Blackout[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const all = await blackoutsToCome(tx);
    return all.filter((one) => integrationId === undefined || one.integrationId === null || one.integrationId === integrationId);
  });
}

/**
 * Days on which the integration's schedule, or with `isForAll` each one of the district, starts no sync. When they sync next is worked
 * out anew in the same transaction.
 * @throws ServiceError `not-found`, `invalid` with messages by field
 */
export async function addBlackout(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  integrationId: string,
  input: unknown,
): Promise<{ id: string }> {
  const { firstDay, lastDay, note, isForAll } = parseOrRefuse(NewBlackout, input, "The blackout cannot be added.");
  return withDistrict(services.db, scope, async (tx) => {
    await requireIntegration(tx, integrationId);
    const about = isForAll ? null : integrationId;
    const [{ today } = { today: "" }] = await tx.sql<{ today: string }[]>`
      select (now() at time zone timezone)::date::text as today from districts where id = ${tx.districtId}`;
    if (lastDay < today) throw new ServiceError("invalid", "These days are over.", { lastDay: "These days are over" });
    const [{ many } = { many: 0 }] = await tx.orm.select({ many: count() }).from(blackouts).where(eq(blackouts.districtId, tx.districtId));
    if (many >= mostBlackouts)
      throw new ServiceError("invalid", `A district has at most ${mostBlackouts} blackouts. Remove one that is over.`);
    const [added] = await tx.orm
      .insert(blackouts)
      .values({
        districtId: tx.districtId,
        integrationId: about,
        firstDay,
        lastDay,
        note,
        createdBy: scope.actor.kind === "account" ? scope.actor.accountId : null,
      })
      .returning({ id: blackouts.id });
    await renewNextRuns(tx, about);
    const details = { firstDay, lastDay, integrationId: about };
    const id = added?.id ?? "";
    await appendAudit(tx, { actor: scope.actor, action: "blackout-added", target: { kind: "blackout", id }, details }, services.now());
    return { id };
  });
}

/** @throws ServiceError `not-found` */
export async function removeBlackout(services: Services, scope: DistrictScope<"change-integrations">, id: string): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    const [removed] = isUuid(id)
      ? await tx.orm
          .delete(blackouts)
          .where(and(eq(blackouts.districtId, tx.districtId), eq(blackouts.id, id)))
          .returning()
      : [];
    if (!removed) throw new ServiceError("not-found", "There is no such blackout.");
    await renewNextRuns(tx, removed.integrationId);
    const { firstDay, lastDay, integrationId } = removed;
    await appendAudit(
      tx,
      { actor: scope.actor, action: "blackout-removed", target: { kind: "blackout", id }, details: { firstDay, lastDay, integrationId } },
      services.now(),
    );
    await closeIncidents(tx, { kinds: ["blackout"], subject: id, runId: null, because: "removed" });
  });
}

async function requireIntegration(tx: Tx, id: string): Promise<void> {
  const [found] = isUuid(id)
    ? await tx.orm
        .select({ id: sql`1` })
        .from(integrations)
        .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, id), ne(integrations.state, "removed")))
        .for("share")
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
}
