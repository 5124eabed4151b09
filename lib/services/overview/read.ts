import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { blackoutsToCome } from "#lib/services/blackouts/read.ts";
import { countConflicts } from "#lib/services/conflicts/read.ts";
import { readFirstSteps } from "#lib/services/integrations/first-steps.ts";
import { areStepsOpen } from "#lib/services/integrations/first-steps-schema.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { colleagues } from "#lib/services/issues-acknowledged/read.ts";
import type { Services } from "#lib/services/services.ts";
import { listSchoolDays, listTermsToCome } from "#lib/services/terms/read.ts";
import { readCauses } from "./causes.ts";
import { conflictCause } from "./concerned.ts";
import { readLastChanges } from "./last-changes.ts";
import { readNights } from "./nights.ts";
import { readResolved } from "./resolved.ts";
import type { Overview, Standing, StandingIntegration } from "./schema.ts";
import { readStanding } from "./standing.ts";
import { usedIntegrations } from "./used.ts";

/** What dates brought is news for a week. */
const newsForDays = 7;
/** How far ahead "what happens next" looks. */
const aheadDays = 30;

/** All that the first page of the portal says. What the last syncs changed takes longest, and nothing else waits for it. */
export async function readOverview(services: Services, scope: DistrictScope<"read-syncs" | "read-roster">): Promise<Overview> {
  const listed = listIntegrations(services, scope);
  const [integrations, nights, days, terms, conflicts, changes, steps, standing] = await Promise.all([
    listed,
    readNights(services, scope, null),
    listSchoolDays(services, scope, newsForDays),
    listTermsToCome(services, scope, aheadDays),
    countConflicts(services, scope),
    readLastChanges(services, scope),
    readFirstSteps(services, scope),
    listed.then((found) => readStandings(services, scope, found)),
  ]);
  // One that was decided is open until the next sync follows, and asks for nothing.
  const causes = standing.causes.filter(({ code }) => code !== conflictCause || conflicts.open > 0);
  const now = services.now();
  const firstSteps = areStepsOpen(steps, now) ? steps : null;
  return { ...standing, causes, integrations, nights, days, terms, changes, firstSteps, now: now.toISOString() };
}

/** How the integrations stand, all of them together. */
function readStandings(services: Services, scope: DistrictScope<"read-syncs">, integrations: readonly IntegrationSummary[]) {
  const ids = integrations.map(({ id }) => id);
  return withDistrict(services.db, scope, async (tx) => {
    const [district] = await tx.sql<{ today: string; timezone: string; until: string }[]>`
      select (now() at time zone timezone)::date::text as today, timezone,
        ((now() at time zone timezone)::date + ${aheadDays}::int)::text as until
      from districts where id = ${tx.districtId}`;
    return {
      today: district?.today ?? "",
      timezone: district?.timezone ?? "UTC",
      used: await usedIntegrations(tx, integrations),
      standing: await readStanding(tx, { scope, integrationIds: ids, isWholeDistrict: true }),
      causes: await readCauses(tx, ids),
      resolved: await readResolved(tx, ids),
      colleagues: await colleagues(tx),
      blackouts: (await blackoutsToCome(tx)).filter(({ firstDay }) => firstDay <= (district?.until ?? "")),
    };
  });
}

export interface IntegrationStanding {
  readonly used: readonly StandingIntegration[];
  readonly standing: Standing;
  /** The day it is where the district is, YYYY-MM-DD, and the moment that times are told relative to. */
  readonly today: string;
  readonly now: string;
  /** How many other integrations the district has. */
  readonly others: number;
}

/** What the sentence of one integration's page is made of; `integrations`: all of the district's. */
export function readIntegrationStanding(
  services: Services,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  integrations: readonly IntegrationSummary[],
): Promise<IntegrationStanding> {
  const one = integrations.filter(({ id }) => id === integrationId);
  return withDistrict(services.db, scope, async (tx) => {
    const [district] = await tx.sql<{ today: string }[]>`
      select (now() at time zone timezone)::date::text as today from districts where id = ${tx.districtId}`;
    return {
      used: await usedIntegrations(tx, one),
      standing: await readStanding(tx, { scope, integrationIds: [integrationId], isWholeDistrict: integrations.length === 1 }),
      today: district?.today ?? "",
      now: services.now().toISOString(),
      others: integrations.length - 1,
    };
  });
}
