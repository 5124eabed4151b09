import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";

const tables = {
  integration: "integrations",
  sync: "sync_runs",
  account: "accounts",
  classroom: "classrooms",
  district: "districts",
  blackout: "blackouts",
  webhook: "webhook_endpoints",
  message: "deliveries",
  token: "api_clients",
  "way of signing in": "identity_providers",
} as const;

/**
 * For the command line, which names an integration, a sync, an account or a classroom by its id alone: the operator's scope of its district.
 * @throws ServiceError `not-found`
 */
export async function operatorScopeOf(services: Services, kind: keyof typeof tables, id: string): Promise<DistrictScope> {
  const column = kind === "district" ? "id" : "district_id";
  const [row] = isUuid(id)
    ? await services.db.sql<
        { district_id: string }[]
      >`select ${services.db.sql(column)} as district_id from ${services.db.sql(tables[kind])} where id = ${id}`
    : [];
  if (!row) throw new ServiceError("not-found", (await mistaken(services, kind, id)) ?? `There is no ${kind} with the id ${id}.`);
  return operatorScope(row.district_id);
}

/** Ids look alike: says what else has this one. */
async function mistaken(services: Services, wanted: keyof typeof tables, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  for (const [kind, table] of Object.entries(tables)) {
    const [found] = kind === wanted ? [] : await services.db.sql`select from ${services.db.sql(table)} where id = ${id}`;
    if (found) return `${id} is the id of ${article(kind)}, not of ${article(wanted)}.`;
  }
  return null;
}

const article = (noun: string) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
