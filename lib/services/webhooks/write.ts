import { and, count, eq, sql } from "drizzle-orm";
import { resolveUrl } from "#lib/engine/sis/http/connect.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { deliveries, notices, webhookEndpoints } from "#lib/platform/db/schema/notices.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { RunFailure, ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { mostEndpoints, NewWebhook, previousHours, WebhookKinds } from "./schema.ts";
import { makeSecret } from "./sign.ts";

type Endpoint = typeof webhookEndpoints.$inferSelect;

/**
 * Adds an endpoint of the district; its secret is returned once, and kept sealed. The address is judged as those of a SIS are, now and at
 * each delivery.
 * @throws ServiceError `invalid` with messages by field, `conflict` where the address is there already
 */
export async function addWebhook(
  services: Services,
  scope: DistrictScope<"change-settings">,
  input: unknown,
): Promise<{ id: string; secret: string }> {
  const { url, kinds } = parseOrRefuse(NewWebhook, input, "The webhook cannot be added.");
  assertConfirmed(scope, "add-webhook");
  await judge(services, url);
  const secret = makeSecret();
  return withDistrict(services.db, scope, async (tx) => {
    const [{ many } = { many: 0 }] = await tx.orm
      .select({ many: count() })
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.districtId, tx.districtId));
    if (many >= mostEndpoints) throw new ServiceError("invalid", `A district has at most ${mostEndpoints} webhooks.`);
    const [minted] = await tx.sql<{ id: string }[]>`select uuidv7() as id`;
    const id = minted?.id ?? "";
    const secrets = { current: seal(services.keyring, { integrationId: id, field: "current" }, secret) };
    const added = await tx.orm
      .insert(webhookEndpoints)
      .values({ districtId: tx.districtId, id, url, kinds, secrets })
      .onConflictDoNothing()
      .returning({ id: webhookEndpoints.id });
    if (added.length === 0) throw new ServiceError("conflict", "This address is among the webhooks already.", { url: "Is there already" });
    await audit(tx, services, scope, "webhook-added", id, { host: new URL(url).host, kinds });
    return { id, secret };
  });
}

/** Chooses what an endpoint is told; null: everything. @throws ServiceError `not-found`, `invalid` */
export async function setWebhookKinds(
  services: Services,
  scope: DistrictScope<"change-settings">,
  id: string,
  input: unknown,
): Promise<void> {
  const { kinds } = parseOrRefuse(WebhookKinds, { kinds: input }, "The choice cannot be saved.");
  await change(services, scope, id, async (tx) => {
    await tx.orm.update(webhookEndpoints).set({ kinds }).where(isRow(tx, id));
    await audit(tx, services, scope, "webhook-changed", id, { kinds });
  });
}

/** Another secret, returned once. The one before signs as well for a day, so that the receiver can change over. @throws ServiceError `not-found` */
export async function rotateWebhookSecret(
  services: Services,
  scope: DistrictScope<"change-settings">,
  id: string,
): Promise<{ secret: string }> {
  assertConfirmed(scope, "change-webhook-secret");
  const secret = makeSecret();
  await change(services, scope, id, async (tx, row) => {
    const { keyring } = services;
    const context = (field: string) => ({ integrationId: id, field });
    const secrets = {
      current: seal(keyring, context("current"), secret),
      previous: seal(keyring, context("previous"), unseal(keyring, context("current"), row.secrets.current)),
    };
    await tx.orm
      .update(webhookEndpoints)
      .set({ secrets, previousUntil: sql`now() + make_interval(hours => ${previousHours})` })
      .where(isRow(tx, id));
    await audit(tx, services, scope, "webhook-secret-rotated", id, {});
  });
  return { secret };
}

/** The endpoint and what waits for it are gone. @throws ServiceError `not-found` */
export async function removeWebhook(services: Services, scope: DistrictScope<"change-settings">, id: string): Promise<void> {
  await change(services, scope, id, async (tx, { url }) => {
    await tx.orm.delete(deliveries).where(and(eq(deliveries.districtId, tx.districtId), eq(deliveries.recipientId, id)));
    await tx.orm.delete(webhookEndpoints).where(isRow(tx, id));
    await audit(tx, services, scope, "webhook-removed", id, { host: new URL(url).host });
  });
}

/** Sends a test to one endpoint, as everything is sent: by the worker. Returns the delivery. @throws ServiceError `not-found` */
export async function testWebhook(
  services: Services,
  scope: DistrictScope<"change-settings">,
  id: string,
): Promise<{ deliveryId: string }> {
  let deliveryId = "";
  await change(services, scope, id, async (tx) => {
    const [notice] = await tx.orm
      .insert(notices)
      .values({ districtId: tx.districtId, kind: "test", phase: "once", details: {} })
      .returning({ id: notices.id });
    const [delivery] = await tx.orm
      .insert(deliveries)
      .values({ districtId: tx.districtId, noticeId: notice?.id ?? "", channel: "webhook", recipientId: id })
      .returning({ id: deliveries.id });
    deliveryId = delivery?.id ?? "";
    await audit(tx, services, scope, "webhook-tested", id, {});
  });
  return { deliveryId };
}

/** @throws ServiceError `invalid` where Aivo would not connect to the address, or cannot find it */
async function judge({ env }: Services, url: string): Promise<void> {
  try {
    await resolveUrl(new URL(url), { trustedOrigins: env.trustedOrigins, signal: AbortSignal.timeout(10_000), connectTimeoutMs: 10_000 });
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    throw new ServiceError("invalid", `${error.message} ${error.remedy}`, { url: error.message });
  }
}

async function change(
  services: Services,
  scope: DistrictScope<"change-settings">,
  id: string,
  write: (tx: Tx, row: Endpoint) => Promise<void>,
): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    const [row] = isUuid(id) ? await tx.orm.select().from(webhookEndpoints).where(isRow(tx, id)).for("update") : [];
    if (!row) throw new ServiceError("not-found", "There is no such webhook.");
    await write(tx, row);
  });
}

const isRow = (tx: Tx, id: string) => and(eq(webhookEndpoints.districtId, tx.districtId), eq(webhookEndpoints.id, id));

function audit(
  tx: Tx,
  services: Services,
  scope: DistrictScope<"change-settings">,
  action: AuditAction,
  id: string,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "webhook", id }, details }, services.now());
}
