import { asc, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { webhookEndpoints } from "#lib/platform/db/schema/notices.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { WebhookEndpoint } from "./schema.ts";

/** The district's endpoints, oldest first; their secrets are shown once, when they are made. */
export async function listWebhooks(services: Services, scope: DistrictScope<"read-settings">): Promise<readonly WebhookEndpoint[]> {
  const { id, url, kinds, failingSince, previousUntil, createdAt } = webhookEndpoints;
  const rows = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ id, url, kinds, failingSince, previousUntil, createdAt })
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.districtId, tx.districtId))
      .orderBy(asc(createdAt), asc(id)),
  );
  const now = services.now();
  return rows.map((row) => ({
    ...row,
    failingSince: row.failingSince?.toISOString() ?? null,
    previousUntil: row.previousUntil !== null && row.previousUntil > now ? row.previousUntil.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
  }));
}
