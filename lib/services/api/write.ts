import { and, count, eq, gt, isNull } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { apiClients } from "#lib/platform/db/schema/api.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { type MadeApiClient, mostClients, NewApiClient } from "./schema.ts";
import { clientIdOf, makeClientSecret, makeToken } from "./secrets.ts";

/**
 * Gives a program access: a token, or an application with client id and secret. What is secret is returned once.
 * @throws ServiceError `confirm`, `invalid` with messages by field; `forbidden` for a program, which gives no access to others
 */
export async function createApiClient(services: Services, scope: DistrictScope<"change-settings">, input: unknown): Promise<MadeApiClient> {
  if (scope.actor.kind === "program") throw new ServiceError("forbidden", "A program cannot give access to others.");
  assertConfirmed(scope, "let-program-in");
  const asked = parseOrRefuse(NewApiClient, input, "The access cannot be given.");
  const { kind, name, days } = asked;
  const scopes = asked.kind === "token" ? asked.scopes : (["read:roster"] as const);
  const { secret, hash, hint } = kind === "token" ? makeToken(scope.districtId) : makeClientSecret();
  const now = services.now();
  const expiresAt = new Date(now.getTime() + days * 86_400_000);
  return withDistrict(services.db, scope, async (tx) => {
    const inUse = and(eq(apiClients.districtId, tx.districtId), isNull(apiClients.revokedAt), gt(apiClients.expiresAt, now));
    const [{ many } = { many: 0 }] = await tx.orm.select({ many: count() }).from(apiClients).where(inUse);
    if (many >= mostClients) throw new ServiceError("invalid", `A district has at most ${mostClients} programs. Revoke one first.`);
    const createdBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
    const [row] = await tx.orm
      .insert(apiClients)
      .values({ districtId: tx.districtId, kind, name, secretHash: hash, hint, scopes: [...scopes], createdBy, createdAt: now, expiresAt })
      .returning({ id: apiClients.id });
    const id = row?.id ?? "";
    const details = { kind, name, scopes, expiresOn: expiresAt.toISOString().slice(0, 10) };
    await appendAudit(tx, { actor: scope.actor, action: "api-client-created", target: { kind: "api-client", id }, details }, now);
    return { id, secret, clientId: kind === "application" ? clientIdOf(tx.districtId, id) : null, expiresAt: expiresAt.toISOString() };
  });
}

/** From now on it is let in nowhere. Revoking what is revoked does nothing. @throws ServiceError `not-found` */
export async function revokeApiClient(services: Services, scope: DistrictScope<"change-settings">, id: string): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    const isRow = and(eq(apiClients.districtId, tx.districtId), eq(apiClients.id, id));
    const [row] = isUuid(id) ? await tx.orm.select().from(apiClients).where(isRow).for("update") : [];
    if (!row) throw new ServiceError("not-found", "There is no such token or application.");
    if (row.revokedAt !== null) return;
    await tx.orm.update(apiClients).set({ revokedAt: services.now() }).where(isRow);
    const target = { kind: "api-client", id };
    const details = { kind: row.kind, name: row.name };
    await appendAudit(tx, { actor: scope.actor, action: "api-client-revoked", target, details }, services.now());
  });
}
