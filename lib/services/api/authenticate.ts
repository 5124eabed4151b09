import { and, eq, gt, isNull, lt, or, type SQL } from "drizzle-orm";
import type { ProgramActor } from "#lib/platform/access.ts";
import { apiClients } from "#lib/platform/db/schema/api.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import type { Services } from "#lib/services/services.ts";
import { districtOfToken, hashOfSecret } from "./secrets.ts";

type Asking = Pick<Services, "db" | "now">;

export interface KnownClient {
  readonly actor: ProgramActor;
  readonly secretHash: string;
}

/** The program of a token; null: it is none, was revoked, is over, or its district is suspended. One look-up. */
export async function authenticateToken(services: Asking, token: string): Promise<KnownClient | null> {
  const districtId = districtOfToken(token);
  if (districtId === null) return null;
  const isToken = and(eq(apiClients.kind, "token"), eq(apiClients.secretHash, hashOfSecret(token)));
  return findClient(services, districtId, isToken, () => true);
}

/**
 * An application that has shown that it is this one; null as for a token.
 * @param isShown of the hash of its secret
 */
export function authenticateApplication(
  services: Asking,
  districtId: string,
  id: string,
  isShown: (secretHash: string) => boolean,
): Promise<KnownClient | null> {
  return findClient(services, districtId, and(eq(apiClients.kind, "application"), eq(apiClients.id, id)), isShown);
}

/** Whoever knows the id alone has not used it: when it was used last says nothing of them. */
async function findClient(
  services: Asking,
  districtId: string,
  which: SQL | undefined,
  isShown: (secretHash: string) => boolean,
): Promise<KnownClient | null> {
  const now = services.now();
  const [found] = await services.db.orm
    .select({ client: apiClients })
    .from(apiClients)
    .innerJoin(districts, and(eq(districts.id, apiClients.districtId), isNull(districts.suspendedAt)))
    .where(and(eq(apiClients.districtId, districtId), which, isNull(apiClients.revokedAt), gt(apiClients.expiresAt, now)));
  if (!found || !isShown(found.client.secretHash)) return null;
  const { id, scopes, secretHash, lastUsedAt } = found.client;
  await noteUsed(services, districtId, id, lastUsedAt, now);
  return { actor: { kind: "program", clientId: id, districtId, scopes }, secretHash };
}

const usedEveryMs = 60_000;

/** The condition stands in the statement, too: of many requests at once, one writes. */
async function noteUsed({ db }: Asking, districtId: string, id: string, lastUsedAt: Date | null, now: Date): Promise<void> {
  const due = new Date(now.getTime() - usedEveryMs);
  if (lastUsedAt !== null && lastUsedAt > due) return;
  const isDue = or(isNull(apiClients.lastUsedAt), lt(apiClients.lastUsedAt, due));
  await db.orm
    .update(apiClients)
    .set({ lastUsedAt: now })
    .where(and(eq(apiClients.districtId, districtId), eq(apiClients.id, id), isDue));
}
