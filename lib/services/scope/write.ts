import { and, eq } from "drizzle-orm";
import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { changedMeanwhile, ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { asScope, leavesOut, type Scope, scopeLists } from "#lib/roster/scope.ts";
import { discardPlans } from "#lib/services/runs/discard-plans.ts";
import type { Services } from "#lib/services/services.ts";
import { ScopeInput } from "./schema.ts";

/**
 * Sets what an integration leaves out. The next sync plans everything by it, from what is remembered; a plan that waits was made by another
 * scope, and is discarded. Says whether anything changed.
 * @param shown what held when whoever changes it began; not given by whoever did not look first
 * @throws ServiceError `not-found`, `invalid` with messages by field, `conflict` where another scope holds by now than was shown
 */
export async function setScope(
  services: Services,
  access: DistrictScope<"change-integrations">,
  integrationId: string,
  input: unknown,
  shown?: unknown,
): Promise<boolean> {
  const parsed = (given: unknown) => asScope(parseOrRefuse(ScopeInput, given, "The scope cannot be used."));
  const scope = parsed(input);
  const expected = shown === undefined ? null : parsed(shown);
  if (!isUuid(integrationId)) throw noSuch();
  const discarded = await withDistrict(services.db, access, async (tx) => {
    const [row] = await tx.sql<{ scope: Partial<Scope> | null }[]>`
      select scope from integrations
      where district_id = ${tx.districtId} and id = ${integrationId} and state <> 'removed'
      for update`;
    if (!row) throw noSuch();
    const before = asScope(row.scope);
    if (JSON.stringify(before) === JSON.stringify(scope)) return null;
    // It is chosen as a whole, from numbers that were those of what was shown.
    if (expected !== null && JSON.stringify(before) !== JSON.stringify(expected)) throw changedMeanwhile("scope");
    const stored = leavesOut(scope) || scope.outside !== "leave" ? scope : null;
    await tx.orm
      .update(integrations)
      .set({ scope: stored, updatedAt: services.now() })
      .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, integrationId)));
    const plans = await discardPlans(tx, integrationId);
    await appendAudit(
      tx,
      {
        actor: access.actor,
        action: "scope-changed",
        target: { kind: "integration", id: integrationId },
        details: { ...changeOf(before, scope), outside: scope.outside },
      },
      services.now(),
    );
    for (const runId of plans) await closeIncidents(tx, { kinds: ["held"], subject: integrationId, runId, because: "discarded" });
    return plans;
  });
  for (const runId of discarded ?? []) await forgetPlan(services.db.sql, runId);
  return discarded !== null;
}

function noSuch(): ServiceError {
  return new ServiceError("not-found", "There is no such integration.");
}

/** By list what is left out now and was not before, and the other way round; of long ones a part and the number. */
function changeOf(before: Scope, after: Scope): Record<string, unknown> {
  const shown = 50;
  const few = (ids: readonly string[]) => (ids.length > shown ? { count: ids.length, first: ids.slice(0, shown) } : ids);
  return Object.fromEntries(
    scopeLists.flatMap((list) => {
      const [was, is]: readonly (readonly string[])[] = [before[list], after[list]];
      const leftOut = (is ?? []).filter((id) => !was?.includes(id));
      const takenIn = (was ?? []).filter((id) => !is?.includes(id));
      return leftOut.length + takenIn.length === 0 ? [] : [[list, { leftOut: few(leftOut), takenIn: few(takenIn) }]];
    }),
  );
}
