import { asc, eq } from "drizzle-orm";
import type { ReachScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";

export interface District {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly retentionDays: number;
  /** Whether every admin has to use a second factor. */
  readonly requiresSecondFactor: boolean;
  /** Whether it is recorded who is shown whose data. */
  readonly recordsViews: boolean;
  /** Since when nobody signs in and nothing is synced; null: it is in use. */
  readonly suspendedAt: Date | null;
  /** Since when it is being deleted. */
  readonly deletingAt: Date | null;
}

const { id, name, timezone, retentionDays, requiresSecondFactor, recordsViews, suspendedAt, deletingAt } = districts;
const columns = { id, name, timezone, retentionDays, requiresSecondFactor, recordsViews, suspendedAt, deletingAt };

/** @throws ServiceError `not-found` */
export async function getDistrict(services: Services, scope: ReachScope<"read-roster">): Promise<District> {
  const [district] = isUuid(scope.districtId)
    ? await withDistrict(services.db, scope, (tx) => tx.orm.select(columns).from(districts).where(eq(districts.id, scope.districtId)))
    : [];
  if (!district) throw new ServiceError("not-found", "There is no such district.");
  return district;
}

/** All districts, oldest first; for the operator and the worker only. */
export function listDistricts(services: Services): Promise<District[]> {
  return services.db.orm.select(columns).from(districts).orderBy(asc(districts.createdAt), asc(districts.id));
}
