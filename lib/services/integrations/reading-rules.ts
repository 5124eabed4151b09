import { and, eq } from "drizzle-orm";
import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { asReadingRules, defaultReadingRules, type ReadingRules } from "#lib/roster/reading-rules.ts";
import { type OneRosterVersion, oneRosterVersions } from "#lib/roster/version-change.ts";
import { discardPlans } from "#lib/services/runs/discard-plans.ts";
import type { Services } from "#lib/services/services.ts";
import { ReadingRulesPatch } from "./reading-rules-schema.ts";

type Row = Pick<typeof integrations.$inferSelect, "provider" | "onerosterVersion" | "config">;

/** The version of OneRoster that an integration has synced by; before its first sync, the one that was chosen or that a test met. */
export function versionOf({ onerosterVersion, config: { version, learned } }: Row): OneRosterVersion | null {
  const met = typeof learned === "object" && learned !== null && "version" in learned ? learned.version : null;
  return (
    onerosterVersion ?? oneRosterVersions.find((known) => known === version) ?? oneRosterVersions.find((known) => known === met) ?? null
  );
}

/**
 * Sets how records of OneRoster 1.2 are read where it leaves that open; what is not given stays. The next sync plans everything by it, and
 * a plan that waits was made otherwise and is discarded. Says whether anything changed.
 * @throws ServiceError `not-found`, `invalid` with messages by field, and for an integration of another version
 */
export async function setReadingRules(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  input: unknown,
): Promise<boolean> {
  const given = parseOrRefuse(ReadingRulesPatch, input, "The settings cannot be used.");
  if (!isUuid(id)) throw noSuch();
  const discarded = await withDistrict(services.db, scope, async (tx) => {
    const isThis = and(eq(integrations.districtId, tx.districtId), eq(integrations.id, id));
    const [row] = await tx.orm.select().from(integrations).where(isThis).for("update");
    if (!row || row.state === "removed") throw noSuch();
    if (versionOf(row) !== "1.2")
      throw new ServiceError("invalid", "These settings are for OneRoster 1.2. Test the connection first, so that Aivo knows its version.");
    const before = asReadingRules(row.readingRules);
    const after: ReadingRules = { ...before, ...said(given) };
    if (JSON.stringify(before) === JSON.stringify(after)) return null;
    await tx.orm
      .update(integrations)
      .set({ readingRules: withoutDefaults(after), updatedAt: services.now() })
      .where(isThis);
    const plans = await discardPlans(tx, id);
    const details = { fields: ["readingRules"], before, after };
    await appendAudit(
      tx,
      { actor: scope.actor, action: "integration-changed", target: { kind: "integration", id }, details },
      services.now(),
    );
    for (const runId of plans) await closeIncidents(tx, { kinds: ["held"], subject: id, runId, because: "discarded" });
    return plans;
  });
  for (const runId of discarded ?? []) await forgetPlan(services.db.sql, runId);
  return discarded !== null;
}

function said(given: ReadingRulesPatch): Partial<ReadingRules> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function withoutDefaults(rules: ReadingRules): Partial<ReadingRules> {
  const usual = defaultReadingRules as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(rules).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name])));
}

function noSuch(): ServiceError {
  return new ServiceError("not-found", "There is no such integration.");
}
