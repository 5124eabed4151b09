import { and, eq, sql } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { completeTotals } from "#lib/roster/totals.ts";
import type { Services } from "#lib/services/services.ts";
import { readExamples } from "./examples.ts";
import { becauseOf, headlineOf, lookOf, signsOf } from "./held-look.ts";
import type { HeldPlan } from "./held-schema.ts";
import { partsInWords } from "./held-words.ts";
import { readAhead, readImpact } from "./impact.ts";
import { readParts } from "./parts.ts";

/**
 * All that a decision about a held plan needs to see: what it looks like, its parts, what it does to each school, and a few of its people.
 * @throws ServiceError `not-found`, `precondition` where the run does not wait
 */
export function readHeldPlan(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">, runId: string): Promise<HeldPlan> {
  return withDistrict(services.db, scope, async (tx) => {
    const [run] = isUuid(runId)
      ? await tx.orm
          .select({
            id: syncRuns.id,
            number: syncRuns.number,
            state: syncRuns.state,
            findings: syncRuns.findings,
            totals: syncRuns.totals,
            rosterRevision: syncRuns.rosterRevision,
            provider: integrations.provider,
            expiresAt: sql<string | null>`to_char(${syncRuns.expiresAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
            expiresAtYear: sql<boolean>`coalesce(${syncRuns.expiresAt} < ${syncRuns.finishedAt} + interval '7 days', false)`,
          })
          .from(syncRuns)
          .innerJoin(integrations, and(eq(integrations.districtId, syncRuns.districtId), eq(integrations.id, syncRuns.integrationId)))
          .where(and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.id, runId)))
      : [];
    if (!run) throw new ServiceError("not-found", "There is no such sync.");
    if (run.state !== "held" || run.totals === null) throw new ServiceError("precondition", "This sync does not wait for a decision.");
    const { id, number, expiresAt, expiresAtYear } = run;
    const findings = run.findings ?? [];
    const totals = completeTotals(run.totals);
    const { parts, hash } = await readParts(tx, run);
    const impact = await readImpact(tx, id);
    const facts = { number, totals, district: impact.district, schoolCount: impact.schoolCount, ...(await readAhead(tx, id)) };
    const look = lookOf(findings);
    const changed = [totals.learner, totals.teacher].map((of) => of.created + of.updated + of.deactivated + of.reactivated + of.linked);
    return {
      look,
      headline: headlineOf(findings, facts, run.provider === "oneroster-csv"),
      because: becauseOf(findings, facts),
      signs: signsOf(findings, facts),
      parts: partsInWords(parts, facts, look),
      ...impact,
      examples: await readExamples(tx, id, look),
      people: changed.reduce((sum, count) => sum + count, 0),
      expiresAt,
      expiresAtYear,
      hash,
    };
  });
}
