import { and, desc, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { apiClients } from "#lib/platform/db/schema/api.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import type { Services } from "#lib/services/services.ts";
import type { ApiClient } from "./schema.ts";
import { clientIdOf } from "./secrets.ts";

/** So many are listed: those that are over stay until there are newer ones. */
const listed = 300;

/** Tokens and applications of a district, newest first; their secrets are shown once, when they are made. */
export async function listApiClients(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"read-settings">,
): Promise<readonly ApiClient[]> {
  const rows = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ client: apiClients, givenName: accounts.givenName, familyName: accounts.familyName })
      .from(apiClients)
      .leftJoin(accounts, and(eq(accounts.districtId, apiClients.districtId), eq(accounts.id, apiClients.createdBy)))
      .where(eq(apiClients.districtId, tx.districtId))
      .orderBy(desc(apiClients.createdAt), desc(apiClients.id))
      .limit(listed),
  );
  const now = services.now();
  return rows.map(({ client, givenName, familyName }) => ({
    id: client.id,
    kind: client.kind,
    name: client.name,
    state: client.revokedAt !== null ? "revoked" : client.expiresAt <= now ? "expired" : "active",
    scopes: client.scopes,
    hint: client.hint,
    clientId: client.kind === "application" ? clientIdOf(client.districtId, client.id) : null,
    createdByName: familyName === null ? null : fullName({ givenName: givenName ?? "", familyName }),
    createdAt: client.createdAt.toISOString(),
    expiresAt: client.expiresAt.toISOString(),
    revokedAt: client.revokedAt?.toISOString() ?? null,
    lastUsedAt: client.lastUsedAt?.toISOString() ?? null,
  }));
}
